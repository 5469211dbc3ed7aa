-- Passes: the ball leaves one player's hands and is next seen in those of a team-mate.
--
-- Two touches one after the other, of players of one team, with at most pass_longest_s() between
-- and no shot attempt. The league counts passes to a team-mate who gains possession of the ball
-- ("Passing", player tracking); who was not seen with the ball for hold_confirm_s() is not a
-- receiver, so that quick passes are missing.
--
-- game_id              Game.
-- segment_index        Camera shot.
-- team_id              Team.
-- player_id            Who passes; null if undecided.
-- to_player_id         Who receives; null if undecided.
-- period               Period; null if unknown.
-- start_s              Last frame of the passer with the ball, seconds of the video.
-- end_s                First frame of the receiver with the ball, seconds of the video.
-- court_x_m            Where the passer stands then along the court, metres; null if unknown.
-- court_y_m            Where the passer stands then across the court, metres; null if unknown.
-- to_x_m               Where the receiver stands then along the court, metres; null if unknown.
-- to_y_m               Where the receiver stands then across the court, metres; null if unknown.
-- length_m             Distance between the two places, metres; null if unknown.
-- defender_distance_m  Distance of the passer's nearest opponent, metres; null if unknown.

with exchanges as (
    select
        game_id,
        segment_index,
        team_id,
        player_id,
        tracklet_id,
        period,
        end_s as pass_s,
        is_shot_attempt,
        lead(team_id) over touches_in_order as to_team_id,
        lead(player_id) over touches_in_order as to_player_id,
        lead(tracklet_id) over touches_in_order as to_tracklet_id,
        lead(start_s) over touches_in_order as catch_s
    from touches
    window touches_in_order as (partition by game_id, segment_index order by start_s)
),

caught as (
    select * from exchanges
    where
        not is_shot_attempt
        and team_id = to_team_id
        and tracklet_id <> to_tracklet_id
        and coalesce(player_id <> to_player_id, true)
        and rounded_s(catch_s - pass_s) <= pass_longest_s()
),

defenders as (
    select
        caught.game_id,
        caught.tracklet_id,
        caught.pass_s,
        min(
            sqrt(
                (opponents.court_x_m - passers.court_x_m) ** 2
                + (opponents.court_y_m - passers.court_y_m) ** 2
            )
        ) as distance_m
    from caught
    inner join lane_positions as passers
        on caught.game_id = passers.game_id
        and caught.tracklet_id = passers.tracklet_id
        and caught.pass_s = passers.time_s
    inner join lane_positions as opponents
        on passers.game_id = opponents.game_id
        and passers.frame_index = opponents.frame_index
        and caught.team_id <> opponents.team_id
    group by caught.game_id, caught.tracklet_id, caught.pass_s
)

select
    caught.game_id,
    caught.segment_index,
    caught.team_id,
    caught.player_id,
    caught.to_player_id,
    caught.period,
    caught.pass_s as start_s,
    caught.catch_s as end_s,
    passers.court_x_m,
    passers.court_y_m,
    receivers.court_x_m as to_x_m,
    receivers.court_y_m as to_y_m,
    sqrt((to_x_m - passers.court_x_m) ** 2 + (to_y_m - passers.court_y_m) ** 2) as length_m,
    defenders.distance_m as defender_distance_m
from caught
left join lane_positions as passers
    on caught.game_id = passers.game_id
    and caught.tracklet_id = passers.tracklet_id
    and caught.pass_s = passers.time_s
left join lane_positions as receivers
    on caught.game_id = receivers.game_id
    and caught.to_tracklet_id = receivers.tracklet_id
    and caught.catch_s = receivers.time_s
left join defenders
    on caught.game_id = defenders.game_id
    and caught.tracklet_id = defenders.tracklet_id
    and caught.pass_s = defenders.pass_s
