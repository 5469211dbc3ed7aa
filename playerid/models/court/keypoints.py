"""A small convolutional network that finds the named points of the court."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from playerid.errors import WeightsError
from playerid.leagues.marks import SIDES, Court
from playerid.models.court import CourtKeypoints
from playerid.models.quick_network import Network, precision_of, quickest
from playerid.models.state import load_state, shapes_of
from playerid.models.trunk import PYRAMID_WIDTH, STRIDE, WIDTHS, PyramidTrunk, to_tensor


class CourtNetwork(PyramidTrunk):
    """The trunk, and one heat map per point at a quarter of the input.

    The areas of the court are a second task: they teach the features what a court is, and are
    not used to find the points.
    """

    def __init__(self, points: int, areas: int) -> None:
        """Make an empty network.

        Args:
            points: K, how many named points the courts of a sport have.
            areas: A, how many areas they have, the lines among them.
        """
        super().__init__()
        self.points = nn.Conv2d(PYRAMID_WIDTH, points, 1)
        self.areas = nn.Conv2d(PYRAMID_WIDTH, areas, 1)
        self.absent = nn.Linear(WIDTHS[-1], points)

    @classmethod
    def for_court(cls, court: Court) -> "CourtNetwork":
        """An empty network for the courts of a sport, of which one is given."""
        return cls(len(court.points().names), len(area_names(court)))

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Look at images (B, 3, H, W) of `to_tensor`.

        Returns:
            Logits of the points (B, K, H / 4, W / 4), of their absence (B, K), and of the areas
            (B, A, H / 4, W / 4).
        """
        finest, whole = self.features(images)
        return self.points(finest), self.absent(whole), self.areas(finest)


def area_names(court: Court) -> list[str]:
    """What the maps of areas show, in their order: those at both ends once for each, and lines."""
    whole, *at_ends, middle = court.areas_at(np.zeros((0, 2)))
    return [whole, *(f"{side} {name}" for name in at_ends for side in SIDES), middle, "lines"]


def _network_of(weights: Path) -> CourtNetwork:
    """An empty network as large as weights say."""
    points, areas = shapes_of(weights, "points.weight", "areas.weight")
    return CourtNetwork(points[0], areas[0])


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
        finds_lines: bool = False,
        threads: int = 0,
        runtime: str = "auto",
    ) -> None:
        """Load the network.

        Args:
            weights: safetensors file of a `CourtNetwork`.
            width_px: width of the network's input, a multiple of 32.
            height_px: height of the network's input, a multiple of 32.
            finds_lines: give pixels of lines too, for lines lighter than their ground.
            threads: of torch; 0 leaves them as they are.
            runtime: "auto" is the quickest of PyTorch, ONNX Runtime and integers on this machine;
                or "torch".
        """
        if weights is None:
            raise WeightsError("the court model 'keypoints' needs weights: name them in the pack")
        if threads:
            torch.set_num_threads(threads)
        network = _network_of(weights)
        load_state(network, weights)
        self._size, self._finds_lines = (width_px, height_px), finds_lines
        self._network: Network = network
        if runtime == "auto":
            example, heads = torch.zeros(1, 3, height_px, width_px), ("points", "absent", "areas")
            self._network = quickest(network, weights, example, exact=heads)
        self.precision = precision_of(self._network)

    def find(self, images: Sequence[NDArray[np.uint8]]) -> list[CourtKeypoints]:
        """Find the points in each RGB image (height, width, 3)."""
        found = []
        for image in images:
            height_px, width_px = image.shape[:2]
            with torch.inference_mode():
                points, absent, areas = self._network(to_tensor([image], *self._size))
                cells, scores = locate(points, absent)
                prob = areas[0, -1].sigmoid().numpy()
            scale = STRIDE * np.array([width_px / self._size[0], height_px / self._size[1]])
            found.append(
                CourtKeypoints(
                    (cells[0].numpy() * scale).astype(np.float32),
                    scores[0].numpy().astype(np.float32),
                    *([see_lines(image, prob)] if self._finds_lines else []),
                )
            )
        return found


def see_lines(
    image: NDArray[np.uint8],
    prob: NDArray[np.float32],
    *,
    least_prob: float = 0.3,
    lift: float = 0.06,
    most: int = 400,
) -> NDArray[np.float32]:
    """Pixels on light lines, where a network expects lines.

    Args:
        image: RGB, (height, width, 3).
        prob: (h, w) probability of a line, as coarse as may be.
        least_prob: of a place that is looked at.
        lift: how much lighter a line is than what is beside it, as a share of full light.
        most: pixels are left out evenly until so many remain.

    Returns:
        (L, 2), pixels; a pixel is as light as any across the line.
    """
    height, width = image.shape[:2]
    light = cv2.GaussianBlur(image.max(axis=2), (3, 3), 0)
    side = 2 * round(width / 180) + 1
    ground = cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    raised = cv2.subtract(light, ground)
    wanted = cv2.resize(prob, (width, height), interpolation=cv2.INTER_LINEAR) >= least_prob
    crest = raised >= cv2.dilate(raised, np.ones((3, 1), np.uint8))
    crest |= raised >= cv2.dilate(raised, np.ones((1, 3), np.uint8))
    rows, columns = np.nonzero(wanted & crest & (raised >= lift * 255))
    chosen = np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int)
    places = np.column_stack([columns[chosen], rows[chosen]])
    return (places + 0.5).astype(np.float32)
