"""Recorded tracking data, whatever its file format, as the public tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid import tables
from playerid.exchange.holders import find_holders, find_shots
from playerid.leagues import League, load_league
from playerid.leagues.marks import Court

PAUSE_S = 10.0  # between two plays, so that times of a game never overlap


@dataclass(frozen=True, slots=True)
class RecordedPlay:
    """One recorded play of a game: what was sampled, and when.

    Attributes:
        time_s: (T,) times of the samples, increasing, seconds.
        period: (T,) from 1; NaN unknown.
        clock_s: (T,) game clock, seconds left; NaN unknown.
        shot_clock_s: (T,) seconds left to shoot; NaN unknown.
        player_ids: (P,) text, in the order of `players_m`.
        players_m: (T, P, 2) court coordinates from the centre of the court, metres; NaN unknown.
        ball_m: (T, 2) the ball above the floor, metres; NaN unknown.
    """

    time_s: NDArray[np.float64]
    period: NDArray[np.float64]
    clock_s: NDArray[np.float64]
    shot_clock_s: NDArray[np.float64]
    player_ids: NDArray[np.str_]
    players_m: NDArray[np.float64]
    ball_m: NDArray[np.float64]

    @property
    def step_s(self) -> float:
        """The usual time between two samples, seconds; 0 if there is only one."""
        return float(np.median(np.diff(self.time_s))) if len(self.time_s) > 1 else 0.0

    @property
    def length_s(self) -> float:
        """From the first sample to a usual step after the last, seconds."""
        return float(self.time_s[-1] - self.time_s[0]) + self.step_s


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
        is_timed: whether the times of the plays are those of one video, and are kept; else each
            play has times of its own, and they are put one after another.
        home_team_name, away_team_name: "" if the recording does not say.
    """

    game_id: str
    season: str
    date: date | None
    league: str
    home_team_id: str
    away_team_id: str
    rosters: pa.Table
    plays: tuple[RecordedPlay, ...]
    is_timed: bool = False
    home_team_name: str = ""
    away_team_name: str = ""


def tables_of(recordings: Sequence[Recording]) -> dict[str, pa.Table]:
    """Public tables of recorded games: a play is a segment, a player in it a tracklet.

    What the recordings do not say is found from positions: who holds the ball (`find_holders`)
    and when a shot attempt was released (`find_shots`). How it was thrown, and whether it fell,
    is not known. Plays that are not timed follow each other `PAUSE_S` apart.

    Returns:
        Name of each public table -> its rows.
    """
    parts: dict[str, list[pa.Table]] = {table.name: [] for table in tables.PUBLIC_TABLES}
    for recording in recordings:
        league = load_league(recording.league)
        teams = teams_of(recording.rosters)
        end_s, start_frame = -PAUSE_S, 0
        for index, given in enumerate(recording.plays):
            play = given if recording.is_timed else _moved(given, end_s + PAUSE_S)
            found = _play_tables(play, recording.game_id, (index, start_frame), teams, league)
            for name, table in found.items():
                parts[name].append(table)
            end_s = float(play.time_s[0]) + play.length_s
            start_frame += len(play.time_s)
        parts["games"].append(_game_row(recording, max(end_s, 0.0)))
        parts["rosters"].append(recording.rosters)
    return {
        table.name: pa.concat_tables([table.schema.empty_table(), *parts[table.name]])
        for table in tables.PUBLIC_TABLES
    }


