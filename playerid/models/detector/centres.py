"""A small convolutional detector: a heat map of centres per class, and the box around each."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playerid.errors import WeightsError
from playerid.leagues import FIRST_SPORT, PLAYER, Sport, load_sport
from playerid.models.detector import Detections
from playerid.models.quick_network import Network, precision_of, quickest
from playerid.models.state import SPORT, facts_of, load_state
from playerid.models.trunk import PYRAMID_WIDTH, STRIDE, PyramidTrunk, to_tensor


class CentreNetwork(PyramidTrunk):
    """The trunk of the court network, with heads for centres, boxes and actions.

    References:
        Zhou et al., Objects as Points, 2019: the heat maps and their loss. Tian et al., FCOS,
        ICCV 2019: distances to the four sides.
    """

    def __init__(self, sport: Sport) -> None:
        """Make an empty network.

        Args:
            sport: whose classes it finds; where players are of several kinds, it tells them too.
        """
        super().__init__()
        self.centres = _head(len(sport.classes))
        self.sides = _head(4)
        self.actions = _head(len(sport.kinds)) if sport.kinds else None
        nn.init.constant_(self.centres[-1].bias, -4.0)  # type: ignore[arg-type]
        nn.init.constant_(self.sides[-1].bias, 1.0)  # type: ignore[arg-type]

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Look at images (B, 3, H, W) of `to_tensor`.

        Returns:
            Logits of centres (B, C, H/4, W/4); logarithms of the distances to the left, upper,
            right and lower side, in cells (B, 4, H/4, W/4); and, where players are of several
            kinds, their logits (B, kinds, H/4, W/4).
        """
        finest, _ = self.features(images)
        heads = [self.centres, self.sides] + ([self.actions] if self.actions else [])
        return tuple(head(finest) for head in heads)


LAST = 3
"""The layer of a head that gives its numbers."""


def _head(outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(PYRAMID_WIDTH, PYRAMID_WIDTH, 3, padding=1, bias=False),
        nn.BatchNorm2d(PYRAMID_WIDTH),
        nn.ReLU(),
        nn.Conv2d(PYRAMID_WIDTH, outputs, 1),
    )


def boxes_around(sides: Tensor) -> Tensor:
    """Boxes of all cells (B, h, w, 4), in cells, of the logarithms of distances (B, 4, h, w)."""
    height, width = sides.shape[2:]
    distances = sides.float().clamp(-3, 6).exp()
    y = torch.arange(height, device=sides.device)[None, :, None] + 0.5
    x = torch.arange(width, device=sides.device)[None, None, :] + 0.5
    left, top, right, bottom = distances.unbind(1)
    return torch.stack([x - left, y - top, x + right, y + bottom], dim=-1)


class CentreDetector:
    """Finds people, numbers, ball and rims by heat maps of their centres."""

    def __init__(
        self,
        weights: Path | None,
        *,
        width_px: int = 640,
        height_px: int = 384,
        threshold: float = 0.15,
        precision: str = "float32",
        runtime: str = "auto",
    ) -> None:
        """Load the network.

        Args:
            weights: safetensors file of a `CentreNetwork`, which says of which sport it is.
            width_px: width of the network's input, a multiple of 32.
            height_px: height of the network's input, a multiple of 32.
            threshold: lowest score that is reported.
            precision: "float32" or "bfloat16": on a processor that knows it, the latter takes 0.6
                of the time at the same AP50 (the model's card). Machines then differ a little.
            runtime: "auto" is the quickest of PyTorch, ONNX Runtime and integers on this machine;
                or "torch".
        """
        if weights is None:
            raise WeightsError("the detector 'centres' needs weights: name them in the pack")
        self._sport = load_sport(facts_of(weights).get(SPORT, FIRST_SPORT))
        network = CentreNetwork(self._sport)
        load_state(network, weights)
        self._size = (width_px, height_px)
        self._threshold = threshold
        self._precision: torch.dtype = getattr(torch, precision)
        self._network: Network = network
        if runtime == "auto" and self._precision == torch.float32:
            example, heads = torch.zeros(1, 3, height_px, width_px), ("centres", "sides", "actions")
            last = [f"{head}.{LAST}" for head in heads]
            self._network = quickest(network, weights, example, exact=last)
        self.precision = precision_of(self._network) if precision == "float32" else precision

    def detect(self, images: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Find the boxes of each RGB image (height, width, 3)."""
        return [self._detect(image) for image in images]

    def _detect(self, image: NDArray[np.uint8]) -> Detections:
        lower = torch.autocast("cpu", self._precision, self._precision != torch.float32)
        with torch.inference_mode(), lower:
            maps = self._network(to_tensor([image], *self._size))
            found = decode(maps, self._sport, self._threshold)
        boxes, scores, labels = found
        scale = STRIDE * np.tile(np.array(image.shape[1::-1]) / self._size, 2)
        limits = np.tile(image.shape[1::-1], 2)
        boxes_px = np.clip(boxes.numpy() * scale, 0, limits).astype(np.float32)
        return Detections(boxes_px, scores.numpy().astype(np.float32), labels)


def decode(
    maps: Sequence[Tensor], sport: Sport, threshold: float, most: int = 150
) -> tuple[Tensor, Tensor, NDArray[np.str_]]:
    """Turn the maps of one image into boxes.

    Args:
        maps: what `CentreNetwork` gives for it.
        sport: whose classes they are.
        threshold: lowest score.
        most: boxes at the most, surest first.

    Returns:
        (N, 4) boxes in cells, (N,) scores, (N,) labels. People suppress each other.
    """
    centres, sides = maps[:2]
    prob = centres[0].float().sigmoid()
    highest = np.stack([cv2.dilate(heat, np.ones((3, 3))) for heat in prob.numpy()])
    peaks = prob * (torch.from_numpy(highest) == prob)
    scores, index = peaks.flatten().topk(min(most, peaks.numel()))
    index, scores = index[scores >= threshold], scores[scores >= threshold]
    area = prob.shape[1] * prob.shape[2]
    kind, cell = index // area, index % area
    boxes = boxes_around(sides)[0].reshape(-1, 4)[cell]
    people = len(sport.classes) - len(sport.things)
    group = torch.where(kind < people, 0, kind)
    keep = torch.tensor(_not_twice(boxes, scores, group), dtype=torch.int64)
    names = np.array(sport.classes)[kind[keep].numpy()].astype("<U24")
    if sport.kinds:
        players, does = names == PLAYER, maps[2][0].flatten(1)[:, cell].argmax(0)
        names[players] = np.array(sport.kinds)[does[keep].numpy()][players]
    return boxes[keep], scores[keep], names


def _not_twice(
    boxes: Tensor, scores: Tensor, group: Tensor, most_overlap: float = 0.6
) -> Sequence[int]:
    """Which boxes (N, 4) remain, surest first, where those of a group suppress each other."""
    with_sides = torch.cat([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], dim=1).tolist()
    return cv2.dnn.NMSBoxesBatched(
        with_sides, scores.tolist(), group.tolist(), score_threshold=0.0, nms_threshold=most_overlap
    )
