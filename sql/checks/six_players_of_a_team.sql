-- Five named players of a team are on the court. Single frames may err where a tracklet changes
-- its person; returns the games in which it is more than one frame in twenty.
with crowded as (
    select game_id, frame_index, team_id
    from player_frames
    where player_id is not null and court_x_m is not null
    group by game_id, frame_index, team_id
    having count(distinct player_id) > 5
),

frame_counts as (
    select game_id, count(distinct frame_index) as frames from player_frames group by game_id
)

select
    crowded.game_id,
    count(distinct crowded.frame_index) as crowded_frames,
    any_value(frame_counts.frames) as frames
from crowded
inner join frame_counts on crowded.game_id = frame_counts.game_id
group by crowded.game_id
having count(distinct crowded.frame_index) > 0.05 * any_value(frame_counts.frames)
