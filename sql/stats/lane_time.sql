-- Time each player spent in the lane, by what their team was doing.
--
-- Sport: basketball
--
-- A step counts when the player touches the lane (lane_touch_m()) at its start. Gaps above
-- path_gap_s() and camera cuts are not bridged. The league publishes no such figure.
--
-- game_id          Game.
-- team_id          Team of the player.
-- player_id        Player.
-- offence_lane_s   In the lane that the team attacks, while it controls the ball there, seconds.
-- defence_lane_s   In the lane that the other team attacks, while they control the ball there.
-- other_lane_s     In a lane otherwise: nobody's ball, or nobody knows, seconds.
-- offence_s        Observed while the own team controls the ball in its frontcourt, seconds.
-- defence_s        Observed while the other team does, seconds.
-- observed_s       Observed with a place on the court, seconds.

with steps as (
    select
        lane_positions.game_id,
        lane_positions.team_id,
        lane_positions.player_id,
        lead(lane_positions.time_s) over path - lane_positions.time_s as step_s,
        lane_positions.lane_distance_m <= lane_touch_m() as is_in_lane,
        lane_positions.lane_sign,
        team_control.attack_sign,
        case
            when not team_control.is_frontcourt or team_control.attack_sign is null then 'other'
            when lane_positions.team_id = team_control.team_id then 'offence'
            when lane_positions.team_id <> team_control.team_id then 'defence'
            else 'other'
        end as side
    from lane_positions
    inner join team_control
        on lane_positions.game_id = team_control.game_id
        and lane_positions.frame_index = team_control.frame_index
    where lane_positions.player_id is not null
    window path as (
        partition by
            lane_positions.game_id, lane_positions.segment_index, lane_positions.player_id
        order by lane_positions.time_s
    )
),

kept_steps as (
    select
        game_id,
        team_id,
        player_id,
        step_s,
        side,
        case
            when not is_in_lane then 'none'
            when side <> 'other' and lane_sign = attack_sign then side
            else 'other'
        end as lane
    from steps
    where rounded_s(step_s) <= path_gap_s()
)

select
    game_id,
    any_value(team_id) as team_id,
    player_id,
    coalesce(sum(step_s) filter (lane = 'offence'), 0) as offence_lane_s,
    coalesce(sum(step_s) filter (lane = 'defence'), 0) as defence_lane_s,
    coalesce(sum(step_s) filter (lane = 'other'), 0) as other_lane_s,
    coalesce(sum(step_s) filter (side = 'offence'), 0) as offence_s,
    coalesce(sum(step_s) filter (side = 'defence'), 0) as defence_s,
    sum(step_s) as observed_s
from kept_steps
group by game_id, player_id
