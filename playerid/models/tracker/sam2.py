"""People followed by their masks: SAM 2.1, prompted by the detector and corrected by it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from playerid.errors import WeightsError
from playerid.frames.boxes import iou
from playerid.frames.masks import clean_mask, mask_areas, mask_boxes
from playerid.models.detector import Detections
from playerid.models.precision import in_precision, precision_of
from playerid.models.tracker import TrackedPeople
from playerid.models.tracker.motion import CameraMotion, move_boxes
from playerid.models.tracker.sam2_memory import Masks, Memory
from playerid.models.tracker.sam2_network import load_network
from playerid.models.tracker.sam2_views import (
    FrameWindow,
    Patch,
    bring_back,
    cut_view,
    find_doubles,
    normalise,
    separate,
    view_of_frame,
    view_of_person,
)

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class FollowedPerson:
    """Somebody who is being followed.

    Attributes:
        box_px: (4,) float32, where they were last, moved with the camera.
        seen: frame of the last visible mask.
        patch: logits in this frame.
    """

    box_px: NDArray[np.float32]
    seen: int
    patch: Patch


class SAM2Tracker:
    """Follows people by their masks, frame by frame.

    Every person is prompted with the detector's box when first seen, and again every
    `prompt_every_s` seconds where one detection clearly is that person. Between prompts memory
    alone carries the masks. New people are added and lost ones removed at any frame.
    """

    def __init__(  # noqa: PLR0913
        self,
        weights: Path | None,
        *,
        variant: str = "",
        side_px: int = 0,
        prompt_every_s: float = 1.0,
        min_score: float = 0.5,
        lost_s: float = 1.0,
        precision: str = "auto",
        device: str = "",
    ) -> None:
        """Load the network.

        Args:
            weights: a published SAM 2.1 checkpoint, or a small network's safetensors.
            variant: "tiny", "small", "base+" or "large" for a published checkpoint.
            side_px: side of a published network's input; 0 is 1024.
            prompt_every_s: time between prompts of the same person.
            min_score: detections below never start a person.
            lost_s: how long a person may be out of sight and keep the id.
            precision: "auto" is what a GPU is fast at, and float32 on a CPU; or "float32",
                "bfloat16", "float16".
            device: of torch; a GPU where there is one by default.

        Raises:
            WeightsError: There are no weights, or not those of the network.
        """
        if weights is None:
            raise WeightsError("backend 'sam2' needs weights: name a checkpoint in the pack")
        network, sizes = load_network(weights, variant, side_px)
        self.device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self.network = network.to(self.device)
        self._window_heights = sizes.window_heights if sizes else 0.0
        is_left = precision == "auto" and self.device.type == "cpu"
        self.precision = torch.float32 if is_left else precision_of(precision, self.device)
        self.kept_as = torch.float16 if self.precision == torch.float16 else torch.bfloat16
        self._prompt_every_s = prompt_every_s
        self._min_score = min_score
        self._lost_s = lost_s

    def start_segment(self, frames_per_second: float) -> None:
        """Forget everybody: the next frame belongs to another camera shot.

        Args:
            frames_per_second: how many frames `update` will see of a second.
        """
        self._prompt_every = max(round(self._prompt_every_s * frames_per_second), 1)
        self._lost_frames = max(round(self._lost_s * frames_per_second), 1)
        self._memory = Memory(
            self.network,
            batch_size=1 if self.device.type == "cpu" else 16,
            kept_as=self.kept_as,
        )
        self._camera = CameraMotion()
        self._people: dict[int, FollowedPerson] = {}
        self._frame = -1
        self._count = 0

    @torch.inference_mode()
    def update(self, image: Image, people: Detections) -> TrackedPeople:
        """Take the next sampled frame.

        Args:
            image: (height, width, 3) RGB.
            people: the detector's players and referees of this frame.
        """
        self._frame += 1
        step = self._camera.follow(image)
        for track_id, person in self._people.items():
            moved = move_boxes(person.box_px[None], step)[0]
            self._people[track_id] = replace(person, box_px=moved)
        self._segment(image, {track_id: p.box_px for track_id, p in self._people.items()}, False)
        self._segment(image, self._choose_prompts(people), True)
        self._drop_lost_and_doubles(image.shape[:2])
        self._memory.prune(self._frame)
        return self._report(image.shape[:2], people)

    def in_its_precision(self) -> torch.autocast:
        """What the network computes in."""
        return in_precision(self.device, self.precision)

    def state_size(self) -> int:
        """Numbers that are remembered; bounded whatever the length of the segment."""
        return self._memory.size()

    def _segment(
        self, image: Image, boxes_px: dict[int, NDArray[np.float32]], prompt: bool
    ) -> None:
        """Find the masks of some people, by their boxes or from memory."""
        if not boxes_px:
            return
        side_px = self.network.image_size
        ids, boxes = list(boxes_px), np.stack(list(boxes_px.values()))
        if self._window_heights:
            views = [view_of_person(box, self._window_heights) for box in boxes]
        else:
            views = [view_of_frame(image.shape)] * len(ids)
        different: list[FrameWindow] = list(dict.fromkeys(views))
        pictures = normalise([cut_view(image, view, side_px) for view in different])
        with self.in_its_precision():
            features = self._memory.look(pictures.to(self.device))
            features = features.take([different.index(view) for view in views])
            if prompt:
                inside = [v.to_view(b[None], side_px) for v, b in zip(views, boxes, strict=True)]
                corners = torch.from_numpy(np.concatenate(inside)).to(self.device)
                masks = self._memory.prompt(self._frame, ids, features, corners)
            else:
                masks = self._memory.carry(self._frame, ids, features)
        self._remember(ids, boxes, masks, views, image.shape[:2])

    def _remember(
        self,
        ids: list[int],
        boxes_px: NDArray[np.float32],
        masks: Masks,
        views: list[FrameWindow],
        shape: tuple[int, int],
    ) -> None:
        """Note where people are in this frame; who is hidden stays where they were."""
        for row, track_id in enumerate(ids):
            patch = bring_back(masks.logits[row].cpu().numpy(), views[row], shape)
            mask = patch.mask(shape)
            known = self._people.get(track_id)
            person = FollowedPerson(boxes_px[row], known.seen if known else self._frame, patch)
            if mask.any():
                person = replace(person, box_px=mask_boxes([mask])[0], seen=self._frame)
            self._people[track_id] = person

    def _choose_prompts(
        self, people: Detections, same_iou: float = 0.5, crowded_iou: float = 0.5
    ) -> dict[int, NDArray[np.float32]]:
        """Whom to prompt in this frame, with which box.

        Somebody known is prompted when their turn comes, or when they were out of sight, if a
        detection lies on them and no other detection lies on it. A detection on nobody starts
        somebody new.
        """
        rows = match_boxes(self._boxes(), people.boxes_px, least_iou=0.3)
        ids = list(self._people)
        overlaps = iou(self._boxes(), people.boxes_px)
        crowd = iou(people.boxes_px, people.boxes_px)
        np.fill_diagonal(crowd, 0)
        crowded = crowd.max(axis=1, initial=0) > crowded_iou
        prompts = {}
        for row, column in rows.items():
            is_turn = self._frame % self._prompt_every == 0
            is_hidden = self._people[ids[row]].seen < self._frame
            clear = overlaps[row, column] >= same_iou and not crowded[column]
            if clear and (is_turn or is_hidden):
                prompts[ids[row]] = people.boxes_px[column]
        taken = overlaps.max(axis=0, initial=0) >= same_iou
        for column in range(len(people)):
            free = column not in rows.values() and not taken[column]
            if free and people.scores[column] >= self._min_score:
                self._count += 1
                prompts[self._count] = people.boxes_px[column]
        return prompts

    def _boxes(self) -> NDArray[np.float32]:
        boxes = [person.box_px for person in self._people.values()]
        return np.array(boxes, np.float32).reshape(-1, 4)

    def _drop_lost_and_doubles(self, shape: tuple[int, int]) -> None:
        """Of two masks on one person the older track stays; who is long out of sight goes."""
        ids = list(self._people)
        doubles = find_doubles([self._people[i].patch.mask(shape) for i in ids])
        gone = {ids[younger] for _, younger in doubles}
        gone |= {i for i in ids if self._frame - self._people[i].seen > self._lost_frames}
        for track_id in gone:
            del self._people[track_id]
            self._memory.forget(track_id)

    def _report(
        self, shape: tuple[int, int], people: Detections, min_area_px: int = 40
    ) -> TrackedPeople:
        """The visible people of this frame, with the detection behind each, if there is one."""
        ids = np.array(list(self._people), np.int32)
        masks = separate([person.patch for person in self._people.values()], shape)
        masks = [clean_mask(mask) for mask in masks]
        visible = np.flatnonzero(mask_areas(masks) >= min_area_px)
        masks = [masks[row] for row in visible]
        boxes_px = mask_boxes(masks)
        scores = np.zeros(len(visible), np.float32)
        labels = np.full(len(visible), "", people.labels.dtype if len(people) else "<U1")
        for row, column in match_boxes(boxes_px, people.boxes_px, least_iou=0.3).items():
            scores[row], labels[row] = people.scores[column], people.labels[column]
        return TrackedPeople(boxes_px, ids[visible], scores, labels, masks)


def match_boxes(
    boxes_px: NDArray[np.floating], others_px: NDArray[np.floating], least_iou: float
) -> dict[int, int]:
    """Pair (N, 4) boxes with (M, 4) others, one to one, for the largest sum of overlaps.

    Returns:
        Row of the box -> row of the other, for pairs that overlap by `least_iou`.
    """
    overlaps = iou(boxes_px, others_px)
    rows, columns = linear_sum_assignment(overlaps, maximize=True)
    pairs: Iterable[tuple[int, int]] = zip(rows.tolist(), columns.tolist(), strict=True)
    return {row: column for row, column in pairs if overlaps[row, column] >= least_iou}
