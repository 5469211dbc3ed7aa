"""Evidence of a game as models would leave it, with the truth beside it, drawn from a seed.

Ten players, line-ups that change, segments of about 16 s. Each player's presence in a segment is
broken into tracklets; now and then he turns his number to the camera and a burst of readings
results, which is right, partly right, misread, somebody else's or garbage. Everybody looks like
himself, with noise, and stands where he stood a moment before. The ways to err are
the resolver's own, their rates are arguments: this measures cost and bookkeeping, not quality.
"""

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from playerid.game.roster import Game, read_game
from playerid.identify import POSITIONS
from playerid.tables import NUMBER_READINGS, TEAM_CROPS, TEAM_VOTES, TRACKED_BOXES

STEP_S = 0.1
LOOK_NUMBERS = 9


@dataclass(frozen=True)
class Simulated:
    """A game's evidence, and the player of each tracklet (index = tracklet id)."""

    game: Game
    tracked_boxes: pa.Table
    number_readings: pa.Table
    teams: pa.Table
    positions: pa.Table
    team_crops: pa.Table
    truth: list[str]


@dataclass(frozen=True)
class Rates:
    """How evidence goes wrong. Defaults lie close to those of DOMAIN's toy model."""

    segment_s: float = 16.0
    tracklet_s: float = 16.0
    burst_every_s: float = 4.0
    wrong_burst: float = 0.15
    wrong_team: float = 0.02
    ghost: float = 0.02


def simulate(segments: int, seed: int, rates: Rates | None = None) -> Simulated:
    """Draw the evidence of a game of `segments` segments."""
    rates = rates or Rates()
    random = np.random.default_rng(seed)
    game = _draw_game(random)
    spans, truth, reads = [], [], []
    five = [list(random.permutation(len(team.players))[:5]) for team in game.teams]
    now = 0.0
    for segment in range(segments):
        length = max(3.0, random.gamma(4, rates.segment_s / 4))
        for side, team in enumerate(game.teams):
            _substitute(random, five[side], len(team.players))
            people = [*(team.players[player].player_id for player in five[side])]
            people += [""] * (random.random() < rates.ghost * 5)
            for person in people:
                for start, end in _draw_spans(random, rates, now, now + length):
                    spans.append((segment, start, end, side))
                    truth.append(person)
        now += length + random.exponential(4)
    numbers = {p.player_id: p.number for team in game.teams for p in team.players}
    for index, person in enumerate(truth):
        if person:
            shown = (numbers[person], list(numbers.values()))
            reads += _draw_reads(random, rates, index, spans[index], shown)
    boxes = _boxes(spans)
    return Simulated(
        game,
        boxes,
        _reading_rows(reads),
        _team_rows(random, game, rates, spans),
        _positions(random, boxes),
        _crops(random, boxes, truth),
        truth,
    )


def _substitute(random, five, count):
    if random.random() < 0.08:
        bench = [player for player in range(count) if player not in five]
        five[random.integers(5)] = random.choice(bench)


def _draw_spans(random, rates, start, end):
    """Stretches in which a person who is there from `start` to `end` is tracked."""
    while start < end - 0.5:
        stop = min(end, start + max(0.5, random.exponential(rates.tracklet_s)))
        yield start, stop
        start = stop + 0.2 + random.exponential(0.5)


def _draw_game(random: np.random.Generator) -> Game:
    choices = ["0", "00", *map(str, range(1, 56))]
    sides = {}
    for side in ("home", "away"):
        numbers = random.permutation(choices)[:13]
        players = [
            {"player_id": f"{side[0]}{n}", "name": str(n), "number": str(n)} for n in numbers
        ]
        sides[side] = {"team_id": side.upper(), "name": side, "players": players}
    facts = {"game_id": "g", "season": "s", "date": "2025-01-01", "league": "nba"}
    return read_game(json.dumps({**facts, **sides, "videos": ["v.mp4"]}), "game.json")


def _draw_reads(random, rates, index, span, numbers):
    """Readings of one tracklet: (tracklet, segment, time, answer, second answer, probability)."""
    segment, start, end, _ = span
    rows = []
    time_s = start + random.exponential(rates.burst_every_s)
    while time_s < end:
        shown = _draw_shown(random, rates, *numbers)
        for _ in range(random.integers(1, 6)):
            prob = random.uniform(0.5, 0.99)
            answer = shown if random.random() < prob else str(random.integers(100))
            if time_s <= end:
                rows.append((index, segment, time_s, answer, shown, prob))
            time_s += 0.2
        time_s += random.exponential(rates.burst_every_s)
    return rows


