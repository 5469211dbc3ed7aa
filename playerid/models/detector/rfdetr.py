"""RF-DETR: people, numbers, ball and rims of a frame, by the library `rfdetr`.

Three kinds of weights, one class: a checkpoint of the library (`.pth`), a variant of the library
that was fine-tuned here, or a small model of the same architecture (`.safetensors`, both).
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
import torchvision
from numpy.typing import NDArray
from torch import Tensor

from playerid.errors import WeightsError
from playerid.frames.masks import Mask
from playerid.models.detector import FIRST_LABELS, LABELS, PERSON_LABELS, PLAYER_LABELS, Detections
from playerid.models.detector.rfdetr_library import (
    halve_backbone,
    is_fine_tuned,
    load_fine_tuned,
    load_published,
    to_input,
    without_padding,
)
from playerid.models.detector.rfdetr_small import load_small
from playerid.models.detector.second_look import Sheet, find_torsos
from playerid.models.precision import precision_of

Image = NDArray[np.uint8]
THINGS = ("person", "ball", "number", "rim")


class RFDETRDetector:
    """A `Detector` of RF-DETR.

    Args:
        weights: `.safetensors` of a small model or of one that was fine-tuned here, or a `.pth`
            checkpoint of the library whose class names are among `LABELS`.
        variant: of a `.pth` checkpoint: nano, small, medium, base, large, seg-nano, seg-small or
            seg-medium. Other files say it themselves.
        resolution: side of the square input of a `.pth` checkpoint, pixels; 0 takes the variant's
            own.
        threshold: boxes with a lower score are dropped. Low, so that later steps can choose.
        same_iou: of two people whose boxes overlap more than this, the surer stays, whatever
            their labels: a player and the same player in possession are one person. Likewise of
            two balls, numbers or rims.
        device: where to run: "cpu", "cuda", or "auto".
        precision: of the backbone: "auto" is what the device is fast at, see
            `playerid.models.precision`; or "float32", "bfloat16", "float16".
        batch_size: pictures that go through together; 0 is 8 on a GPU and 1 on a CPU, where more
            gain nothing.
    """

    def __init__(  # noqa: PLR0913
        self,
        weights: Path | None,
        *,
        variant: str = "nano",
        resolution: int = 0,
        threshold: float = 0.3,
        same_iou: float = 0.7,
        device: str = "auto",
        precision: str = "auto",
        batch_size: int = 0,
    ) -> None:
        if weights is None:
            raise WeightsError(
                "backend 'rfdetr' needs weights, which nobody publishes for our classes: make them"
                " with playerid train detector --backend rfdetr --variant medium, and put them in"
                " the pack with playerid models promote detector"
            )
        names: Sequence[str] = FIRST_LABELS
        self._torso_px = 0
        if weights.suffix != ".safetensors":
            model, names, side_px = load_published(weights, variant, resolution)
            self.size_px = (side_px, side_px)
        elif is_fine_tuned(weights):
            model, names, side_px = load_fine_tuned(weights)
            self.size_px = (side_px, side_px)
        else:
            model, sizes = load_small(weights)
            self.size_px, self._torso_px = (sizes.height_px, sizes.width_px), sizes.torso_px
        self._classes = [i for i, name in enumerate(names) if name in LABELS]
        if not self._classes:
            raise WeightsError(f"{weights.name} finds {names}; expected some of {LABELS}")
        self._labels = np.array([names[i] for i in self._classes])
        chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        self._device = torch.device(chosen)
        self._batch_size = batch_size or (8 if self._device.type == "cuda" else 1)
        self._model = model.eval().requires_grad_(requires_grad=False).to(self._device)
        self._threshold = threshold
        self._same_iou = same_iou
        self.precision = precision_of(precision, self._device)
        if self.precision != torch.float32:
            halve_backbone(self._model, self._device, self.precision)

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find the boxes of each image; see `playerid.models.detector.Detector`."""
        found = self._look(images)
        if self._torso_px:
            found = self._with_numbers(images, found)
        return [self._without_duplicates(each) for each in found]

    def _look(self, images: Sequence[Image]) -> list[Detections]:
        """Everything in each picture, duplicates included; so many at a time as go together."""
        found = []
        for start in range(0, len(images), self._batch_size):
            batch = images[start : start + self._batch_size]
            with torch.inference_mode():
                pixels = to_input(batch, self.size_px).to(self._device)
                output = self._model(without_padding(pixels))
            logits = output["pred_logits"].float().cpu()[..., self._classes]
            boxes = output["pred_boxes"].float().cpu()
            planes = output.get("pred_masks")  # of the variants that segment
            each_planes = [None] * len(batch) if planes is None else planes.float().cpu()
            found += [
                self._read(*each) for each in zip(logits, boxes, each_planes, batch, strict=True)
            ]
        return found

    def _read(
        self, logits: Tensor, boxes: Tensor, planes: Tensor | None, image: Image
    ) -> Detections:
        """The sure ones of (queries, labels) logits and (queries, 4) boxes of a picture.

        `planes` are (queries, rows, columns) logits of masks over the whole picture.
        """
        scores, classes = logits.sigmoid().max(dim=1)
        sure = scores >= self._threshold
        height_px, width_px = image.shape[:2]
        corners = torchvision.ops.box_convert(boxes[sure], "cxcywh", "xyxy").clamp(0, 1)
        boxes_px = corners * torch.tensor([width_px, height_px, width_px, height_px])
        masks = [] if planes is None else [_enlarge(p, height_px, width_px) for p in planes[sure]]
        return Detections(
            boxes_px.numpy().astype(np.float32),
            scores[sure].numpy().astype(np.float32),
            self._labels[classes[sure].numpy()],
            masks,
        )

    def _with_numbers(self, images: Sequence[Image], found: list[Detections]) -> list[Detections]:
        """Look again at the surest players of each picture, enlarged."""
        rows = [row for row, each in enumerate(found) if np.isin(each.labels, PLAYER_LABELS).any()]
        sheets = [self._sheet(found[row]) for row in rows]
        drawn = [sheet.draw(images[row]) for row, sheet in zip(rows, sheets, strict=True)]
        joined = list(found)
        for row, sheet, seen in zip(rows, sheets, self._look(drawn), strict=True):
            boxes_px, is_used = sheet.to_image(seen.boxes_px)
            height_px, width_px = images[row].shape[:2]
            boxes_px = np.clip(boxes_px, 0, np.array([width_px, height_px] * 2, np.float32))
            on_image = Detections(boxes_px, seen.scores, seen.labels)
            numbers = on_image.where(is_used & (seen.labels == "number"))
            joined[row] = _join(found[row], numbers)
        return joined

    def _sheet(self, found: Detections) -> Sheet:
        """Where the surest players of a picture are shown, enlarged."""
        most = Sheet.capacity(*self.size_px, self._torso_px)
        players = found.where(np.isin(found.labels, PLAYER_LABELS))
        surest = self._without_duplicates(players).boxes_px[:most]
        return Sheet(find_torsos(surest), *self.size_px, self._torso_px)

    def _without_duplicates(self, found: Detections) -> Detections:
        """Keep one box per thing, surest first."""
        things = [
            "person" if label in PERSON_LABELS else label.partition("-")[0]
            for label in found.labels.tolist()
        ]
        kept = torchvision.ops.batched_nms(
            torch.from_numpy(found.boxes_px),
            torch.from_numpy(found.scores),
            torch.tensor([THINGS.index(thing) for thing in things]),
            self._same_iou,
        ).numpy()  # surest first
        masks = [found.masks[row] for row in kept] if found.masks else ()
        return Detections(found.boxes_px[kept], found.scores[kept], found.labels[kept], masks)


def _enlarge(plane: Tensor, height_px: int, width_px: int) -> Mask:
    """The mask of (rows, columns) logits, as large as the picture."""
    return np.asarray(cv2.resize(plane.numpy(), (width_px, height_px)) > 0)


def _join(some: Detections, others: Detections) -> Detections:
    return Detections(
        np.concatenate([some.boxes_px, others.boxes_px]),
        np.concatenate([some.scores, others.scores]),
        np.concatenate([some.labels, others.labels]),
    )
