-- Screens on the ball, and the pick-and-roll that follows: who screens whom, what the defence did.
--
-- A team-mate of the ball handler stands (slower than screen_mps()) within screen_m() of the
-- opponent nearest to the handler, and within 10 ft of the handler, for screen_s(); the rule of
-- McQueen, Wiens and Guttag (Sloan 2014), who find four in five of such screens with it and a
-- classifier. What the defence did has the four kinds of McIntyre, Brooks, Guttag and Wiens (Sloan
-- 2016), from who is nearest to the handler over the second that begins screen_after_s() later.
--
-- game_id                Game.
-- segment_index          Camera shot.
-- team_id                Team with the ball.
-- handler_id             Tracklet of the ball handler.
-- player_id              Ball handler; null if undecided.
-- screener_id            Tracklet of the screener.
-- screener_player_id     Screener; null if undecided.
-- defender_id            Tracklet of the screened defender.
-- defender_player_id     Screened defender; null if undecided.
-- start_s                First frame of the screen, seconds of the video.
-- end_s                  Last frame of the screen, seconds of the video.
-- basket_distance_m      Distance of the screener from the basket attacked, metres.
-- defence                trap (two within trap_m() of the handler), switch (another defender takes
--                        the handler), under (the screened defender passes between screener and
--                        basket), over (on the other side), or null if the handler is not seen
--                        afterwards.
-- screener_then          roll (the screener nears the basket by roll_m()), pop (moves as far
--                        otherwise), stay, or null if not seen for as long.
-- is_pick_and_roll       Whether the screener rolls; null if that is not known.
-- ended_by               Who shoots within action_s() of the end: handler, screener or other; null
--                        if nobody.
-- screener_got_ball      Whether the screener has the ball within action_s() of the end.

with pairs as (
    select
        handlers.game_id,
        handlers.segment_index,
        handlers.time_s,
        handlers.team_id,
        handlers.tracklet_id as handler_id,
        handlers.player_id,
        handlers.defender_id,
        handlers.defender_player_id,
        mates.tracklet_id as screener_id,
        mates.player_id as screener_player_id,
        mates.basket_distance_m,
        sqrt(
            (mates.court_x_m - handlers.defender_x_m) ** 2
            + (mates.court_y_m - handlers.defender_y_m) ** 2
        ) as screen_distance_m,
        handlers.defender_basket_m < mates.basket_distance_m as is_inside
    from marks as handlers
    inner join marks as mates
        on handlers.game_id = mates.game_id
        and handlers.frame_index = mates.frame_index
        and handlers.tracklet_id <> mates.tracklet_id
    where
        handlers.is_holder
        and mates.moving_mps <= screen_mps()
        and feet(
            sqrt(
                (mates.court_x_m - handlers.court_x_m) ** 2
                + (mates.court_y_m - handlers.court_y_m) ** 2
            )
        ) <= 10
        and screen_distance_m <= screen_m()
),

steps as (
    select
        *,
        coalesce(time_s - lag(time_s) over path > path_gap_s(), true) as is_new
    from pairs
    window path as (
        partition by game_id, segment_index, handler_id, screener_id order by time_s
    )
),

screens_seen as (
    select
        game_id,
        segment_index,
        any_value(team_id) as team_id,
        handler_id,
        any_value(player_id) as player_id,
        screener_id,
        any_value(screener_player_id) as screener_player_id,
        arg_min(defender_id, time_s) as defender_id,
        arg_min_null(defender_player_id, time_s) as defender_player_id,
        min(time_s) as start_s,
        max(time_s) as end_s,
        arg_max(basket_distance_m, time_s) as basket_distance_m,
        arg_min(is_inside, screen_distance_m) as is_inside
    from numbered_runs('steps', (segment_index, handler_id, screener_id), time_s, is_new)
    group by game_id, segment_index, handler_id, screener_id, run_index
    having rounded_s(max(time_s) - min(time_s)) >= screen_s()
),