def _draw_shown(random, rates, worn, pool):
    """What a burst shows: mostly the number worn."""
    if random.random() >= rates.wrong_burst:
        return worn
    wrong = (worn[-1], worn[0], str(random.choice(pool)), str(random.integers(100)))
    return wrong[random.integers(4)]


def _boxes(spans):
    steps = [np.arange(round(a / STEP_S), round(b / STEP_S) + 1) for _, a, b, _ in spans]
    ids = np.repeat(np.arange(len(spans)), [len(s) for s in steps])
    frames = np.concatenate(steps)
    count = len(frames)
    columns = {
        "game_id": np.full(count, "g"),
        "frame_index": frames * 3,
        "time_s": frames * STEP_S,
        "segment_index": np.repeat([s for s, *_ in spans], [len(s) for s in steps]),
        "tracklet_id": ids,
        **{n: np.zeros(count) for n in ("x_min_px", "y_min_px", "x_max_px", "y_max_px")},
        "label": np.full(count, "player"),
        "detection_score": np.ones(count),
    }
    return pa.table(columns).cast(TRACKED_BOXES.schema)


def _reading_rows(reads):
    columns = {
        "game_id": ["g"] * len(reads),
        "frame_index": [round(r[2] / STEP_S) * 3 for r in reads],
        "time_s": [r[2] for r in reads],
        "segment_index": [r[1] for r in reads],
        "source": ["box"] * len(reads),
        "object_index": [r[0] for r in reads],
        "tracklet_id": [r[0] for r in reads],
        "ios": [1.0] * len(reads),
        "legible_prob": [1.0] * len(reads),
        "jersey_number": [r[3] for r in reads],
        "number_prob": [r[5] for r in reads],
        "candidates": [[r[3], r[4]] if r[3] != r[4] else [r[3]] for r in reads],
        "candidate_probs": [[r[5], 0.6 * (1 - r[5])] if r[3] != r[4] else [r[5]] for r in reads],
    }
    return pa.table(columns, schema=NUMBER_READINGS.schema)


def _team_rows(random, game, rates, spans):
    sides = [s if random.random() >= rates.wrong_team else 1 - s for *_, s in spans]
    columns = {
        "tracklet_id": list(range(len(spans))),
        "role": ["player"] * len(spans),
        "team_id": [game.teams[s].team_id for s in sides],
        "team_prob": [1 - rates.wrong_team] * len(spans),
        "team_cluster": ["ab"[s] for s in sides],
    }
    return pa.table(columns, schema=TEAM_VOTES)


def _positions(random, boxes):
    """Each tracklet walks at random from a random place."""
    owners = boxes["tracklet_id"].to_numpy()
    begins = np.flatnonzero(np.diff(owners, prepend=-1))
    steps = random.normal(0, 0.1, (len(owners), 2))
    steps[begins] = random.uniform([-14, -7], [14, 7], (len(begins), 2))
    walked = np.cumsum(steps, axis=0)
    walked -= (walked - steps)[begins][np.searchsorted(begins, np.arange(len(owners)), "right") - 1]
    columns = [boxes["tracklet_id"], boxes["frame_index"], *walked.astype(np.float32).T]
    return pa.table(columns, schema=POSITIONS)


def _crops(random, boxes, truth, every=20):
    """A crop every other second; its look is the person's own, with half as much noise."""
    rows = boxes.take(pa.array(np.arange(0, len(boxes), every)))
    people = {person: random.normal(size=LOOK_NUMBERS) for person in sorted(set(truth))}
    owners = rows["tracklet_id"].to_numpy()
    looks = np.array([people[truth[owner]] for owner in owners])
    looks += random.normal(0, 0.5, looks.shape)
    count = len(owners)
    columns = {
        "game_id": np.full(count, "g"),
        "tracklet_id": owners,
        "frame_index": rows["frame_index"],
        "embedding": [[]] * count,
        "look": list(looks),
        "shirt": [None] * count,
        "cluster": np.zeros(count),
        "cluster_score": np.ones(count),
    }
    return pa.table(columns).cast(TEAM_CROPS.schema)
