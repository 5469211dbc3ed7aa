-- What is seen of the ball in the main view: who holds it, shot attempts, and baskets.
--
-- The ball's own row says who holds it, else the player whom the detector saw in possession. A
-- motion of shooting is a shot attempt if the player was seen with the ball within shot_hold_s()
-- before it ends, or if it was seen in shot_frames() frames; it is none if the player is seen with
-- the ball within shot_abort_s() after it.
--
-- game_id        Game.
-- segment_index  Camera shot.
-- frame_index    Frame; null for a shot attempt.
-- time_s         Time, seconds; that of a shot attempt is the last with the ball.
-- event          held, released (a shot attempt) or scored.
-- tracklet_id    Who holds or released it; null if scored.
-- team_id        Their team; null if undecided or scored.
-- player_id      Player; null if undecided or scored.
-- identity_prob  Probability of the player who holds it; null if none.
-- court_x_m      Where they stand along the court, metres; null if unknown.
-- court_y_m      Where they stand across the court, metres; null if unknown.

with main_segments as (
    select game_id, segment_index from segments where view = 'main'
),

claims as (
    select game_id, frame_index, holder_tracklet_id as tracklet_id, 2.0 as preference
    from ball_frames
    where holder_tracklet_id is not null
    union all
    select game_id, frame_index, tracklet_id, detection_score as preference
    from player_frames
    where action = 'in-possession' and plays(role)
),

choices as (
    select game_id, frame_index, arg_max(tracklet_id, preference) as tracklet_id
    from claims
    group by game_id, frame_index
),

holders as (
    select
        player_frames.game_id,
        player_frames.segment_index,
        player_frames.frame_index,
        player_frames.time_s,
        player_frames.tracklet_id,
        player_frames.team_id,
        player_frames.player_id,
        player_frames.identity_prob,
        player_frames.court_x_m,
        player_frames.court_y_m
    from player_frames
    inner join choices using (game_id, frame_index, tracklet_id)
    semi join main_segments using (game_id, segment_index)
    where plays(player_frames.role)
),

shot_steps as (
    select
        game_id,
        segment_index,
        tracklet_id,
        time_s,
        team_id,
        player_id,
        coalesce(time_s - lag(time_s) over motion > shot_abort_s(), true) as is_new
    from player_frames
    semi join main_segments using (game_id, segment_index)
    where is_shooting(action) and plays(role)
    window motion as (partition by game_id, segment_index, tracklet_id order by time_s)
),

motions as (
    select
        game_id,
        segment_index,
        tracklet_id,
        run_index,
        any_value(team_id) as team_id,
        any_value(player_id) as player_id,
        min(time_s) as start_s,
        max(time_s) as end_s,
        count(*) as seen_frames
    from numbered_runs('shot_steps', (segment_index, tracklet_id), time_s, is_new)
    group by game_id, segment_index, tracklet_id, run_index
),

releases as (
    select
        motions.game_id,
        motions.segment_index,
        motions.tracklet_id,
        any_value(motions.team_id) as team_id,
        any_value(motions.player_id) as player_id,
        coalesce(
            max(holders.time_s) filter (holders.time_s between motions.start_s and motions.end_s),
            motions.end_s
        ) as release_s
    from motions
    left join holders
        on motions.game_id = holders.game_id
        and motions.segment_index = holders.segment_index
        and motions.tracklet_id = holders.tracklet_id
        and holders.time_s between motions.start_s - shot_hold_s()
        and motions.end_s + shot_abort_s()
    group by
        motions.game_id,
        motions.segment_index,
        motions.tracklet_id,
        motions.run_index,
        motions.end_s,
        motions.seen_frames
    having
        count(*) filter (holders.time_s > motions.end_s) = 0
        and (count(holders.time_s) > 0 or motions.seen_frames >= shot_frames())
)

select
    game_id,
    segment_index,
    frame_index,
    time_s,
    'held' as event,
    tracklet_id,
    team_id,
    player_id,
    identity_prob,
    court_x_m,
    court_y_m
from holders
union all
select
    game_id,
    segment_index,
    null as frame_index,
    release_s as time_s,
    'released' as event,
    tracklet_id,
    team_id,
    player_id,
    null as identity_prob,
    null as court_x_m,
    null as court_y_m
from releases
union all
select
    game_id,
    segment_index,
    frame_index,
    time_s,
    'scored' as event,
    null as tracklet_id,
    null as team_id,
    null as player_id,
    null as identity_prob,
    null as court_x_m,
    null as court_y_m
from ball_frames
semi join main_segments using (game_id, segment_index)
where in_basket
