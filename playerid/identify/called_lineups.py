"""Who was on the court while the camera ran, by the substitutions that were called."""

import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid.game.roster import Game, Lineup
from playerid.leagues import load_league
from playerid.warehouse.warehouse import connect, disconnect, put_rows

LONGER_THAN_A_PERIOD_S = 10_000.0


def find_lineups(game: Game, called: pa.Table, clock: pa.Table) -> list[Lineup]:
    """Line-ups in the time of the video.

    Each lasts from the last frame whose clock is before it to the first whose clock is after it:
    while the clock stands at a substitution, both are given.

    Args:
        game: whose they are.
        called: rows of `called_events`.
        clock: rows of `clock_frames`.

    Returns:
        A line-up per stretch that the video shows. Fewer players than play are named where
        somebody does nothing in a whole period; stretches with more, where a substitution is
        missing, are left out.
    """
    read = clock.filter(
        pc.and_(pc.is_valid(clock["period"]), pc.is_valid(clock["game_clock_s"]))
    ).sort_by("time_s")
    if not len(read) or not len(called):
        return []
    times_s = read["time_s"].to_numpy()
    played_s = _played_s(read["period"].to_numpy(), read["game_clock_s"].to_numpy())
    played_s = np.maximum.accumulate(played_s)
    lineups = []
    for row in _called_lineups(game, called).to_pylist():
        begin_s, end_s = (
            _played_s(row["period"], row[f"{edge}_clock_s"]) for edge in ("start", "end")
        )
        first, last = np.searchsorted(played_s, begin_s), np.searchsorted(played_s, end_s, "right")
        if first < last:
            lineups.append(
                Lineup(
                    team_id=row["team_id"],
                    start_s=float(times_s[first - 1]) if first else 0.0,
                    end_s=float(times_s[last]) if last < len(times_s) else math.inf,
                    player_ids=row["player_ids"].split(","),
                )
            )
    return lineups


def _played_s(
    period: NDArray[np.integer] | int, game_clock_s: NDArray[np.floating] | float
) -> NDArray[np.float64]:
    """A time that grows through the game, from the period and the time left in it."""
    return np.asarray(period * LONGER_THAN_A_PERIOD_S - game_clock_s)


def _called_lineups(game: Game, called: pa.Table) -> pa.Table:
    """Rows of the view `called_lineups` of one game that is not published yet."""
    games = pa.table(
        {
            "game_id": [game.game_id],
            "league": [game.league],
            "home_team_id": [game.home.team_id],
            "away_team_id": [game.away.team_id],
        }
    )
    connection = connect({})
    try:
        put_rows(connection, "games", games)
        put_rows(connection, "called_events", called)
        rows = connection.sql("from called_lineups").to_arrow_table()
        return rows.filter(pc.less_equal(rows["players"], load_league(game.league).sport.on_court))
    finally:
        disconnect(connection)
