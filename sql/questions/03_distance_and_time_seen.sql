-- How far does each player run, and how much of that do we see?
--
-- The distance grows with the time seen: compare players along a line through the origin, which
-- is a mean speed. Who was seen for less than least_exposure_share() of the longest seen is left
-- out.
--
-- Plot: points, observed_s, distance_m
--
-- player_name       Player.
-- team              Its name, or else its id.
-- team_id           Team.
-- player_id         Player; two may have one name.
-- observed_s        Time that the paths cover, seconds.
-- distance_m        Length of the paths, metres.
-- mean_speed_mph    The one by the other, miles an hour.

select
    any_value(rosters.player_name) as player_name,
    coalesce(any_value(teams.team_name), player_distance.team_id) as team,
    player_distance.team_id,
    player_distance.player_id,
    sum(player_distance.observed_s) as observed_s,
    sum(player_distance.distance_m) as distance_m,
    miles_per_hour(
        sum(player_distance.distance_m) / sum(player_distance.observed_s)
    ) as mean_speed_mph
from player_distance
inner join rosters
    on player_distance.game_id = rosters.game_id
    and player_distance.player_id = rosters.player_id
left join teams
    on player_distance.game_id = teams.game_id and player_distance.team_id = teams.team_id
group by player_distance.team_id, player_distance.player_id
qualify
    sum(player_distance.observed_s)
    >= least_exposure_share() * max(sum(player_distance.observed_s)) over ()
order by distance_m desc, player_distance.player_id
