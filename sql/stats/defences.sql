-- Zone or man: how a team defends each control of the ball against it, with a probability.
--
-- Sport: basketball
--
-- In man-to-man a defender follows an opponent (Franks, Miller, Bornn and Goldsberry 2015: 0.62 of
-- where a defender stands is the opponent, 0.11 the ball, 0.27 the basket); in a zone, the ball.
-- Each defender's place, every zone_look_s() in which the teams stand in front of the basket, is
-- explained by one straight line along and one across the court: of the opponent who was nearest
-- on average, and of the ball holder. The likelihood of the second against that of the first,
-- zone_news_share() of each look, with zone_prior_prob() before it, is the probability. There are
-- no labels of zones to calibrate it on; of defences that hardly move it says the prior.
--
-- game_id           Game.
-- segment_index     Camera shot.
-- team_id           Team that defends.
-- control_index     Control of the segment by the other team, as in team_control.
-- start_s           First frame looked at, seconds of the video.
-- end_s             Last frame looked at, seconds of the video.
-- defenders         Defenders who were seen in enough of them.
-- man_share         Mean share of the spread of their places that their opponents explain.
-- ball_share        Mean share of it that the ball explains.
-- zone_prob         Probability that it is a zone, if all that is as assumed; not calibrated.
-- defence           zone or man, whichever is likelier.

with looks as (
    select
        team_control.game_id,
        team_control.segment_index,
        team_control.frame_index,
        team_control.time_s,
        team_control.team_id,
        team_control.control_index,
        last_value(team_control.holder_x_m ignore nulls) over control as ball_x_m,
        last_value(team_control.holder_y_m ignore nulls) over control as ball_y_m,
        formations.is_settled,
        row_number() over (
            partition by
                team_control.game_id,
                team_control.segment_index,
                team_control.control_index,
                floor(team_control.time_s / zone_look_s())
            order by team_control.time_s
        ) as look
    from team_control
    inner join formations
        on team_control.game_id = formations.game_id
        and team_control.frame_index = formations.frame_index
    where team_control.is_frontcourt and team_control.team_id is not null
    window control as (
        partition by
            team_control.game_id, team_control.segment_index, team_control.control_index
        order by team_control.time_s
        rows between unbounded preceding and current row
    )
),

pairs as (
    select
        looks.game_id,
        looks.segment_index,
        looks.control_index,
        defenders.tracklet_id as defender_id,
        any_value(defenders.team_id) as team_id,
        min(looks.time_s) as start_s,
        max(looks.time_s) as end_s,
        count(*) as looks,
        avg(
            sqrt(
                (attackers.court_x_m - defenders.court_x_m) ** 2
                + (attackers.court_y_m - defenders.court_y_m) ** 2
            )
        ) as distance_m,
        var_pop(defenders.court_x_m) as spread_x_m2,
        var_pop(defenders.court_y_m) as spread_y_m2,
        coalesce(regr_r2(defenders.court_x_m, attackers.court_x_m), 0) as man_x_share,
        coalesce(regr_r2(defenders.court_y_m, attackers.court_y_m), 0) as man_y_share,
        coalesce(regr_r2(defenders.court_x_m, looks.ball_x_m), 0) as ball_x_share,
        coalesce(regr_r2(defenders.court_y_m, looks.ball_y_m), 0) as ball_y_share
    from looks
    inner join lane_positions as attackers
        on looks.game_id = attackers.game_id
        and looks.frame_index = attackers.frame_index
        and looks.team_id = attackers.team_id
    inner join lane_positions as defenders
        on looks.game_id = defenders.game_id
        and looks.frame_index = defenders.frame_index
        and looks.team_id <> defenders.team_id
    where looks.is_settled and looks.look = 1 and looks.ball_x_m is not null
    group by
        looks.game_id,
        looks.segment_index,
        looks.control_index,
        defenders.tracklet_id,
        attackers.tracklet_id
    having count(*) * zone_look_s() >= zone_least_s()
),

-- Places err by lane_error_m(): nothing explains more of a spread than that leaves.
marked as (
    select
        *,
        zone_news_share() * looks / 2 * (
            ln(spread_x_m2 * (1 - man_x_share) + lane_error_m() ** 2)
            - ln(spread_x_m2 * (1 - ball_x_share) + lane_error_m() ** 2)
            + ln(spread_y_m2 * (1 - man_y_share) + lane_error_m() ** 2)
            - ln(spread_y_m2 * (1 - ball_y_share) + lane_error_m() ** 2)
        ) as zone_score,
        (spread_x_m2 * man_x_share + spread_y_m2 * man_y_share)
        / nullif(spread_x_m2 + spread_y_m2, 0) as man_share,
        (spread_x_m2 * ball_x_share + spread_y_m2 * ball_y_share)
        / nullif(spread_x_m2 + spread_y_m2, 0) as ball_share
    from pairs
    qualify
        row_number() over (
            partition by game_id, segment_index, control_index, defender_id order by distance_m
        ) = 1
)

select
    game_id,
    segment_index,
    any_value(team_id) as team_id,
    control_index,
    min(start_s) as start_s,
    max(end_s) as end_s,
    count(*) as defenders,
    avg(man_share) as man_share,
    avg(ball_share) as ball_share,
    1 / (1 + exp(-sum(zone_score)) * (1 - zone_prior_prob()) / zone_prior_prob()) as zone_prob,
    if(zone_prob > 0.5, 'zone', 'man') as defence
from marked
group by game_id, segment_index, control_index
having count(*) >= 4
