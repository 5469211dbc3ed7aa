import json

import numpy as np
import pytest
import torch

from playerid.models.mask_head.small_masks import SmallMaskHead
from playerid.training import mask_head
from playerid.training.mask_pictures import (
    PATCH_PX,
    MaskedPerson,
    read_masked_people,
    write_masked_people,
)


def test_people_of_rendered_frames_are_in_the_middle_of_their_patches(tmp_path):
    path = tmp_path / "people.parquet"
    count = write_masked_people(path, games=1, seed=900, frames_per_game=1)
    people = read_masked_people(path)
    assert len(people) == count > 5
    for person in people:
        assert person.picture.shape == (*PATCH_PX, 3)
        assert not ((person.mask > 250) & (person.others > 250)).any()
        rows, columns = np.nonzero(person.mask > 127)
        # The box is the middle half of the patch, and the mask touches it on every side.
        assert 38 <= rows.min() <= 42
        assert 118 <= rows.max() <= 122
        assert 22 <= columns.min() <= 26
        assert 70 <= columns.max() <= 74


def rectangle():
    """A red person of the size of the box, on grey."""
    picture = np.full((*PATCH_PX, 3), 90, np.uint8)
    picture[40:120, 24:72] = (200, 20, 20)
    mask = np.zeros(PATCH_PX, np.uint8)
    mask[40:120, 24:72] = 255
    return MaskedPerson(picture, mask, np.zeros_like(mask))


def test_a_person_as_the_network_sees_it():
    batch = mask_head.draw_batch(np.random.default_rng(0), [rectangle()] * 40, 0.0)
    assert batch.planes.shape == (40, 4, 64, 32)
    assert not batch.planes[:, 3].any()  # nobody says where the person is
    # The box is 0.64 of what is seen, give or take what a detector errs by.
    assert 0.5 < float(batch.masks.mean()) < 0.75
    known = mask_head.draw_batch(np.random.default_rng(0), [rectangle()] * 40, 1.0).planes[:, 3]
    assert 0.2 < float(known.mean()) < 0.75


def test_it_learns_and_goes_on_where_it_was(tmp_path):
    folder, out = tmp_path / "people", tmp_path / "run"
    folder.mkdir()
    out.mkdir()
    write_masked_people(folder / "a.parquet", games=1, seed=901, frames_per_game=1)
    weights = mask_head.train(folder, out, minutes=0.05, save_s=1)
    curve = [json.loads(line) for line in (out / "curve.jsonl").read_text().splitlines()]
    assert curve[-1]["loss"] < curve[0]["loss"] or len(curve) == 1
    assert {"box_iou", "followed_iou"} <= set(curve[-1])
    image = np.zeros((80, 60, 3), np.uint8)
    (mask,) = SmallMaskHead(weights).find_masks(image, np.array([[10, 10, 40, 70]]))
    assert mask.shape == (80, 60)
    steps = torch.load(out / "checkpoint.pt", weights_only=True)["step"]
    mask_head.train(folder, out, minutes=0.06, save_s=1)
    assert torch.load(out / "checkpoint.pt", weights_only=True)["step"] > steps


@pytest.mark.parametrize(
    ("rows", "columns", "crowded"),
    [
        pytest.param(slice(40, 60), slice(24, 72), True, id="a quarter of the box"),
        pytest.param(slice(40, 45), slice(24, 72), False, id="a sixteenth"),
        pytest.param(slice(0, 40), slice(0, 96), False, id="beside the box"),
    ],
)
def test_who_has_others_in_his_box_is_crowded(rows, columns, crowded):
    """A patch is 160 x 96, the box its middle half."""
    others = np.zeros((160, 96), np.uint8)
    others[rows, columns] = 255
    person = MaskedPerson(np.zeros((160, 96, 3), np.uint8), np.zeros_like(others), others)
    assert mask_head.is_crowded(person) == crowded
