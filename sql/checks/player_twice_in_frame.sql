-- A player is in one place per frame. Returns the rows that break this.
select game_id, frame_index, player_id, count(*) as tracklets
from player_frames
where player_id is not null
group by game_id, frame_index, player_id
having count(*) > 1
