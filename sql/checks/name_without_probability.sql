-- Who has a name has its probability, and a probability is one. Returns the rows that break this.
select game_id, frame_index, tracklet_id, player_id, identity_prob
from player_frames
where
    (player_id is not null and identity_prob is null)
    or not identity_prob between 0 and 1
