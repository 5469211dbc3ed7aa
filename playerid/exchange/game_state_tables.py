"""A labelled sequence of the game state challenge -> public tables."""

import logging

import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid import tables
from playerid.court.geometry import to_court_below_horizon
from playerid.exchange.game_state import LEAGUE, SIDES, LabelledSequence, People
from playerid.exchange.holders import find_holders
from playerid.exchange.recordings import rows_of
from playerid.leagues import load_league
from playerid.tables import PLAYING_ROLES

logger = logging.getLogger(__name__)


def sequence_tables(sequence: LabelledSequence, season: str = "") -> dict[str, pa.Table]:
    """Public tables of a sequence: one segment in the main view, everybody as labelled.

    Who has the ball is found as in other recordings, by `find_holders`. Views of the court are
    solved from the labels, as the lower edges of boxes are given both in the picture and on the
    pitch.

    Args:
        sequence: its labels.
        season: of the game; if not given, the version of the labels.
    """
    info, people = sequence.info, sequence.people
    game = {"game_id": info.name}
    rate, end_s = info.frame_rate, info.seq_length / info.frame_rate
    players = player_ids(people)
    who, first = np.unique(people.track_ids, return_index=True)
    last = np.append(first[1:], len(people.frames)) - 1
    common = game | {"segment_index": 0}
    is_named = players != ""
    found = {
        "segments": rows_of(tables.SEGMENTS, 1, common | {
            "start_frame": 0, "end_frame": info.seq_length, "start_s": 0.0, "end_s": end_s,
            "view": "main",
        }),
        "court_views": court_views(sequence),
        "identities": rows_of(tables.IDENTITIES, len(who), common | {
            "tracklet_id": who, "start_s": people.frames[first] / rate,
            "end_s": people.frames[last] / rate, "role": people.roles[first],
            "team_id": people.teams[first],
            "team_prob": np.where(people.teams[first] == "", np.nan, 1.0),
            "jersey_number": people.numbers[first], "player_id": players[first],
            "identity_prob": np.where(is_named[first], 1.0, np.nan), "source": "by hand",
        }),
        "player_frames": rows_of(tables.PLAYER_FRAMES, len(players), common | {
            "frame_index": people.frames, "time_s": people.frames / rate,
            "tracklet_id": people.track_ids, "role": people.roles, "team_id": people.teams,
            "jersey_number": people.numbers, "player_id": players,
            "identity_prob": np.where(is_named, 1.0, np.nan), **box(people),
            "court_x_m": people.edges_m[:, 1, 0], "court_y_m": people.edges_m[:, 1, 1],
        }),
        "ball_frames": _ball_frames(sequence),
        "clock_frames": _clock_frames(sequence),
        "games": rows_of(tables.GAMES, 1, game | {
            "season": season_of(sequence, season), "league": LEAGUE,
            "home_team_id": SIDES[0], "away_team_id": SIDES[1], "duration_s": end_s,
            "main_view_s": end_s, "court_coverage": 1.0,
            "identity_coverage": float(is_named[np.isin(people.roles, PLAYING_ROLES)].mean())
            if np.isin(people.roles, PLAYING_ROLES).any() else 0.0,
            "pack": "imported", "models": "{}", "published_at": 0,
        }),
        "rosters": rosters(people, players, info.name),
    }  # fmt: skip
    return {t.name: found.get(t.name, t.schema.empty_table()) for t in tables.PUBLIC_TABLES}


def season_of(sequence: LabelledSequence, season: str) -> str:
    """The season that was said, or the version of the labels."""
    return season or f"labels-{sequence.info.version}"


def player_ids(people: People) -> NDArray[np.str_]:
    """Name of each row: team and number; "" where either is not known, or two would have it.

    A track is named by the number that most of its rows say.
    """
    plays = np.isin(people.roles, PLAYING_ROLES) & (people.teams != "") & (people.numbers != "")
    named = np.char.add(np.char.add(people.teams, "-"), people.numbers)
    ids = np.full(len(named), "", named.dtype)
    taken: dict[str, set[int]] = {}
    tracks, sizes = np.unique(people.track_ids[plays], return_counts=True)
    for track in tracks[np.argsort(-sizes, kind="stable")]:
        rows = people.track_ids == track
        names, counts = np.unique(named[rows & plays], return_counts=True)
        name = str(names[np.argmax(counts)])
        frames = set(people.frames[rows].tolist())
        if frames & taken.get(name, set()):
            logger.warning("track %d is unnamed: %s is somebody else, too", track, name)
            continue
        taken[name] = taken.get(name, set()) | frames
        ids[rows] = name
    return ids


def box(people: People) -> dict[str, NDArray[np.float64]]:
    """Columns of the boxes."""
    return {field.name: people.boxes_px[:, i] for i, field in enumerate(tables.BOX)}


