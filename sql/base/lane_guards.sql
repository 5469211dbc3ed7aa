-- Defenders in the lane who may be there: they guard an opponent, or are the nearest to the ball
-- handler. Only where the league counts the defence.
--
-- Sport: basketball
--
-- To guard is to be within arm's length, guarding_m(), of an opponent, on the basket's side, and
-- not behind a team-mate who is nearer and in the same direction, within stacked_deg().
--
-- game_id              Game.
-- frame_index          Frame.
-- tracklet_id          Defender.
-- opponent_distance_m  Distance of the nearest opponent, metres.
-- is_guarding          Whether they guard, or are the nearest to the ball handler.
-- may_guard            The same if an arm's length were guarding_far_m().

with defenders as (
    select
        lane_positions.game_id,
        lane_positions.frame_index,
        lane_positions.tracklet_id,
        lane_positions.court_x_m,
        lane_positions.court_y_m,
        lane_positions.lane_sign = live_frames.attack_sign
        and lane_positions.lane_distance_m <= lane_clear_m() as is_in_lane,
        live_frames.basket_x_m,
        live_frames.holder_tracklet_id is not null
        and row_number() over (
            partition by lane_positions.game_id, lane_positions.frame_index
            order by
                (lane_positions.court_x_m - live_frames.holder_x_m) ** 2
                + (lane_positions.court_y_m - live_frames.holder_y_m) ** 2,
                lane_positions.tracklet_id
        ) = 1 as is_at_ball
    from lane_positions
    inner join live_frames
        on lane_positions.game_id = live_frames.game_id
        and lane_positions.frame_index = live_frames.frame_index
        and lane_positions.team_id <> live_frames.team_id
    inner join game_rules on lane_positions.game_id = game_rules.game_id
    where game_rules.defensive_three_seconds
),

attackers as (
    select
        lane_positions.game_id,
        lane_positions.frame_index,
        lane_positions.tracklet_id,
        lane_positions.court_x_m,
        lane_positions.court_y_m
    from lane_positions
    inner join live_frames
        on lane_positions.game_id = live_frames.game_id
        and lane_positions.frame_index = live_frames.frame_index
        and lane_positions.team_id = live_frames.team_id
),

pairs as (
    select
        defenders.game_id,
        defenders.frame_index,
        defenders.tracklet_id,
        defenders.is_in_lane,
        defenders.is_at_ball,
        attackers.tracklet_id as opponent_id,
        defenders.court_x_m - attackers.court_x_m as guard_x_m,
        defenders.court_y_m - attackers.court_y_m as guard_y_m,
        sqrt(guard_x_m ** 2 + guard_y_m ** 2) as distance_m,
        guard_x_m * (defenders.basket_x_m - attackers.court_x_m)
        >= guard_y_m * attackers.court_y_m as is_basket_side
    from defenders
    inner join attackers
        on defenders.game_id = attackers.game_id
        and defenders.frame_index = attackers.frame_index
),

near_pairs as (
    select * from pairs where distance_m <= guarding_far_m()
),

stacked_pairs as (
    select distinct
        behind.game_id,
        behind.frame_index,
        behind.tracklet_id,
        behind.opponent_id
    from near_pairs as behind
    inner join near_pairs as mate
        on behind.game_id = mate.game_id
        and behind.frame_index = mate.frame_index
        and behind.opponent_id = mate.opponent_id
        and behind.tracklet_id <> mate.tracklet_id
        and mate.distance_m < behind.distance_m
    where
        behind.is_in_lane
        and mate.guard_x_m * behind.guard_x_m + mate.guard_y_m * behind.guard_y_m
        > cos(radians(stacked_deg())) * behind.distance_m * mate.distance_m
)

select
    pairs.game_id,
    pairs.frame_index,
    pairs.tracklet_id,
    min(pairs.distance_m) as opponent_distance_m,
    bool_or(
        pairs.is_at_ball
        or (
            pairs.is_basket_side
            and pairs.distance_m <= guarding_m()
            and stacked_pairs.tracklet_id is null
        )
    ) as is_guarding,
    bool_or(
        pairs.is_at_ball
        or (
            pairs.is_basket_side
            and pairs.distance_m <= guarding_far_m()
            and stacked_pairs.tracklet_id is null
        )
    ) as may_guard
from pairs
left join stacked_pairs
    on pairs.game_id = stacked_pairs.game_id
    and pairs.frame_index = stacked_pairs.frame_index
    and pairs.tracklet_id = stacked_pairs.tracklet_id
    and pairs.opponent_id = stacked_pairs.opponent_id
where pairs.is_in_lane
group by pairs.game_id, pairs.frame_index, pairs.tracklet_id
