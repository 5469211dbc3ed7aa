"""People cut out of rendered frames with their true masks: what a mask head learns from."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from playerid.arena.broadcast import sample_frames
from playerid.arena.world import FrameTruth
from playerid.frames.boxes import scale_boxes
from playerid.frames.crops import decode_jpeg, encode_jpeg
from playerid.models.detector import PERSON_LABELS
from playerid.models.mask_head.patches import cut_patch

FIRST_SEED = 8_000_000
"""Games of the demo, of tests, of scores and of the other trainings have other seeds."""

PATCH_PX = (160, 96)
"""Height and width of a kept patch."""
PATCH_SCALE = 2.0
"""A patch is so many times as wide and as high as the box in its middle."""


@dataclass(frozen=True, slots=True)
class MaskedPerson:
    """A person in the middle of a patch.

    Attributes:
        picture: (160, 96, 3) RGB.
        mask: (160, 96) uint8, 255 on the person.
        others: (160, 96) uint8, 255 on all other people.
    """

    picture: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    others: NDArray[np.uint8]


def cut_masked_people(
    image: NDArray[np.uint8], truth: FrameTruth, least_visible: float = 0.08
) -> Iterator[MaskedPerson]:
    """The people of a frame of whom at least so much is seen."""
    rows = np.flatnonzero(np.isin(truth.labels, PERSON_LABELS) & (truth.visible >= least_visible))
    is_person = np.isin(truth.masks, 1 + np.flatnonzero(np.isin(truth.labels, PERSON_LABELS)))
    for row, box_px in zip(rows, scale_boxes(truth.boxes_px[rows], PATCH_SCALE), strict=True):
        own = truth.masks == row + 1
        planes = [np.asarray(plane, np.uint8) * 255 for plane in (own, is_person & ~own)]
        mask, others = (cut_patch(plane, box_px, PATCH_PX) for plane in planes)
        yield MaskedPerson(cut_patch(image, box_px, PATCH_PX), mask, others)


def write_masked_people(path: Path, games: int, seed: int, frames_per_game: int = 6) -> int:
    """Render frames of many games and keep everybody in them.

    Args:
        path: Parquet file to write: `jpeg`, and `png` with the masks of the person and of others
            in its red and green planes.
        games: how many, of all levels.
        seed: draws the games.
        frames_per_game: frames of each.

    Returns:
        How many people were written.
    """
    rows = []
    count = games * frames_per_game
    first = FIRST_SEED + 1000 * seed
    for frame in sample_frames(first, "mixed", count, per_game=frames_per_game, other_share=0.05):
        for person in cut_masked_people(frame.image, frame.truth):
            planes = np.dstack([np.zeros_like(person.mask), person.others, person.mask])
            png = bytes(cv2.imencode(".png", planes)[1].tobytes())
            rows.append({"jpeg": encode_jpeg(person.picture, 90), "png": png})
    pq.write_table(pa.Table.from_pylist(rows), path)
    return len(rows)


def read_masked_people(path: Path) -> list[MaskedPerson]:
    """Read what `write_masked_people` wrote."""
    people = []
    for row in pq.read_table(path).to_pylist():
        planes = decode_jpeg(row["png"])
        people.append(MaskedPerson(decode_jpeg(row["jpeg"]), planes[..., 0], planes[..., 1]))
    return people
