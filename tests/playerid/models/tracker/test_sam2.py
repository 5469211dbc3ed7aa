import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from playerid.errors import WeightsError
from playerid.models.detector import Detections
from playerid.models.tracker.sam2 import SAM2Tracker, match_boxes
from playerid.models.tracker.sam2_memory import Memory
from playerid.models.tracker.sam2_network import SmallSAM2, build_small, load_network, save_small
from playerid.models.tracker.sam2_views import (
    FrameWindow,
    Patch,
    bring_back,
    cut_view,
    find_doubles,
    normalise,
    separate,
    view_of_frame,
    view_of_person,
)

TINY = SmallSAM2(
    side_px=64,
    width=32,
    memory_width=16,
    encoder_width=8,
    encoder_layers=(1, 1, 2, 1),
    attention_layers=1,
    window_heights=2.0,
)
WHOLE_FRAME = replace(TINY, window_heights=0.0)


def started(tracker, frames_per_second=10.0):
    tracker.start_segment(frames_per_second)
    return tracker


def draw_frame(t, height=90, width=160):
    """Three coloured people who walk to the right over a textured floor."""
    image = np.random.default_rng(1).integers(90, 130, (height, width, 3), np.uint8)
    for person, colour in enumerate([(220, 40, 40), (40, 40, 220), (240, 240, 240)]):
        left = 10 + 45 * person + t // 2
        image[30:70, left : left + 14] = colour
    return image


def detect(t, people=(0, 1, 2)):
    lefts = [10 + 45 * person + t // 2 for person in people]
    boxes = np.array([[left, 30, left + 14, 70] for left in lefts], np.float32).reshape(-1, 4)
    labels = np.array(["player", "referee", "player-jump-shot"])[list(people)]
    return Detections(boxes, np.full(len(boxes), 0.9, np.float32), labels)


def random_network(sizes, seed=0):
    """Random weights, strong enough for masks that change from frame to frame."""
    torch.manual_seed(seed)
    network = build_small(sizes)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.5)
        network.sam_mask_decoder.pred_obj_score_head.layers[-1].bias.fill_(9.0)
    return network


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("sam2") / "tiny.safetensors"
    save_small(random_network(TINY), TINY, path)
    return path


@pytest.fixture(scope="module")
def whole_frame_weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("sam2") / "frame.safetensors"
    save_small(random_network(WHOLE_FRAME), WHOLE_FRAME, path)
    return path


def library_predictor(network):
    """The library's video predictor around the same weights."""
    predictor = SAM2VideoPredictor.__new__(SAM2VideoPredictor)
    predictor.__dict__.update(network.__dict__)
    predictor.fill_hole_area = 0
    predictor.non_overlap_masks = predictor.clear_non_cond_mem_around_input = False
    predictor.add_all_frames_to_correct_as_cond = False
    return predictor


def library_masks(predictor, frames, box_px):
    """Low-resolution logits of the library, that keeps everything, for one prompted person."""
    side = predictor.image_size
    state = {
        "images": normalise([cut_view(f, view_of_frame(f.shape), side) for f in frames]),
        "num_frames": len(frames),
        "video_height": side // 4,
        "video_width": side // 4,
        "device": torch.device("cpu"),
        "storage_device": torch.device("cpu"),
    }
    per_object = ("point_inputs", "mask_inputs", "output_dict", "temp_output_dict")
    state |= {f"{name}_per_obj": {} for name in (*per_object, "frames_tracked")}
    state |= {"cached_features": {}, "constants": {}, "obj_ids": []}
    state |= {"obj_id_to_idx": {}, "obj_idx_to_id": {}}
    box = torch.tensor(box_px) / side
    predictor.add_new_points_or_box(state, 0, 1, box=box, normalize_coords=False)
    return [logits[0, 0] for _, _, logits in predictor.propagate_in_video(state)]


def own_masks(network, frames, box_px, prune):
    memory, masks = Memory(network), []
    for t, frame in enumerate(frames):
        view = view_of_frame(frame.shape)
        features = memory.look(normalise([cut_view(frame, view, network.image_size)]))
        if t == 0:
            found = memory.prompt(t, [1], features, torch.tensor([box_px]))
        else:
            found = memory.carry(t, [1], features)
        if prune:
            memory.prune(t)
        masks.append(found.logits[0])
    return masks, memory


