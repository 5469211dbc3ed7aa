-- Shot attempts as seen beside those that were called, at equal clocks and after the lag.
--
-- A call belongs to a shot of the same team within lag_near_s() of its clock. Where the lag of a
-- game is not known, only equal clocks are compared.
--
-- game_id      Game.
-- seen         Shot attempts that were seen, with a clock.
-- equal        Of which there is a call at equal clocks.
-- lag_s        Lag of the calls of shots, seconds; null if it is not known, or there are two.
-- agreed       Of those seen, with a call after the lag; null if that is not known.
-- same_player  Of these, with the player who was called.
-- made         Of these, called as made.

with lags as (
    select game_id, lag_s
    from clock_lags
    where event = 'shot attempt' and state in ('known', 'drifts')
),

shots as (
    select
        shot_attempts.game_id,
        shot_attempts.tracklet_id,
        shot_attempts.release_s,
        any_value(lags.lag_s) as lag_s,
        bool_or(abs(clock_pairs.lag_s) <= lag_near_s()) as is_equal,
        arg_min(clock_pairs.event_index, abs(clock_pairs.lag_s - lags.lag_s))
            filter (abs(clock_pairs.lag_s - lags.lag_s) <= lag_near_s()) as event_index,
        any_value(
            sure_player(shot_attempts.player_id, shot_attempts.identity_prob)
        ) as player_id
    from shot_attempts
    inner join call_shifts on shot_attempts.game_id = call_shifts.game_id
    left join clock_pairs
        on shot_attempts.game_id = clock_pairs.game_id
        and clock_pairs.event = 'shot attempt'
        and shot_attempts.release_s = clock_pairs.seen_s
        and shot_attempts.team_id = clock_pairs.team_id
    left join lags on shot_attempts.game_id = lags.game_id
    where shot_attempts.release_clock_s is not null
    group by shot_attempts.game_id, shot_attempts.tracklet_id, shot_attempts.release_s
)

select
    shots.game_id,
    count(*) as seen,
    count(*) filter (shots.is_equal) as equal,
    any_value(shots.lag_s) as lag_s,
    if(any_value(shots.lag_s) is null, null, count(called_events.event_index)) as agreed,
    if(
        any_value(shots.lag_s) is null,
        null,
        count(*) filter (called_events.player_id = shots.player_id)
    ) as same_player,
    if(
        any_value(shots.lag_s) is null,
        null,
        count(*) filter (called_events.kind = 'made shot')
    ) as made
from shots
left join called_events
    on shots.game_id = called_events.game_id
    and shots.event_index = called_events.event_index
group by shots.game_id
