-- A key names one row. Returns the keys that name several, by table.
select 'player_frames' as table_name, game_id, frame_index, tracklet_id, count(*) as copies
from player_frames
group by game_id, frame_index, tracklet_id
having count(*) > 1
union all
select 'ball_frames' as table_name, game_id, frame_index, null as tracklet_id, count(*) as copies
from ball_frames
group by game_id, frame_index
having count(*) > 1
union all
select 'clock_frames' as table_name, game_id, frame_index, null as tracklet_id, count(*) as copies
from clock_frames
group by game_id, frame_index
having count(*) > 1
union all
select 'identities' as table_name, game_id, null as frame_index, tracklet_id, count(*) as copies
from identities
group by game_id, tracklet_id
having count(*) > 1
union all
select 'segments' as table_name, game_id, segment_index, null as tracklet_id, count(*) as copies
from segments
group by game_id, segment_index
having count(*) > 1
union all
select 'games' as table_name, game_id, null as frame_index, null as tracklet_id, count(*) as copies
from games
group by game_id
having count(*) > 1
