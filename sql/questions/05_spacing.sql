-- Which team spreads wider on offence?
--
-- The mean over controls of the ball, weighted by the time in which all five were placed.
--
-- Plot: bars, team, pair_distance_ft
--
-- team              Its name, or else its id.
-- team_id           Team.
-- pair_distance_ft  Mean distance between two team-mates, feet.
-- observed_s        Time with all five placed, seconds.

select
    coalesce(any_value(teams.team_name), spacing.team_id) as team,
    spacing.team_id,
    feet(sum(spacing.pair_distance_m * spacing.observed_s) / sum(spacing.observed_s))
        as pair_distance_ft,
    sum(spacing.observed_s) as observed_s
from spacing
left join teams on spacing.game_id = teams.game_id and spacing.team_id = teams.team_id
group by spacing.team_id
having sum(spacing.observed_s) > 0
order by pair_distance_ft desc, spacing.team_id
