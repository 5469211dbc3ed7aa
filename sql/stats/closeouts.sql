-- Closeouts: a defender runs at an opponent who catches a pass.
--
-- The nearest opponent is closeout_from_m() or more away when the player receives a pass within
-- closeout_reach_m() of the basket, and comes nearer by closeout_least_m() within closeout_s(). So
-- Cleaning the Glass counts them in tracking: a completed pass, a defender who moves meaningfully
-- (more than a step) towards the receiver, within 35 to 40 ft of the rim. A catch with the back to
-- the basket cannot be told.
--
-- game_id             Game.
-- segment_index       Camera shot.
-- team_id             Team of the receiver.
-- tracklet_id         Tracklet of the receiver.
-- player_id           Who catches the pass; null if undecided.
-- defender_id         Tracklet of the defender.
-- defender_player_id  Who closes out; null if undecided.
-- start_s             First frame of the receiver with the ball, seconds of the video.
-- end_s               When the defender is nearest within closeout_s(), seconds of the video.
-- basket_distance_m   Distance of the receiver from the basket at the catch, metres.
-- start_distance_m    Distance of the defender then, metres.
-- nearest_distance_m  At the nearest, metres.
-- closing_mps         The one less the other, by the time between.
-- outcome             What the receiver does with this touch: shot, drive (2 m or more nearer to
--                     the basket), pass, or other.

with catches as (
    select
        game_id,
        segment_index,
        team_id,
        tracklet_id,
        player_id,
        start_s,
        start_distance_m as start_basket_m,
        nearest_distance_m as nearest_basket_m,
        is_shot_attempt,
        lag(team_id) over touches_in_order = team_id
        and lag(tracklet_id) over touches_in_order <> tracklet_id
        and not lag(is_shot_attempt) over touches_in_order
        and rounded_s(start_s - lag(end_s) over touches_in_order) <= pass_longest_s() as is_caught,
        lead(team_id) over touches_in_order as next_team_id
    from touches
    window touches_in_order as (partition by game_id, segment_index order by start_s)
),

-- The receiver's frames, as long as the defender of the catch is the nearest.
marked as (
    select
        catches.*,
        marks.time_s,
        marks.basket_distance_m,
        marks.defender_id,
        marks.defender_player_id,
        marks.defender_distance_m,
        marks.defender_id = first_value(marks.defender_id) over (
            partition by catches.game_id, catches.tracklet_id, catches.start_s
            order by marks.time_s
        ) as is_same
    from catches
    inner join marks
        on catches.game_id = marks.game_id
        and catches.tracklet_id = marks.tracklet_id
        and marks.time_s between catches.start_s and catches.start_s + closeout_s()
    where catches.is_caught and marks.defender_distance_m is not null
),

approaches as (
    select
        game_id,
        segment_index,
        tracklet_id,
        start_s,
        any_value(team_id) as team_id,
        any_value(player_id) as player_id,
        any_value(defender_id) as defender_id,
        any_value(defender_player_id) as defender_player_id,
        arg_min(time_s, defender_distance_m) as end_s,
        arg_min(basket_distance_m, time_s) as basket_distance_m,
        arg_min(defender_distance_m, time_s) as start_distance_m,
        min(defender_distance_m) as nearest_distance_m,
        case
            when any_value(is_shot_attempt) then 'shot'
            when any_value(start_basket_m) - any_value(nearest_basket_m) >= 2 then 'drive'
            when any_value(next_team_id) = any_value(team_id) then 'pass'
            else 'other'
        end as outcome
    from marked
    where is_same
    group by game_id, segment_index, tracklet_id, start_s
)

select
    game_id,
    segment_index,
    team_id,
    tracklet_id,
    player_id,
    defender_id,
    defender_player_id,
    start_s,
    end_s,
    basket_distance_m,
    start_distance_m,
    nearest_distance_m,
    (start_distance_m - nearest_distance_m) / nullif(end_s - start_s, 0) as closing_mps,
    outcome
from approaches
where
    start_distance_m >= closeout_from_m()
    and start_distance_m - nearest_distance_m >= closeout_least_m()
    and basket_distance_m <= closeout_reach_m()
