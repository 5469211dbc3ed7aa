-- Stints: how long each player was on the court without a break, as far as it was seen.
--
-- A player who is not seen for stint_gap_s() of the main view, or in another period, was away.
-- Published counterpart: substitutions of the play-by-play; a stint is known only to the next time
-- that the player is seen.
--
-- game_id        Game.
-- team_id        Team of the player.
-- player_id      Player.
-- period         Period, of the last reading of the clock; null if it was never read before.
-- start_s        First frame, seconds of the video.
-- end_s          Last frame, seconds of the video.
-- start_clock_s  Game clock then, seconds; null if unknown.
-- end_clock_s    Game clock then, seconds; null if unknown.
-- main_view_s    Time of the main view between them, seconds.
-- played_s       Time of the game clock between them, seconds; null if unknown.
-- observed_s     Time for which the player was named, seconds.

with timeline as (
    select
        game_id,
        frame_index,
        time_s,
        last_value(period ignore nulls) over frames as period,
        game_clock_s,
        frame_s,
        sum(frame_s) over frames as shown_s
    from main_frames
    window frames as (partition by game_id order by frame_index)
),

sightings as (
    select distinct game_id, frame_index, team_id, player_id
    from lane_positions
    where player_id is not null
),

steps as (
    select
        sightings.game_id,
        sightings.team_id,
        sightings.player_id,
        timeline.time_s,
        timeline.period,
        timeline.game_clock_s,
        timeline.frame_s,
        timeline.shown_s,
        coalesce(timeline.shown_s - lag(timeline.shown_s) over player > stint_gap_s(), true)
        or coalesce(timeline.period <> lag(timeline.period) over player, false) as is_new
    from sightings
    inner join timeline
        on sightings.game_id = timeline.game_id
        and sightings.frame_index = timeline.frame_index
    window player as (
        partition by sightings.game_id, sightings.player_id order by timeline.shown_s
    )
)

select
    game_id,
    any_value(team_id) as team_id,
    player_id,
    any_value(period) as period,
    min(time_s) as start_s,
    max(time_s) as end_s,
    max(game_clock_s) as start_clock_s,
    min(game_clock_s) as end_clock_s,
    max(shown_s) - min(shown_s) + arg_min(frame_s, shown_s) as main_view_s,
    max(game_clock_s) - min(game_clock_s) as played_s,
    sum(frame_s) as observed_s
from numbered_runs('steps', player_id, shown_s, is_new)
group by game_id, player_id, run_index
