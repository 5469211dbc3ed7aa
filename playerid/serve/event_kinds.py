"""Events of a game of every kind that the tables know, in the same columns."""

_SEEN = """
select '{kind}' as kind, start_s, end_s, segment_index, team_id, player_id, tracklet_id, period,
    to_json(seen)::varchar as details
from (select *, {start} as start_s, {end} as end_s{missing} from {view}) as seen
"""


def _seen(kind: str, view: str, start: str = "", end: str = "", *, without: str = "") -> str:
    """Query of the events of a view, with the columns that it lacks as nulls."""
    blanks = {
        "segment_index": "null::integer as segment_index",
        "tracklet_id": "null::integer as tracklet_id",
        "player_id": "null::varchar as player_id",
        "period": "null::integer as period",
    }
    missing = "".join(f", {blanks[name]}" for name in without.split())
    columns = [each for each, given in (("start_s", start), ("end_s", end)) if not given]
    source = _SEEN.format(kind=kind, view=view, start=start, end=end, missing=missing)
    return source.replace(",  as start_s", "").replace(",  as end_s", "") if columns else source


CALLED = """
select 'called' as kind, time_s as start_s, time_s as end_s, null::integer as segment_index,
    team_id, player_id, null::integer as tracklet_id, period, to_json(called)::varchar as details
from (
    select events.*, if(events.seen_clock_s - frames.game_clock_s <= 1, frames.time_s, null)
        as time_s
    from (
        select called_events.*, called_events.game_clock_s + coalesce(shift_s, 0) as seen_clock_s
        from called_events left join call_shifts using (game_id)
    ) as events
    asof left join (
        select period, game_clock_s, min(time_s) as time_s
        from clock_frames
        where period is not null and game_clock_s is not null
        group by period, game_clock_s
    ) as frames
    on events.period = frames.period and events.seen_clock_s >= frames.game_clock_s
) as called
"""

EVENTS = {
    "violation": _seen("violation", "three_second_violations"),
    "shot": _seen("shot", "shot_attempts", "release_s", "release_s"),
    "possession": _seen("possession", "possessions", without="player_id tracklet_id"),
    "touch": _seen("touch", "touches"),
    "pass": _seen("pass", "passes", without="tracklet_id"),
    "rebound": _seen("rebound", "rebounds", "", "start_s", without="tracklet_id period"),
    "block": _seen("block", "block_attempts", "release_s", "release_s + seen_s",
                   without="tracklet_id period"),
    "lane stay": _seen("lane stay", "lane_stays", without="period"),
    "cut": _seen("cut", "cuts", without="period"),
    "screen": _seen("screen", "screens", without="tracklet_id period"),
    "closeout": _seen("closeout", "closeouts", without="period"),
    "fast break": _seen("fast break", "fast_breaks", "", "reached_s", without="tracklet_id"),
    "defence": _seen("defence", "defences", without="player_id tracklet_id period"),
    "called": CALLED,
}  # fmt: skip
"""Kind -> query of its events. A called one stands where its clock, after the lag, was seen."""
