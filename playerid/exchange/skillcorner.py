"""Tracking as SkillCorner publishes it: partial frames, and people who are followed but not known.

kloppy reads it (`skillcorner.load`, data version V2), and what builds on kloppy.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

logger = logging.getLogger(__name__)

RATE = 10  # frames a second, which readers take for granted
BALL_ID = 55
FIRST_ID = 1000  # of players, as numbers; no other object has one so high
KEEPER_ROLE, UNKNOWN_ROLE = 0, 1

FRAMES = """
select
    main_frames.frame_index, main_frames.time_s, main_frames.period, main_frames.game_clock_s,
    game_rules.periods, game_rules.period_s, game_rules.overtime_s, team_control.team_id,
    coalesce(ball_frames.court_x_m, team_control.holder_x_m) as ball_x_m,
    coalesce(ball_frames.court_y_m, team_control.holder_y_m) as ball_y_m
from main_frames
inner join game_rules on main_frames.game_id = game_rules.game_id
left join team_control
    on main_frames.game_id = team_control.game_id
    and main_frames.frame_index = team_control.frame_index
left join ball_frames
    on main_frames.game_id = ball_frames.game_id
    and main_frames.frame_index = ball_frames.frame_index
order by main_frames.time_s
"""
PEOPLE = """
select frame_index, tracklet_id, role, team_id, player_id, court_x_m, court_y_m
from player_frames
where court_x_m is not null and role <> 'other'
order by frame_index, tracklet_id
"""
ABOUT = """
select games.*, leagues.length_m, leagues.width_m from games inner join leagues using (league)
"""
ROSTER = """
select rosters.*, identities.first_s
from rosters
left join (
    select player_id, min(start_s) as first_s
    from identities where player_id is not null group by player_id
) as identities on rosters.player_id = identities.player_id
order by rosters.team_id, rosters.player_id
"""


def write_skillcorner(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write `<game_id>/match_data.json` and `structured_data.json`, ten frames a second.

    Who is not named has a track of his own and only his team. It cannot hold: people without a
    team, probabilities, boxes, numbers of referees; samples that lie nearer than a tenth of a
    second to one another. Ids of players are numbers of ours, as readers expect; the roster has
    ours as `short_name`. Where no clock was read, all is the first period, by the time of the
    video, and that is told. kloppy 3.19 wants frames of the first period.
    """
    (about,) = connection.sql(ABOUT).to_arrow_table().to_pylist()
    roster = connection.sql(ROSTER).to_arrow_table().to_pylist()
    numbers = {row["player_id"]: FIRST_ID + index for index, row in enumerate(roster)}
    target = folder / str(about["game_id"])
    target.mkdir(parents=True, exist_ok=True)
    written = {
        "match_data.json": _match(about, roster, numbers),
        "structured_data.json": list(_frames(connection, about, numbers)),
    }
    for name, content in written.items():
        (target / name).write_text(json.dumps(content) + "\n", "utf-8")
    return [target / name for name in written]


def _match(
    about: Mapping[str, Any], roster: list[dict[str, Any]], numbers: Mapping[str, int]
) -> dict[str, Any]:
    teams = {about["home_team_id"]: 1, about["away_team_id"]: 2}
    return {
        "id": about["game_id"], "home_team_score": None, "away_team_score": None,
        "date_time": f"{about['date']}T00:00:00Z" if about["date"] else None,
        **{f"{side}_team": {
            "id": teams[about[f"{side}_team_id"]],
            "name": about[f"{side}_team_name"] or about[f"{side}_team_id"],
            "short_name": about[f"{side}_team_id"],
        } for side in ("home", "away")},
        "pitch_length": about["length_m"], "pitch_width": about["width_m"],
        "referees": [], "ball": {"trackable_object": BALL_ID},
        "players": [
            _player(row, numbers[row["player_id"]], teams[row["team_id"]])
            for row in roster if row["team_id"] in teams
        ],
    }  # fmt: skip


def _player(row: Mapping[str, Any], number: int, team: int) -> dict[str, Any]:
    first, _, last = (row["player_name"] or row["player_id"]).rpartition(" ")
    keeps = row["roster_role"] == "goalkeeper"
    jersey = row["jersey_number"] or ""
    return {
        "id": number, "trackable_object": number, "team_id": team,
        "number": int(jersey) if jersey.isdigit() else None,
        "first_name": first, "last_name": last, "short_name": row["player_id"],
        "start_time": "00:00:00" if row["first_s"] is not None else None, "end_time": None,
        "player_role": {"id": KEEPER_ROLE if keeps else UNKNOWN_ROLE},
    }  # fmt: skip


def _frames(
    connection: duckdb.DuckDBPyConnection, about: Mapping[str, Any], numbers: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    groups = {about["home_team_id"]: "home team", about["away_team_id"]: "away team"}
    people: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.sql(PEOPLE).to_arrow_table().to_pylist():
        people[row["frame_index"]].append(row)
    rows = connection.sql(FRAMES).to_arrow_table().to_pylist()
    without_clock = all(row["period"] is None or row["game_clock_s"] is None for row in rows)
    if without_clock:
        logger.warning("%s: no clock was read: times are those of the video", about["game_id"])
    last, lost = -1, 0
    for row in rows:
        tick = round(row["time_s"] * RATE)
        placed = (1, row["time_s"]) if without_clock else _time(row)
        if tick <= last or placed is None:
            lost += 1
            continue
        last = tick
        period, played_s = placed
        data = [_person(one, groups, numbers) for one in people[row["frame_index"]]]
        if row["ball_x_m"] is not None:
            data.append({
                "trackable_object": BALL_ID, "group_name": "balls", "z": None,
                "x": row["ball_x_m"], "y": row["ball_y_m"],
            })  # fmt: skip
        yield {
            "frame": tick, "period": period,
            "time": f"{int(played_s // 60):02d}:{played_s % 60:05.2f}",
            "possession": {"group": groups.get(row["team_id"]), "trackable_object": None},
            "data": [one for one in data if one],
        }  # fmt: skip
    if lost:
        logger.warning(
            "%s: left out %d frames, which have no clock or lie nearer than a tenth of a second",
            about["game_id"], lost,
        )  # fmt: skip


def _time(row: Mapping[str, Any]) -> tuple[int, float] | None:
    """Period, and time played on the clock that runs through the game, seconds."""
    if row["period"] is None or row["game_clock_s"] is None:
        return None
    late = max(row["period"] - row["periods"] - 1, 0)
    is_over = row["period"] > row["periods"]
    before_s = min(row["period"] - 1, row["periods"]) * row["period_s"] + late * row["overtime_s"]
    length_s = row["overtime_s"] if is_over else row["period_s"]
    return int(row["period"]), max(before_s + length_s - row["game_clock_s"], 0.0)


def _person(
    row: Mapping[str, Any], groups: Mapping[str, str], numbers: Mapping[str, int]
) -> dict[str, Any] | None:
    """A person; None for a player whose team is not known."""
    group = "referee" if row["role"] == "referee" else groups.get(row["team_id"])
    if group is None:
        return None
    return {
        "trackable_object": numbers.get(row["player_id"]), "track_id": row["tracklet_id"],
        "group_name": group, "x": row["court_x_m"], "y": row["court_y_m"],
    }  # fmt: skip
