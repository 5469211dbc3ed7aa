"""A small game whose evidence is written by hand: who was where, when, and what was read."""

import json
from dataclasses import dataclass

import pyarrow as pa

from playerid.game.roster import read_game
from playerid.identify import POSITIONS, gather_evidence
from playerid.tables import NUMBER_READINGS, TEAM_VOTES, TRACKED_BOXES

STEP_S = 0.1
FRAMES_PER_STEP = 3  # a 30 fps video sampled ten times a second


@dataclass(frozen=True)
class Tracklet:
    """One tracklet.

    `reads` are readings from its start, one every 0.2 s: a number, "-" for an illegible crop, "~"
    for no crop; "3?13" is read as 3 with probability 0.6, or else 13 with 0.3.
    """

    tracklet_id: int
    start_s: float
    end_s: float
    team: str = "HOME"
    reads: str = ""
    segment: int = 0
    team_prob: float = 0.98
    role: str = "player"
    enter_m: tuple[float, float] | None = None
    leave_m: tuple[float, float] | None = None


def make_game(home, away, inactive=(), lineups=()):
    """Rosters from numbers: player "h23" wears 23 at home, "a23" away."""
    sides = {
        side: {
            "team_id": side.upper(),
            "name": side,
            "players": [
                {
                    "player_id": f"{side[0]}{n}",
                    "name": f"{side} {n}",
                    "number": n,
                    "active": f"{side[0]}{n}" not in inactive,
                }
                for n in numbers.split()
            ],
        }
        for side, numbers in (("home", home), ("away", away))
    }
    facts = {"game_id": "g", "season": "s", "date": "2025-01-01", "league": "nba"}
    content = {**facts, **sides, "videos": ["v.mp4"], "lineups": list(lineups)}
    return read_game(json.dumps(content), "game.json")


def steps(tracklet):
    first, last = round(tracklet.start_s / STEP_S), round(tracklet.end_s / STEP_S)
    return range(first, last + 1)


def tracked_boxes(tracklets):
    rows = [
        {
            "game_id": "g",
            "frame_index": step * FRAMES_PER_STEP,
            "time_s": step * STEP_S,
            "segment_index": t.segment,
            "tracklet_id": t.tracklet_id,
            **dict.fromkeys(("x_min_px", "y_min_px"), 0.0),
            **dict.fromkeys(("x_max_px", "y_max_px"), 10.0),
            "label": t.role,
            "detection_score": 0.9,
        }
        for t in tracklets
        for step in steps(t)
    ]
    return pa.Table.from_pylist(rows, schema=TRACKED_BOXES.schema)


def answer(text):
    """Number, candidates and their probabilities of one reading."""
    if text == "-":
        return None, [""], [0.9]
    if "?" in text:
        first, second = text.split("?")
        return first, [first, second, ""], [0.6, 0.3, 0.05]
    return text, [text, ""], [0.95, 0.02]


def number_readings(tracklets):
    rows = []
    for t in tracklets:
        for step, text in zip(list(steps(t))[::2], t.reads.split(), strict=False):
            if text == "~":
                continue
            number, candidates, probs = answer(text)
            rows.append(
                {
                    "game_id": "g",
                    "frame_index": step * FRAMES_PER_STEP,
                    "time_s": step * STEP_S,
                    "segment_index": t.segment,
                    "source": "box",
                    "object_index": t.tracklet_id,
                    "legible_prob": 1 - probs[candidates.index("")],
                    "tracklet_id": t.tracklet_id,
                    "ios": 1.0,
                    "jersey_number": number,
                    "number_prob": probs[0],
                    "candidates": candidates,
                    "candidate_probs": probs,
                }
            )
    return pa.Table.from_pylist(rows, schema=NUMBER_READINGS.schema)


def team_rows(tracklets):
    rows = [
        {
            "tracklet_id": t.tracklet_id,
            "role": t.role,
            "team_id": t.team if t.role == "player" else None,
            "team_prob": t.team_prob if t.role == "player" else None,
        }
        for t in tracklets
    ]
    return pa.Table.from_pylist(rows, schema=TEAM_VOTES)


def position_rows(tracklets):
    rows = []
    for t in tracklets:
        for step in steps(t):
            early = step - steps(t)[0] <= steps(t)[-1] - step
            point = t.enter_m if early else t.leave_m
            x, y = point or (None, None)
            rows.append(
                {
                    "tracklet_id": t.tracklet_id,
                    "frame_index": step * FRAMES_PER_STEP,
                    "court_x_m": x,
                    "court_y_m": y,
                }
            )
    return pa.Table.from_pylist(rows, schema=POSITIONS)


def make_evidence(game, tracklets):
    return gather_evidence(
        game,
        tracked_boxes(tracklets),
        number_readings(tracklets),
        team_rows(tracklets),
        position_rows(tracklets),
    )


def names(rows):
    """Tracklet -> player, from rows of `identities`."""
    return dict(zip(rows["tracklet_id"].to_pylist(), rows["player_id"].to_pylist(), strict=True))
