-- Where each player was, in cells of one metre, turned so that the player's team attacks x > 0.
--
-- Only frames with a team in control whose basket is decided count.
--
-- game_id     Game.
-- team_id     Team of the player.
-- player_id   Player.
-- is_offence  Whether the player's team controls the ball.
-- cell_x_m    Centre of the cell along the court, metres.
-- cell_y_m    Centre of the cell across the court, metres.
-- seen_s      Time in the cell, seconds.
-- observed_s  Time of the player in all cells, same side of the ball, seconds.

with turned as (
    select
        lane_positions.game_id,
        lane_positions.team_id,
        lane_positions.player_id,
        lane_positions.team_id = team_control.team_id as is_offence,
        if(is_offence, 1, -1) * team_control.attack_sign as turn,
        floor(lane_positions.court_x_m * turn) + 0.5 as cell_x_m,
        floor(lane_positions.court_y_m * turn) + 0.5 as cell_y_m,
        main_frames.frame_s
    from lane_positions
    inner join team_control
        on lane_positions.game_id = team_control.game_id
        and lane_positions.frame_index = team_control.frame_index
    inner join main_frames
        on lane_positions.game_id = main_frames.game_id
        and lane_positions.frame_index = main_frames.frame_index
    where
        lane_positions.player_id is not null
        and lane_positions.team_id is not null
        and team_control.attack_sign is not null
)

select
    game_id,
    team_id,
    player_id,
    is_offence,
    cell_x_m,
    cell_y_m,
    sum(frame_s) as seen_s,
    sum(sum(frame_s)) over (partition by game_id, team_id, player_id, is_offence) as observed_s
from turned
group by game_id, team_id, player_id, is_offence, cell_x_m, cell_y_m
