"""A small convolutional network that finds the named points of the court."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from playerid.errors import WeightsError
from playerid.leagues import load_league
from playerid.models.court import CourtKeypoints
from playerid.models.quick_network import Network, quickest
from playerid.models.state import load_state
from playerid.models.trunk import PYRAMID_WIDTH, STRIDE, WIDTHS, PyramidTrunk, to_tensor

POINT_COUNT = len(load_league("nba").court.points().names)
AREA_NAMES = (
    "court",
    "left lane",
    "right lane",
    "left three-point area",
    "right three-point area",
    "centre circle",
    "lines",
)


class CourtNetwork(PyramidTrunk):
    """The trunk, and one heat map per point at a quarter of the input.

    The areas of the court are a second task: they teach the features what a court is, and are
    not used to find the points.
    """

    def __init__(self) -> None:
        super().__init__()
        self.points = nn.Conv2d(PYRAMID_WIDTH, POINT_COUNT, 1)
        self.areas = nn.Conv2d(PYRAMID_WIDTH, len(AREA_NAMES), 1)
        self.absent = nn.Linear(WIDTHS[-1], POINT_COUNT)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Look at images (B, 3, H, W) of `to_tensor`.

        Returns:
            Logits of the points (B, K, H / 4, W / 4), of their absence (B, K), and of the areas
            (B, A, H / 4, W / 4).
        """
        finest, whole = self.features(images)
        return self.points(finest), self.absent(whole), self.areas(finest)


def locate(
    points: torch.Tensor, absent: torch.Tensor, window: int = 2
) -> tuple[torch.Tensor, torch.Tensor]:
    """Turn heat maps into places and scores.

    Args:
        points: (B, K, h, w) logits.
        absent: (B, K) logits.
        window: the place is the mean over this many cells to each side of the peak.

    Returns:
        (B, K, 2) places (x, y) in cells, whose first begins at 0 and ends at 1; and (B, K) the
        probability mass in the window.
    """
    batch, count, height, width = points.shape
    joined = torch.cat([points.flatten(2), absent[..., None]], dim=2).float()
    prob = joined.softmax(dim=2)[..., :-1]
    peak = prob.argmax(dim=2)
    row, column = peak // width, peak % width
    offset = torch.arange(-window, window + 1, device=points.device)
    rows = (row[..., None] + offset)[..., :, None]
    columns = (column[..., None] + offset)[..., None, :]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    flat = (rows.clamp(0, height - 1) * width + columns.clamp(0, width - 1)).flatten(2)
    mass = prob.gather(2, flat) * inside.flatten(2)
    score = mass.sum(dim=2)
    shape = (batch, count, 2 * window + 1, 2 * window + 1)
    x = (mass * columns.expand(shape).flatten(2)).sum(dim=2) / score.clamp_min(1e-12) + 0.5
    y = (mass * rows.expand(shape).flatten(2)).sum(dim=2) / score.clamp_min(1e-12) + 0.5
    return torch.stack([x, y], dim=2), score


class KeypointCourtModel:
    """Finds the named points of the court by heat maps."""

    def __init__(
        self,
        weights: Path | None,
        *,
        width_px: int = 512,
        height_px: int = 288,
        threads: int = 0,
        runtime: str = "auto",
    ) -> None:
        """Load the network.

        Args:
            weights: safetensors file of a `CourtNetwork`.
            width_px: width of the network's input, a multiple of 32.
            height_px: height of the network's input, a multiple of 32.
            threads: of torch; 0 leaves them as they are.
            runtime: "auto" is the quicker of ONNX Runtime and PyTorch on this machine; or "torch".
        """
        if weights is None:
            raise WeightsError("the court model 'keypoints' needs weights: name them in the pack")
        if threads:
            torch.set_num_threads(threads)
        network = CourtNetwork()
        load_state(network, weights)
        self._size = (width_px, height_px)
        self._network: Network = network
        if runtime == "auto":
            self._network = quickest(network, weights, torch.zeros(1, 3, height_px, width_px))

    def find(self, images: Sequence[NDArray[np.uint8]]) -> list[CourtKeypoints]:
        """Find the points in each RGB image (height, width, 3)."""
        found = []
        for image in images:
            height_px, width_px = image.shape[:2]
            with torch.inference_mode():
                points, absent, _ = self._network(to_tensor([image], *self._size))
                cells, scores = locate(points, absent)
            scale = STRIDE * np.array([width_px / self._size[0], height_px / self._size[1]])
            found.append(
                CourtKeypoints(
                    (cells[0].numpy() * scale).astype(np.float32),
                    scores[0].numpy().astype(np.float32),
                )
            )
        return found
