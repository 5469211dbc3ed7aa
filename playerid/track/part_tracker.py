"""One pass over the sampled frames of the main view: detect, track, cut out crops."""

import itertools
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid import tables
from playerid.frames.boxes import BOX
from playerid.frames.crops import are_clear, cut_numbers, cut_people, cut_torsos, encode_jpeg
from playerid.frames.main_view import SampledFrame
from playerid.frames.masks import encode_mask
from playerid.frames.read_ahead import read_ahead
from playerid.models.detector import PERSON_LABELS, Detections, Detector
from playerid.models.mask_head import MaskHead
from playerid.models.tracker import TrackedPeople, Tracker

TRACKLETS_PER_SEGMENT = 10_000
"""Tracklet ids of a game are `segment_index * TRACKLETS_PER_SEGMENT + track_id`."""


@dataclass(slots=True)
class TableRows:
    """Rows of one table, collected column by column."""

    table: tables.Table
    columns: dict[str, list[object]] = field(default_factory=dict)

    def add(self, **values: object) -> None:
        """Add one row."""
        for name, value in values.items():
            self.columns.setdefault(name, []).append(value)

    def to_arrow(self) -> pa.Table:
        """All rows, as declared."""
        return pa.table(
            {name: self.columns.get(name, []) for name in self.table.schema.names},
            schema=self.table.schema,
        )


TRACKED = (
    tables.TRACKED_BOXES,
    tables.MASKS,
    tables.OBJECT_BOXES,
    tables.PLAYER_CROPS,
    tables.NUMBER_CROPS,
    tables.TORSO_CROPS,
)