def court_views(sequence: LabelledSequence) -> pa.Table:
    """Homography of each frame that the labels tell, from its people's lower edges."""
    people = sequence.people
    left, _, right, bottom = people.boxes_px.T
    across = np.stack([left, (left + right) / 2, right], axis=1)
    edges_px = np.stack([across, np.repeat(bottom[:, None], 3, axis=1)], axis=2)
    rows = []
    for image in sequence.images:
        here = people.frames == image.frame
        points_px, points_m = edges_px[here].reshape(-1, 2), people.edges_m[here].reshape(-1, 2)
        placed = np.isfinite(points_m).all(axis=1)
        matrix, error_m = _homography(points_px[placed], points_m[placed])
        rows.append({
            "game_id": sequence.info.name, "frame_index": image.frame,
            "time_s": image.frame / sequence.info.frame_rate, "segment_index": 0,
            "image_to_court": None if matrix is None else matrix.ravel().tolist(),
            "court_error_m": error_m, "points": int(placed.sum()),
            "reason": None if matrix is not None else "the labels do not tell",
        })  # fmt: skip
    return pa.Table.from_pylist(rows, tables.COURT_VIEWS.schema)


def _homography(
    points_px: NDArray[np.float64], points_m: NDArray[np.float64], *, max_error_m: float = 0.5
) -> tuple[NDArray[np.float64] | None, float | None]:
    """Least squares over points that were projected by a labelled camera; None if they disagree.

    Four people who do not stand on one line are needed.
    """
    if len(points_px) < 12 or np.linalg.matrix_rank(points_m - points_m.mean(axis=0), 1.0) < 2:
        return None, None
    matrix, _ = cv2.findHomography(points_px, points_m, 0)
    if matrix is None:
        return None, None
    homogeneous = np.column_stack([points_px, np.ones(len(points_px))])
    matrix = np.asarray(matrix * np.sign(np.median(homogeneous @ matrix[2])), np.float64)
    gaps = to_court_below_horizon(points_px, matrix) - points_m
    error_m = float(np.sqrt((gaps**2).sum(axis=1).mean()))
    return (matrix, error_m) if error_m <= max_error_m else (None, None)


def _ball_frames(sequence: LabelledSequence) -> pa.Table:
    """The ball, and who has it."""
    ball, people, info = sequence.ball, sequence.people, sequence.info
    frames, first = np.unique(ball.frames, return_index=True)
    plays = np.isin(people.roles, PLAYING_ROLES)
    tracks, column = np.unique(people.track_ids[plays], return_inverse=True)
    places = np.full((info.seq_length, len(tracks), 2), np.nan)
    places[people.frames[plays], column] = people.edges_m[plays, 1]
    ball_m = ball.edges_m[first, 1]
    target_x_m = load_league(LEAGUE).court.target_x
    holders = find_holders(places[frames], ball_m, frames / info.frame_rate, target_x_m)
    return rows_of(tables.BALL_FRAMES, len(frames), {
        "game_id": info.name, "segment_index": 0, "frame_index": frames,
        "time_s": frames / info.frame_rate,
        **{name: values[first] for name, values in box(ball).items()},
        "court_x_m": ball_m[:, 0], "court_y_m": ball_m[:, 1],
        "holder_tracklet_id": pa.array(
            tracks[holders] if len(tracks) else holders, pa.int32(), mask=holders < 0
        ),
    })  # fmt: skip


def _clock_frames(sequence: LabelledSequence) -> pa.Table:
    """Period and clock of each frame, where the labels say when the clip begins: "2 - 15:41"."""
    info = sequence.info
    period, _, clock = info.game_time_start.partition(" - ")
    minutes, _, seconds = clock.partition(":")
    if not (period.isdigit() and minutes.isdigit() and seconds.isdigit()):
        return tables.CLOCK_FRAMES.schema.empty_table()
    frames = np.array([image.frame for image in sequence.images], np.int64)
    time_s = frames / info.frame_rate
    left_s = load_league(LEAGUE).clock.period_s - 60 * int(minutes) - int(seconds) - time_s
    return rows_of(tables.CLOCK_FRAMES, len(frames), {
        "game_id": info.name, "segment_index": 0, "frame_index": frames, "time_s": time_s,
        "period": int(period), "game_clock_s": left_s,
    })  # fmt: skip


def rosters(people: People, players: NDArray[np.str_], game_id: str) -> pa.Table:
    """Rows of `rosters`: everybody who is named."""
    ids, first = np.unique(players[players != ""], return_index=True)
    rows = np.flatnonzero(players != "")[first]
    return rows_of(tables.ROSTERS, len(ids), {
        "game_id": game_id, "player_id": ids, "team_id": people.teams[rows],
        "player_name": ids, "jersey_number": np.array([i.rpartition("-")[2] for i in ids], np.str_),
        "active": pa.array([True] * len(ids)),
    })  # fmt: skip
