import math

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from playerid.court.geometry import to_court, to_image_in_front
from playerid.leagues import load_basketball
from playerid.models.court.keypoints import KeypointCourtModel, area_names
from playerid.scores.court_scores import REGIONS, CourtLabels, region_masks
from playerid.training.court_labels import fit_labels
from playerid.training.court_network import point_loss, train
from playerid.training.court_pictures import CourtPicture
from playerid.training.court_targets import CourtTarget, flip, make_target, vary_view

FIBA = load_basketball("fiba").court


def camera(x_m: float, width_px: int = 640, height_px: int = 360) -> np.ndarray:
    """Homography of a camera 24 m from the court's middle, 9 m up, that looks at (x_m, 0)."""
    place, aim = np.array([0.0, -24.0, 9.0]), np.array([x_m, 0.0, 0.0])
    forward = (aim - place) / np.linalg.norm(aim - place)
    right = np.cross(forward, [0, 0, 1]) / np.linalg.norm(np.cross(forward, [0, 0, 1]))
    rotation = np.stack([right, np.cross(forward, right), forward])
    focal = width_px * np.linalg.norm(aim - place) / 17
    inner = np.array([[focal, 0, width_px / 2], [0, focal, height_px / 2], [0, 0, 1]])
    projection = inner @ np.column_stack([rotation, -rotation @ place])
    return np.linalg.inv(projection[:, [0, 1, 3]])


def label(image_to_court: np.ndarray) -> CourtLabels:
    """What a person would draw around the areas that a camera shows."""
    masks = region_masks(image_to_court, FIBA, 640, 360)
    polygons = {}
    for name in REGIONS:
        outlines, _ = cv2.findContours(
            masks[name].astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_TC89_L1
        )
        polygons[name] = [o[:, 0].astype(float) for o in outlines if len(o) > 2]
    return CourtLabels("game-1", np.zeros((360, 640, 3), np.uint8), polygons)


@pytest.mark.parametrize("x_m", [-8.0, 7.0])
def test_labelled_areas_give_the_camera_back(x_m):
    view = fit_labels(label(camera(x_m)), FIBA)
    assert view is not None
    assert view.iou > 0.95
    feet_px = np.array([[x, y] for x in (80.0, 320.0, 560.0) for y in (180.0, 250.0, 330.0)])
    gaps = to_court(feet_px, view.image_to_court) - to_court(feet_px, camera(x_m))
    assert np.median(np.linalg.norm(gaps, axis=1)) < 0.15


def test_labels_without_a_whole_lane_give_nothing():
    labels = label(camera(7.0))
    without = CourtLabels(labels.image_id, labels.image, {**labels.polygons_px, "lane": []})
    assert fit_labels(without, FIBA) is None


# 1 m is 10 px, the centre of the court in the middle of 320 x 192 pixels, seen from above.
FROM_ABOVE = np.array([[0.1, 0, -16], [0, -0.1, 9.6], [0, 0, 1]])


def test_targets_by_hand():
    picture = CourtPicture(np.zeros((192, 320, 3), np.uint8), FROM_ABOVE, FIBA)
    target = make_target(picture, 4)
    names = FIBA.points().names
    assert target.seen.all()
    assert target.cells[names.index("centre")] == pytest.approx([40, 24])
    # (-14, 7.5) m is at (20, 21) px.
    assert target.cells[names.index("left corner far")] == pytest.approx([5, 5.25])
    areas = dict(zip(area_names(FIBA), target.areas, strict=True))
    # One cell is 0.4 m: the court is 70 x 37.5 cells, a lane 14.5 x 12.25.
    assert areas["court"].sum() == pytest.approx(70 * 37.5, rel=0.02)
    assert areas["left lane"].sum() == pytest.approx(14.5 * 12.25, rel=0.06)
    assert areas["left lane"][:, 40:].sum() == 0
    assert areas["lines"].max() > 0.5


