"""Number crops cut out of rendered games as the pipeline cuts them: training data."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from playerid.arena.broadcast import sample_frames
from playerid.arena.world import FrameTruth
from playerid.frames.crops import cut_numbers, encode_jpeg

FIRST_SEED = 6_000_000
"""Games of the demo, of tests and of scores have other seeds."""


def write_game_crops(path: Path, games: int, seed: int, frames_per_game: int = 12) -> int:
    """Render frames of many games and keep every number box in them.

    Args:
        path: Parquet file to write: `crop_id`, `number` (null where none is legible), `jpeg`.
        games: how many, two thirds of them at level "broadcast".
        seed: draws the games.
        frames_per_game: frames of each.

    Returns:
        How many crops were written.
    """
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for offset, (level, share) in enumerate((("broadcast", 0.67), ("hard", 0.33))):
        count = round(games * share) * frames_per_game
        first = FIRST_SEED + 10_000 * seed + 5_000 * offset
        for frame in sample_frames(first, level, count, per_game=frames_per_game):
            rows += _numbers(frame.image, frame.truth, rng)
    for index, row in enumerate(rows):
        row["crop_id"] = f"arena-{seed}-{index}"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return len(rows)


def _numbers(
    image: NDArray[np.uint8], truth: FrameTruth, rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    chosen = np.flatnonzero(truth.labels == "number")
    boxes = truth.boxes_px[chosen].astype(np.float64)
    sides = (boxes[:, 2:] - boxes[:, :2])[:, [0, 1, 0, 1]]
    found = boxes + rng.normal(0, 0.07, boxes.shape) * sides  # as a detector would find them
    for row, crop in zip(chosen, cut_numbers(image, found), strict=True):
        yield {"number": str(truth.numbers[row]) or None, "jpeg": encode_jpeg(crop)}