-- The moments after it; of the screener from its last frame on.
afterwards as (
    select
        screens_seen.game_id,
        screens_seen.handler_id,
        screens_seen.screener_id,
        screens_seen.start_s,
        marks.tracklet_id = screens_seen.handler_id as is_handler,
        marks.time_s,
        marks.court_x_m,
        marks.court_y_m,
        marks.basket_distance_m,
        marks.time_s >= screens_seen.end_s + screen_after_s() as is_after,
        marks.defender_id <> screens_seen.defender_id as is_switched,
        coalesce(marks.second_distance_m <= trap_m(), false) as is_trapped
    from screens_seen
    inner join marks
        on screens_seen.game_id = marks.game_id
        and screens_seen.segment_index = marks.segment_index
        and marks.tracklet_id in (screens_seen.handler_id, screens_seen.screener_id)
        and marks.time_s between screens_seen.end_s
        and screens_seen.end_s + screen_after_s() + 1
),

answers as (
    select
        game_id,
        handler_id,
        screener_id,
        start_s,
        avg(is_switched::int) filter (is_handler and is_after) as switched_share,
        avg(is_trapped::int) filter (is_handler and is_after) as trapped_share,
        arg_min(basket_distance_m, time_s) filter (not is_handler)
        - arg_max(basket_distance_m, time_s) filter (not is_handler and is_after) as neared_m,
        sqrt(
            (
                arg_min(court_x_m, time_s) filter (not is_handler)
                - arg_max(court_x_m, time_s) filter (not is_handler and is_after)
            ) ** 2
            + (
                arg_min(court_y_m, time_s) filter (not is_handler)
                - arg_max(court_y_m, time_s) filter (not is_handler and is_after)
            ) ** 2
        ) as moved_m
    from afterwards
    group by game_id, handler_id, screener_id, start_s
),

outcomes as (
    select
        screens_seen.game_id,
        screens_seen.handler_id,
        screens_seen.screener_id,
        screens_seen.start_s,
        bool_or(touches.tracklet_id = screens_seen.screener_id) as screener_got_ball,
        arg_min(
            case touches.tracklet_id
                when screens_seen.handler_id then 'handler'
                when screens_seen.screener_id then 'screener'
                else 'other'
            end,
            touches.end_s
        ) filter (
            touches.is_shot_attempt and touches.end_s <= screens_seen.end_s + action_s()
        ) as ended_by
    from screens_seen
    inner join touches
        on screens_seen.game_id = touches.game_id
        and screens_seen.segment_index = touches.segment_index
        and screens_seen.team_id = touches.team_id
        and touches.end_s >= screens_seen.end_s
        and touches.start_s <= screens_seen.end_s + action_s()
    group by
        screens_seen.game_id,
        screens_seen.handler_id,
        screens_seen.screener_id,
        screens_seen.start_s
)

select
    screens_seen.game_id,
    screens_seen.segment_index,
    screens_seen.team_id,
    screens_seen.handler_id,
    screens_seen.player_id,
    screens_seen.screener_id,
    screens_seen.screener_player_id,
    screens_seen.defender_id,
    screens_seen.defender_player_id,
    screens_seen.start_s,
    screens_seen.end_s,
    screens_seen.basket_distance_m,
    case
        when answers.switched_share is null then null
        when answers.trapped_share > 0.5 then 'trap'
        when answers.switched_share > 0.5 then 'switch'
        when screens_seen.is_inside then 'under'
        else 'over'
    end as defence,
    case
        when answers.neared_m >= roll_m() then 'roll'
        when answers.moved_m >= roll_m() then 'pop'
        when answers.moved_m is not null then 'stay'
    end as screener_then,
    answers.neared_m >= roll_m() as is_pick_and_roll,
    outcomes.ended_by,
    coalesce(outcomes.screener_got_ball, false) as screener_got_ball
from screens_seen
left join answers
    on screens_seen.game_id = answers.game_id
    and screens_seen.handler_id = answers.handler_id
    and screens_seen.screener_id = answers.screener_id
    and screens_seen.start_s = answers.start_s
left join outcomes
    on screens_seen.game_id = outcomes.game_id
    and screens_seen.handler_id = outcomes.handler_id
    and screens_seen.screener_id = outcomes.screener_id
    and screens_seen.start_s = outcomes.start_s
