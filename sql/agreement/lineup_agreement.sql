-- Players seen on the court beside the line-ups that were called.
--
-- A player near a substitution, or of a line-up that is not fully known, is not judged: the edges
-- of stints are soft, by called_edge_s(). Calls are put on the clock that was seen by call_shifts.
-- A disagreement is a wrong name, a wrong clock or a wrong call; nothing is corrected by it.
--
-- game_id      Game.
-- team_id      Team.
-- player_id    Player.
-- called_s     Time of the main view in which they were on the court by the play-by-play, seconds.
-- agreed_s     Time of it in which they were seen, seconds.
-- disagreed_s  Time in which they were seen while five others were on the court, seconds.
-- unjudged_s   Time in which they were seen and nothing can be said, seconds.

with frames as (
    select
        main_frames.game_id,
        main_frames.frame_index,
        main_frames.frame_s,
        main_frames.period,
        main_frames.game_clock_s - call_shifts.shift_s as game_clock_s
    from main_frames
    inner join call_shifts on main_frames.game_id = call_shifts.game_id
    where main_frames.period is not null and main_frames.game_clock_s is not null
),

called as (
    select
        frames.game_id,
        frames.frame_index,
        frames.frame_s,
        called_lineups.team_id,
        called_lineups.player_ids
    from frames
    inner join called_lineups
        on frames.game_id = called_lineups.game_id
        and frames.period = called_lineups.period
        and frames.game_clock_s <= called_lineups.start_clock_s - called_edge_s()
        and frames.game_clock_s >= called_lineups.end_clock_s + called_edge_s()
    where called_lineups.players = 5
),

on_court as (
    select game_id, frame_index, frame_s, team_id, unnest(split(player_ids, ',')) as player_id
    from called
),

seen as (
    select distinct players.game_id, players.frame_index, players.team_id, players.player_id
    from players
    semi join frames
        on players.game_id = frames.game_id
        and players.frame_index = frames.frame_index
    where players.player_id is not null
),

pairs as (
    select
        coalesce(on_court.game_id, seen.game_id) as game_id,
        coalesce(on_court.frame_index, seen.frame_index) as frame_index,
        coalesce(on_court.team_id, seen.team_id) as team_id,
        coalesce(on_court.player_id, seen.player_id) as player_id,
        on_court.player_id is not null as is_called,
        seen.player_id is not null as is_seen
    from on_court
    full join seen
        on on_court.game_id = seen.game_id
        and on_court.frame_index = seen.frame_index
        and on_court.player_id = seen.player_id
)

select
    pairs.game_id,
    pairs.team_id,
    pairs.player_id,
    coalesce(sum(frames.frame_s) filter (where pairs.is_called), 0) as called_s,
    coalesce(sum(frames.frame_s) filter (where pairs.is_called and pairs.is_seen), 0) as agreed_s,
    coalesce(
        sum(frames.frame_s) filter (where not pairs.is_called and called.team_id is not null), 0
    ) as disagreed_s,
    coalesce(
        sum(frames.frame_s) filter (where not pairs.is_called and called.team_id is null), 0
    ) as unjudged_s
from pairs
inner join frames
    on pairs.game_id = frames.game_id
    and pairs.frame_index = frames.frame_index
left join called
    on pairs.game_id = called.game_id
    and pairs.frame_index = called.frame_index
    and pairs.team_id = called.team_id
semi join called_events on pairs.game_id = called_events.game_id
group by pairs.game_id, pairs.team_id, pairs.player_id
