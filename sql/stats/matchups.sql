-- Who guards whom: for each pair of opponents, how long the one was the other's nearest defender.
--
-- game_id             Game.
-- team_id             Team of the attacker.
-- player_id           Attacker.
-- defender_team_id    Team of the defender.
-- defender_player_id  Defender.
-- guarded_s           Time as the nearest defender, the attacking team in its frontcourt, seconds.
-- guarded_share       Share of the time that the attacker was observed so with any named defender.
-- distance_m          Mean distance over that time, metres.
-- with_ball_s         Of the time with the attacker holding the ball, seconds.
-- shot_attempts       Shot attempts of the attacker with this defender nearest at the release.
-- made                Of which were seen to fall; null if that is not known of any.
-- expected_points     What these were worth as they were thrown (shot_values); null if not known.

with pairs as (
    select
        attackers.game_id,
        attackers.frame_index,
        attackers.team_id,
        attackers.player_id,
        coalesce(team_control.holder_tracklet_id = attackers.tracklet_id, false) as is_holder,
        defenders.team_id as defender_team_id,
        defenders.player_id as defender_player_id,
        sqrt(
            (attackers.court_x_m - defenders.court_x_m) ** 2
            + (attackers.court_y_m - defenders.court_y_m) ** 2
        ) as distance_m
    from lane_positions as attackers
    inner join team_control
        on attackers.game_id = team_control.game_id
        and attackers.frame_index = team_control.frame_index
        and attackers.team_id = team_control.team_id
    inner join lane_positions as defenders
        on attackers.game_id = defenders.game_id
        and attackers.frame_index = defenders.frame_index
        and attackers.team_id <> defenders.team_id
    where attackers.player_id is not null and team_control.is_frontcourt
),

nearest as (
    select
        game_id,
        frame_index,
        player_id,
        any_value(team_id) as team_id,
        any_value(is_holder) as is_holder,
        arg_min(defender_team_id, distance_m) as defender_team_id,
        arg_min((defender_player_id,), distance_m)[1] as defender_player_id,
        min(distance_m) as distance_m
    from pairs
    group by game_id, frame_index, player_id
),

guarded as (
    select
        nearest.game_id,
        any_value(nearest.team_id) as team_id,
        nearest.player_id,
        any_value(nearest.defender_team_id) as defender_team_id,
        nearest.defender_player_id,
        sum(main_frames.frame_s) as guarded_s,
        sum(main_frames.frame_s)
        / sum(sum(main_frames.frame_s)) over (partition by nearest.game_id, nearest.player_id)
            as guarded_share,
        sum(nearest.distance_m * main_frames.frame_s) / sum(main_frames.frame_s) as distance_m,
        coalesce(sum(main_frames.frame_s) filter (nearest.is_holder), 0) as with_ball_s
    from nearest
    inner join main_frames
        on nearest.game_id = main_frames.game_id
        and nearest.frame_index = main_frames.frame_index
    where nearest.defender_player_id is not null
    group by nearest.game_id, nearest.player_id, nearest.defender_player_id
),

shots as (
    select
        shot_attempts.game_id,
        sure_player(shot_attempts.player_id, shot_attempts.identity_prob) as player_id,
        shot_attempts.defender_player_id,
        count(*) as shot_attempts,
        sum(shot_attempts.is_made::int) as made,
        sum(shot_values.expected_points) as expected_points
    from shot_attempts
    left join shot_values
        on shot_attempts.game_id = shot_values.game_id
        and shot_attempts.tracklet_id = shot_values.tracklet_id
        and shot_attempts.release_s = shot_values.release_s
    group by all
)

select
    guarded.game_id,
    guarded.team_id,
    guarded.player_id,
    guarded.defender_team_id,
    guarded.defender_player_id,
    guarded.guarded_s,
    guarded.guarded_share,
    guarded.distance_m,
    guarded.with_ball_s,
    coalesce(shots.shot_attempts, 0) as shot_attempts,
    shots.made,
    shots.expected_points
from guarded
left join shots
    on guarded.game_id = shots.game_id
    and guarded.player_id = shots.player_id
    and guarded.defender_player_id = shots.defender_player_id
