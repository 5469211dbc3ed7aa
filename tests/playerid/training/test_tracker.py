import numpy as np
import pytest
import torch

from playerid.errors import WeightsError
from playerid.models.tracker.sam2_network import SmallSAM2, build_small, load_network, save_small
from playerid.scores.tracker_clips import render_clip
from playerid.scores.tracker_scores import score_contour
from playerid.training.tracker import loss_of, run_example, train
from playerid.training.tracker_examples import Example, ExampleSampler

TINY = SmallSAM2(
    side_px=64,
    width=32,
    memory_width=16,
    encoder_width=8,
    encoder_layers=(1, 1, 2, 1),
    attention_layers=1,
)


def square(left, top, side=20, shape=(100, 100)):
    mask = np.zeros(shape, bool)
    mask[top : top + side, left : left + side] = True
    return mask


def a_white_block(frames):
    """Two people, one moving: white blocks on black."""
    masks = np.zeros((frames, 2, 64, 64), bool)
    for t in range(frames):
        masks[t, 0, 16:48, 20 + 2 * t : 36 + 2 * t] = True
        masks[t, 1, 8:56, 24:40] = True
    pictures = [
        [np.repeat(m[..., None], 3, 2).astype(np.uint8) * 255 for m in row] for row in masks
    ]
    boxes = np.array([[20, 16, 36, 48], [24, 8, 40, 56]], np.float32)
    return Example(pictures, masks, boxes)


def test_equal_outlines_score_one_and_distant_ones_nothing():
    assert score_contour(square(10, 10), square(10, 10)) == 1
    assert score_contour(square(10, 10), square(60, 60)) == 0
    assert score_contour(square(10, 10), np.zeros((100, 100), bool)) == 0


def test_an_outline_two_pixels_off_is_within_the_tolerance():
    # 0.8 % of a diagonal of 141 pixels is 1.1, rounded up to 2.
    assert score_contour(square(10, 10), square(12, 10)) == pytest.approx(1)
    assert score_contour(square(10, 10), square(14, 10)) < 1


def test_gradients_reach_every_part_through_the_memories():
    torch.manual_seed(0)
    network = build_small(TINY)
    with torch.no_grad():
        network.sam_mask_decoder.pred_obj_score_head.layers[-1].bias.fill_(3.0)
    example = a_white_block(frames=3)
    torch.autograd.backward(loss_of(run_example(network, example), example.masks))
    for part in ("image_encoder", "memory_attention", "memory_encoder", "sam_mask_decoder"):
        gradients = [p.grad for p in getattr(network, part).parameters() if p.grad is not None]
        assert sum(float(g.abs().sum()) for g in gradients) > 0, part


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """A folder with a clip, and another that is still being written."""
    folder = tmp_path_factory.mktemp("clips")
    render_clip(7_900_001, "easy", count=6).save(folder / "easy-7900001.npz")
    (folder / "easy-7900002.partial").write_bytes(b"half a clip")
    return folder


def test_a_clip_that_is_being_written_is_not_drawn(clips):
    example = ExampleSampler(clips, TINY).draw(np.random.default_rng(0), people=4, frames=2)
    assert example.masks.shape[0] == 2
    assert example.masks[0].any(axis=(1, 2)).all()


def test_training_begins_with_the_weights_it_is_given(clips, tmp_path):
    torch.manual_seed(3)
    first = build_small(TINY)
    save_small(first, TINY, tmp_path / "first.safetensors")
    weights = train(clips, tmp_path / "out", 1e-6, start=tmp_path / "first.safetensors")
    network, sizes = load_network(weights)
    assert sizes == TINY
    for name, value in network.state_dict().items():
        assert torch.equal(value, first.state_dict()[name].half().float()), name


def test_what_holds_no_weights_is_refused(clips, tmp_path):
    (tmp_path / "empty.safetensors").write_bytes(b"")
    with pytest.raises(WeightsError, match=r"empty\.safetensors"):
        train(clips, tmp_path / "out", 1e-6, start=tmp_path / "empty.safetensors")
