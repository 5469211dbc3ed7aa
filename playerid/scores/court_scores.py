"""How well a court model places a court: against labelled areas, and against known positions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.court.geometry import CourtView, to_court_below_horizon
from playerid.court.homography import solve_view
from playerid.errors import LabelsError
from playerid.leagues.marks import Court
from playerid.models.court import CourtModel
from playerid.scores.label_files import LIST, PICTURE, TEXT, read_numbers, read_picture, read_rows

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
        LabelsError: The file is missing, lacks a column, or a row is not what it should be.
    """
    rows = read_rows(path, {"image_id": TEXT, "regions": LIST, "jpeg": PICTURE})
    return [_labels_of(row, path, index) for index, row in enumerate(rows)]


def _labels_of(row: Mapping[str, Any], path: Path, index: int) -> CourtLabels:
    image = read_picture(row["jpeg"], path, index)
    size = np.array([image.shape[1], image.shape[0]], np.float64)
    polygons: dict[str, list[NDArray[np.float64]]] = {name: [] for name in REGIONS}
    for region in row["regions"] or []:
        if not {"region", "polygon"} <= set(region):
            raise LabelsError(f"{path}: column 'regions' must hold region and polygon")
        where = f"column 'regions', row {index}, {region['region']}"
        polygon = read_numbers(region["polygon"], path, where, 0).reshape(-1, 2) * size
        polygons.setdefault(region["region"], []).append(polygon)
    return CourtLabels(str(row["image_id"]), image, polygons)


def region_masks(
    image_to_court: NDArray[np.float64], court: Court, width_px: int, height_px: int
) -> dict[str, NDArray[np.bool_]]:
    """Draw the areas of the court as a view shows them: region -> (height, width)."""
    x, y = np.meshgrid(np.arange(width_px) + 0.5, np.arange(height_px) + 0.5)
    points_m = to_court_below_horizon(np.column_stack([x.ravel(), y.ravel()]), image_to_court)
    areas = court.areas_at(points_m)
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


@dataclass(frozen=True, slots=True)
class JudgedViews:
    """How N labelled frames were seen: scores over any choice of the frames.

    Attributes:
        solved: (N,) whether there is a homography.
        lane_ious: (N,) IoU of the lanes in view; NaN where unsolved or not labelled.
        court_ious: (N,) IoU of the court in view; NaN where unsolved.
    """

    solved: NDArray[np.bool_]
    lane_ious: NDArray[np.float64]
    court_ious: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.solved)

    def summary(self, chosen: NDArray[np.integer]) -> CourtScores:
        """Scores over (M,) frames, each as often as it stands there."""
        lane = self.lane_ious[chosen][np.isfinite(self.lane_ious[chosen])]
        court = self.court_ious[chosen][np.isfinite(self.court_ious[chosen])]
        return CourtScores(
            frames=len(chosen),
            solved=float(self.solved[chosen].mean()) if len(chosen) else float("nan"),
            lane_iou=float(np.median(lane)) if len(lane) else float("nan"),
            court_iou=float(np.median(court)) if len(court) else float("nan"),
            lane_iou_mean=float(np.mean(lane)) if len(lane) else float("nan"),
            court_iou_mean=float(np.mean(court)) if len(court) else float("nan"),
        )

    def scores(self, chosen: NDArray[np.integer]) -> dict[str, float]:
        """`summary`, name -> value."""
        return self.summary(chosen).as_dict()


def judge_views(
    labels: Sequence[CourtLabels], views: Sequence[CourtView], court: Court
) -> JudgedViews:
    """Compare the view of each labelled frame with its areas."""
    ious = np.full((len(labels), 2), np.nan)
    for row, (label, view) in enumerate(zip(labels, views, strict=True)):
        if view.image_to_court is None:
            continue
        height_px, width_px = label.image.shape[:2]
        found = region_masks(view.image_to_court, court, width_px, height_px)
        truth = label_masks(label)
        ious[row, 1] = region_iou(found["court"], truth["court"])
        if truth["lane"].any():
            ious[row, 0] = region_iou(found["lane"], truth["lane"])
    solved = np.array([view.image_to_court is not None for view in views], bool)
    return JudgedViews(solved, ious[:, 0], ious[:, 1])


def judge_court_model(
    model: CourtModel, labels: Sequence[CourtLabels], court: Court
) -> JudgedViews:
    """Run a court model over labelled frames and compare the areas it finds with theirs."""
    views = []
    for label in labels:
        size_px = (label.image.shape[1], label.image.shape[0])
        views.append(solve_view(model.find([label.image])[0], court, size_px))
    return judge_views(labels, views, court)


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
