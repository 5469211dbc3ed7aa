-- Which team spreads wider on offence?
--
-- The mean over controls of the ball, weighted by the time in which all five were placed.
--
-- Plot: bars, team_id, pair_distance_ft
--
-- team_id           Team.
-- pair_distance_ft  Mean distance between two team-mates, feet.
-- observed_s        Time with all five placed, seconds.

select
    team_id,
    feet(sum(pair_distance_m * observed_s) / sum(observed_s)) as pair_distance_ft,
    sum(observed_s) as observed_s
from spacing
group by team_id
having sum(observed_s) > 0
order by pair_distance_ft desc, team_id