@torch.inference_mode()
def test_masks_are_those_of_the_library_bit_by_bit_though_memory_is_pruned():
    network = random_network(WHOLE_FRAME)
    frames = [draw_frame(t) for t in range(24)]
    box = [5.0, 20.0, 12.0, 50.0]
    expected = library_masks(library_predictor(network), frames, box)
    pruned, memory = own_masks(network, frames, box, prune=True)
    kept, everything = own_masks(network, frames, box, prune=False)
    assert len({float(mask.sum()) for mask in expected}) > 20  # they do change
    for t in range(24):
        assert torch.equal(pruned[t], expected[t]), t
        assert torch.equal(kept[t], expected[t]), t
    assert memory.size() < everything.size() / 2


@torch.inference_mode()
def test_people_with_equal_histories_go_through_the_network_together():
    network = random_network(WHOLE_FRAME)
    boxes = torch.tensor([[5.0, 20, 12, 50], [30.0, 20, 36, 50]])

    def run(batch_size):
        memory, logits = Memory(network, batch_size=batch_size), []
        for t in range(4):
            view = normalise([cut_view(draw_frame(t), view_of_frame((90, 160)), 64)])
            features = memory.look(view).take([0, 0])
            step = (
                memory.carry(t, [1, 2], features)
                if t
                else memory.prompt(0, [1, 2], features, boxes)
            )
            logits.append(step.logits)
        return torch.stack(logits)

    assert torch.allclose(run(1), run(8), atol=1e-3)


@pytest.mark.parametrize("kind", ["window", "frame"])
def test_the_state_is_bounded_over_60_frames(kind, weights, whole_frame_weights):
    tracker = started(
        SAM2Tracker(weights if kind == "window" else whole_frame_weights, prompt_every_s=1.0)
    )
    sizes = []
    for t in range(60):
        tracker.update(draw_frame(t), detect(t))
        sizes.append(tracker.state_size() / max(len(tracker._people), 1))
    assert max(sizes[40:]) <= max(sizes[:40])
    memory, pointer = 4 * 4 * 16, 32
    assert max(sizes) <= (4 + 6) * memory + (4 + 15) * pointer


def test_the_same_frames_give_the_same_people(weights):
    def run():
        tracker = started(SAM2Tracker(weights))
        return [tracker.update(draw_frame(t), detect(t)) for t in range(12)]

    for first, second in zip(run(), run(), strict=True):
        assert first.track_ids.tolist() == second.track_ids.tolist()
        assert first.boxes_px.tolist() == second.boxes_px.tolist()
        assert all(np.array_equal(a, b) for a, b in zip(first.masks, second.masks, strict=True))


def test_masks_do_not_overlap_and_fill_their_boxes(weights):
    tracker = started(SAM2Tracker(weights))
    people = tracker.update(draw_frame(0), detect(0))
    assert len(people) > 0
    assert np.stack(people.masks).sum(axis=0).max() <= 1
    for mask, (left, top, right, bottom) in zip(
        people.masks, people.boxes_px.astype(int), strict=True
    ):
        assert mask.shape == (90, 160)
        assert mask[top:bottom, left:right].sum() == mask.sum()


def test_new_people_join_and_ids_are_never_used_again(weights):
    tracker = started(SAM2Tracker(weights, lost_s=0.2))
    tracker.update(draw_frame(0), detect(0, people=[0]))
    assert list(tracker._people) == [1]
    tracker.update(draw_frame(1), detect(1, people=[0, 2]))
    assert len(tracker._people) > 1
    tracker.start_segment(10.0)
    tracker.update(draw_frame(2), detect(2, people=[2]))
    assert list(tracker._people) == [1]


def test_who_is_out_of_sight_for_long_is_forgotten(weights):
    tracker = started(SAM2Tracker(weights, lost_s=0.5))
    tracker.update(draw_frame(0), detect(0))
    head = tracker.network.sam_mask_decoder.pred_obj_score_head.layers[-1]
    visible = head.bias.detach().clone()
    head.bias.data.fill_(-1e4)  # the network finds nobody from here on
    for t in range(1, 8):
        people = tracker.update(draw_frame(t), Detections.empty())
        assert len(people) == 0
    assert tracker._people == {}
    assert tracker.state_size() == 0
    head.bias.data.copy_(visible)
    assert min(tracker.update(draw_frame(8), detect(8)).track_ids, default=4) >= 4


def test_nobody(weights):
    tracker = started(SAM2Tracker(weights))
    assert len(tracker.update(draw_frame(0), Detections.empty())) == 0


