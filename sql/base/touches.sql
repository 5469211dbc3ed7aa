-- Times in which a player has the ball.
--
-- A touch lasts from the first frame in which the player is seen with the ball to the last, with
-- nobody else seen with it in between, for at least hold_confirm_s(). Distances are from the
-- basket that the team attacks. Definitions of paint touches and drives are those the league
-- publishes; it leaves fast breaks out of drives, and we cannot.
--
-- game_id             Game.
-- segment_index       Camera shot.
-- team_id             Team; null if undecided.
-- player_id           Player; null if undecided or less sure than least_identity_prob().
-- tracklet_id         Tracklet.
-- period              Period; null if unknown.
-- start_s             First frame with the ball, seconds of the video.
-- end_s               Last frame with the ball, seconds of the video.
-- duration_s          Time between them, seconds.
-- seen_share          Share of the frames between in which the ball is seen with the player.
-- start_distance_m    Distance from the basket at the start, metres; null if unknown.
-- end_distance_m      Distance from the basket at the end, metres; null if unknown.
-- nearest_distance_m  Smallest distance from the basket, metres; null if unknown.
-- is_paint_touch      Whether it starts in the lane; null if unknown.
-- is_drive            Whether it starts 20 ft or more from the basket and gets to 10 ft; null if
--                     unknown.
-- is_shot_attempt     Whether it ends in a shot attempt.

with held as (
    select
        team_control.game_id,
        team_control.segment_index,
        team_control.frame_index,
        team_control.time_s,
        team_control.holder_tracklet_id,
        team_control.holder_team_id,
        sure_player(team_control.holder_player_id, team_control.holder_prob) as holder_player_id,
        team_control.state,
        if(
            team_control.holder_team_id = team_control.team_id,
            sqrt(
                (team_control.holder_x_m - team_control.attack_sign * game_rules.basket_x_m) ** 2
                + team_control.holder_y_m ** 2
            ),
            null
        ) as distance_m,
        abs(team_control.holder_y_m) <= game_rules.lane_side_y_m
        and team_control.holder_x_m * team_control.attack_sign
        between game_rules.lane_inner_x_m and game_rules.lane_outer_x_m as is_in_lane,
        row_number() over (
            partition by team_control.game_id, team_control.segment_index
            order by team_control.time_s
        ) as frame_number,
        lead(team_control.shooter_tracklet_id) over (
            partition by team_control.game_id, team_control.segment_index
            order by team_control.time_s
        ) as next_shooter_id
    from team_control
    inner join game_rules on team_control.game_id = game_rules.game_id
),

turns as (
    select
        *,
        coalesce(
            holder_tracklet_id <> lag(holder_tracklet_id) over holding
            or lag(next_shooter_id) over holding is not null
            or time_s - lag(time_s) over holding > control_memory_s(),
            true
        ) as is_new
    from held
    where holder_tracklet_id is not null
    window holding as (partition by game_id, segment_index order by time_s)
),

touches_of_segment as (
    select
        game_id,
        segment_index,
        any_value(holder_team_id) as team_id,
        any_value(holder_player_id) as player_id,
        any_value(holder_tracklet_id) as tracklet_id,
        min(time_s) as start_s,
        max(time_s) as end_s,
        count(*) / (max(frame_number) - min(frame_number) + 1) as seen_share,
        arg_min_null(distance_m, time_s) as start_distance_m,
        arg_max_null(distance_m, time_s) as end_distance_m,
        min(distance_m) as nearest_distance_m,
        arg_min_null(is_in_lane, time_s) as is_paint_touch,
        coalesce(arg_max(next_shooter_id, time_s) = any_value(holder_tracklet_id), false)
            as is_shot_attempt
    from numbered_runs('turns', segment_index, time_s, is_new)
    group by game_id, segment_index, run_index
    having rounded_s(max(time_s) - min(time_s)) >= hold_confirm_s()
)

select
    touches_of_segment.game_id,
    touches_of_segment.segment_index,
    touches_of_segment.team_id,
    touches_of_segment.player_id,
    touches_of_segment.tracklet_id,
    main_frames.period,
    touches_of_segment.start_s,
    touches_of_segment.end_s,
    rounded_s(touches_of_segment.end_s - touches_of_segment.start_s) as duration_s,
    touches_of_segment.seen_share,
    touches_of_segment.start_distance_m,
    touches_of_segment.end_distance_m,
    touches_of_segment.nearest_distance_m,
    touches_of_segment.is_paint_touch,
    feet(touches_of_segment.start_distance_m) >= 20
    and feet(touches_of_segment.nearest_distance_m) <= 10 as is_drive,
    touches_of_segment.is_shot_attempt
from touches_of_segment
left join main_frames
    on touches_of_segment.game_id = main_frames.game_id
    and touches_of_segment.segment_index = main_frames.segment_index
    and touches_of_segment.start_s = main_frames.time_s
