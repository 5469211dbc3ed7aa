-- How closely opponents stand to each player who has the ball.
--
-- Sport: soccer
--
-- A player is under pressure while an opponent is within pressure_m(): 5 yards, as StatsBomb's data
-- count it. Only the nearest opponent who is placed counts, so that opponents out of the picture
-- make the distance too large.
--
-- game_id             Game.
-- team_id             Team of the player.
-- player_id           Player with the ball.
-- opponent_m          Mean distance of the nearest opponent, metres.
-- nearest_opponent_m  Smallest distance of an opponent, metres.
-- pressed_share       Share of the time under pressure.
-- with_ball_s         Time seen with the ball and an opponent placed, seconds.

with distances as (
    select
        holders.game_id,
        holders.frame_index,
        any_value(holders.team_id) as team_id,
        any_value(holders.player_id) as player_id,
        any_value(main_frames.frame_s) as frame_s,
        min(
            sqrt(
                (holders.court_x_m - opponents.court_x_m) ** 2
                + (holders.court_y_m - opponents.court_y_m) ** 2
            )
        ) as opponent_m
    from team_control
    inner join lane_positions as holders
        on team_control.game_id = holders.game_id
        and team_control.frame_index = holders.frame_index
        and team_control.holder_tracklet_id = holders.tracklet_id
    inner join lane_positions as opponents
        on holders.game_id = opponents.game_id
        and holders.frame_index = opponents.frame_index
        and holders.team_id <> opponents.team_id
    inner join main_frames
        on holders.game_id = main_frames.game_id
        and holders.frame_index = main_frames.frame_index
    where holders.player_id is not null
    group by holders.game_id, holders.frame_index
)

select
    game_id,
    any_value(team_id) as team_id,
    player_id,
    sum(opponent_m * frame_s) / sum(frame_s) as opponent_m,
    min(opponent_m) as nearest_opponent_m,
    coalesce(sum(frame_s) filter (opponent_m <= pressure_m()), 0) / sum(frame_s) as pressed_share,
    sum(frame_s) as with_ball_s
from distances
group by game_id, player_id
