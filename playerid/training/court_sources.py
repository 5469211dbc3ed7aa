"""Where the pictures come from that the court network learns: real halls and drawn ones."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.broadcast import Frame, sample_frames
from playerid.leagues import league_names, load_basketball
from playerid.leagues.basketball.court_marks import BasketballCourt
from playerid.scores.court_scores import CourtLabels, read_court_labels
from playerid.training.court_labels import fit_labels
from playerid.training.court_pictures import CourtPicture
from playerid.training.court_targets import repaint_floor, vary_look, vary_view

Source = Callable[[np.random.Generator, int, int], CourtPicture]
"""Draws one varied picture of (width, height) pixels."""


def read_real_pictures(
    labels_file: Path, cache: Path, league: str, *, min_iou: float = 0.8, width_px: int = 640
) -> list[CourtPicture]:
    """Read the labelled frames whose areas one homography explains.

    Args:
        labels_file: of `read_court_labels`.
        cache: JSON file for the homographies; they take minutes to fit.
        league: whose rules the courts follow.
        min_iou: mean IoU of the areas below which the labels are not believed to be one court.
        width_px: pictures are kept at this width.
    """
    court = load_basketball(league).court
    labels = read_court_labels(labels_file)
    fitted = json.loads(cache.read_text()) if cache.is_file() else {}
    if any(label.image_id not in fitted for label in labels):
        fitted = {label.image_id: _fit(label, court) for label in labels}
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(fitted))
    pictures = []
    for label in labels:
        iou, matrix = fitted[label.image_id]
        if iou >= min_iou:
            pictures.append(_at_width(label.image, np.array(matrix), court, width_px))
    return pictures


def _fit(label: CourtLabels, court: BasketballCourt) -> tuple[float, list[list[float]]]:
    view = fit_labels(label, court)
    return (0.0, []) if view is None else (view.iou, view.image_to_court.tolist())


def _at_width(
    image: NDArray[np.uint8],
    image_to_court: NDArray[np.float64],
    court: BasketballCourt,
    width_px: int,
) -> CourtPicture:
    height, width = image.shape[:2]
    height_px = round(height * width_px / width)
    small = cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA)
    scale = np.diag([width / width_px, height / height_px, 1.0])
    return CourtPicture(small, image_to_court @ scale, court)


def vary_pictures(pictures: Sequence[CourtPicture], *, repaint_share: float = 0.35) -> Source:
    """Make a source that shows the given pictures, each time a little differently.

    Args:
        pictures: what to show.
        repaint_share: how often the floor gets other colours.
    """

    def source(random: np.random.Generator, width_px: int, height_px: int) -> CourtPicture:
        picture = pictures[int(random.integers(len(pictures)))]
        varied = vary_view(picture, random, width_px, height_px)
        if random.random() < repaint_share:
            varied = repaint_floor(varied, random)
        return CourtPicture(vary_look(varied.image, random), varied.image_to_court, varied.court)

    return source


def render_pictures(folder: Path, count: int, seed: int, *, width_px: int = 768) -> None:
    """Render main-camera frames of arena games of every league; what is there is not made again.

    Args:
        folder: gets `<seed>-<index>.jpg` and, with its homography and league, a `.json` beside it.
        count: how many frames.
        seed: draws them.
        width_px: of the pictures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    batch = 12
    for start in range(0, count, batch):
        names = [folder / f"{seed}-{start + i:05d}" for i in range(min(batch, count - start))]
        if all(name.with_suffix(".json").is_file() for name in names):
            continue
        league = league_names("basketball")[start // batch % len(league_names("basketball"))]
        frames = sample_frames(
            seed + start, "mixed", len(names), leagues=(league,), per_game=4, other_share=0.0
        )
        for name, frame in zip(names, frames, strict=True):
            _write_frame(name, frame, league, width_px)


def _write_frame(name: Path, frame: Frame, league: str, width_px: int) -> None:
    matrix = frame.truth.image_to_court
    assert matrix is not None
    court = load_basketball(league).court
    picture = _at_width(frame.image, matrix, court, width_px)
    bgr = cv2.cvtColor(picture.image, cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(name.with_suffix(".jpg")), bgr, [cv2.IMWRITE_JPEG_QUALITY, 93])
    truth = {"league": league, "image_to_court": picture.image_to_court.tolist()}
    name.with_suffix(".json").write_text(json.dumps(truth))


def read_rendered_pictures(folder: Path) -> list[CourtPicture]:
    """Read what `render_pictures` wrote, in order of the names."""
    pictures = []
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text())
        bgr = cv2.imread(str(path.with_suffix(".jpg")), cv2.IMREAD_COLOR)
        assert bgr is not None, path
        image = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
        court = load_basketball(truth["league"]).court
        pictures.append(CourtPicture(image, np.array(truth["image_to_court"]), court))
    return pictures
