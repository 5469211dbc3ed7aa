-- Of a team no more named players are on the court than play. Single frames may err where a
-- tracklet changes its person; returns the games in which it is more than one frame in twenty.
with crowded as (
    select player_frames.game_id, frame_index, team_id
    from player_frames
    inner join game_rules on player_frames.game_id = game_rules.game_id
    where player_id is not null and court_x_m is not null
    group by player_frames.game_id, frame_index, team_id
    having count(distinct player_id) > any_value(on_court)
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
