-- Every row lies in its segment. Returns the frames that do not, by table.
with rows_of_frames as (
    select 'player_frames' as table_name, game_id, segment_index, frame_index, time_s
    from player_frames
    union
    select 'ball_frames' as table_name, game_id, segment_index, frame_index, time_s
    from ball_frames
    union
    select 'clock_frames' as table_name, game_id, segment_index, frame_index, time_s
    from clock_frames
    union
    select 'court_views' as table_name, game_id, segment_index, frame_index, time_s
    from court_views
)

select
    rows_of_frames.table_name,
    rows_of_frames.game_id,
    rows_of_frames.segment_index,
    rows_of_frames.frame_index
from rows_of_frames
left join segments
    on rows_of_frames.game_id = segments.game_id
    and rows_of_frames.segment_index = segments.segment_index
where
    segments.segment_index is null
    or rows_of_frames.frame_index < segments.start_frame
    or rows_of_frames.frame_index >= segments.end_frame
    or rows_of_frames.time_s < segments.start_s - 0.001
    or rows_of_frames.time_s >= segments.end_s + 0.001
