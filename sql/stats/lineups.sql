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

with fives as (
    select
        game_id,
        frame_index,
        team_id,
        string_agg(distinct player_id, ',' order by player_id) as player_ids
    from players
    where view = 'main' and role = 'player' and player_id is not null and team_id is not null
    group by game_id, frame_index, team_id
    having count(distinct player_id) = 5
)

select
    fives.game_id,
    fives.team_id,
    fives.player_ids,
    min(main_frames.time_s) as first_seen_s,
    max(main_frames.time_s) as last_seen_s,
    sum(main_frames.frame_s) as observed_s,
    sum(main_frames.frame_s)
    / sum(sum(main_frames.frame_s)) over (partition by fives.game_id, fives.team_id)
        as observed_share
from fives
inner join main_frames
    on fives.game_id = main_frames.game_id
    and fives.frame_index = main_frames.frame_index
group by fives.game_id, fives.team_id, fives.player_ids
