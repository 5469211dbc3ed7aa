-- Three-second violations that were seen beside those that were called.
--
-- Few are called, so one that was only seen is no error; one that was only called, in full view,
-- was missed. A call belongs to a violation of the same player, or of nobody known of that team,
-- that ends within called_edge_s() of its clock, which call_shifts puts on the one that was seen.
--
-- game_id        Game.
-- kind           offence or defence.
-- team_id        Team of the player.
-- player_id      Player, as called, or else as seen; null if undecided.
-- period         Period.
-- game_clock_s   Game clock of the call, as it would be seen, or else at the end of the violation,
--                seconds; null if unknown.
-- grade          Of the violation that was seen: clear, technical or possible; null if none.
-- event_index    Event of the play-by-play; null if it was not called.
-- outcome        seen and called, seen only, called only, or called out of view: the main view with
--                its clock does not show the seconds before the call.

with calls as (
    select
        called_events.game_id,
        called_events.event_index,
        if(called_events.detail = 'three seconds', 'offence', 'defence') as kind,
        called_events.team_id,
        called_events.player_id,
        called_events.period,
        called_events.game_clock_s + call_shifts.shift_s as game_clock_s
    from called_events
    inner join call_shifts on called_events.game_id = call_shifts.game_id
    where called_events.detail in ('three seconds', 'defensive three seconds')
),

in_view as (
    select calls.game_id, calls.event_index
    from calls
    inner join main_frames
        on calls.game_id = main_frames.game_id
        and calls.period = main_frames.period
        and main_frames.game_clock_s between calls.game_clock_s
        and calls.game_clock_s + called_edge_s()
    group by calls.game_id, calls.event_index
    having sum(main_frames.frame_s) >= called_edge_s() / 2
),

seen as (
    select
        game_id,
        kind,
        team_id,
        player_id,
        tracklet_id,
        start_s,
        period,
        end_clock_s,
        grade
    from three_second_violations
    semi join called_events on three_second_violations.game_id = called_events.game_id
)

select
    coalesce(calls.game_id, seen.game_id) as game_id,
    coalesce(calls.kind, seen.kind) as kind,
    coalesce(calls.team_id, seen.team_id) as team_id,
    coalesce(calls.player_id, seen.player_id) as player_id,
    coalesce(calls.period, seen.period) as period,
    coalesce(calls.game_clock_s, seen.end_clock_s) as game_clock_s,
    seen.grade,
    calls.event_index,
    case
        when calls.game_id is null then 'seen only'
        when seen.game_id is not null then 'seen and called'
        when in_view.game_id is null then 'called out of view'
        else 'called only'
    end as outcome
from calls
full join seen
    on calls.game_id = seen.game_id
    and calls.kind = seen.kind
    and calls.period = seen.period
    and calls.team_id = seen.team_id
    and coalesce(calls.player_id = seen.player_id, true)
    and abs(calls.game_clock_s - seen.end_clock_s) <= called_edge_s()
left join in_view
    on calls.game_id = in_view.game_id
    and calls.event_index = in_view.event_index
