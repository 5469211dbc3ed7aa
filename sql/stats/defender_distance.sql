-- How far the nearest defender was from each player while their team attacked.
--
-- game_id               Game.
-- team_id               Team of the player.
-- player_id             Player.
-- distance_m            Mean distance of the nearest opponent, metres.
-- with_ball_distance_m  The same while the player had the ball, metres; null if never.
-- open_share            Share of the time with nobody within 6 ft, as the league counts open.
-- observed_s            Time observed with the team in control in the frontcourt, seconds.
-- with_ball_s           Of which with the ball, seconds.

with attackers as (
    select
        lane_positions.game_id,
        lane_positions.frame_index,
        lane_positions.tracklet_id,
        lane_positions.team_id,
        lane_positions.player_id,
        lane_positions.court_x_m,
        lane_positions.court_y_m,
        coalesce(team_control.holder_tracklet_id = lane_positions.tracklet_id, false)
            as is_holder
    from lane_positions
    inner join team_control
        on lane_positions.game_id = team_control.game_id
        and lane_positions.frame_index = team_control.frame_index
        and lane_positions.team_id = team_control.team_id
    where lane_positions.player_id is not null and team_control.is_frontcourt
),

nearest as (
    select
        attackers.game_id,
        attackers.frame_index,
        attackers.tracklet_id,
        any_value(attackers.team_id) as team_id,
        any_value(attackers.player_id) as player_id,
        any_value(attackers.is_holder) as is_holder,
        min(
            sqrt(
                (attackers.court_x_m - defenders.court_x_m) ** 2
                + (attackers.court_y_m - defenders.court_y_m) ** 2
            )
        ) as distance_m
    from attackers
    inner join lane_positions as defenders
        on attackers.game_id = defenders.game_id
        and attackers.frame_index = defenders.frame_index
        and attackers.team_id <> defenders.team_id
    group by attackers.game_id, attackers.frame_index, attackers.tracklet_id
)

select
    nearest.game_id,
    any_value(nearest.team_id) as team_id,
    nearest.player_id,
    sum(nearest.distance_m * main_frames.frame_s) / sum(main_frames.frame_s) as distance_m,
    sum(nearest.distance_m * main_frames.frame_s) filter (nearest.is_holder)
    / sum(main_frames.frame_s) filter (nearest.is_holder) as with_ball_distance_m,
    coalesce(sum(main_frames.frame_s) filter (feet(nearest.distance_m) > 6), 0)
    / sum(main_frames.frame_s) as open_share,
    sum(main_frames.frame_s) as observed_s,
    coalesce(sum(main_frames.frame_s) filter (nearest.is_holder), 0) as with_ball_s
from nearest
inner join main_frames
    on nearest.game_id = main_frames.game_id
    and nearest.frame_index = main_frames.frame_index
group by nearest.game_id, nearest.player_id