def _moved(play: RecordedPlay, start_s: float) -> RecordedPlay:
    return replace(play, time_s=play.time_s - play.time_s[0] + start_s)


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
    play: RecordedPlay,
    game_id: str,
    start: tuple[int, int],
    teams: Mapping[str, str],
    league: League[Court],
) -> dict[str, pa.Table]:
    """Rows of a play, whose index and first frame are given."""
    index, start_frame = start
    frames, people = play.players_m.shape[:2]
    frame, time_s = start_frame + np.arange(frames), play.time_s
    basket_x_m = league.court.target_x
    holders = find_holders(play.players_m, play.ball_m, time_s, basket_x_m)
    shots = find_shots(play.ball_m, time_s, holders, basket_x_m)
    tracklet = index * 100 + np.arange(people)
    team = np.array([teams.get(name, "") for name in play.player_ids], dtype=np.str_)
    action = np.full((people, frames), "", dtype="U13")
    action[holders[shots], shots] = "shot-attempt"
    placed = np.isfinite(play.players_m[:, :, 0])
    person, sample = np.nonzero(placed.T)
    common = {"game_id": game_id, "segment_index": index}
    seen = np.isfinite(play.ball_m[:, 0])
    told = np.isfinite(play.clock_s) | np.isfinite(play.period)
    return {
        "segments": rows_of(tables.SEGMENTS, 1, common | {
            "start_frame": start_frame, "end_frame": start_frame + frames,
            "start_s": float(time_s[0]), "end_s": float(time_s[0]) + play.length_s, "view": "main",
        }),
        "identities": rows_of(tables.IDENTITIES, people, common | {
            "tracklet_id": tracklet, "start_s": time_s[np.argmax(placed, axis=0)],
            "end_s": time_s[frames - 1 - np.argmax(placed[::-1], axis=0)],
            "role": "player", "team_id": team, "team_prob": np.where(team == "", np.nan, 1.0),
            "player_id": play.player_ids, "identity_prob": 1.0, "source": "by hand",
        }),
        "player_frames": rows_of(tables.PLAYER_FRAMES, len(person), common | {
            "frame_index": frame[sample], "time_s": time_s[sample],
            "tracklet_id": tracklet[person], "role": "player", "team_id": team[person],
            "player_id": play.player_ids[person], "identity_prob": 1.0,
            "court_x_m": play.players_m[sample, person, 0],
            "court_y_m": play.players_m[sample, person, 1],
            "action": action[person, sample],
        }),
        "ball_frames": rows_of(tables.BALL_FRAMES, int(seen.sum()), common | {
            "frame_index": frame[seen], "time_s": time_s[seen],
            "holder_tracklet_id": pa.array(
                tracklet[holders[seen]], pa.int32(), mask=holders[seen] < 0
            ),
            "court_x_m": play.ball_m[seen, 0], "court_y_m": play.ball_m[seen, 1],
        }),
        "clock_frames": rows_of(tables.CLOCK_FRAMES, int(told.sum()), common | {
            "frame_index": frame[told], "time_s": time_s[told], "period": play.period[told],
            "game_clock_s": play.clock_s[told], "shot_clock_s": play.shot_clock_s[told],
            "clock_running": _running(play).filter(pa.array(told)),
        }),
    }  # fmt: skip


def _running(play: RecordedPlay) -> pa.Array:
    """Whether the clock is lower a moment later, or, at the end, was higher a moment before.

    A moment is the next sample, or as long as a clock of coarse steps stands between two of them.
    """
    change = np.diff(play.clock_s)
    lower = np.flatnonzero(change < 0)
    coarse_s = float(np.median(-change[lower])) if len(lower) else 0.0
    ahead = max(1, int(np.ceil(coarse_s / play.step_s - 0.25))) if play.step_s else 1
    last = len(play.clock_s) - 1
    begin = np.clip(np.arange(last + 1), None, max(last - ahead, 0))
    fallen = play.clock_s[np.minimum(begin + ahead, last)] - play.clock_s[begin]
    fallen = fallen if last else np.full(1, np.nan)
    return pa.array(fallen < 0, mask=np.isnan(fallen))


def _game_row(recording: Recording, duration_s: float) -> pa.Table:
    return rows_of(tables.GAMES, 1, {
        "game_id": recording.game_id,
        "season": recording.season,
        "date": recording.date,
        "league": recording.league,
        "home_team_id": recording.home_team_id,
        "away_team_id": recording.away_team_id,
        "home_team_name": recording.home_team_name or None,
        "away_team_name": recording.away_team_name or None,
        "duration_s": duration_s,
        "main_view_s": sum(play.length_s for play in recording.plays),
        "court_coverage": 1.0,
        "identity_coverage": 1.0,
        "pack": "imported",
        "models": "{}",
        "published_at": datetime(1970, 1, 1, tzinfo=UTC),
    })  # fmt: skip
