-- Control of the ball as seen beside the possessions that were called.
--
-- Time within called_edge_s() of a change of possession is not judged: the play-by-play is late by
-- a second or two.
--
-- game_id      Game.
-- team_id      Team that controls the ball, as seen.
-- judged_s     Time of its control in which somebody has a called possession, seconds.
-- agreed_s     Time of it in which that is the same team, seconds.
-- disagreed_s  Time of it in which it is the other team, seconds.

select
    main_frames.game_id,
    team_control.team_id,
    sum(main_frames.frame_s) as judged_s,
    coalesce(
        sum(main_frames.frame_s) filter (
            where called_possessions.team_id = team_control.team_id
        ),
        0
    ) as agreed_s,
    coalesce(
        sum(main_frames.frame_s) filter (
            where called_possessions.team_id <> team_control.team_id
        ),
        0
    ) as disagreed_s
from main_frames
inner join team_control
    on main_frames.game_id = team_control.game_id
    and main_frames.frame_index = team_control.frame_index
inner join called_possessions
    on main_frames.game_id = called_possessions.game_id
    and main_frames.period = called_possessions.period
    and main_frames.game_clock_s <= called_possessions.start_clock_s - called_edge_s()
    and main_frames.game_clock_s >= called_possessions.end_clock_s + called_edge_s()
where team_control.team_id is not null
group by main_frames.game_id, team_control.team_id
