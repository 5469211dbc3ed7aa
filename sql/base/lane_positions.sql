-- Players in the main view with their place on the court, measured from the lane of their half.
--
-- game_id          Game.
-- segment_index    Camera shot.
-- frame_index      Frame.
-- time_s           Time of the frame, seconds.
-- tracklet_id      Tracklet.
-- role             player or goalkeeper.
-- team_id          Team; null if undecided.
-- player_id        Player; null if undecided or less sure than least_identity_prob().
-- identity_prob    Probability of the player; null if none.
-- court_x_m        Along the court, metres.
-- court_y_m        Across the court, metres.
-- lane_sign        Half of the court: 1 for x > 0, else -1.
-- lane_distance_m  Distance from that half's lane, metres; negative inside, lines included; null
--                  where a sport has no lane.

with main_segments as (
    select game_id, segment_index from segments where view = 'main'
),

placed as (
    select
        player_frames.game_id,
        player_frames.segment_index,
        player_frames.frame_index,
        player_frames.time_s,
        player_frames.tracklet_id,
        player_frames.role,
        player_frames.team_id,
        sure_player(player_frames.player_id, player_frames.identity_prob) as player_id,
        player_frames.identity_prob,
        player_frames.court_x_m,
        player_frames.court_y_m,
        abs(player_frames.court_y_m) - leagues.lane_width_m / 2 as across_m,
        greatest(
            leagues.length_m / 2 - leagues.lane_length_m - abs(player_frames.court_x_m),
            abs(player_frames.court_x_m) - leagues.length_m / 2 - leagues.lane_behind_baseline_m
        ) as along_m
    from player_frames
    semi join main_segments
        on player_frames.game_id = main_segments.game_id
        and player_frames.segment_index = main_segments.segment_index
    inner join games on player_frames.game_id = games.game_id
    inner join leagues on games.league = leagues.league
    where
        plays(player_frames.role)
        and player_frames.court_x_m is not null
        and player_frames.court_y_m is not null
)

select
    game_id,
    segment_index,
    frame_index,
    time_s,
    tracklet_id,
    role,
    team_id,
    player_id,
    identity_prob,
    court_x_m,
    court_y_m,
    if(court_x_m > 0, 1, -1) as lane_sign,
    if(
        along_m <= 0 or across_m <= 0,
        greatest(along_m, across_m),
        sqrt(along_m ** 2 + across_m ** 2)
    ) as lane_distance_m
from placed
