-- Line-ups that are named: a team in a frame of the main view with just as many of its players as
-- it has on the court, five in basketball.
--
-- game_id      Game.
-- frame_index  Frame.
-- team_id      Team.
-- player_ids   These, sorted, with commas between: the key of a line-up.

select
    players.game_id,
    frame_index,
    team_id,
    string_agg(distinct player_id, ',' order by player_id) as player_ids
from players
inner join game_rules on players.game_id = game_rules.game_id
where view = 'main' and plays(role) and player_id is not null and team_id is not null
group by players.game_id, frame_index, team_id
having count(distinct player_id) = any_value(on_court)
