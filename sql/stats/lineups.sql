-- Fives that were seen together, and for how long.
--
-- A frame counts for a team when exactly five of its players are named in it, so seconds are less
-- than minutes played; compare line-ups by their share.
--
-- game_id         Game.
-- team_id         Team.
-- player_ids      The five, sorted, with commas between.
-- first_seen_s    First frame, seconds of the video.
-- last_seen_s     Last frame, seconds of the video.
-- observed_s      Time seen together, seconds.
-- observed_share  Share of the time in which any five of the team were seen together.

select
    named_fives.game_id,
    named_fives.team_id,
    named_fives.player_ids,
    min(main_frames.time_s) as first_seen_s,
    max(main_frames.time_s) as last_seen_s,
    sum(main_frames.frame_s) as observed_s,
    sum(main_frames.frame_s)
    / sum(sum(main_frames.frame_s)) over (partition by named_fives.game_id, named_fives.team_id)
        as observed_share
from named_fives
inner join main_frames
    on named_fives.game_id = main_frames.game_id
    and named_fives.frame_index = main_frames.frame_index
group by named_fives.game_id, named_fives.team_id, named_fives.player_ids
