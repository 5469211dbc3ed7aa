-- Time goes on with the frames of a game. Returns the frames at which it does not.
with frames as (
    select distinct game_id, frame_index, time_s from player_frames
),

steps as (
    select
        game_id,
        frame_index,
        time_s,
        lag(time_s) over (partition by game_id order by frame_index, time_s) as previous_s
    from frames
)

select game_id, frame_index, time_s, previous_s
from steps
where time_s <= previous_s
