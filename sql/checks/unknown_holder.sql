-- Who holds the ball is somebody of the frame. Returns the rows in which it is not.
select ball_frames.game_id, ball_frames.frame_index, ball_frames.holder_tracklet_id
from ball_frames
left join player_frames
    on ball_frames.game_id = player_frames.game_id
    and ball_frames.frame_index = player_frames.frame_index
    and ball_frames.holder_tracklet_id = player_frames.tracklet_id
where ball_frames.holder_tracklet_id is not null and player_frames.tracklet_id is null
