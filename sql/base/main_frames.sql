-- Frames of the main view with the clock.
--
-- game_id        Game.
-- segment_index  Camera shot.
-- frame_index    Frame.
-- time_s         Time of the frame, seconds.
-- step_s         Time since the frame before in the segment, seconds; null at its first.
-- frame_s        Time that the frame stands for: since the frame before, or a usual step, seconds.
-- sample_s       Usual step of the game, seconds.
-- period         Period on the clock, or else of the segment's clock; null if unknown.
-- game_clock_s   Seconds left in the period; null if unknown.
-- clock_running  Whether the game clock runs; null if unknown.

with main_segments as (
    select game_id, segment_index from segments where view = 'main'
),

frames as (
    select game_id, segment_index, frame_index, any_value(time_s) as time_s
    from (
        select game_id, segment_index, frame_index, time_s from player_frames
        union all
        select game_id, segment_index, frame_index, time_s from ball_frames
    )
    semi join main_segments using (game_id, segment_index)
    group by game_id, segment_index, frame_index
),

steps as (
    select
        *,
        time_s - lag(time_s) over (
            partition by game_id, segment_index order by time_s
        ) as step_s
    from frames
),

segment_periods as (
    select game_id, segment_index, mode(period) as period
    from clock_frames
    where period is not null
    group by game_id, segment_index
),

last_reads as (
    select
        steps.*,
        median(steps.step_s) over (partition by steps.game_id) as sample_s,
        steps.time_s - clock_frames.time_s as age_s,
        if(age_s <= clock_memory_s(), clock_frames.period, null) as period,
        if(age_s <= clock_memory_s(), clock_frames.game_clock_s, null) as game_clock_s,
        if(age_s <= clock_memory_s(), clock_frames.clock_running, null) as clock_running
    from steps
    asof left join clock_frames
        on steps.game_id = clock_frames.game_id
        and steps.segment_index = clock_frames.segment_index
        and steps.time_s >= clock_frames.time_s
)

select
    last_reads.game_id,
    last_reads.segment_index,
    last_reads.frame_index,
    last_reads.time_s,
    last_reads.step_s,
    if(
        last_reads.step_s <= greatest(path_gap_s(), last_reads.sample_s),
        last_reads.step_s,
        last_reads.sample_s
    ) as frame_s,
    last_reads.sample_s,
    coalesce(last_reads.period, segment_periods.period) as period,
    if(
        last_reads.clock_running,
        greatest(last_reads.game_clock_s - last_reads.age_s, 0),
        last_reads.game_clock_s
    ) as game_clock_s,
    last_reads.clock_running
from last_reads
left join segment_periods
    on last_reads.game_id = segment_periods.game_id
    and last_reads.segment_index = segment_periods.segment_index
