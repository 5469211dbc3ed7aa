-- How a team spreads over the floor in each of its controls of the ball in the frontcourt.
--
-- Only frames in which all five of the team are placed count. No published counterpart.
--
-- game_id                  Game.
-- segment_index            Camera shot.
-- team_id                  Team in control.
-- control_index            Control of the segment, as in team_control.
-- player_ids               The five of the team who were named most, as in lineups; null if none.
-- pair_distance_m          Mean distance between two team-mates, metres.
-- nearest_mate_distance_m  Mean distance to the nearest team-mate, metres.
-- basket_distance_m        Mean distance from the basket attacked, metres.
-- observed_s               Time with all five placed, seconds.
-- control_s                Time of the control in the frontcourt, seconds.

with controls as (
    select
        team_control.game_id,
        team_control.segment_index,
        team_control.frame_index,
        team_control.team_id,
        team_control.control_index,
        team_control.attack_sign * game_rules.basket_x_m as basket_x_m,
        main_frames.frame_s
    from team_control
    inner join main_frames
        on team_control.game_id = main_frames.game_id
        and team_control.frame_index = main_frames.frame_index
    inner join game_rules on team_control.game_id = game_rules.game_id
    where team_control.is_frontcourt and team_control.team_id is not null
),

control_times as (
    select
        game_id,
        segment_index,
        team_id,
        control_index,
        sum(frame_s) as control_s
    from controls
    group by game_id, segment_index, team_id, control_index
),

mates as (
    select
        controls.game_id,
        controls.frame_index,
        one.tracklet_id,
        avg(
            sqrt((one.court_x_m - other.court_x_m) ** 2 + (one.court_y_m - other.court_y_m) ** 2)
        ) as pair_distance_m,
        min(
            sqrt((one.court_x_m - other.court_x_m) ** 2 + (one.court_y_m - other.court_y_m) ** 2)
        ) as nearest_mate_distance_m,
        any_value(
            sqrt((one.court_x_m - controls.basket_x_m) ** 2 + one.court_y_m ** 2)
        ) as basket_distance_m
    from controls
    inner join lane_positions as one
        on controls.game_id = one.game_id
        and controls.frame_index = one.frame_index
        and controls.team_id = one.team_id
    inner join lane_positions as other
        on controls.game_id = other.game_id
        and controls.frame_index = other.frame_index
        and controls.team_id = other.team_id
        and one.tracklet_id <> other.tracklet_id
    group by controls.game_id, controls.frame_index, one.tracklet_id
),

fives as (
    select
        game_id,
        frame_index,
        avg(pair_distance_m) as pair_distance_m,
        avg(nearest_mate_distance_m) as nearest_mate_distance_m,
        avg(basket_distance_m) as basket_distance_m
    from mates
    group by game_id, frame_index
    having count(*) = 5
),

lineups_of_controls as (
    select
        controls.game_id,
        controls.segment_index,
        controls.team_id,
        controls.control_index,
        named_fives.player_ids
    from controls
    inner join named_fives
        on controls.game_id = named_fives.game_id
        and controls.frame_index = named_fives.frame_index
        and controls.team_id = named_fives.team_id
    group by
        controls.game_id,
        controls.segment_index,
        controls.team_id,
        controls.control_index,
        named_fives.player_ids
    qualify
        row_number() over (
            partition by
                controls.game_id,
                controls.segment_index,
                controls.team_id,
                controls.control_index
            order by count(*) desc, named_fives.player_ids
        ) = 1
),

whole_controls as (
    select control_times.*, lineups_of_controls.player_ids
    from control_times
    left join lineups_of_controls
        on control_times.game_id = lineups_of_controls.game_id
        and control_times.segment_index = lineups_of_controls.segment_index
        and control_times.team_id = lineups_of_controls.team_id
        and control_times.control_index = lineups_of_controls.control_index
)

select
    controls.game_id,
    controls.segment_index,
    controls.team_id,
    controls.control_index,
    any_value(whole_controls.player_ids) as player_ids,
    sum(fives.pair_distance_m * controls.frame_s) / sum(controls.frame_s) as pair_distance_m,
    sum(fives.nearest_mate_distance_m * controls.frame_s) / sum(controls.frame_s)
        as nearest_mate_distance_m,
    sum(fives.basket_distance_m * controls.frame_s) / sum(controls.frame_s)
        as basket_distance_m,
    sum(controls.frame_s) as observed_s,
    any_value(whole_controls.control_s) as control_s
from controls
inner join fives
    on controls.game_id = fives.game_id
    and controls.frame_index = fives.frame_index
inner join whole_controls
    on controls.game_id = whole_controls.game_id
    and controls.segment_index = whole_controls.segment_index
    and controls.team_id = whole_controls.team_id
    and controls.control_index = whole_controls.control_index
group by controls.game_id, controls.segment_index, controls.team_id, controls.control_index
