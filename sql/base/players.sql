-- People in every frame with the names of the roster.
--
-- game_id        Game.
-- segment_index  Camera shot.
-- view           main or other.
-- frame_index    Frame.
-- time_s         Time of the frame, seconds.
-- tracklet_id    Tracklet.
-- role           player, referee, or other, who does not play.
-- team_id        Team; null if undecided.
-- team_name      Name of the team; null if undecided or not known.
-- is_home        Whether it is the home team; null if undecided.
-- player_id      Player; null if undecided or less sure than least_identity_prob().
-- player_name    Name on the roster; null if undecided.
-- jersey_number  Number as text; null if undecided.
-- identity_prob  Probability of the player; null if none.
-- court_x_m      Along the court, metres; null if not solved.
-- court_y_m      Across the court, metres; null if not solved.
-- action         What the detector saw the player do; null if nothing.

select
    player_frames.game_id,
    player_frames.segment_index,
    segments.view,
    player_frames.frame_index,
    player_frames.time_s,
    player_frames.tracklet_id,
    player_frames.role,
    player_frames.team_id,
    case player_frames.team_id
        when games.home_team_id then games.home_team_name
        when games.away_team_id then games.away_team_name
    end as team_name,
    player_frames.team_id = games.home_team_id as is_home,
    sure_player(player_frames.player_id, player_frames.identity_prob) as player_id,
    rosters.player_name,
    player_frames.jersey_number,
    player_frames.identity_prob,
    player_frames.court_x_m,
    player_frames.court_y_m,
    player_frames.action
from player_frames
left join segments
    on player_frames.game_id = segments.game_id
    and player_frames.segment_index = segments.segment_index
left join games on player_frames.game_id = games.game_id
left join rosters
    on player_frames.game_id = rosters.game_id
    and sure_player(player_frames.player_id, player_frames.identity_prob) = rosters.player_id
