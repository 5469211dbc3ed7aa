-- How much later things are called than seen, by game: the lag between two clocks.
--
-- The lag is where most of the clock_pairs of a game lie together, within lag_near_s(). It is not
-- known if there are fewer than lag_least_pairs(), or if less than half of what was seen has a
-- call there; archive_clock_lags then says what is usual, and archive_lag_s() uses it.
--
-- game_id       Game.
-- event         shot attempt or change of control.
-- lag_s         Clock seen less clock called, median, seconds; null if not known.
-- spread_s      Half of the pairs are this near it, seconds; null if not known.
-- pairs         Pairs within lag_near_s() of it.
-- seen          Events seen that have any call of their kind within lag_reach_s().
-- second_lag_s  Another lag, further away, of at least half as many pairs; null if none.
-- drift_s       Change of the lag from the first of its pairs to the last, by a straight line,
--               seconds; null if not known.
-- state         known, two modes, drifts (by more than lag_near_s()) or not known.

with played as (
    select
        clock_pairs.game_id,
        clock_pairs.event,
        clock_pairs.seen_s,
        clock_pairs.lag_s,
        clock_pairs.period * game_rules.period_s - clock_pairs.seen_clock_s as played_s
    from clock_pairs
    inner join game_rules on clock_pairs.game_id = game_rules.game_id
),

crowded as (
    select
        *,
        count(*) over (
            partition by game_id, event
            order by lag_s
            range between lag_near_s() preceding and lag_near_s() following
        ) as near
    from played
),

centred as (
    select
        *,
        first_value(lag_s) over (
            partition by game_id, event order by near desc, abs(lag_s)
        ) as centre_s
    from crowded
),

summed as (
    select
        game_id,
        event,
        median(lag_s) filter (abs(lag_s - centre_s) <= lag_near_s()) as lag_s,
        mad(lag_s) filter (abs(lag_s - centre_s) <= lag_near_s()) as spread_s,
        count(*) filter (abs(lag_s - centre_s) <= lag_near_s()) as pairs,
        count(distinct seen_s) as seen,
        max(near) filter (abs(lag_s - centre_s) > 3 * lag_near_s()) as second_pairs,
        arg_max(lag_s, near) filter (abs(lag_s - centre_s) > 3 * lag_near_s()) as second_lag_s,
        regr_slope(lag_s, played_s) filter (abs(lag_s - centre_s) <= 2 * lag_near_s())
        * (max(played_s) - min(played_s)) as drift_s
    from centred
    group by game_id, event
),

judged as (
    select
        *,
        pairs >= lag_least_pairs() and 2 * pairs >= seen as is_known,
        2 * coalesce(second_pairs, 0) >= pairs as has_second
    from summed
)

select
    game_id,
    event,
    if(is_known, lag_s, null) as lag_s,
    if(is_known, spread_s, null) as spread_s,
    pairs,
    seen,
    if(is_known and has_second, second_lag_s, null) as second_lag_s,
    if(is_known, drift_s, null) as drift_s,
    case
        when not is_known then 'not known'
        when has_second then 'two modes'
        when abs(drift_s) > lag_near_s() then 'drifts'
        else 'known'
    end as state
from judged
