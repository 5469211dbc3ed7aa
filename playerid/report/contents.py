"""What the template of a game's page is filled with: facts, charts and plays."""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid.archive.entry import Entry
from playerid.leagues import load_league
from playerid.leagues.marks import Court
from playerid.queries import views
from playerid.report import plots
from playerid.report.facts import GameFacts
from playerid.report.plays import CourtPath, PlayOfViolation
from playerid.tables import GAMES

GRADES = ("clear", "technical", "possible")
COSTS = ("wall_s", "cpu_s", "gpu_s", "bytes_read", "bytes_written")


def contents(
    facts: GameFacts,
    plays: Iterable[PlayOfViolation],
    team_names: Mapping[str, str],
    studio_url: str = "",
) -> dict[str, Any]:
    """The names and values of `game.html.j2`.

    Args:
        facts: what was asked of the game.
        plays: of its violations; each is asked for when the template shows it.
        team_names: team -> name; a team that is not in it is shown by its identifier.
        studio_url: of the studio that shows the game, to which the page links; "" if none.
    """
    rows = facts.rows
    game = first(rows["games"])
    league, home = load_league(game["league"]), game["home_team_id"]
    court = league.court
    return {
        "game": game,
        "title": title_of(game, team_names),
        "team_names": team_names,
        "studio_url": studio_url.rstrip("/"),
        "asked": {v.name for v in views() if v.sport in {"", league.sport.name}},
        "target": league.sport.target,
        "most_named": 2 * league.sport.on_court,
        "charts": {
            "timeline": plots.timeline(
                rows["segments"], rows["coverage"], rows["violations"], rows["shots"]
            ),
            "presence": plots.presence(rows["presence"], home),
            "confidence": plots.confidence(rows["confidence"]),
            "shots": plots.shot_chart(rows["shots"], court, home),
        },
        "grades": count_grades(rows["violations"]),
        "people": rows["people"].to_pylist(),
        "lineups": _lineups(rows["lineups"], rows["names"]),
        "maps": _maps(facts, court, team_names),
        "shots": rows["shots"].to_pylist(),
        "court_view_box": f"{-court.length / 2 - 1:g} {-court.width / 2 - 1:g}"
        f" {court.length + 2:g} {court.width + 2:g}",
        "court_lines": [_points(line) for line in court.lines()],
        "plays": map(_play, plays),
        "checks": [
            {"name": name, "about": facts.meanings[name], "rows": found}
            for name, found in facts.checks.items()
        ],
        "failed": sum(1 for found in facts.checks.values() if found),
        "provenance": _provenance(facts.entry, game),
        "models": [
            {"job": job, "backend": backend, "digest": digest}
            for job, (backend, digest) in json.loads(game["models"]).items()
        ],
        "cost_names": COSTS,
        "costs": _costs(game),
        "storage": list(facts.entry.tables.values()),
    }


def title_of(game: Mapping[str, Any], team_names: Mapping[str, str]) -> str:
    """Who plays whom where: the visitors first."""
    away, home = (team_names.get(game[f"{side}_team_id"]) or game[f"{side}_team_id"]
                  for side in ("away", "home"))  # fmt: skip
    return f"{away} at {home}"


def count_grades(violations: pa.Table) -> list[tuple[str, int]]:
    """How many violations are of each grade, the surest first."""
    grades = violations["grade"].to_pylist()
    return [(grade, grades.count(grade)) for grade in GRADES]


def _provenance(entry: Entry, game: dict[str, Any]) -> list[dict[str, Any]]:
    told_elsewhere = {"models", "stage_costs", *COSTS}
    about = [
        {"name": f.name, "value": game[f.name], "meaning": f.metadata[b"meaning"].decode()}
        for f in GAMES.schema
        if f.name not in told_elsewhere
    ]
    evidence = "Digest of the working tables behind it."
    return [*about, {"name": "evidence", "value": entry.evidence_sha256, "meaning": evidence}]


def _lineups(fives: pa.Table, names: pa.Table) -> list[dict[str, Any]]:
    known = {row["player_id"]: row["player_name"] for row in names.to_pylist()}
    return [
        five | {"names": ", ".join(known.get(i, i) for i in five["player_ids"].split(","))}
        for five in fives.to_pylist()
    ]


def _maps(facts: GameFacts, court: Court, team_names: Mapping[str, str]) -> list[dict[str, Any]]:
    """One map per team, then one per player, most seen first."""
    heat = facts.rows["heat"]
    players = {r["player_id"]: r["player_name"] for r in facts.rows["names"].to_pylist()}
    maps = []
    for column, known in (("team_id", team_names), ("player_id", players)):
        seen = heat.group_by(column).aggregate([("seen_s", "sum")])
        order = [("seen_s_sum", "descending"), (column, "ascending")]
        for row in seen.sort_by(order).to_pylist():
            name = row[column]
            if name is None:
                continue
            label = known.get(name) or name
            cells = heat.filter(pc.equal(heat[column], name))
            svg = plots.heat_map(cells, court, label)
            maps.append({"label": label, "seen_s": row["seen_s_sum"], "svg": svg})
    return maps


def _costs(game: dict[str, Any]) -> list[dict[str, Any]]:
    """One row per stage, and the game as a whole."""
    stages = json.loads(game["stage_costs"] or "{}") | {"all": game}
    return [{"name": n, "spent": [spent[name] for name in COSTS]} for n, spent in stages.items()]


def _play(play: PlayOfViolation) -> dict[str, Any]:
    clip = base64.b64encode(play.clip).decode()
    return {
        "violation": play.violation,
        "start_s": play.start_s,
        "end_s": play.end_s,
        "clip_href": f"data:video/mp4;base64,{clip}" if clip else "",
        "paths": [_path(path) for path in play.paths],
        "motion": {
            "start_s": play.start_s,
            "people": [
                {
                    "times_s": np.round(path.times_s, 2).tolist(),
                    "places_m": (np.round(path.places_m, 2) * [1, -1]).tolist(),
                }
                for path in play.paths
            ],
        },
    }


def _path(path: CourtPath) -> dict[str, Any]:
    svg_m = path.places_m * [1, -1]
    return {
        "side": path.side,
        "is_offender": path.is_offender,
        "label": path.label,
        "points": _points(svg_m),
        "last": f"{svg_m[-1, 0]:.2f} {svg_m[-1, 1]:.2f}",
    }


def _points(line_m: NDArray[np.float64]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in line_m)


def first(rows: pa.Table) -> dict[str, Any]:
    """The first row; there is one."""
    row: dict[str, Any] = rows.slice(0, 1).to_pylist()[0]
    return row
