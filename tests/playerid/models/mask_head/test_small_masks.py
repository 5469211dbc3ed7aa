import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from playerid.errors import WeightsError
from playerid.models.mask_head.patches import INPUT_PX, cut_patch, paint_masks
from playerid.models.mask_head.small_masks import MaskNetwork, SmallMaskHead


def test_a_patch_is_its_box_enlarged():
    image = np.zeros((8, 8, 3), np.uint8)
    image[2:4, 4:6] = 200
    patch = cut_patch(image, np.array([4, 2, 6, 4]), (4, 4))
    assert patch.shape == (4, 4, 3)
    assert patch[1:3, 1:3].min() == 200
    beyond = cut_patch(image, np.array([-8, 0, 0, 8]), (4, 4))
    assert not beyond.any()


def test_masks_are_painted_where_their_boxes_are():
    """A box of 32 x 64 pixels, grown to 40 x 80: its middle half is the person."""
    logits = np.full((1, *INPUT_PX), -5.0, np.float32)
    logits[0, 16:48, 8:24] = 5.0
    (mask,) = paint_masks(logits, np.array([[50.0, 20, 82, 84]]), (100, 120))
    rows, columns = np.nonzero(mask)
    # The grown box begins at (46, 12) and a step is 1.25 pixels: 46 + 10, 12 + 20 is the corner.
    assert (columns.min(), columns.max() + 1) == (56, 76)
    assert (rows.min(), rows.max() + 1) == (32, 72)


def test_a_pixel_belongs_to_the_surest_and_boxes_beyond_the_picture_are_empty():
    logits = np.full((3, *INPUT_PX), 2.0, np.float32)
    logits[1] = 4.0
    boxes = np.array([[10.0, 10, 30, 50], [20, 10, 40, 50], [200, 10, 220, 50]])
    first, second, beyond = paint_masks(logits, boxes, (60, 60))
    assert not (first & second).any()
    assert second[30, 25]  # in both boxes
    assert first[30, 12]
    assert not beyond.any()


@pytest.fixture
def head(tmp_path):
    torch.manual_seed(0)
    path = tmp_path / "head.safetensors"
    save_file(MaskNetwork().state_dict(), path)
    return SmallMaskHead(path)


def test_every_box_has_a_mask_and_no_box_has_none(head):
    image = np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)
    boxes = np.array([[10, 10, 30, 60], [60, 20, 80, 70]], np.float32)
    masks = head.find_masks(image, boxes)
    assert [mask.shape for mask in masks] == [(90, 120)] * 2
    assert head.find_masks(image, boxes[:0]) == []
    together = head.find_logits(image, boxes)
    alone = np.concatenate([head.find_logits(image, boxes[i : i + 1]) for i in (0, 1)])
    assert np.allclose(together, alone, atol=1e-5)


def test_what_is_known_of_a_mask_is_seen(head):
    image = np.zeros((90, 120, 3), np.uint8)
    box = np.array([[10, 10, 30, 60]], np.float32)
    known = np.full((90, 120), 255, np.uint8)
    assert not np.allclose(head.find_logits(image, box), head.find_logits(image, box, [known]))


def test_the_network_is_small():
    assert sum(p.numel() for p in MaskNetwork().parameters()) <= 200_000


def test_other_weights_are_refused(tmp_path):
    with pytest.raises(WeightsError, match="needs weights"):
        SmallMaskHead(None)
    path = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(WeightsError, match=r"other\.safetensors: expected weights of a mask head"):
        SmallMaskHead(path)
