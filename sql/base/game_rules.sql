-- Lengths and rules of each game's league.
--
-- game_id                  Game.
-- league                   Whose rules.
-- home_team_id             Home team.
-- away_team_id             Away team.
-- sport                    Which sport they play.
-- on_court                 Players of a team on the court.
-- baseline_x_m             Baselines or goal lines lie at plus and minus this x, metres.
-- sideline_y_m             Sidelines or touchlines lie at plus and minus this y, metres.
-- target_x_m               Baskets or goals lie at plus and minus this x and y 0, metres.
-- basket_x_m               The same of baskets; null in other sports, as all of the lane.
-- lane_inner_x_m           |x| at which the lane begins, towards the centre, metres.
-- lane_outer_x_m           |x| at which it ends, behind the baseline in some leagues, metres.
-- lane_side_y_m            |y| at which it ends, metres.
-- three_point_radius_m     Radius of the three-point arc around the basket, metres.
-- three_point_corner_m     |y| of its straight part, metres.
-- three_point_inner_x_m    |x| at which the straight part becomes the arc, metres.
-- restricted_radius_m      Radius of the restricted area around the basket, metres.
-- periods                  Periods before overtime.
-- period_s                 Length of a period, seconds.
-- overtime_s               Length of an overtime, seconds.
-- lane_limit_s             Longest stay in the lane, seconds.
-- defensive_three_seconds  Whether the limit holds for the defence, too.

select
    games.game_id,
    games.league,
    games.home_team_id,
    games.away_team_id,
    leagues.sport,
    leagues.on_court,
    leagues.length_m / 2 as baseline_x_m,
    leagues.width_m / 2 as sideline_y_m,
    leagues.target_x_m,
    leagues.length_m / 2 - leagues.basket_from_baseline_m as basket_x_m,
    leagues.length_m / 2 - leagues.lane_length_m as lane_inner_x_m,
    leagues.length_m / 2 + leagues.lane_behind_baseline_m as lane_outer_x_m,
    leagues.lane_width_m / 2 as lane_side_y_m,
    leagues.three_point_radius_m,
    leagues.three_point_corner_m,
    leagues.length_m / 2 - leagues.three_point_straight_m as three_point_inner_x_m,
    leagues.restricted_radius_m,
    leagues.periods,
    leagues.period_s,
    leagues.overtime_s,
    leagues.lane_limit_s,
    leagues.defensive_three_seconds
from games
inner join leagues on games.league = leagues.league
