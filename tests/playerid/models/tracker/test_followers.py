import numpy as np
import pytest
import torch
from sam2.build_sam import build_sam2

from playerid.errors import WeightsError
from playerid.models.detector import Detections
from playerid.models.packs import load_pack
from playerid.models.tracker.head_follower import colour_distance, colours_of
from playerid.models.tracker.window_masks import Look
from playerid.models.tracker.windowed import WindowTracker, load_follower

RED, BLUE = (200, 20, 20), (20, 20, 200)


def look(frame, *people):
    """People as (left, colour), 20 x 60 pixels, in a picture that begins at (30, 10)."""
    picture = np.full((80, 120, 3), 120, np.uint8)
    boxes = []
    for left, colour in people:
        picture[10:70, left : left + 20] = colour
        boxes.append([30 + left, 20, 50 + left, 80])
    return Look(frame, 30, 10, picture, np.array(boxes, np.float32).reshape(-1, 4))


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    cache = tmp_path_factory.mktemp("weights")
    return {
        "mask_head": load_pack("starter")["mask_head"].local_weights(cache),
        "sam2": load_pack("starter-t4")["tracker"].local_weights(cache),
    }


def test_colours_are_those_of_the_mask():
    picture = np.full((64, 32, 3), BLUE, np.uint8)
    picture[:, :16] = RED
    left = np.zeros((64, 32), np.bool_)
    left[:, :16] = True
    red, blue = colours_of(picture, left), colours_of(picture, ~left)
    assert red.shape == (15,)
    assert np.allclose(red[:3], red[-3:])
    assert colour_distance(red, blue) > 150
    assert colour_distance(red, colours_of(np.full_like(picture, RED), left)) == pytest.approx(
        0, abs=0.1
    )
    assert np.isnan(colours_of(picture, np.zeros_like(left))).all()
    assert np.isnan(colour_distance(red, colours_of(picture, np.zeros_like(left))))


def test_the_head_knows_two_who_exchanged_places_by_their_colours(weights):
    session = load_follower("mask_head", weights["mask_head"], "", 0).begin()
    first = look(0, (20, RED), (60, BLUE))
    session.prompt(first, {4: first.boxes_px[0], 9: first.boxes_px[1]})
    assert session.trust((4, 9)) == 1
    masks = session.carry(look(1, (60, RED), (20, BLUE)))
    assert masks[4][40, 65:75].mean() > masks[4][40, 25:35].mean()
    assert masks[9][40, 25:35].mean() > masks[9][40, 65:75].mean()
    masks = session.carry(look(2, (58, RED)))
    assert masks[4].any()
    assert not masks[9].any()


def test_two_who_look_alike_are_not_told_apart(weights):
    session = load_follower("mask_head", weights["mask_head"], "", 0).begin()
    first = look(0, (20, RED), (60, RED))
    session.prompt(first, {4: first.boxes_px[0], 9: first.boxes_px[1]})
    assert session.trust((4, 9)) < 0.2


def test_team_mates_who_pass_each_other_are_told_apart_by_their_way(weights):
    """One walks right, one left; for two pictures only one of them is seen."""
    session = load_follower("mask_head", weights["mask_head"], "", 0).begin()
    first = look(0, (4, RED), (90, RED))
    session.prompt(first, {4: first.boxes_px[0], 9: first.boxes_px[1]})
    for step in range(1, 5):
        session.carry(look(step, (4 + 8 * step, RED), (90 - 8 * step, RED)))
    assert not session.carry(look(5))[4].any()
    assert len(session.carry(look(6, (46, RED)))) == 2
    masks = session.carry(look(7, (60, RED), (34, RED)))
    assert masks[4][40, 60:80].mean() > 0.5 > masks[4][40, 34:54].mean()
    assert masks[9][40, 34:54].mean() > 0.5 > masks[9][40, 60:80].mean()


@pytest.mark.parametrize("follower", ["mask_head", "sam2"])
def test_sessions_are_split_and_joined(weights, follower):
    whole = load_follower(follower, weights[follower], "", 0).begin()
    first = look(0, (20, RED), (60, BLUE))
    whole.prompt(first, {4: first.boxes_px[0], 9: first.boxes_px[1]})
    part = whole.split([9])
    later = look(1, (21, RED), (59, BLUE))
    assert (set(whole.carry(later)), set(part.carry(later))) == ({4}, {9})
    whole.join(part)
    masks = whole.carry(look(2, (22, RED), (58, BLUE)))
    assert {one: mask.shape for one, mask in masks.items()} == {4: (80, 120), 9: (80, 120)}
    whole.drop(4)
    assert set(whole.carry(look(3, (23, RED), (57, BLUE)))) == {9}


def test_sam2_carries_masks_both_ways(weights):
    follower = load_follower("sam2", weights["sam2"], "", 0)
    looks = [look(t, (20 + t, RED), (70, BLUE)) for t in range(3)]
    for backwards in (False, True):
        order = looks[::-1] if backwards else looks
        session = follower.begin(backwards=backwards)
        session.prompt(order[0], {1: order[0].boxes_px[0]})
        for each in order[1:]:
            masks = session.carry(each)
        assert masks[1].shape == (80, 120)


def cross(tracker):
    """Two people change places in twelve frames; yields what the tracker says of each."""
    tracker.start_segment(10.0)
    for t in range(12):
        image = np.full((120, 300, 3), 120, np.uint8)
        lefts = (40 + 12 * t, 160 - 12 * t)
        for left, colour in zip(lefts, (RED, BLUE), strict=True):
            image[30:90, left : left + 24] = colour
        boxes = np.array([[left, 30, left + 24, 90] for left in lefts], np.float32)
        labels = np.array(["player", "player"])
        yield tracker.update(image, Detections(boxes, np.ones(2, np.float32), labels))


def test_a_tracker_with_windows_follows_and_counts_what_it_costs(weights):
    tracker = WindowTracker(weights["mask_head"])
    assert [people.track_ids.tolist() for people in cross(tracker)] == [[1, 2]] * 12
    assert tracker.costs.windows == 1
    assert 0 < tracker.costs.person_frames < tracker.costs.all_person_frames == 24


def test_a_published_sam2_carries_masks_in_windows(tmp_path):
    torch.manual_seed(0)
    network = build_sam2("configs/sam2.1/sam2.1_hiera_t.yaml", device="cpu")
    torch.save({"model": network.state_dict()}, tmp_path / "sam2.1_hiera_tiny.pt")
    tracker = WindowTracker(
        tmp_path / "sam2.1_hiera_tiny.pt", follower="sam2", variant="tiny", side_px=128
    )
    found = list(cross(tracker))
    assert all(len(set(people.track_ids.tolist())) == 2 for people in found)
    assert tracker.costs.windows == 1
    assert 0 < tracker.costs.person_frames < tracker.costs.all_person_frames == 24


def test_what_cannot_follow_is_refused(weights):
    with pytest.raises(WeightsError, match="unknown follower 'eyes'"):
        WindowTracker(weights["sam2"], follower="eyes")
    with pytest.raises(WeightsError, match="needs weights"):
        WindowTracker(None)
