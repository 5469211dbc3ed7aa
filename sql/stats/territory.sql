-- Where each team had the ball, by thirds of the pitch, and how the field tilts.
--
-- Sport: soccer
--
-- Only frames with a team in control and a place of the ball count. Field tilt is a team's share of
-- the ball in the final thirds: usually of passes or touches there (Opta), here of the time, as not
-- every touch is seen.
--
-- game_id              Game.
-- period               Period; null if unknown.
-- team_id              Team.
-- control_s            Time in control of the ball, seconds.
-- control_share        Of that of both teams.
-- own_third_share      Share of that time with the ball in the own third.
-- middle_third_share   Share of that time with the ball in the middle third.
-- final_third_share    Share of that time with the ball in the final third.
-- opponent_half_share  Share of that time with the ball in the opponents' half.
-- field_tilt_share     The team's time with the ball in its final third by that of both teams in
--                      theirs; null if neither had it there.

with placed as (
    select
        ball_places.*,
        game_rules.baseline_x_m / 3 as third_x_m
    from ball_places
    inner join game_rules on ball_places.game_id = game_rules.game_id
    where
        ball_places.ball_x_m is not null
        and ball_places.team_id in (game_rules.home_team_id, game_rules.away_team_id)
),

teams_of_periods as (
    select
        game_id,
        period,
        team_id,
        sum(frame_s) as control_s,
        coalesce(sum(frame_s) filter (ball_x_m < -third_x_m), 0) as own_s,
        coalesce(sum(frame_s) filter (ball_x_m > third_x_m), 0) as final_s,
        coalesce(sum(frame_s) filter (ball_x_m > 0), 0) as opponent_s
    from placed
    group by game_id, period, team_id
)

select
    game_id,
    period,
    team_id,
    control_s,
    control_s / sum(control_s) over (partition by game_id, period) as control_share,
    own_s / control_s as own_third_share,
    (control_s - own_s - final_s) / control_s as middle_third_share,
    final_s / control_s as final_third_share,
    opponent_s / control_s as opponent_half_share,
    final_s / nullif(sum(final_s) over (partition by game_id, period), 0) as field_tilt_share
from teams_of_periods