def test_points_outside_the_picture_are_not_seen():
    picture = CourtPicture(np.zeros((192, 160, 3), np.uint8), FROM_ABOVE, FIBA)
    target = make_target(picture, 4)
    names = FIBA.points().names
    assert target.seen[names.index("left lane far")]
    assert not target.seen[names.index("right lane far")]


def test_a_mirrored_left_lane_is_a_right_lane():
    picture = CourtPicture(np.zeros((360, 640, 3), np.uint8), camera(-8.0), FIBA)
    points_m = np.array([[-8.2, 2.45], [-8.2, -2.45]])
    before = to_image_in_front(points_m, picture.image_to_court)
    after = to_image_in_front(points_m * [-1, 1], flip(picture).image_to_court)
    assert after == pytest.approx([640, 0] + before * [-1, 1])


@pytest.mark.parametrize("seed", range(4))
def test_a_varied_picture_keeps_its_points(seed):
    image = np.zeros((360, 640, 3), np.uint8)
    spot_m = np.array([[5.0, -1.0]])
    x, y = to_image_in_front(spot_m, camera(5.0))[0]
    cv2.circle(image, (round(x - 0.5), round(y - 0.5)), 4, (255, 255, 255), -1)
    varied = vary_view(
        CourtPicture(image, camera(5.0), FIBA), np.random.default_rng(seed), 512, 288
    )
    rows, columns = np.nonzero(varied.image[..., 0] > 127)
    seen = np.array([columns.mean() + 0.5, rows.mean() + 0.5])
    places = [to_image_in_front(spot_m * [s, 1], varied.image_to_court)[0] for s in (1, -1)]
    assert min(np.linalg.norm(place - seen) for place in places) < 1.0


def test_loss_of_a_network_that_knows_nothing_or_everything():
    target = CourtTarget(
        np.array([[3.5, 2.5], [0, 0]], np.float32),
        np.array([True, False]),
        np.zeros((7, 6, 8), np.float32),
    )
    nothing = point_loss(torch.zeros(1, 2, 6, 8), torch.zeros(1, 2), [target])
    assert nothing.item() == pytest.approx(math.log(6 * 8 + 1), abs=1e-5)
    points = torch.full((1, 2, 6, 8), -30.0)
    points[0, 0, 2, 3] = 30.0
    knows = point_loss(points, torch.tensor([[-30.0, 30.0]]), [target], sigma=0.1)
    assert knows.item() == pytest.approx(0.0, abs=1e-3)
    wrong = point_loss(points.roll(3, dims=3), torch.tensor([[-30.0, 30.0]]), [target], sigma=0.1)
    assert wrong.item() > 20


def test_training_goes_on_where_it_stopped(tmp_path):
    rows = []
    for index, x_m in enumerate((-8.0, 7.0, 8.0)):
        labels = label(camera(x_m))
        regions = [
            {"region": name, "polygon": (polygon / [640, 360]).ravel().tolist()}
            for name, polygons in labels.polygons_px.items()
            for polygon in polygons
        ]
        jpeg = cv2.imencode(".jpg", labels.image)[1].tobytes()
        rows.append({"image_id": f"game-{index}", "regions": regions, "jpeg": jpeg})
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "courts_train.parquet")
    out = tmp_path / "run"
    weights = train(tmp_path, out, minutes=0.0005, seed=1, resume=False, rendered=0)
    first = torch.load(out / "checkpoint.pt", weights_only=True)
    train(tmp_path, out, minutes=first["elapsed_s"] / 60 + 0.0005, seed=1, resume=True, rendered=0)
    second = torch.load(out / "checkpoint.pt", weights_only=True)
    assert second["step"] > first["step"] >= 1
    assert len((out / "curve.jsonl").read_text().splitlines()) == 2
    found = KeypointCourtModel(weights, runtime="torch").find([np.zeros((360, 640, 3), np.uint8)])
    assert np.isfinite(found[0].points_px).all()
