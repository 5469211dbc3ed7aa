-- A named player is on the roster, for the team the row says. Returns the tracklets that are not.
select distinct
    player_frames.game_id,
    player_frames.tracklet_id,
    player_frames.player_id,
    player_frames.team_id
from player_frames
left join rosters
    on player_frames.game_id = rosters.game_id
    and player_frames.player_id = rosters.player_id
where
    player_frames.player_id is not null
    and (rosters.player_id is null or player_frames.team_id <> rosters.team_id)
