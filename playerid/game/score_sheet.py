"""Who played in a game, by a box score: teams, names, numbers and playing times.

Box scores of the NBA's live feed, of stats.nba.com (boxscoretraditionalv3 and v2) and of Atrium, as
JSON; and any table with player_id, team_id, player_name, jersey_number and, if it likes, played_s
and active. That of stats.nba.com before 2025 says neither numbers nor who is at home; columns of
boxscoretraditionalv3 are those that hoopR documents.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from playerid.errors import GameError
from playerid.game.play_by_play.feed import seconds_of
from playerid.game.roster import Game
from playerid.tables import ROSTERS

TABLE = ("player_id", "team_id", "player_name", "jersey_number")
KNOWN = (
    "the NBA's live box score; boxscoretraditionalv3 and v2; Atrium; a table with"
    f" {', '.join(TABLE)}"
)


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """What is known of a game beside its tracking.

    Attributes:
        players: rows of `rosters`, whose `game_id` is "".
        home_team_id, away_team_id: "" if not known.
        date: None if not known.
        team_names: team -> its name, of those that it names.
    """

    players: pa.Table
    home_team_id: str = ""
    away_team_id: str = ""
    date: dt.date | None = None
    team_names: Mapping[str, str] = field(default_factory=dict)


def sheet_of_game(game: Game) -> ScoreSheet:
    """As the game file has it."""
    names = {team.team_id: team.name for team in game.teams}
    return ScoreSheet(game.roster_rows(), game.home.team_id, game.away.team_id, game.date, names)


def read_score_sheet(content: bytes, file: str) -> ScoreSheet:
    """Read a box score.

    Args:
        content: of the file.
        file: for messages.

    Raises:
        GameError: It is no box score that is known, or lacks a field; the message names the file.
    """
    try:
        text = content.decode(json.detect_encoding(content))
        parsed = json.loads(text) if text.lstrip()[:1] == "{" else _table(text)
        return _read(parsed)
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise GameError(f"{file}: neither JSON nor CSV in UTF-8: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise GameError(
            f"{file}: expected a box score ({type(error).__name__}: {error}); known are {KNOWN}"
        ) from error


def _table(text: str) -> list[dict[str, str]]:
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    return list(reader)


def _read(parsed: object) -> ScoreSheet:
    match parsed:
        case {"game": {"homeTeam": {"players": [*_]} as home, "awayTeam": {} as away, **more}}:
            day = dt.date.fromisoformat(str(more["gameEt"])[:10])
            return _of_nba(home, away, day)
        case {"boxScoreTraditional": {"homeTeam": {} as home, "awayTeam": {} as away}}:
            return _of_nba(home, away, None)
        case {"fixture": {"competitors": [*_]} as fixture, "statistics": {} as statistics}:
            return _of_atrium(fixture, statistics)
        case {"resultSets": [{"headers": [*names], "rowSet": [*values]}, *_]}:
            return _of_stats([dict(zip(names, row, strict=True)) for row in values])
        case [{**first}, *_] as rows if set(TABLE) <= first.keys():
            return _of_table([row for row in rows if isinstance(row, dict)])
    raise ValueError("neither its fields nor its columns are known")


def _of_nba(home: Mapping[str, Any], away: Mapping[str, Any], day: dt.date | None) -> ScoreSheet:
    rows = [
        _row(
            player["personId"], team["teamId"], f"{player['firstName']} {player['familyName']}",
            player["jerseyNum"], player["statistics"]["minutes"],
            active=player.get("status", "ACTIVE") == "ACTIVE",
        )
        for team in (home, away)
        for player in team["players"]
    ]  # fmt: skip
    sheet = _sheet(rows, str(home["teamId"]), str(away["teamId"]), day)
    names = {
        str(team["teamId"]): " ".join(team[k] for k in ("teamCity", "teamName") if team.get(k))
        for team in (home, away)
    }
    return replace(sheet, team_names=names)


def _of_atrium(fixture: Mapping[str, Any], statistics: Mapping[str, Any]) -> ScoreSheet:
    sides = {"home" if c["isHome"] else "away": str(c["entityId"]) for c in fixture["competitors"]}
    rows = [
        _row(
            player["personId"], sides[side], player["personName"], player["bib"],
            player["statistics"].get("minutes"),
        )
        for side in sides
        for player in statistics[side]["persons"]
    ]  # fmt: skip
    day = dt.date.fromisoformat(fixture["startTimeLocal"][:10])
    return _sheet(rows, sides["home"], sides["away"], day)


def _of_stats(players: Sequence[Mapping[str, Any]]) -> ScoreSheet:
    return _sheet([
        _row(player["PLAYER_ID"], player["TEAM_ID"], player["PLAYER_NAME"], "", player["MIN"])
        for player in players
    ])  # fmt: skip


def _of_table(players: Sequence[Mapping[str, Any]]) -> ScoreSheet:
    rows = []
    for player in players:
        active = (player.get("active") or "true").lower() not in {"false", "0", "no"}
        who, team, name, number = (player[column] for column in TABLE)
        row = _row(who, team, name, number, None, active=active)
        played_s = player.get("played_s")
        rows.append(row | {"played_s": float(played_s) if played_s else None})
    return _sheet(rows)


def _row(
    player: object, team: object, name: str, number: object, minutes: str | None, *,
    active: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """A row of `rosters`; minutes that are not given are not known."""
    return {
        "game_id": "", "player_id": str(player), "team_id": str(team), "player_name": name,
        "jersey_number": str(number or ""), "active": active,
        "played_s": seconds_of(minutes) if minutes else None,
    }  # fmt: skip


def _sheet(
    rows: Sequence[Mapping[str, Any]], home: str = "", away: str = "", day: dt.date | None = None
) -> ScoreSheet:
    return ScoreSheet(pa.Table.from_pylist(list(rows), ROSTERS.schema), home, away, day)
