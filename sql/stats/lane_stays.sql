-- Stays in a lane, whoever has the ball.
--
-- A stay begins when the player touches the lane (lane_touch_m()) and ends once they were out of
-- it (further than lane_clear_m()) for lane_reset_s(), were not seen for more than gap_weak_s(),
-- or the camera cut. It lasts from its first frame to its last.
--
-- game_id        Game.
-- segment_index  Camera shot.
-- team_id        Team; null if undecided.
-- player_id      Player; null if undecided.
-- tracklet_id    Tracklet at the start.
-- lane_sign      Lane: 1 for x > 0, else -1.
-- start_s        First frame that touches the lane, seconds of the video.
-- end_s          Last frame that is not out of it, seconds of the video.
-- duration_s     Time between them, seconds.
-- censored       Whether the end is only that of the observation.

with samplings as (
    select game_id, any_value(sample_s) as sample_s from main_frames group by game_id
),

paths as (
    select
        lane_positions.game_id,
        lane_positions.segment_index,
        lane_positions.time_s,
        lane_positions.tracklet_id,
        lane_paths.path_key,
        lane_positions.team_id,
        lane_positions.player_id,
        lane_positions.lane_sign,
        lane_positions.lane_distance_m,
        samplings.sample_s,
        lag(lane_positions.time_s) over path as previous_s,
        lead(lane_positions.time_s) over path as next_s
    from lane_positions
    inner join lane_paths
        on lane_positions.game_id = lane_paths.game_id
        and lane_positions.tracklet_id = lane_paths.tracklet_id
    inner join samplings on lane_positions.game_id = samplings.game_id
    window path as (partition by lane_paths.path_key order by lane_positions.time_s)
),

near as (
    select
        *,
        coalesce(rounded_s(next_s - time_s - sample_s) > gap_weak_s(), true) as is_last_seen,
        coalesce(
            lane_sign <> lag(lane_sign) over path
            or rounded_s(time_s - previous_s - sample_s) > gap_weak_s()
            or rounded_s(lag(next_s) over path - lag(time_s) over path - sample_s) > gap_weak_s()
            or rounded_s(previous_s - lag(next_s) over path) >= lane_reset_s(),
            true
        ) as is_new
    from paths
    where lane_distance_m <= lane_clear_m()
    window path as (partition by path_key order by time_s)
)

select
    game_id,
    segment_index,
    mode(team_id) as team_id,
    mode(player_id) as player_id,
    arg_min(tracklet_id, time_s) as tracklet_id,
    lane_sign,
    min(time_s) filter (lane_distance_m <= lane_touch_m()) as start_s,
    max(time_s) as end_s,
    rounded_s(max(time_s) - min(time_s) filter (lane_distance_m <= lane_touch_m()))
        as duration_s,
    arg_max(is_last_seen, time_s) as censored
from numbered_runs('near', path_key, time_s, is_new)
group by game_id, segment_index, path_key, run_index, lane_sign
having min(lane_distance_m) <= lane_touch_m()
