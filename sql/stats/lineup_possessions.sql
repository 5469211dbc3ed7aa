-- Possessions of each five and the points that came of them, on offence and on defence.
--
-- Only possessions whose points the score bug tells, and whose five are named; divide by them.
-- Points per 100 possessions are the league's offensive and defensive rating.
--
-- game_id                Game.
-- team_id                Team.
-- player_ids             The five, sorted, with commas between.
-- possessions            Possessions of the team with this five.
-- points                 Points that it scored in them; null if there are none.
-- possession_s           Time of these possessions, seconds.
-- opponent_possessions   Possessions of the other team against this five.
-- opponent_points        Points that the other team scored in them; null if there are none.
-- opponent_possession_s  Time of these possessions, seconds.

with sides as (
    select
        possessions.game_id,
        possessions.team_id,
        possessions.player_ids,
        true as is_offence,
        possessions.points,
        possessions.duration_s
    from possessions
    union all
    select
        possessions.game_id,
        if(
            possessions.team_id = game_rules.home_team_id,
            game_rules.away_team_id,
            game_rules.home_team_id
        ) as team_id,
        possessions.opponent_ids as player_ids,
        false as is_offence,
        possessions.points,
        possessions.duration_s
    from possessions
    inner join game_rules on possessions.game_id = game_rules.game_id
)

select
    game_id,
    team_id,
    player_ids,
    count(*) filter (is_offence) as possessions,
    sum(points) filter (is_offence) as points,
    coalesce(sum(duration_s) filter (is_offence), 0) as possession_s,
    count(*) filter (not is_offence) as opponent_possessions,
    sum(points) filter (not is_offence) as opponent_points,
    coalesce(sum(duration_s) filter (not is_offence), 0) as opponent_possession_s
from sides
where player_ids is not null and points is not null
group by game_id, team_id, player_ids
