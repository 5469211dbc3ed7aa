-- Control of the ball as seen beside the possessions that were called.
--
-- Time within called_edge_s() of a change of possession is not judged: changes are soft. Calls are
-- put on the clock that was seen by call_shifts; the same at equal clocks stands beside.
--
-- game_id          Game.
-- team_id          Team that controls the ball, as seen.
-- judged_s         Time of its control in which somebody has a called possession, seconds.
-- agreed_s         Time of it in which that is the same team, seconds.
-- disagreed_s      Time of it in which it is the other team, seconds.
-- lag_s            Lag of the calls that was used, seconds; null if none is known.
-- judged_equal_s   Time judged at equal clocks, seconds.
-- agreed_equal_s   Time of it in which that is the same team, seconds.

with controlled as (
    select
        main_frames.game_id,
        main_frames.frame_s,
        main_frames.period,
        main_frames.game_clock_s,
        team_control.team_id,
        call_shifts.lag_s,
        unnest([call_shifts.shift_s, 0.0]) as shift_s,
        unnest([true, false]) as is_shifted
    from main_frames
    inner join team_control
        on main_frames.game_id = team_control.game_id
        and main_frames.frame_index = team_control.frame_index
    inner join call_shifts on main_frames.game_id = call_shifts.game_id
    where team_control.team_id is not null
),

judged as (
    select
        controlled.game_id,
        controlled.frame_s,
        controlled.team_id,
        controlled.lag_s,
        controlled.is_shifted,
        called_possessions.team_id = controlled.team_id as is_agreed
    from controlled
    inner join called_possessions
        on controlled.game_id = called_possessions.game_id
        and controlled.period = called_possessions.period
        and controlled.game_clock_s - controlled.shift_s
        <= called_possessions.start_clock_s - called_edge_s()
        and controlled.game_clock_s - controlled.shift_s
        >= called_possessions.end_clock_s + called_edge_s()
)

select
    game_id,
    team_id,
    coalesce(sum(frame_s) filter (is_shifted), 0) as judged_s,
    coalesce(sum(frame_s) filter (is_shifted and is_agreed), 0) as agreed_s,
    coalesce(sum(frame_s) filter (is_shifted and not is_agreed), 0) as disagreed_s,
    any_value(lag_s) as lag_s,
    coalesce(sum(frame_s) filter (not is_shifted), 0) as judged_equal_s,
    coalesce(sum(frame_s) filter (not is_shifted and is_agreed), 0) as agreed_equal_s
from judged
group by game_id, team_id
