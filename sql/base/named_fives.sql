-- Fives that are named: a team in a frame of the main view with exactly five of its players.
--
-- game_id      Game.
-- frame_index  Frame.
-- team_id      Team.
-- player_ids   The five, sorted, with commas between: the key of a line-up.

select
    game_id,
    frame_index,
    team_id,
    string_agg(distinct player_id, ',' order by player_id) as player_ids
from players
where view = 'main' and role = 'player' and player_id is not null and team_id is not null
group by game_id, frame_index, team_id
having count(distinct player_id) = 5
