"""Routes about one game: its summary, frames, segments, identities and events."""

import json
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import Field

from playerid.leagues import load_league
from playerid.serve.answer_schemas import columns, one, rows_of
from playerid.serve.answering import answer_rows, as_json, headers, plain_rows
from playerid.serve.event_kinds import EVENTS
from playerid.serve.game_answers import COURT, EVENT, FRAMES, IDENTITY, SUMMARY
from playerid.serve.house import PLAIN, Ask, Parameters, Word
from playerid.serve.summaries import GameSummary
from playerid.tables import SEGMENTS

PEOPLE = """
select frame_index, time_s, segment_index, tracklet_id, player_frames.role, player_frames.team_id,
    player_frames.player_id, player_name, player_frames.jersey_number, identity_prob,
    x_min_px, y_min_px, x_max_px, y_max_px, court_x_m, court_y_m, action
from player_frames left join rosters using (game_id, player_id)
where time_s >= $1 and time_s < $2
order by time_s, frame_index, tracklet_id
limit $3
"""
BALL = """
select frame_index, time_s, x_min_px, y_min_px, x_max_px, y_max_px, holder_tracklet_id, in_basket
from ball_frames where time_s >= $1 and time_s < $2 order by time_s limit $3
"""
CLOCK = """
select frame_index, time_s, period, game_clock_s, shot_clock_s, clock_running, home_score,
    away_score
from clock_frames where time_s >= $1 and time_s < $2 order by time_s limit $3
"""
IDENTITIES = """
with boxes as (
    select tracklet_id, count(*) as frames, avg(identity_prob) as frame_prob
    from player_frames group by tracklet_id
)
select identities.*, player_name, coalesce(frames, 0) as frames
from identities left join rosters using (game_id, player_id) left join boxes using (tracklet_id)
where (? is null or identities.player_id = ?) and (? is null or tracklet_id = ?)
order by start_s, tracklet_id
"""
EVENTS_ASKED = """
select events.*, player_name
from events left join (select player_id, player_name from rosters) using (player_id)
where coalesce(end_s, 0) >= ? and coalesce(start_s, 0) <= ?
    and (? is null or player_id = ?) and (? is null or events.team_id = ?)
order by start_s nulls last, kind, player_id
"""
MOST_ROWS, LONGEST_S = 20_000, 600

router = APIRouter(prefix="/v1/games/{game_id}", tags=["game"])


class StretchAsked(Parameters):
    """A stretch of the video, seconds, half-open."""

    from_s: Annotated[float, Field(alias="from", ge=0)] = 0.0
    to_s: Annotated[float, Field(alias="to", ge=0)] = 10.0


class IdentitiesAsked(Parameters):
    """Which tracklets: those of a player, or one of them."""

    player_id: Word = None
    tracklet_id: int | None = None


class EventsAsked(Parameters):
    """Which events: of some kinds, of a player or a team, in a stretch of the video."""

    kind: Annotated[list[str], Field(default_factory=list, max_length=20)]
    player_id: Word = None
    team_id: Word = None
    from_s: Annotated[float, Field(alias="from", ge=0)] = 0.0
    to_s: Annotated[float, Field(alias="to", ge=0)] = 1e9


@router.get("", dependencies=PLAIN, responses=one(SUMMARY))
def summary(asked: Ask, game_id: str) -> Response:
    """The row of `games`, both teams with their rosters, and the videos."""
    tag = asked.tag(game_id)
    content = asked.house.summaries.answer(asked.state, game_id, _summary)
    return Response(content, headers=headers(tag), media_type="application/json")


def _summary(found: GameSummary, game_id: str, publication: str) -> bytes:
    row = found.to_row()
    rosters = plain_rows(found.rosters.drop_columns(["game_id"]))
    teams = [
        {
            "team_id": row[f"{side}_team_id"],
            "name": row[f"{side}_team_name"],
            "side": side,
            "players": [r for r in rosters if r["team_id"] == row[f"{side}_team_id"]],
        }
        for side in ("home", "away")
    ]
    videos = [
        {"index": index, "name": name, "href": f"/v1/games/{game_id}/video?index={index}"}
        for index, name in enumerate(found.videos)
    ]
    game = plain_rows(found.row)[0]
    game |= {name: json.loads(game[name] or "null") for name in ("models", "stage_costs")}
    return as_json({"publication": publication, "game": game, "teams": teams, "videos": videos})


@router.get("/frames", responses=FRAMES)
def frames(asked: Ask, game_id: str, given: Annotated[StretchAsked, Query()]) -> Response:
    """Everybody in the sampled frames of a stretch; in Arrow, people alone.

    JSON holds `rows` (people), `ball` and `clock`, each ordered by time.
    """
    tag = asked.tag(game_id)
    if not 0 < given.to_s - given.from_s <= LONGEST_S:
        raise HTTPException(422, f"expected 'from' before 'to', at most {LONGEST_S} s apart")
    window = (given.from_s, given.to_s, MOST_ROWS + 1)
    people, ball, clock = (asked.of_game(game_id, q, window) for q in (PEOPLE, BALL, CLOCK))
    if people.num_rows > MOST_ROWS:
        raise HTTPException(422, f"more than {MOST_ROWS} rows; ask for less time")
    beside = {"ball": plain_rows(ball), "clock": plain_rows(clock)}
    return answer_rows(asked.request, people, tag, beside)


@router.get("/segments", dependencies=PLAIN, responses=rows_of(columns(SEGMENTS)))
def segments(asked: Ask, game_id: str) -> Response:
    """The camera shots, in order."""
    return asked.answer_game(game_id, "select * from segments order by segment_index")


@router.get("/identities", responses=rows_of(IDENTITY))
def identities(asked: Ask, game_id: str, given: Annotated[IdentitiesAsked, Query()]) -> Response:
    """Who each tracklet is, with the evidence for and against, and in how many frames it is."""
    values = (given.player_id, given.player_id, given.tracklet_id, given.tracklet_id)
    return asked.answer_game(game_id, IDENTITIES, values)


@router.get("/events", responses=rows_of(EVENT))
def events(asked: Ask, game_id: str, given: Annotated[EventsAsked, Query()]) -> Response:
    """Events of every kind that the tables know, by time; `details` is the row of its view."""
    tag = asked.tag(game_id)
    if unknown := sorted(set(given.kind) - set(EVENTS)):
        raise HTTPException(422, f"kind {unknown[0][:80]!r}: expected of {', '.join(EVENTS)}")
    chosen = "\nunion all\n".join(f"({EVENTS[kind]})" for kind in (given.kind or EVENTS))
    values = (given.from_s, given.to_s, *2 * [given.player_id], *2 * [given.team_id])
    rows = asked.of_game(game_id, f"with events as ({chosen})\n{EVENTS_ASKED}", values)
    return answer_rows(asked.request, rows, tag, texts=("details",))


@router.get("/court", dependencies=PLAIN, responses=one(COURT))
def court(asked: Ask, game_id: str) -> Response:
    """Lengths and painted lines of the game's court, metres, from its centre."""
    tag = asked.tag(game_id)
    league = load_league(asked.summary(game_id).row["league"][0].as_py())
    about = {
        "league": league.name,
        "sport": league.sport.name,
        "length_m": league.court.length,
        "width_m": league.court.width,
        "target_x_m": league.court.target_x,
        "lines_m": [line.round(3).tolist() for line in league.court.lines()],
    }
    return asked.answer_one(about, tag)
