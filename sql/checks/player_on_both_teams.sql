-- A player plays for one team in a game. Returns the rows that break this.
select game_id, player_id, count(distinct team_id) as teams
from player_frames
where player_id is not null and team_id is not null
group by game_id, player_id
having count(distinct team_id) > 1
