-- Who marks whom: each player of the team that attacks, and the nearest opponent, frame by frame.
--
-- Sport: basketball
--
-- Only frames with a team in control of the ball in its frontcourt, and its players with a place.
-- Speeds are those of the last moving_span_s().
--
-- game_id              Game.
-- segment_index        Camera shot.
-- frame_index          Frame.
-- time_s               Time of the frame, seconds.
-- team_id              Team that attacks.
-- control_index        Control of the segment, as in team_control.
-- tracklet_id          Attacker's tracklet.
-- player_id            Attacker; null if undecided.
-- is_holder            Whether the attacker is seen with the ball.
-- is_last_holder       Whether the attacker is who was seen with the ball last in this control.
-- court_x_m            Where the attacker stands along the court, turned so that the attack goes to
--                      x > 0, metres.
-- court_y_m            Where the attacker stands across the court, turned likewise, metres.
-- basket_distance_m    Distance of the attacker from the basket attacked, metres.
-- moving_mps           Speed of the attacker; null in the first moments of a path.
-- nearing_mps          Speed at which the attacker nears the basket; negative away from it.
-- defender_id          Tracklet of the nearest opponent; null if none has a place.
-- defender_player_id   That opponent; null if undecided.
-- defender_distance_m  Distance between the two, metres.
-- defender_x_m         Where that opponent stands along the court, turned likewise, metres.
-- defender_y_m         Where that opponent stands across the court, turned likewise, metres.
-- defender_basket_m    Distance of that opponent from the basket attacked, metres.
-- second_distance_m    Distance of the next nearest opponent, metres; null if none has a place.

with controls as (
    select
        *,
        last_value(holder_tracklet_id ignore nulls) over (
            partition by game_id, segment_index, control_index
            order by time_s
            rows between unbounded preceding and current row
        ) as last_holder_id
    from team_control
    where is_frontcourt and attack_sign is not null and team_id is not null
),

turned as (
    select
        lane_positions.game_id,
        lane_positions.segment_index,
        lane_positions.frame_index,
        lane_positions.time_s,
        lane_positions.team_id = controls.team_id as is_attacker,
        controls.team_id,
        controls.control_index,
        lane_positions.tracklet_id,
        lane_positions.player_id,
        coalesce(controls.holder_tracklet_id = lane_positions.tracklet_id, false) as is_holder,
        coalesce(controls.last_holder_id = lane_positions.tracklet_id, false) as is_last_holder,
        lane_positions.court_x_m::double * controls.attack_sign as court_x_m,
        lane_positions.court_y_m::double * controls.attack_sign as court_y_m,
        sqrt(
            (lane_positions.court_x_m * controls.attack_sign - game_rules.basket_x_m) ** 2
            + lane_positions.court_y_m ** 2
        ) as basket_distance_m
    from lane_positions
    inner join controls
        on lane_positions.game_id = controls.game_id
        and lane_positions.frame_index = controls.frame_index
    inner join game_rules on lane_positions.game_id = game_rules.game_id
    where lane_positions.team_id in (game_rules.home_team_id, game_rules.away_team_id)
),

-- The players of a frame as one row, so that pairs need no join.
frames as (
    select
        game_id,
        segment_index,
        frame_index,
        any_value(time_s) as time_s,
        any_value(team_id) as team_id,
        any_value(control_index) as control_index,
        list({
            'tracklet_id': tracklet_id,
            'player_id': player_id,
            'is_holder': is_holder,
            'is_last_holder': is_last_holder,
            'court_x_m': court_x_m,
            'court_y_m': court_y_m,
            'basket_distance_m': basket_distance_m
        }) filter (is_attacker) as attackers,
        list({
            'tracklet_id': tracklet_id,
            'player_id': player_id,
            'court_x_m': court_x_m,
            'court_y_m': court_y_m,
            'basket_distance_m': basket_distance_m
        }) filter (not is_attacker) as defenders
    from turned
    group by game_id, segment_index, frame_index
),

attacking as (
    select * exclude (attackers), unnest(attackers) as attacker from frames
),

paired as (
    select
        *,
        list_sort(
            list_transform(
                defenders,
                lambda defender: {
                    'distance_m': sqrt(
                        (defender.court_x_m - attacker.court_x_m) ** 2
                        + (defender.court_y_m - attacker.court_y_m) ** 2
                    ),
                    'defender': defender
                }
            )
        ) as nearest
    from attacking
)

select
    game_id,
    segment_index,
    frame_index,
    time_s,
    team_id,
    control_index,
    attacker.tracklet_id as tracklet_id,
    attacker.player_id as player_id,
    attacker.is_holder as is_holder,
    attacker.is_last_holder as is_last_holder,
    attacker.court_x_m as court_x_m,
    attacker.court_y_m as court_y_m,
    attacker.basket_distance_m as basket_distance_m,
    sqrt(
        (attacker.court_x_m - first_value(attacker.court_x_m) over before) ** 2
        + (attacker.court_y_m - first_value(attacker.court_y_m) over before) ** 2
    ) / nullif(time_s - first_value(time_s) over before, 0) as moving_mps,
    (first_value(attacker.basket_distance_m) over before - attacker.basket_distance_m)
    / nullif(time_s - first_value(time_s) over before, 0) as nearing_mps,
    nearest[1].defender.tracklet_id as defender_id,
    nearest[1].defender.player_id as defender_player_id,
    nearest[1].distance_m as defender_distance_m,
    nearest[1].defender.court_x_m as defender_x_m,
    nearest[1].defender.court_y_m as defender_y_m,
    nearest[1].defender.basket_distance_m as defender_basket_m,
    nearest[2].distance_m as second_distance_m
from paired
window before as (
    partition by game_id, segment_index, attacker.tracklet_id
    order by time_s
    range between moving_span_s() preceding and current row
)
