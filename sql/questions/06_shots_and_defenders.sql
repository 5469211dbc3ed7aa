-- From where do players throw, and how near is the defender?
--
-- Attempts whose place or whose nearest opponent is unknown are not shown.
--
-- Plot: points, distance_ft, defender_distance_ft
--
-- player_name           Player; null if undecided.
-- distance_ft           Distance from the basket, feet.
-- defender_distance_ft  Distance of the nearest opponent, feet.
-- is_made               Whether it fell; null if unknown.

select
    rosters.player_name,
    feet(shot_attempts.distance_m) as distance_ft,
    feet(shot_attempts.defender_distance_m) as defender_distance_ft,
    shot_attempts.is_made
from shot_attempts
left join rosters
    on shot_attempts.game_id = rosters.game_id and shot_attempts.player_id = rosters.player_id
where shot_attempts.distance_m is not null and shot_attempts.defender_distance_m is not null
order by distance_ft, defender_distance_ft
