-- A place on the court has both coordinates, or neither. Returns the rows that break this.
select game_id, frame_index, tracklet_id, court_x_m, court_y_m
from player_frames
where (court_x_m is null) <> (court_y_m is null)
