"""Imported tables, told by a score sheet who is who: names, numbers, sides and the day."""

import logging
from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from playerid import tables
from playerid.errors import GameError
from playerid.game.score_sheet import ScoreSheet

logger = logging.getLogger(__name__)


def describe_game(
    rows: Mapping[str, pa.Table], sheet: ScoreSheet, file: str
) -> dict[str, pa.Table]:
    """Public tables with the rosters, the sides and the day of a score sheet.

    Args:
        rows: name of each public table -> its rows, of one game.
        sheet: what is known; what it does not say stays as it is.
        file: for messages.

    Returns:
        The same tables. Who was tracked and is not on the sheet stays on the roster, and is told.

    Raises:
        GameError: There are several games, nobody on the sheet was tracked, or its home team does
            not play.
    """
    games = rows["games"].to_pylist()
    if len(games) != 1:
        raise GameError(f"{file}: a score sheet is of one game; there are {len(games)}")
    (game,) = games
    players = _rosters(rows["rosters"], sheet, game["game_id"], file)
    players = _comparable(players, game["main_view_s"], file)
    teams = set(players["team_id"].to_pylist())
    sheet = _both_sides(sheet, teams, file)
    told = {
        "home_team_id": sheet.home_team_id, "away_team_id": sheet.away_team_id, "date": sheet.date,
    }  # fmt: skip
    names = {game[f"{side}_team_id"]: game[f"{side}_team_name"] for side in ("home", "away")}
    names |= {team: name for team, name in sheet.team_names.items() if name}
    game |= {name: value for name, value in told.items() if value}
    game |= {f"{side}_team_name": names.get(game[f"{side}_team_id"]) for side in ("home", "away")}
    return {
        **rows,
        "rosters": players,
        "games": pa.Table.from_pylist([game], tables.GAMES.schema),
    }


def _rosters(tracked: pa.Table, sheet: ScoreSheet, game_id: str, file: str) -> pa.Table:
    listed = {row["player_id"]: row | {"game_id": game_id} for row in sheet.players.to_pylist()}
    found = {row["player_id"]: row for row in tracked.to_pylist()}
    if listed and not listed.keys() & found.keys():
        raise GameError(
            f"{file}: of another game: none of its {len(listed)} players was tracked"
            f" ({', '.join(sorted(found)[:3])}, ... were)"
        )
    if listed and (strangers := sorted(found.keys() - listed.keys())):
        logger.warning(
            "%s: %d tracked players are not on it, as %s", file, len(strangers),
            ", ".join(strangers[:3]),
        )  # fmt: skip
    merged = [
        _merged(listed.get(player), found.get(player)) for player in sorted({*listed, *found})
    ]
    return pa.Table.from_pylist(merged, tables.ROSTERS.schema)


def _comparable(players: pa.Table, tracked_s: float, file: str, least: float = 0.8) -> pa.Table:
    """Playing times are of what was tracked, or are left out: a check compares both."""
    played = [row["played_s"] or 0.0 for row in players.to_pylist()]
    whole_s = sum(played) / 10  # ten are on the court
    if tracked_s >= least * whole_s:
        return players
    logger.warning(
        "%s: playing times are of %.0f s, of which %.0f s were tracked: left out", file, whole_s,
        tracked_s,
    )  # fmt: skip
    index = tables.ROSTERS.schema.get_field_index("played_s")
    field = tables.ROSTERS.schema.field(index)
    return players.set_column(index, field, pa.nulls(players.num_rows, field.type))


def _merged(listed: dict[str, object] | None, found: dict[str, object] | None) -> dict[str, object]:
    """What the sheet says, or else the recording; a number that nobody says is "" in both."""
    if listed is None or found is None:
        return listed or found or {}
    return found | {name: value for name, value in listed.items() if value not in {None, ""}}


def _both_sides(sheet: ScoreSheet, teams: set[str], file: str) -> ScoreSheet:
    """With the visitors, where only the home team is said."""
    home = sheet.home_team_id
    if not home or sheet.away_team_id:
        return sheet
    others = sorted(teams - {home, ""})
    if home not in teams or len(others) != 1:
        raise GameError(f"{file}: home team {home!r} is none of {', '.join(sorted(teams))}")
    return replace(sheet, away_team_id=others[0])
