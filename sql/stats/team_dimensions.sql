-- How long and how wide each team stands, and where, with and without the ball.
--
-- Goalkeepers are left out. Length and width are those of the smallest upright rectangle around the
-- others, the spread is their mean distance from their centroid (stretch index; Bourbousson et al.,
-- Journal of Sports Sciences 28, 2010; Clemente et al., a review, 2013). Only frames that place
-- formation_share() of a team's players count.
--
-- game_id        Game.
-- period         Period; null if unknown.
-- team_id        Team.
-- in_possession  Whether the team controls the ball.
-- length_m       Mean length along the court, metres.
-- width_m        Mean width across the court, metres.
-- centroid_x_m   Mean place of the centroid along the court, turned so that the team attacks x > 0,
--                metres.
-- centroid_y_m   Mean place of the centroid across the court, turned likewise, metres.
-- last_line_m    Mean distance of the last but the goalkeeper from the own end line, metres.
-- spread_m       Mean distance of the players from the centroid, metres.
-- observed_s     Time of these frames, seconds.

with turned as (
    select
        lane_positions.game_id,
        lane_positions.frame_index,
        lane_positions.team_id,
        any_value(main_frames.period) as period,
        any_value(main_frames.frame_s) as frame_s,
        any_value(lane_positions.team_id = team_control.team_id) as in_possession,
        any_value(
            if(lane_positions.team_id = team_control.team_id, 1, -1) * team_control.attack_sign
        ) as turn,
        any_value(game_rules.baseline_x_m) as baseline_x_m,
        max(lane_positions.court_x_m) - min(lane_positions.court_x_m) as length_m,
        max(lane_positions.court_y_m) - min(lane_positions.court_y_m) as width_m,
        avg(lane_positions.court_x_m) as mean_x_m,
        avg(lane_positions.court_y_m) as mean_y_m,
        min(lane_positions.court_x_m) as least_x_m,
        max(lane_positions.court_x_m) as most_x_m,
        list((lane_positions.court_x_m, lane_positions.court_y_m)) as places
    from lane_positions
    inner join team_control
        on lane_positions.game_id = team_control.game_id
        and lane_positions.frame_index = team_control.frame_index
    inner join main_frames
        on lane_positions.game_id = main_frames.game_id
        and lane_positions.frame_index = main_frames.frame_index
    inner join game_rules on lane_positions.game_id = game_rules.game_id
    where
        lane_positions.role = 'player'
        and lane_positions.team_id in (game_rules.home_team_id, game_rules.away_team_id)
        and team_control.team_id is not null
        and team_control.attack_sign is not null
    group by lane_positions.game_id, lane_positions.frame_index, lane_positions.team_id
    having count(*) >= formation_share() * any_value(game_rules.on_court)
),

spread as (
    select
        *,
        list_avg(
            list_transform(
                places,
                lambda place: sqrt((place[1] - mean_x_m) ** 2 + (place[2] - mean_y_m) ** 2)
            )
        ) as spread_m,
        baseline_x_m + if(turn > 0, least_x_m, -most_x_m) as last_line_m
    from turned
)

select
    game_id,
    period,
    team_id,
    in_possession,
    sum(length_m * frame_s) / sum(frame_s) as length_m,
    sum(width_m * frame_s) / sum(frame_s) as width_m,
    sum(mean_x_m * turn * frame_s) / sum(frame_s) as centroid_x_m,
    sum(mean_y_m * turn * frame_s) / sum(frame_s) as centroid_y_m,
    sum(last_line_m * frame_s) / sum(frame_s) as last_line_m,
    sum(spread_m * frame_s) / sum(frame_s) as spread_m,
    sum(frame_s) as observed_s
from spread
group by game_id, period, team_id, in_possession
