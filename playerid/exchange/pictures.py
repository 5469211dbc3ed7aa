"""What an export needs of a game's pictures: their sizes, and the masks of people in them."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pycocotools import mask as coco

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.errors import VideoError
from playerid.frames.boxes import iou
from playerid.frames.video import read_every_frame
from playerid.game.inputs import stored_game
from playerid.game.truth import has_truth, read_truth
from playerid.tables import MASKS

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredMask:
    """A mask, run-length encoded as COCO does, and the size of its picture."""

    height_px: int
    width_px: int
    counts: bytes

    def as_coco(self) -> dict[str, Any]:
        """For pycocotools."""
        return {"size": [self.height_px, self.width_px], "counts": self.counts}


@dataclass(frozen=True, slots=True)
class Pictures:
    """Sizes and masks of a game.

    Attributes:
        sizes_px: width and height of each of its videos; none if they are not in the archive.
        masks: frame -> its masks.
        image_ids: frame -> what the labels of others call it; none if there are none.
    """

    sizes_px: tuple[tuple[int, int], ...] = ()
    masks: Mapping[int, Sequence[StoredMask]] = field(default_factory=dict)
    image_ids: Mapping[int, str] = field(default_factory=dict)

    def size_px(self, video_index: int) -> tuple[int, int] | None:
        """Width and height of a video; None if not known."""
        return self.sizes_px[video_index] if video_index < len(self.sizes_px) else None

    def find_mask(
        self, frame: int, box_px: Sequence[float], *, least_iou: float = 0.7
    ) -> StoredMask | None:
        """The mask of a person: the one whose own box is nearest theirs, if it is near at all."""
        masks = self.masks.get(frame, ())
        if not masks:
            return None
        overlaps = iou(np.array([box_px], np.float32), _boxes(masks))[0]
        best = int(np.argmax(overlaps))
        return masks[best] if overlaps[best] >= least_iou else None


def _boxes(masks: Sequence[StoredMask]) -> NDArray[np.float32]:
    corner_size = np.asarray(coco.toBbox([mask.as_coco() for mask in masks]), np.float32).reshape(
        -1, 4
    )
    return np.hstack([corner_size[:, :2], corner_size[:, :2] + corner_size[:, 2:]])


def read_pictures(archive: Archive, game_id: str) -> Pictures:
    """Sizes from the first frames of its videos; masks as they were tracked, where they were."""
    return Pictures(
        _sizes(archive, game_id), _masks(archive, game_id), _image_ids(archive, game_id)
    )


def _image_ids(archive: Archive, game_id: str) -> dict[int, str]:
    if not has_truth(archive, game_id):
        return {}
    frames = read_truth(archive, game_id).frames
    if "image_id" not in frames.column_names:
        return {}
    return dict(zip(frames["frame_index"].to_pylist(), frames["image_id"].to_pylist(), strict=True))


def _sizes(archive: Archive, game_id: str) -> tuple[tuple[int, int], ...]:
    if not archive.exists(layout.game_file(game_id)):
        return ()
    sizes = []
    for name in stored_game(archive, game_id).videos:
        video = layout.source_file(game_id, name)
        if not archive.exists(video):
            return ()
        try:
            with archive.filesystem.open(archive.path(video), "rb") as source:
                height, width = next(iter(read_every_frame(source, video))).shape[:2]
        except (VideoError, StopIteration) as error:
            logger.warning("%s: the size of its pictures is not known: %s", video, error)
            return ()
        sizes.append((width, height))
    return tuple(sizes)


def _masks(archive: Archive, game_id: str) -> dict[int, list[StoredMask]]:
    found: dict[int, list[StoredMask]] = defaultdict(list)
    folder = archive.path(layout.working_table(MASKS.name, game_id))
    for file in sorted(archive.filesystem.glob(f"{folder}/*.parquet")):
        with archive.filesystem.open(file, "rb") as source:
            rows: pa.Table = pq.read_table(source)
        for row in rows.to_pylist():
            mask = StoredMask(row["height_px"], row["width_px"], row["mask_rle"])
            found[row["frame_index"]].append(mask)
    return dict(found)
