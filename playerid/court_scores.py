"""How well a court model places a court: against labelled areas, and against known positions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from playerid.court import CourtModel, CourtView, to_court_below_horizon
from playerid.errors import LabelsError
from playerid.homography import solve_view
from playerid.league import Court

REGIONS = ("court", "lane", "three_point_area", "centre_circle")


@dataclass(frozen=True, slots=True)
class CourtScores:
    """Scores of a court model on labelled frames.

    Attributes:
        frames: labelled frames.
        solved: share of the frames with a homography.
        lane_iou: median IoU of the lanes in view, over the solved frames whose label has one.
        court_iou: median IoU of the court in view, over the solved frames.
        lane_iou_mean: mean of the same, where a wrong view weighs as much as it should.
        court_iou_mean: likewise.
    """

    frames: int
    solved: float
    lane_iou: float
    court_iou: float
    lane_iou_mean: float
    court_iou_mean: float

    def as_dict(self) -> dict[str, float]:
        """Name -> value, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class CourtLabels:
    """One frame of a file of labelled courts.

    Attributes:
        image_id: begins with the game.
        image: RGB, (height, width, 3).
        polygons_px: region -> its polygons, each (points, 2), pixels.
    """

    image_id: str
    image: NDArray[np.uint8]
    polygons_px: Mapping[str, Sequence[NDArray[np.float64]]]


def read_court_labels(path: Path) -> list[CourtLabels]:
    """Read labelled courts: `image_id`, `jpeg`, and `regions` of polygons in fractions.

    Raises:
        LabelsError: The file is missing or lacks a column.
    """
    if not path.is_file():
        raise LabelsError(f"no labelled courts at {path}: expected a Parquet file")
    table = pq.read_table(path)
    if missing := {"image_id", "regions", "jpeg"} - set(table.column_names):
        raise LabelsError(f"{path.name} lacks the columns {sorted(missing)}")
    return [_labels_of(row) for row in table.to_pylist()]


def _labels_of(row: Mapping[str, object]) -> CourtLabels:
    encoded, regions = row["jpeg"], row["regions"]
    assert isinstance(encoded, bytes)
    assert isinstance(regions, list)
    bgr = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise LabelsError(f"the picture of {row['image_id']} cannot be decoded")
    size = np.array([bgr.shape[1], bgr.shape[0]], np.float64)
    polygons: dict[str, list[NDArray[np.float64]]] = {name: [] for name in REGIONS}
    for region in regions:
        polygon = np.array(region["polygon"], np.float64).reshape(-1, 2) * size
        polygons.setdefault(region["region"], []).append(polygon)
    return CourtLabels(str(row["image_id"]), cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), polygons)


def areas_at(points_m: NDArray[np.float64], court: Court) -> dict[str, NDArray[np.bool_]]:
    """Tell which areas of the court each point lies in; NaN lies in none.

    Args:
        points_m: (N, 2) court points, metres.
        court: the rules.

    Returns:
        Region of `REGIONS` -> (N,) inside it, on either side.
    """
    x, y = np.abs(points_m[:, 0]), np.abs(points_m[:, 1])
    inside = (x <= court.length / 2) & (y <= court.width / 2)
    deep = court.length / 2 - x
    arc = np.hypot(x - court.basket_x, y) <= court.three_point_radius
    straight = (deep <= court.three_point_straight) & (y <= court.three_point_corner)
    return {
        "court": inside,
        "lane": inside & (deep <= court.lane_length) & (y <= court.lane_width / 2),
        "three_point_area": inside & (straight | (arc & (deep > court.three_point_straight))),
        "centre_circle": np.hypot(x, y) <= court.circle_radius,
    }


def region_masks(
    image_to_court: NDArray[np.float64], court: Court, width_px: int, height_px: int
) -> dict[str, NDArray[np.bool_]]:
    """Draw the areas of the court as a view shows them: region -> (height, width)."""
    x, y = np.meshgrid(np.arange(width_px) + 0.5, np.arange(height_px) + 0.5)
    points_m = to_court_below_horizon(np.column_stack([x.ravel(), y.ravel()]), image_to_court)
    areas = areas_at(points_m, court)
    return {name: mask.reshape(height_px, width_px) for name, mask in areas.items()}


def label_masks(labels: CourtLabels) -> dict[str, NDArray[np.bool_]]:
    """Draw the labelled areas of a frame: region -> (height, width)."""
    masks = {}
    for name in REGIONS:
        mask = np.zeros(labels.image.shape[:2], np.uint8)
        for polygon in labels.polygons_px[name]:
            cv2.fillPoly(mask, [np.round(polygon).astype(np.int32)], 1)
        masks[name] = mask.astype(bool)
    return masks


def region_iou(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Intersection over union of two masks; NaN where both are empty."""
    union = (first | second).sum()
    return float((first & second).sum() / union) if union else float("nan")


def score_views(
    labels: Sequence[CourtLabels], views: Sequence[CourtView], court: Court
) -> CourtScores:
    """Compare the views of labelled frames with their areas."""
    lane, area, solved = [], [], 0
    for label, view in zip(labels, views, strict=True):
        if view.image_to_court is None:
            continue
        solved += 1
        height_px, width_px = label.image.shape[:2]
        found = region_masks(view.image_to_court, court, width_px, height_px)
        truth = label_masks(label)
        area.append(region_iou(found["court"], truth["court"]))
        if truth["lane"].any():
            lane.append(region_iou(found["lane"], truth["lane"]))
    return CourtScores(
        frames=len(labels),
        solved=solved / len(labels) if labels else float("nan"),
        lane_iou=float(np.median(lane)) if lane else float("nan"),
        court_iou=float(np.median(area)) if area else float("nan"),
        lane_iou_mean=float(np.mean(lane)) if lane else float("nan"),
        court_iou_mean=float(np.mean(area)) if area else float("nan"),
    )


def score_court_model(
    model: CourtModel, labels: Sequence[CourtLabels], court: Court
) -> CourtScores:
    """Run a court model over labelled frames and compare the areas it finds with theirs."""
    views = []
    for label in labels:
        size_px = (label.image.shape[1], label.image.shape[0])
        views.append(solve_view(model.find([label.image])[0], court, size_px))
    return score_views(labels, views, court)


def position_errors(
    view: CourtView, image_to_court: NDArray[np.float64], feet_px: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far from the truth a view places feet.

    Args:
        view: the view of the frame.
        image_to_court: (3, 3) the true homography of the frame.
        feet_px: (N, 2) foot points, pixels.

    Returns:
        (N,) metres; NaN where the view is not solved or the point is above either horizon.
    """
    if view.image_to_court is None:
        return np.full(len(feet_px), np.nan)
    found = to_court_below_horizon(feet_px, view.image_to_court)
    truth = to_court_below_horizon(feet_px, image_to_court)
    gaps: NDArray[np.float64] = np.linalg.norm(found - truth, axis=1)
    return gaps
