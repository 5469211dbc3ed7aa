-- A tracklet lives in one segment. Returns those that do not.
select game_id, tracklet_id, count(distinct segment_index) as segments
from player_frames
group by game_id, tracklet_id
having count(distinct segment_index) > 1
