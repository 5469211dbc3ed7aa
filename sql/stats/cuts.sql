-- Cuts: a player without the ball runs at the basket.
--
-- In the frontcourt, from the first frame to the last in which the player nears the basket at
-- cut_mps() or more; by cut_least_m() at least, ending within cut_end_m() of it. Fast breaks are
-- left out: the teams must stand in front of the basket (formations). The providers of play types
-- count as cuts only those that end a possession: the finisher catches a pass while moving to the
-- basket (Synergy); here these have got_ball and is_shot.
--
-- game_id              Game.
-- segment_index        Camera shot.
-- team_id              Team.
-- tracklet_id          Tracklet of the cutter.
-- player_id            Cutter; null if undecided.
-- start_s              First frame, seconds of the video.
-- end_s                Last frame, seconds of the video.
-- start_x_m            Where it begins along the court, turned so that the attack goes to x > 0.
-- start_y_m            Where it begins across the court, turned likewise, metres.
-- end_distance_m       Distance from the basket at the end, metres.
-- neared_m             How much nearer the cutter comes, metres.
-- defender_player_id   Nearest opponent at the end; null if undecided.
-- defender_distance_m  Distance of that opponent then, metres; null if unknown.
-- got_ball             Whether the cutter is seen with the ball within cut_pass_s() after the end.
-- is_shot              Whether the cutter shoots by then.

with running as (
    select
        marks.*,
        coalesce(
            marks.time_s - lag(marks.time_s) over path > moving_span_s(), true
        ) as is_new
    from marks
    inner join formations
        on marks.game_id = formations.game_id and marks.frame_index = formations.frame_index
    where marks.nearing_mps >= cut_mps() and not marks.is_last_holder and formations.is_settled
    window path as (
        partition by marks.game_id, marks.segment_index, marks.tracklet_id order by marks.time_s
    )
),

runs as (
    select
        game_id,
        segment_index,
        any_value(team_id) as team_id,
        tracklet_id,
        any_value(player_id) as player_id,
        min(time_s) as start_s,
        max(time_s) as end_s,
        arg_min(court_x_m, time_s) as start_x_m,
        arg_min(court_y_m, time_s) as start_y_m,
        arg_max(basket_distance_m, time_s) as end_distance_m,
        arg_min(basket_distance_m, time_s) - arg_max(basket_distance_m, time_s) as neared_m,
        arg_max_null(defender_player_id, time_s) as defender_player_id,
        arg_max_null(defender_distance_m, time_s) as defender_distance_m
    from numbered_runs('running', (segment_index, tracklet_id), time_s, is_new)
    group by game_id, segment_index, tracklet_id, run_index
    having neared_m >= cut_least_m() and end_distance_m <= cut_end_m()
)

select
    runs.game_id,
    runs.segment_index,
    any_value(runs.team_id) as team_id,
    runs.tracklet_id,
    any_value(runs.player_id) as player_id,
    runs.start_s,
    any_value(runs.end_s) as end_s,
    any_value(runs.start_x_m) as start_x_m,
    any_value(runs.start_y_m) as start_y_m,
    any_value(runs.end_distance_m) as end_distance_m,
    any_value(runs.neared_m) as neared_m,
    any_value(runs.defender_player_id) as defender_player_id,
    any_value(runs.defender_distance_m) as defender_distance_m,
    count(team_control.time_s) > 0 as got_ball,
    coalesce(bool_or(team_control.shooter_tracklet_id is not null), false) as is_shot
from runs
left join team_control
    on runs.game_id = team_control.game_id
    and runs.segment_index = team_control.segment_index
    and runs.tracklet_id
    = coalesce(team_control.shooter_tracklet_id, team_control.holder_tracklet_id)
    and team_control.time_s between runs.start_s and runs.end_s + cut_pass_s()
group by runs.game_id, runs.segment_index, runs.tracklet_id, runs.start_s
