-- Attempts to block a shot: opponents seen in the motion of a block as the ball is released.
--
-- The motion is the detector's shot-block, within half a second before and one second after the
-- release. A made shot was not blocked; whether a miss was touched is not seen.
--
-- game_id        Game.
-- segment_index  Camera shot.
-- release_s      Last frame of the shooter with the ball, seconds of the video.
-- shooter_id     Player who shot; null if undecided.
-- team_id        Team of the player who tried to block.
-- player_id      Player who tried to block; null if undecided.
-- seen_s         Time in which the motion was seen, seconds.
-- is_made        Whether the shot fell; null if unknown.

select
    shot_attempts.game_id,
    shot_attempts.segment_index,
    shot_attempts.release_s,
    any_value(
        sure_player(shot_attempts.player_id, shot_attempts.identity_prob)
    ) as shooter_id,
    any_value(players.team_id) as team_id,
    any_value(sure_player(players.player_id, players.identity_prob)) as player_id,
    sum(main_frames.frame_s) as seen_s,
    any_value(shot_attempts.is_made) as is_made
from shot_attempts
inner join players
    on shot_attempts.game_id = players.game_id
    and shot_attempts.segment_index = players.segment_index
    and players.time_s between shot_attempts.release_s - 0.5 and shot_attempts.release_s + 1
    and players.action = 'shot-block'
    and players.team_id <> shot_attempts.team_id
inner join main_frames
    on players.game_id = main_frames.game_id
    and players.frame_index = main_frames.frame_index
group by
    shot_attempts.game_id,
    shot_attempts.segment_index,
    shot_attempts.release_s,
    shot_attempts.tracklet_id,
    players.tracklet_id
