"""Labelled areas of real frames -> the homography that explains them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.court.alignment import Alignment, refine_homography
from playerid.court.geometry import to_image_in_front
from playerid.leagues.basketball.court_marks import (
    BasketballCourt,
    lane_polygon,
    three_point_polygon,
)
from playerid.leagues.marks import SIDES, circle, outline
from playerid.scores.court_scores import REGIONS, CourtLabels, label_masks, region_iou, region_masks


@dataclass(frozen=True, slots=True)
class FittedView:
    """The homography that explains the labelled areas of a frame.

    Attributes:
        image_to_court: (3, 3), pixels to metres.
        iou: mean IoU of the regions that cover at least 1/200 of the picture.
    """

    image_to_court: NDArray[np.float64]
    iou: float


def fit_labels(labels: CourtLabels, court: BasketballCourt) -> FittedView | None:
    """Fit a homography to the labelled areas of a frame.

    A whole lane is a quadrilateral of known size; which basket it belongs to, and which corner is
    which, is decided by the other areas.

    Returns:
        The best view; None if no lane is whole or nothing projects onto the labels.
    """
    truth = label_masks(labels)
    outlines = _label_outlines(labels)
    guesses = [_agreement(guess, truth, court) for guess in _guesses(labels, court)]
    best: FittedView | None = None
    for guess in sorted(guesses, key=lambda view: -view.iou)[:2]:
        fitted = guess.image_to_court
        for radius_px in (24.0, 12.0, 6.0, 6.0):
            fitted = _align(fitted, outlines, court, radius_px * labels.image.shape[1] / 640)
        for candidate in (guess, _agreement(fitted, truth, court)):
            if best is None or candidate.iou > best.iou:
                best = candidate
    return best


def _agreement(
    image_to_court: NDArray[np.float64], truth: dict[str, NDArray[np.bool_]], court: BasketballCourt
) -> FittedView:
    height, width = truth["court"].shape
    found = region_masks(image_to_court, court, width, height)
    large = [name for name in REGIONS if truth[name].mean() > 0.005]
    ious = [region_iou(found[name], truth[name]) for name in large]
    return FittedView(image_to_court, float(np.mean(ious)))


def _guesses(labels: CourtLabels, court: BasketballCourt) -> list[NDArray[np.float64]]:
    """Homographies of every whole lane: both baskets, each corner first."""
    guesses = []
    for polygon in labels.polygons_px["lane"]:
        corners = _quadrilateral(polygon)
        if corners is None:
            continue
        for side in SIDES:
            lane = lane_polygon(court, side)[:: 1 if side == "left" else -1]
            for first in range(4):
                matrix = cv2.getPerspectiveTransform(
                    np.roll(corners, first, axis=0).astype(np.float32), lane.astype(np.float32)
                ).astype(np.float64)
                middle = matrix @ [*corners.mean(axis=0), 1.0]
                matrix = matrix * np.sign(middle[2])
                if _is_seen_from_the_near_side(matrix, corners.mean(axis=0)):
                    guesses.append(matrix)
    return guesses


def _quadrilateral(polygon_px: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The four corners of a polygon that is nearly a quadrilateral; None if it is not."""
    if cv2.contourArea(polygon_px.astype(np.float32)) < 100:
        return None
    hull = cv2.convexHull(polygon_px.astype(np.float32))
    for share in (0.01, 0.02, 0.03, 0.05):
        corners = cv2.approxPolyDP(hull, share * cv2.arcLength(hull, closed=True), closed=True)
        if len(corners) == 4:
            return np.asarray(corners[:, 0], np.float64)
    return None


def _is_seen_from_the_near_side(
    image_to_court: NDArray[np.float64], point_px: NDArray[np.float64]
) -> bool:
    """Whether, around a point, the far sideline is up and the picture is not a mirror image."""
    probes = point_px + np.array([[0, 0], [1, 0], [0, 1]])
    homogeneous = np.column_stack([probes, np.ones(3)]) @ image_to_court.T
    court_m = homogeneous[:, :2] / homogeneous[:, 2:]
    right, down = court_m[1] - court_m[0], court_m[2] - court_m[0]
    return bool(right[0] * down[1] - right[1] * down[0] < 0 and right[0] > 0)


def _label_outlines(labels: CourtLabels) -> dict[str, NDArray[np.float64]]:
    """Points every few pixels along the labelled outlines, without the picture's own border."""
    height, width = labels.image.shape[:2]
    margin = 0.006 * width
    outlines = {}
    for name in REGIONS:
        points = [_along(p, 0.008 * width) for p in labels.polygons_px[name]]
        joined = np.vstack(points) if points else np.zeros((0, 2))
        inner = (joined > margin).all(axis=1) & (joined < [width - margin, height - margin]).all(1)
        outlines[name] = joined[inner]
    return outlines


def _along(polygon: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    closed = np.vstack([polygon, polygon[:1]])
    pieces = []
    for start, end in itertools.pairwise(closed):
        count = max(int(np.linalg.norm(end - start) / step), 1)
        pieces.append(start + np.linspace(0, 1, count, endpoint=False)[:, None] * (end - start))
    return np.vstack(pieces)


def _model_outlines(court: BasketballCourt) -> dict[str, NDArray[np.float64]]:
    """Points every 10 cm along the outlines of the court's areas, metres."""
    shapes: dict[str, Sequence[NDArray[np.float64]]] = {
        "court": [outline(court.length, court.width)],
        "lane": [lane_polygon(court, side) for side in SIDES],
        "three_point_area": [three_point_polygon(court, side) for side in SIDES],
        "centre_circle": [circle(court.circle_radius)],
    }
    return {name: np.vstack([_along(s, 0.1) for s in group]) for name, group in shapes.items()}


def _align(
    image_to_court: NDArray[np.float64],
    outlines_px: dict[str, NDArray[np.float64]],
    court: BasketballCourt,
    radius_px: float,
) -> NDArray[np.float64]:
    """Move a homography so that the court's outlines fall on the labelled ones."""
    for _ in range(6):
        pairs = []
        for name, model_m in _model_outlines(court).items():
            label_px = outlines_px[name]
            model_px = to_image_in_front(model_m, image_to_court)
            seen = np.isfinite(model_px).all(axis=1)
            if len(label_px) and seen.sum() > 2:
                pairs.append(_nearest(model_m[seen], model_px[seen], label_px, radius_px))
        if sum(len(model_m) for model_m, _, _ in pairs) < 16:
            return image_to_court
        model_m, label_px, normals = (np.concatenate(p) for p in zip(*pairs, strict=True))
        joined = Alignment(model_m, label_px, normals, np.ones(len(model_m)))
        image_to_court = refine_homography(image_to_court, joined, radius_px / 3)
    return image_to_court


def _nearest(
    model_m: NDArray[np.float64],
    model_px: NDArray[np.float64],
    label_px: NDArray[np.float64],
    radius_px: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Pair each label point with the nearest model point, and the normal of the outline there."""
    gaps = np.linalg.norm(label_px[:, None] - model_px[None], axis=2)
    nearest = gaps.argmin(axis=1)
    close = gaps[np.arange(len(label_px)), nearest] < radius_px
    nearest, label_px = nearest[close], label_px[close]
    following = np.minimum(nearest + 1, len(model_px) - 1)
    before = np.maximum(nearest - 1, 0)
    tangent = model_px[following] - model_px[before]
    length = np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / length
    return model_m[nearest], label_px, normal
