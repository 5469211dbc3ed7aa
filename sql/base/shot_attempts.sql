-- Shot attempts: who released the ball, where, how, and whether it fell.
--
-- Sport: basketball
--
-- game_id               Game.
-- segment_index         Camera shot.
-- team_id               Team; null if undecided.
-- player_id             Player; null if undecided.
-- identity_prob         Probability of the player; null if none.
-- tracklet_id           Tracklet of the shooter.
-- period                Period; null if unknown.
-- release_s             Last frame with the ball, seconds of the video.
-- release_clock_s       Game clock, seconds; null if unknown.
-- kind                  jump-shot or layup-dunk, as the detector saw it; null if unknown.
-- court_x_m             Where the shooter stood along the court, metres; null if unknown.
-- court_y_m             Where the shooter stood across the court, metres; null if unknown.
-- distance_m            Distance from the basket attacked, metres; null if unknown. The basket is
--                       that of the half on which the shooter stood.
-- is_three              Whether it was from beyond the three-point line; null if unknown.
-- is_made               Whether the ball was seen falling through a ring within 3 s; null if the
--                       segment ended sooner, the ball was not seen, or nobody looked at the ring.
-- defender_distance_m   Distance of the nearest opponent, metres; null if unknown.
-- defender_tracklet_id  Tracklet of that opponent; null if unknown.
-- defender_player_id    That opponent; null if undecided.

with releases as (
    select
        game_id,
        segment_index,
        shooter_tracklet_id as tracklet_id,
        time_s,
        lag(time_s) over segment as release_s,
        lag(frame_index) over segment as frame_index,
        shooter_tracklet_id is distinct from lag(shooter_tracklet_id) over segment as is_first
    from team_control
    window segment as (partition by game_id, segment_index order by time_s)
),

motions as (
    select
        releases.game_id,
        releases.segment_index,
        releases.tracklet_id,
        releases.frame_index,
        releases.release_s,
        nullif(mode(player_frames.action), 'shot-attempt') as kind
    from releases
    inner join player_frames
        on releases.game_id = player_frames.game_id
        and releases.segment_index = player_frames.segment_index
        and releases.tracklet_id = player_frames.tracklet_id
        and player_frames.time_s between releases.release_s - 2 and releases.release_s + 1
        and is_shooting(player_frames.action)
    where releases.tracklet_id is not null and releases.is_first
    group by
        releases.game_id,
        releases.segment_index,
        releases.tracklet_id,
        releases.frame_index,
        releases.release_s
),

baskets as (
    select
        motions.game_id,
        motions.frame_index,
        max(ball_frames.in_basket::int) as was_seen
    from motions
    inner join ball_frames
        on motions.game_id = ball_frames.game_id
        and motions.segment_index = ball_frames.segment_index
        and ball_frames.time_s between motions.release_s and motions.release_s + 3
    group by motions.game_id, motions.frame_index
),

placed as (
    select
        motions.game_id,
        motions.segment_index,
        motions.tracklet_id,
        motions.frame_index,
        motions.release_s,
        motions.kind,
        player_frames.team_id,
        player_frames.player_id,
        player_frames.identity_prob,
        player_frames.court_x_m,
        player_frames.court_y_m,
        game_rules.three_point_radius_m,
        game_rules.three_point_corner_m,
        game_rules.three_point_inner_x_m,
        sqrt(
            (abs(player_frames.court_x_m) - game_rules.basket_x_m) ** 2
            + player_frames.court_y_m ** 2
        ) as distance_m
    from motions
    inner join player_frames
        on motions.game_id = player_frames.game_id
        and motions.tracklet_id = player_frames.tracklet_id
        and motions.frame_index = player_frames.frame_index
    inner join game_rules on motions.game_id = game_rules.game_id
),

defenders as (
    select
        placed.game_id,
        placed.frame_index,
        placed.tracklet_id,
        lane_positions.tracklet_id as defender_tracklet_id,
        lane_positions.player_id as defender_player_id,
        sqrt(
            (lane_positions.court_x_m - placed.court_x_m) ** 2
            + (lane_positions.court_y_m - placed.court_y_m) ** 2
        ) as defender_distance_m
    from placed
    inner join lane_positions
        on placed.game_id = lane_positions.game_id
        and placed.frame_index = lane_positions.frame_index
        and placed.team_id <> lane_positions.team_id
    qualify
        row_number() over (
            partition by placed.game_id, placed.frame_index, placed.tracklet_id
            order by defender_distance_m, lane_positions.tracklet_id
        ) = 1
)

select
    placed.game_id,
    placed.segment_index,
    placed.team_id,
    placed.player_id,
    placed.identity_prob,
    placed.tracklet_id,
    main_frames.period,
    placed.release_s,
    main_frames.game_clock_s as release_clock_s,
    placed.kind,
    placed.court_x_m,
    placed.court_y_m,
    placed.distance_m,
    if(
        abs(placed.court_x_m) >= placed.three_point_inner_x_m,
        abs(placed.court_y_m) > placed.three_point_corner_m,
        placed.distance_m > placed.three_point_radius_m
    ) as is_three,
    case
        when baskets.was_seen = 1 then true
        when baskets.was_seen = 0 and segments.end_s >= placed.release_s + 3 then false
    end as is_made,
    defenders.defender_distance_m,
    defenders.defender_tracklet_id,
    defenders.defender_player_id
from placed
inner join main_frames
    on placed.game_id = main_frames.game_id
    and placed.frame_index = main_frames.frame_index
inner join segments
    on placed.game_id = segments.game_id
    and placed.segment_index = segments.segment_index
left join baskets
    on placed.game_id = baskets.game_id
    and placed.frame_index = baskets.frame_index
left join defenders
    on placed.game_id = defenders.game_id
    and placed.frame_index = defenders.frame_index
    and placed.tracklet_id = defenders.tracklet_id