class PartTracker:
    """Tracks the people of a part, and collects what else the models see in it.

    Args:
        game_id: the game.
        detector: finds people, numbers, ball and rims.
        tracker: links people.
        samples_per_second: frames of a second of the part.
        samples_per_number: number crops are kept of every n-th frame.
        samples_per_torso: upper bodies of players who stand alone are kept of every n-th frame;
            0 keeps none.
        seconds_per_crop: a person's crop for team clustering is kept this often.
        number_padding_px: around a number box, in a picture 720 pixels high: the reference's 10.
        number_score: least score of a number box that is worth reading; on rendered games it
            keeps 96 % of the legible numbers and drops 92 % of the boxes that are none.
        frames_at_a_time: frames that the detector is shown together.
        mask_head: finds masks in the boxes of people where the detector gives none; None leaves
            them out, unless the tracker makes them.
    """

    def __init__(  # noqa: PLR0913
        self,
        game_id: str,
        detector: Detector,
        tracker: Tracker,
        *,
        samples_per_second: float,
        samples_per_number: int = 2,
        samples_per_torso: int = 0,
        seconds_per_crop: float = 1.0,
        number_padding_px: float = 10.0,
        number_score: float = 0.4,
        frames_at_a_time: int = 8,
        mask_head: MaskHead | None = None,
    ) -> None:
        self._game_id = game_id
        self._detector, self._tracker = detector, tracker
        self._samples_per_second = samples_per_second
        self._samples_per_number = samples_per_number
        self._samples_per_torso = samples_per_torso
        self._seconds_per_crop = seconds_per_crop
        self._number_padding_px, self._number_score = number_padding_px, number_score
        self._frames_at_a_time = frames_at_a_time
        self._mask_head = mask_head
        self._rows = {table.name: TableRows(table) for table in TRACKED}
        self._segment_index = -1
        self._next_crop_s: dict[int, float] = {}

    def track(self, frames: Iterable[SampledFrame]) -> Iterator[int]:
        """Take the frames in order; yields the index of each frame once it is done."""
        for count, (frame, found) in enumerate(read_ahead(self._detected(frames))):
            if frame.segment_index != self._segment_index:
                self._tracker.start_segment(self._samples_per_second)
                self._segment_index = frame.segment_index
            is_person = np.isin(found.labels, PERSON_LABELS)
            people = self._tracker.update(frame.image, self._with_masks(frame, is_person, found))
            self._add_people(frame, people)
            if self._samples_per_torso and count % self._samples_per_torso == 0:
                self._add_torsos(frame, people)
            self._add_objects(frame, found.where(~is_person), count % self._samples_per_number == 0)
            yield frame.frame_index

    def _with_masks(
        self, frame: SampledFrame, is_person: NDArray[np.bool_], found: Detections
    ) -> Detections:
        """The people of a frame, with masks where somebody finds them."""
        people = found.where(is_person)
        if self._mask_head is None or people.masks:
            return people
        return replace(people, masks=self._mask_head.find_masks(frame.image, people.boxes_px))

    def _detected(
        self, frames: Iterable[SampledFrame]
    ) -> Generator[tuple[SampledFrame, Detections]]:
        """The frames with what is seen in each; the detector looks at several together.

        It does so in a thread of its own, while people are tracked in the frames before.
        """
        remaining = iter(frames)
        while batch := list(itertools.islice(remaining, self._frames_at_a_time)):
            found = self._detector.detect([frame.image for frame in batch])
            yield from zip(batch, found, strict=True)

    def tables(self) -> dict[str, pa.Table]:
        """What was seen so far: name of each table of `TRACKED` -> rows."""
        return {name: rows.to_arrow() for name, rows in self._rows.items()}

    def _add_people(self, frame: SampledFrame, people: TrackedPeople) -> None:
        shows_one_shirt = are_clear(people.boxes_px) & (people.labels != "")
        crops = cut_people(frame.image, people.boxes_px)
        for i, track_id in enumerate(people.track_ids):
            tracklet_id = frame.segment_index * TRACKLETS_PER_SEGMENT + int(track_id)
            self._rows["tracked_boxes"].add(
                **self._place(frame),
                tracklet_id=tracklet_id,
                **_box(people.boxes_px[i]),
                label=str(people.labels[i]),
                detection_score=float(people.scores[i]),
            )
            if people.masks:
                self._add_mask(frame, tracklet_id, people.masks[i])
            if shows_one_shirt[i] and frame.time_s >= self._next_crop_s.get(tracklet_id, -1.0):
                self._next_crop_s[tracklet_id] = frame.time_s + self._seconds_per_crop
                self._rows["player_crops"].add(
                    game_id=self._game_id,
                    tracklet_id=tracklet_id,
                    frame_index=frame.frame_index,
                    time_s=frame.time_s,
                    jpeg=encode_jpeg(crops[i]),
                )

    def _add_torsos(self, frame: SampledFrame, people: TrackedPeople) -> None:
        """Keep the upper bodies of players on whom no other person's number can be."""
        readable = are_clear(people.boxes_px) & np.isin(people.labels, tables.PLAYING_ROLES)
        torsos = cut_torsos(frame.image, people.boxes_px)
        for i in np.flatnonzero(readable):
            self._rows["torso_crops"].add(
                **self._place(frame),
                tracklet_id=frame.segment_index * TRACKLETS_PER_SEGMENT + int(people.track_ids[i]),
                jpeg=encode_jpeg(torsos[i]),
            )

    def _add_mask(self, frame: SampledFrame, tracklet_id: int, mask: NDArray[np.bool_]) -> None:
        self._rows["masks"].add(
            game_id=self._game_id,
            frame_index=frame.frame_index,
            tracklet_id=tracklet_id,
            mask_rle=encode_mask(mask),
            height_px=mask.shape[0],
            width_px=mask.shape[1],
        )

    def _add_objects(self, frame: SampledFrame, found: Detections, keeps_numbers: bool) -> None:
        padding_px = self._number_padding_px * frame.image.shape[0] / 720
        crops = cut_numbers(frame.image, found.boxes_px, padding_px)
        for i in range(len(found)):
            self._rows["object_boxes"].add(
                **self._place(frame),
                object_index=i,
                label=str(found.labels[i]),
                **_box(found.boxes_px[i]),
                detection_score=float(found.scores[i]),
            )
            is_number = found.labels[i] == "number" and found.scores[i] >= self._number_score
            if keeps_numbers and is_number:
                self._rows["number_crops"].add(
                    game_id=self._game_id,
                    frame_index=frame.frame_index,
                    object_index=i,
                    jpeg=encode_jpeg(crops[i]),
                )

    def _place(self, frame: SampledFrame) -> dict[str, object]:
        return {
            "game_id": self._game_id,
            "frame_index": frame.frame_index,
            "time_s": frame.time_s,
            "segment_index": frame.segment_index,
        }


def _box(box_px: NDArray[np.float32]) -> dict[str, object]:
    return dict(zip(BOX, map(float, box_px), strict=True))
