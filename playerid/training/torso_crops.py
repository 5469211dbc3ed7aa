"""Crops of torsos from rendered games, with the number that a reader could tell: training data."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from playerid.arena.broadcast import sample_frames
from playerid.arena.world import Truth
from playerid.crops import cut_people, encode_jpeg
from playerid.detect import PLAYER_LABELS
from playerid.numbers import number_places

FIRST_SEED = 6_000_000
"""Games of the demo, of tests and of scores have other seeds."""


def write_torso_crops(path: Path, games: int, seed: int = 0, frames_per_game: int = 8) -> int:
    """Render frames of many games and keep the torso of every player in them.

    Args:
        path: Parquet file to write: `crop_id`, `number` (null where none is legible), `jpeg`.
        games: how many.
        seed: draws the games.
        frames_per_game: frames of each.

    Returns:
        How many crops were written.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for level, share in (("broadcast", 0.6), ("hard", 0.25), ("easy", 0.15)):
        count = round(games * share) * frames_per_game
        first = FIRST_SEED + 10_000 * seed + {"broadcast": 0, "hard": 3000, "easy": 6000}[level]
        for frame in sample_frames(first, level, count, per_game=frames_per_game):
            rows += list(_torsos(frame.image, frame.truth, rng))
    for index, row in enumerate(rows):
        row["crop_id"] = f"arena-{seed}-{index}"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return len(rows)


def _torsos(
    image: np.ndarray, truth: Truth, rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    shown = {
        int(person): str(number)
        for person, number, label in zip(truth.people, truth.numbers, truth.labels, strict=True)
        if label == "number" and number
    }
    chosen = np.flatnonzero(np.isin(truth.labels, PLAYER_LABELS) & (truth.visible > 0.5))
    boxes = truth.boxes_px[chosen].astype(np.float64)
    sides = (boxes[:, 2:] - boxes[:, :2])[:, [0, 1, 0, 1]]
    found = boxes + rng.normal(0, 0.04, boxes.shape) * sides  # as a detector would find them
    for row, crop in zip(chosen, cut_people(image, number_places(found)), strict=True):
        number = shown.get(int(truth.people[row]))
        if number or rng.random() < 0.35:
            yield {"number": number, "jpeg": encode_jpeg(crop)}
