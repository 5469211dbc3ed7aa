"""Recorded tracking data, whatever its file format, as the public tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid import tables
from playerid.exchange.holders import find_holders, find_shots
from playerid.league import League, load_league

PAUSE_S = 10.0  # between two plays, so that times of a game never overlap


@dataclass(frozen=True, slots=True)
class Play:
    """One recorded play of a game, sampled at an even rate.

    Attributes:
        period: from 1.
        clock_s: (T,) game clock, seconds left; NaN unknown.
        step_s: time between two samples, seconds.
        player_ids: (P,) text, in the order of `players_m`.
        players_m: (T, P, 2) court coordinates from the centre of the court, metres; NaN unknown.
        ball_m: (T, 2) the ball above the floor, metres; NaN unknown.
    """

    period: int
    clock_s: NDArray[np.float64]
    step_s: float
    player_ids: NDArray[np.str_]
    players_m: NDArray[np.float64]
    ball_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recording:
    """The recorded plays of one game.

    Attributes:
        game_id: as the recording names the game.
        season: as the league writes it.
        date: of the game; None if the recording does not say.
        league: name of a league file.
        home_team_id, away_team_id: the teams.
        rosters: rows of `rosters`; a player who is not in them has no team.
        plays: in order of time.
    """

    game_id: str
    season: str
    date: date | None
    league: str
    home_team_id: str
    away_team_id: str
    rosters: pa.Table
    plays: tuple[Play, ...]


def tables_of(recordings: Sequence[Recording]) -> dict[str, pa.Table]:
    """Public tables of recorded games: a play is a segment, a player in it a tracklet.

    What the recordings do not say is found from positions: who holds the ball (`find_holders`)
    and when a shot attempt was released (`find_shots`). Plays follow each other `PAUSE_S` apart.

    Returns:
        Name of each public table -> its rows.
    """
    parts: dict[str, list[pa.Table]] = {table.name: [] for table in tables.PUBLIC_TABLES}
    for recording in recordings:
        league = load_league(recording.league)
        teams = teams_of(recording.rosters)
        start_s, start_frame = 0.0, 0
        for index, play in enumerate(recording.plays):
            found = _play_tables(
                play, recording.game_id, index, (start_s, start_frame), teams, league
            )
            for name, table in found.items():
                parts[name].append(table)
            start_s += len(play.ball_m) * play.step_s + PAUSE_S
            start_frame += len(play.ball_m)
        parts["games"].append(_game_row(recording, start_s))
        parts["rosters"].append(recording.rosters)
    return {
        table.name: pa.concat_tables([table.schema.empty_table(), *parts[table.name]])
        for table in tables.PUBLIC_TABLES
    }


def teams_of(rosters: pa.Table) -> dict[str, str]:
    """Player -> team, of rows of `rosters`."""
    return dict(zip(rosters["player_id"].to_pylist(), rosters["team_id"].to_pylist(), strict=True))


def rows_of(table: tables.Table, count: int, values: Mapping[str, object]) -> pa.Table:
    """Rows of a table; "" and what is not given is null, or zero where null is not allowed.

    Args:
        table: its declaration.
        count: how many rows.
        values: name of a column -> an array, or one value for all rows.
    """
    arrays = []
    for column in table.schema:
        value = values.get(column.name)
        if value is None:
            zero = "" if pa.types.is_string(column.type) else 0
            value = None if column.nullable else zero
        if not isinstance(value, np.ndarray | pa.Array | pa.ChunkedArray):
            arrays.append(pa.repeat(pa.scalar(value, column.type), count))
            continue
        if isinstance(value, np.ndarray):
            blank = value == "" if value.dtype.kind == "U" else None
            value = pa.array(value, mask=blank, from_pandas=value.dtype.kind == "f")
        arrays.append(value.cast(column.type))
    return pa.table(arrays, schema=table.schema)


def _play_tables(
    play: Play,
    game_id: str,
    index: int,
    start: tuple[float, int],
    teams: Mapping[str, str],
    league: League,
) -> dict[str, pa.Table]:
    frames, people = play.players_m.shape[:2]
    frame = start[1] + np.arange(frames)
    time_s = start[0] + np.arange(frames) * play.step_s
    basket_x_m = league.court.basket_x
    holders = find_holders(play.players_m, play.ball_m, play.step_s, basket_x_m)
    shots = find_shots(play.ball_m, play.step_s, holders, basket_x_m)
    tracklet = index * 100 + np.arange(people)
    team = np.array([teams.get(name, "") for name in play.player_ids], dtype=np.str_)
    action = np.full((people, frames), "", dtype="U13")
    action[holders[shots], shots] = "jump-shot"
    person, sample = np.nonzero(np.isfinite(play.players_m[:, :, 0]).T)
    common = {"game_id": game_id, "segment_index": index}
    seen = np.isfinite(play.ball_m[:, 0])
    told = np.isfinite(play.clock_s)
    return {
        "segments": rows_of(tables.SEGMENTS, 1, common | {
            "start_frame": start[1], "end_frame": start[1] + frames, "start_s": start[0],
            "end_s": start[0] + frames * play.step_s, "view": "main",
        }),
        "identities": rows_of(tables.IDENTITIES, people, common | {
            "tracklet_id": tracklet, "start_s": start[0], "end_s": float(time_s[-1]),
            "role": "player", "team_id": team, "team_prob": 1.0, "player_id": play.player_ids,
            "identity_prob": 1.0, "source": "by hand",
        }),
        "player_frames": rows_of(tables.PLAYER_FRAMES, len(person), common | {
            "frame_index": frame[sample], "time_s": time_s[sample],
            "tracklet_id": tracklet[person], "role": "player", "team_id": team[person],
            "player_id": play.player_ids[person], "identity_prob": 1.0, "detection_score": 1.0,
            "court_x_m": play.players_m[sample, person, 0],
            "court_y_m": play.players_m[sample, person, 1],
            "action": action[person, sample],
        }),
        "ball_frames": rows_of(tables.BALL_FRAMES, int(seen.sum()), common | {
            "frame_index": frame[seen], "time_s": time_s[seen], "detection_score": 1.0,
            "in_basket": False,
            "holder_tracklet_id": pa.array(
                tracklet[holders[seen]], pa.int32(), mask=holders[seen] < 0
            ),
        }),
        "clock_frames": rows_of(tables.CLOCK_FRAMES, int(told.sum()), common | {
            "frame_index": frame[told], "time_s": time_s[told], "period": play.period,
            "game_clock_s": play.clock_s[told],
            "clock_running": _running(play).filter(pa.array(told)),
        }),
    }  # fmt: skip


def _running(play: Play) -> pa.Array:
    """Whether the clock is lower in the next sample, or, in the last, was higher before."""
    change = np.diff(play.clock_s)
    change = np.append(change, change[-1:] if len(change) else np.nan)
    return pa.array(change < 0, mask=np.isnan(change))


def _game_row(recording: Recording, duration_s: float) -> pa.Table:
    return rows_of(tables.GAMES, 1, {
        "game_id": recording.game_id,
        "season": recording.season,
        "date": recording.date or date(1970, 1, 1),
        "league": recording.league,
        "home_team_id": recording.home_team_id,
        "away_team_id": recording.away_team_id,
        "duration_s": duration_s,
        "main_view_s": duration_s,
        "court_coverage": 1.0,
        "identity_coverage": 1.0,
        "pack": "imported",
        "models": "{}",
        "published_at": datetime(1970, 1, 1, tzinfo=UTC),
    })  # fmt: skip
