-- Rebounds: who gains the ball first after a shot attempt that did not fall.
--
-- The first touch that begins within rebound_longest_s() of the release; the league credits the
-- player who gains possession of a missed shot. Where the ring was not watched a shot may have
-- fallen: is_missed is then null, and a touch of the other team may be the throw-in.
--
-- game_id            Game.
-- segment_index      Camera shot.
-- release_s          Release of the shot, seconds of the video.
-- shooter_id         Who shot; null if undecided.
-- shooter_team_id    Their team; null if undecided.
-- team_id            Team of the player who gains the ball; null if undecided.
-- player_id          Player who gains the ball; null if undecided.
-- is_offensive       Whether it is the shooter's team; null if undecided.
-- is_missed          Whether the shot was seen to miss; null if unknown.
-- start_s            First frame of that player with the ball, seconds of the video.
-- court_x_m          Where the player stands then along the court, metres; null if unknown.
-- court_y_m          Where the player stands then across the court, metres; null if unknown.
-- basket_distance_m  Distance from the basket of that half, metres; null if unknown.

with gains as (
    select
        shot_attempts.game_id,
        shot_attempts.segment_index,
        shot_attempts.release_s,
        sure_player(shot_attempts.player_id, shot_attempts.identity_prob) as shooter_id,
        shot_attempts.team_id as shooter_team_id,
        not shot_attempts.is_made as is_missed,
        touches.team_id,
        touches.player_id,
        touches.tracklet_id,
        touches.start_s
    from shot_attempts
    inner join touches
        on shot_attempts.game_id = touches.game_id
        and shot_attempts.segment_index = touches.segment_index
        and touches.start_s > shot_attempts.release_s
        and touches.start_s <= shot_attempts.release_s + rebound_longest_s()
    where shot_attempts.is_made is distinct from true
    qualify
        row_number() over (
            partition by
                shot_attempts.game_id, shot_attempts.segment_index, shot_attempts.release_s
            order by touches.start_s
        ) = 1
)

select
    gains.game_id,
    gains.segment_index,
    gains.release_s,
    gains.shooter_id,
    gains.shooter_team_id,
    gains.team_id,
    gains.player_id,
    gains.team_id = gains.shooter_team_id as is_offensive,
    gains.is_missed,
    gains.start_s,
    lane_positions.court_x_m,
    lane_positions.court_y_m,
    sqrt(
        (abs(lane_positions.court_x_m) - game_rules.basket_x_m) ** 2
        + lane_positions.court_y_m ** 2
    ) as basket_distance_m
from gains
inner join game_rules on gains.game_id = game_rules.game_id
left join lane_positions
    on gains.game_id = lane_positions.game_id
    and gains.tracklet_id = lane_positions.tracklet_id
    and gains.start_s = lane_positions.time_s
