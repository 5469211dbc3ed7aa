-- Where the ball is on the court, frame by frame of the main view, as its team attacks.
--
-- The place of the ball, or else of who holds it. A ball in the air seems farther than it is.
--
-- game_id      Game.
-- frame_index  Frame.
-- time_s       Time of the frame, seconds.
-- frame_s      Time that the frame stands for, seconds.
-- period       Period; null if unknown.
-- team_id      Team in control.
-- ball_x_m     Along the court, turned so that this team attacks x > 0, metres.
-- ball_y_m     Across the court, turned likewise, metres.

select
    team_control.game_id,
    team_control.frame_index,
    team_control.time_s,
    main_frames.frame_s,
    main_frames.period,
    team_control.team_id,
    coalesce(ball_frames.court_x_m, team_control.holder_x_m) * team_control.attack_sign
        as ball_x_m,
    coalesce(ball_frames.court_y_m, team_control.holder_y_m) * team_control.attack_sign
        as ball_y_m
from team_control
inner join main_frames
    on team_control.game_id = main_frames.game_id
    and team_control.frame_index = main_frames.frame_index
left join ball_frames
    on team_control.game_id = ball_frames.game_id
    and team_control.frame_index = ball_frames.frame_index
where team_control.team_id is not null and team_control.attack_sign is not null
