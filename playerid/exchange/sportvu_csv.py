"""SportVU-like CSV, as analysts share it and as we write it, and the same rows as Parquet."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from playerid.errors import TableError
from playerid.exchange.moments import number_moments, times_by_clock, usual_step
from playerid.exchange.recordings import RecordedPlay, Recording
from playerid.exchange.sportvu import BALL_ID, groups_of, make_grid, roster_rows, to_metres
from playerid.leagues import load_league
from playerid.leagues.marks import Court

logger = logging.getLogger(__name__)

COLUMNS = {
    "team_id": pa.string(),
    "player_id": pa.string(),
    "x_loc": pa.float64(),
    "y_loc": pa.float64(),
    "radius": pa.float64(),
    "game_clock": pa.float64(),
    "shot_clock": pa.float64(),
    "quarter": pa.int32(),
    "game_id": pa.string(),
    "event_id": pa.int32(),
}
TIME_COLUMN = "time_s"  # ours; files of others lack it
UNREAD = ("radius",)


@dataclass(frozen=True, slots=True)
class SportVURows:
    """Rows of one game, by column.

    Attributes:
        who: (N,) player, or `BALL_ID`.
        place_m: (N, 2) court coordinates, metres.
        event, period, clock_s, shot_clock_s: (N,); NaN unknown.
        time_s: (N,) seconds; NaN throughout where the file does not say.
    """

    who: NDArray[np.str_]
    place_m: NDArray[np.float64]
    event: NDArray[np.int64]
    period: NDArray[np.float64]
    clock_s: NDArray[np.float64]
    shot_clock_s: NDArray[np.float64]
    time_s: NDArray[np.float64]

    def take(self, index: NDArray[np.intp]) -> "SportVURows":
        """Some of the rows, or in another order."""
        return SportVURows(*(getattr(self, name)[index] for name in self.__slots__))


def read_sportvu_csv(
    path: Path, *, season: str, league: str = "nba", frame_rate: float | None = None
) -> list[Recording]:
    """Read positions: the columns of `COLUMNS`, and `time_s` if we wrote the file.

    Without `time_s` the times are those of the frame rate, or of the game clock while it runs. A
    moment that an earlier event has is left out of later ones. The first team of a game is taken
    for the home team; players have no names.

    Args:
        path: CSV, with commas or semicolons, or Parquet; of one or several games.
        season: of all of them.
        league: name of a league file.
        frame_rate: moments a second.

    Raises:
        TableError: A column is missing, a value is not of its type, or nothing says the times.
    """
    rows = _read(path)
    court = load_league(league).court
    game_ids = np.asarray(rows["game_id"].to_pylist(), np.str_)
    return [
        _recording(rows.take(pa.array(group)), (str(game_id), season, league), court, frame_rate)
        for game_id, group in groups_of(game_ids)
    ]


def _read(path: Path) -> pa.Table:
    try:
        if path.suffix == ".parquet":
            rows = pq.read_table(path)
        else:
            with path.open("rb") as file:
                header = file.readline()
            separator = ";" if header.count(b";") > header.count(b",") else ","
            rows = pa_csv.read_csv(
                path,
                parse_options=pa_csv.ParseOptions(delimiter=separator),
                convert_options=pa_csv.ConvertOptions(
                    column_types=COLUMNS | {TIME_COLUMN: pa.float64()}, strings_can_be_null=True
                ),
            )
        if missing := [name for name in COLUMNS if name not in rows.column_names]:
            raise TableError(f"{path}: expected columns {', '.join(COLUMNS)}; missing {missing}")
        kept = [*COLUMNS, *(n for n in [TIME_COLUMN] if n in rows.column_names)]
        kinds = pa.schema(COLUMNS | {name: pa.float64() for name in kept[len(COLUMNS) :]})
        read = rows.select(kept).cast(kinds)
    except pa.ArrowInvalid as error:
        raise TableError(f"{path}: {error}") from error
    return _said(read, set(rows.column_names) - set(kept), path)


def _said(rows: pa.Table, others: set[str], path: Path) -> pa.Table:
    """Rows that say who is where; what is left out is told."""
    needed = ["player_id", "x_loc", "y_loc", "game_id", "event_id"]
    whole = rows.filter(
        np.logical_and.reduce([pc.is_valid(rows[n]).to_numpy(zero_copy_only=False) for n in needed])
    )
    unread = sorted(others) + [n for n in UNREAD if rows[n].null_count < rows.num_rows]
    if unread:
        logger.warning("%s: columns that are not read: %s", path, ", ".join(unread))
    if lost := rows.num_rows - whole.num_rows:
        logger.warning("%s: left out %d rows without %s", path, lost, ", ".join(needed))
    if not whole.num_rows:
        raise TableError(f"{path}: no row says who is where")
    return whole


def _recording(
    table: pa.Table, about: tuple[str, str, str], court: Court, frame_rate: float | None
) -> Recording:
    game_id, season, league = about
    rows = _by_column(table, court)
    teams = {
        player: team
        for player, team in zip(rows.who.tolist(), table["team_id"].to_pylist(), strict=True)
        if player != BALL_ID
    }
    is_timed = bool(np.isfinite(rows.time_s).all())
    plays = _timed_plays(rows) if is_timed else _plays_in_order(rows, game_id, frame_rate)
    order = [*dict.fromkeys(team for team in teams.values() if team), "", ""]
    people = [(player, team or "", player, "") for player, team in teams.items()]
    return Recording(
        game_id, season, None, league, order[0], order[1], roster_rows(game_id, people),
        tuple(plays), is_timed,
    )  # fmt: skip


def _by_column(table: pa.Table, court: Court) -> SportVURows:
    numbers = {
        name: table[name].to_numpy().astype(np.float64)
        for name in ("x_loc", "y_loc", "quarter", "game_clock", "shot_clock")
    }
    return SportVURows(
        who=np.asarray(table["player_id"].to_pylist(), np.str_),
        place_m=to_metres(numbers["x_loc"], numbers["y_loc"], court),
        event=table["event_id"].to_numpy().astype(np.int64),
        period=numbers["quarter"],
        clock_s=numbers["game_clock"],
        shot_clock_s=numbers["shot_clock"],
        time_s=table[TIME_COLUMN].to_numpy().astype(np.float64)
        if TIME_COLUMN in table.column_names
        else np.full(table.num_rows, np.nan),
    )


def _timed_plays(rows: SportVURows) -> Iterator[RecordedPlay]:
    """A play for each event, in order of time."""
    events = [rows.take(group) for _, group in groups_of(rows.event)]
    for event in sorted(events, key=lambda rows: float(rows.time_s.min())):
        time_s, moment = np.unique(event.time_s, return_inverse=True)
        yield _play(event, moment, time_s)


def _plays_in_order(
    rows: SportVURows, file: str, frame_rate: float | None
) -> Iterator[RecordedPlay]:
    """A play for each event and period, in the order of the file."""
    keys = list(zip(rows.event, _known(rows.period), _known(rows.clock_s), strict=True))
    moment = number_moments(rows.who.tolist(), keys, BALL_ID)
    kept = _told_once(rows, moment)
    rows, moment = rows.take(kept), moment[kept]
    turns = np.cumsum(
        np.concatenate([[False], np.diff(rows.event) != 0])
        | np.concatenate([[False], np.diff(_known(rows.period)) != 0])
    )
    groups = [group for _, group in groups_of(turns)]
    numbers = [np.unique(moment[group], return_inverse=True)[1] for group in groups]
    firsts = [np.flatnonzero(np.diff(number, prepend=-1)) for number in numbers]
    clocks_s = [rows.clock_s[group[first]] for group, first in zip(groups, firsts, strict=True)]
    step_s = 1 / frame_rate if frame_rate else usual_step(clocks_s, file)
    for group, number, clock_s in zip(groups, numbers, clocks_s, strict=True):
        told_s = np.full(len(clock_s), np.nan) if frame_rate else clock_s
        yield _play(rows.take(group), number, times_by_clock(told_s, step_s))


def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """NaN as a number that is equal to itself."""
    return np.nan_to_num(values, nan=-1.0)


def _told_once(rows: SportVURows, moment: NDArray[np.int64]) -> NDArray[np.intp]:
    """Rows of moments that no event before has: same clock, same people, same places."""
    told: dict[tuple[float, float, bytes], int] = {}
    period, clock_s = _known(rows.period), _known(rows.clock_s)
    kept = []
    for _, group in groups_of(moment):
        first = group[0]
        key = (period[first], clock_s[first], rows.place_m[group].tobytes())
        if told.setdefault(key, rows.event[first]) == rows.event[first]:
            kept.append(group)
    return np.concatenate(kept)


def _play(
    rows: SportVURows, moment: NDArray[np.int64], time_s: NDArray[np.float64]
) -> RecordedPlay:
    columns = np.full((3, len(time_s)), np.nan)
    columns[:, moment] = rows.period, rows.clock_s, rows.shot_clock_s
    period, clock_s, shot_clock_s = columns
    grid = make_grid(moment, rows.who, rows.place_m)
    return RecordedPlay(time_s, period, clock_s, shot_clock_s, *grid)
