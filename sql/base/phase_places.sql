-- Mean places of each team's players, with and without the ball, goalkeepers left out.
--
-- Only frames count that place formation_share() of a team's players on the court, as a camera that
-- shows a part of the team would shift the mean.
--
-- game_id        Game.
-- period         Period, from 1; 0 where no clock was read.
-- team_id        Team.
-- in_possession  Whether the team controls the ball.
-- person         Player, or the tracklet of somebody without a name, after a #.
-- player_id      Player; null if undecided.
-- mean_x_m       Mean place along the court, turned so that the team attacks x > 0, metres.
-- mean_y_m       Mean place across the court, turned likewise, metres.
-- seen_s         Time of the player, seconds.
-- observed_s     Time of the team in this phase, seconds.

with turned as (
    select
        lane_positions.game_id,
        coalesce(main_frames.period, 0) as period,
        lane_positions.frame_index,
        lane_positions.team_id,
        lane_positions.team_id = team_control.team_id as in_possession,
        coalesce(lane_positions.player_id, '#' || lane_positions.tracklet_id) as person,
        lane_positions.player_id,
        if(in_possession, 1, -1) * team_control.attack_sign as turn,
        lane_positions.court_x_m * turn as x_m,
        lane_positions.court_y_m * turn as y_m,
        main_frames.frame_s,
        count(*) over (
            partition by
                lane_positions.game_id, lane_positions.frame_index, lane_positions.team_id
        ) as placed,
        game_rules.on_court
    from lane_positions
    inner join team_control
        on lane_positions.game_id = team_control.game_id
        and lane_positions.frame_index = team_control.frame_index
    inner join main_frames
        on lane_positions.game_id = main_frames.game_id
        and lane_positions.frame_index = main_frames.frame_index
    inner join game_rules on lane_positions.game_id = game_rules.game_id
    where
        lane_positions.role = 'player'
        and lane_positions.team_id in (game_rules.home_team_id, game_rules.away_team_id)
        and team_control.team_id is not null
        and team_control.attack_sign is not null
),

whole as (
    select * from turned where placed >= formation_share() * on_court
),

phases as (
    select game_id, period, team_id, in_possession, sum(frame_s) as observed_s
    from (
        select distinct game_id, period, frame_index, team_id, in_possession, frame_s from whole
    )
    group by game_id, period, team_id, in_possession
)

select
    whole.game_id,
    whole.period,
    whole.team_id,
    whole.in_possession,
    whole.person,
    any_value(whole.player_id) as player_id,
    avg(whole.x_m) as mean_x_m,
    avg(whole.y_m) as mean_y_m,
    sum(whole.frame_s) as seen_s,
    any_value(phases.observed_s) as observed_s
from whole
inner join phases
    on whole.game_id = phases.game_id
    and whole.period = phases.period
    and whole.team_id = phases.team_id
    and whole.in_possession = phases.in_possession
group by whole.game_id, whole.period, whole.team_id, whole.in_possession, whole.person