def test_colours_reach_the_network_as_red_green_blue():
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 255
    (picture,) = normalise([cut_view(red, view_of_frame(red.shape), 16)])
    assert picture[:, 0, 0].tolist() == pytest.approx(
        [(1 - 0.485) / 0.229, -0.456 / 0.224, -0.406 / 0.225]
    )


def test_a_published_checkpoint_loads_and_tracks(tmp_path):
    from sam2.build_sam import build_sam2

    torch.manual_seed(0)
    network = build_sam2("configs/sam2.1/sam2.1_hiera_t.yaml", device="cpu")
    path = tmp_path / "sam2.1_hiera_tiny.pt"
    torch.save({"model": network.state_dict()}, path)
    tracker = started(SAM2Tracker(path, variant="tiny", side_px=128))
    for t in range(2):
        people = tracker.update(draw_frame(t), detect(t, people=[0, 1]))
        assert all(mask.shape == (90, 160) for mask in people.masks)


def test_weights_that_do_not_fit_are_refused(weights, tmp_path):
    with pytest.raises(WeightsError, match="needs weights"):
        SAM2Tracker(None)
    with pytest.raises(WeightsError, match=r"unknown SAM 2\.1 variant 'giant'"):
        SAM2Tracker(weights, variant="giant")
    with pytest.raises(WeightsError, match="does not fit"):
        SAM2Tracker(weights, variant="tiny")
    (tmp_path / "junk.pt").write_bytes(b"junk")
    with pytest.raises(WeightsError, match=r"no SAM 2\.1 checkpoint"):
        SAM2Tracker(tmp_path / "junk.pt", variant="tiny")
    with pytest.raises(WeightsError, match=r"no small SAM 2\.1"):
        SAM2Tracker(tmp_path / "junk.pt")


def test_a_pickled_stranger_is_not_run(tmp_path):
    class Stranger:
        def __reduce__(self):
            return (warnings.warn, ("this code must not run",))

    torch.save({"model": Stranger()}, tmp_path / "stranger.pt")
    with pytest.raises(WeightsError, match=r"no SAM 2\.1 checkpoint"):
        load_network(tmp_path / "stranger.pt", "tiny")


def test_the_view_of_a_person_is_a_square_around_the_middle():
    assert view_of_person(np.array([40, 10, 60, 50]), 2.0) == FrameWindow(10, -10, 80, 80)


def test_a_view_beyond_the_edge_is_black_there():
    image = np.full((20, 20, 3), 200, np.uint8)
    picture = cut_view(image, FrameWindow(-10, -10, 20, 20), 20)
    assert picture[:10].max() == 0
    assert picture[10:, 10:].min() == 200
    assert cut_view(image, FrameWindow(-50, 90, 20, 20), 8).max() == 0


def test_boxes_in_the_pixels_of_a_view():
    moved = FrameWindow(10, -10, 80, 40).to_view(
        np.array([[10, -10, 90, 30], [50, 10, 90, 30]]), 160
    )
    assert moved.tolist() == [[0, 0, 160, 160], [80, 80, 160, 160]]


def test_logits_come_back_to_their_place():
    logits = np.full((4, 4), -1.0, np.float32)
    logits[1:3, 1:3] = 1
    mask = bring_back(logits, FrameWindow(-8, 4, 16, 16), (12, 30)).mask((12, 30))
    assert mask.shape == (12, 30)
    assert mask[9:12, 0:3].all()  # columns 4 to 12 of the view begin at -4
    assert not mask[:7].any()
    assert not mask[:, 5:].any()


def test_a_pixel_belongs_to_the_surer_one():
    low, high = np.full((4, 4), 1.0, np.float32), np.full((4, 4), 2.0, np.float32)
    first, second = separate([Patch(0, 0, low), Patch(2, 0, high)], (4, 8))
    assert first.sum() == 8
    assert second.sum() == 16
    assert not (first & second).any()


def test_doubles_are_masks_on_the_same_person():
    mask = np.zeros((20, 40), bool)
    mask[2:18, 3:12] = True
    shifted = np.roll(mask, 1, axis=0)
    assert find_doubles([mask, np.roll(mask, 20, axis=1), shifted]) == [(0, 2)]
    assert find_doubles([]) == []


def test_boxes_are_matched_one_to_one():
    boxes = np.array([[0.0, 0, 10, 10], [2, 0, 12, 10]])
    others = np.array([[2.0, 0, 12, 10], [50, 0, 60, 10]])
    assert match_boxes(boxes, others, 0.3) == {1: 0}
    assert match_boxes(boxes, np.zeros((0, 4)), 0.3) == {}
