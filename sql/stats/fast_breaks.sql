-- Fast breaks: the ball is won in play and brought to the basket before the defence is back,
-- whether a shot comes of it or not.
--
-- Sport: basketball
--
-- Within fast_break_s() of the gain the ball is held within the three-point arc's radius of the
-- basket while at most fast_break_back() opponents are nearer to it than the holder: 8 s are the
-- time in which FIBA's statisticians, and transition of this warehouse, count them; a numerical
-- advantage is what coaches mean by one. The start must be seen.
--
-- game_id          Game.
-- segment_index    Camera shot.
-- team_id          Team that breaks.
-- period           Period; null if unknown.
-- start_s          Gain of the ball, seconds of the video.
-- reached_s        First frame in front of the basket, seconds of the video.
-- holder_id        Tracklet of who has the ball then.
-- player_id        That player; null if undecided.
-- attackers        Players of the team in the half of that basket then.
-- defenders_back   Opponents nearer to the basket than the holder then.
-- is_shot          Whether a shot attempt was released within fast_break_s() of the gain.
-- points           Points of the possession by the score bug; null if unknown.
-- ended_by         How the possession ended: scored, other team, or unknown.

with arrivals as (
    select
        possessions.game_id,
        possessions.segment_index,
        possessions.team_id,
        possessions.start_s,
        any_value(possessions.period) as period,
        any_value(coalesce(possessions.first_shot_after_s <= fast_break_s(), false)) as is_shot,
        any_value(possessions.points) as points,
        any_value(possessions.ended_by) as ended_by,
        min(team_control.time_s) as reached_s,
        arg_min(team_control.frame_index, team_control.time_s) as frame_index,
        arg_min(team_control.holder_tracklet_id, team_control.time_s) as holder_id,
        arg_min_null(
            sure_player(team_control.holder_player_id, team_control.holder_prob),
            team_control.time_s
        ) as player_id,
        arg_min(team_control.attack_sign, team_control.time_s) as attack_sign,
        any_value(game_rules.basket_x_m) as basket_x_m,
        arg_min(
            sqrt(
                (team_control.holder_x_m - team_control.attack_sign * game_rules.basket_x_m) ** 2
                + team_control.holder_y_m ** 2
            ),
            team_control.time_s
        ) as holder_distance_m
    from possessions
    inner join team_control
        on possessions.game_id = team_control.game_id
        and possessions.segment_index = team_control.segment_index
        and possessions.team_id = team_control.holder_team_id
        and team_control.time_s between possessions.start_s
        and possessions.start_s + fast_break_s()
        and team_control.time_s <= possessions.end_s
    inner join game_rules on possessions.game_id = game_rules.game_id
    where
        possessions.started_by = 'other team'
        and team_control.team_id = possessions.team_id
        and sqrt(
            (team_control.holder_x_m - team_control.attack_sign * game_rules.basket_x_m) ** 2
            + team_control.holder_y_m ** 2
        ) <= game_rules.three_point_radius_m
    group by
        possessions.game_id, possessions.segment_index, possessions.team_id, possessions.start_s
)

select
    arrivals.game_id,
    arrivals.segment_index,
    any_value(arrivals.team_id) as team_id,
    any_value(arrivals.period) as period,
    arrivals.start_s,
    any_value(arrivals.reached_s) as reached_s,
    any_value(arrivals.holder_id) as holder_id,
    any_value(arrivals.player_id) as player_id,
    count(*) filter (
        lane_positions.team_id = arrivals.team_id
        and lane_positions.court_x_m * arrivals.attack_sign > 0
    ) as attackers,
    count(*) filter (
        lane_positions.team_id <> arrivals.team_id
        and sqrt(
            (lane_positions.court_x_m - arrivals.attack_sign * arrivals.basket_x_m) ** 2
            + lane_positions.court_y_m ** 2
        ) < arrivals.holder_distance_m
    ) as defenders_back,
    any_value(arrivals.is_shot) as is_shot,
    any_value(arrivals.points) as points,
    any_value(arrivals.ended_by) as ended_by
from arrivals
inner join lane_positions
    on arrivals.game_id = lane_positions.game_id
    and arrivals.frame_index = lane_positions.frame_index
group by arrivals.game_id, arrivals.segment_index, arrivals.start_s
having defenders_back <= fast_break_back()
