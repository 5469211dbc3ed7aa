-- What is known of a shot attempt as it leaves the hand, for shot_values: from where, how open.
--
-- game_id        Game.
-- segment_index  Camera shot.
-- team_id        Team; null if undecided.
-- player_id      Player; null if undecided or less sure than least_identity_prob().
-- tracklet_id    Tracklet of the shooter.
-- release_s      Last frame with the ball, seconds of the video.
-- distance_m     Distance from the basket, metres; null if unknown.
-- is_three       Whether it was from beyond the three-point line; null if unknown.
-- near_share     exp(-distance_m / 2): 1 at the ring, a seventh at 4 m.
-- open_m         Distance of the nearest opponent, at most 3 m, metres; null if unknown.

select
    game_id,
    segment_index,
    team_id,
    sure_player(player_id, identity_prob) as player_id,
    tracklet_id,
    release_s,
    distance_m,
    is_three,
    exp(-distance_m / 2) as near_share,
    least(defender_distance_m, 3) as open_m
from shot_attempts
