import dataclasses
import pickle

import cv2
import numpy as np
import pytest
import torch
from rfdetr.config import RFDETRNanoConfig
from rfdetr.models.lwdetr import build_model_from_config

from playerid.errors import WeightsError
from playerid.models.detector import FIRST_LABELS as LABELS
from playerid.models.detector.rfdetr import RFDETRDetector
from playerid.models.detector.rfdetr_library import (
    load_published,
    to_input,
    variant_config,
    without_padding,
)
from playerid.models.detector.rfdetr_small import SmallModel, build_small, load_small, save_small

# Two windows a side, two layers: 4 x 6 tokens of 16 px.
TINY = SmallModel(
    height_px=64,
    width_px=96,
    windows=2,
    encoder_width=32,
    encoder_layers=2,
    encoder_heads=2,
    global_layers=(1,),
    output_layers=(1, 2),
    grid=4,
    decoder_width=32,
    decoder_feedforward=64,
    queries=6,
    torso_px=0,
)


@pytest.fixture
def tiny_weights(tmp_path):
    """A tiny model whose six queries find, surest first, the label that the bias makes likely."""
    torch.manual_seed(0)
    model = build_small(TINY, groups=2)
    path = tmp_path / "tiny.safetensors"
    save_small(path, TINY, model.state_dict())
    return path


def biased_weights(tmp_path, label, prob):
    """Every query finds `label` with about that score."""
    torch.manual_seed(0)
    weights = build_small(TINY).state_dict()
    weights["class_embed.weight"].zero_()
    weights["class_embed.bias"].fill_(-9.0)
    weights["class_embed.bias"][LABELS.index(label)] = np.log(prob / (1 - prob))
    path = tmp_path / "biased.safetensors"
    save_small(path, TINY, weights)
    return path


def picture(height=90, width=160):
    return np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)


def test_a_small_model_loads_as_it_was_saved(tiny_weights):
    torch.manual_seed(0)
    saved = build_small(TINY, groups=2).eval()
    loaded, sizes = load_small(tiny_weights)
    assert sizes == TINY
    pixels = without_padding(to_input([picture()], (64, 96)))
    with torch.inference_mode():
        expected, found = saved(pixels), loaded.eval()(pixels)
    assert found["pred_logits"] == pytest.approx(expected["pred_logits"], abs=0.02)


def test_boxes_are_inside_the_picture_and_sorted_by_score(tiny_weights):
    found = RFDETRDetector(tiny_weights, threshold=0.0, same_iou=1.0).detect([picture()])[0]
    assert len(found) == 6
    assert (found.boxes_px >= 0).all()
    assert (found.boxes_px <= [160, 90, 160, 90]).all()
    assert (np.diff(found.scores) <= 0).all()
    assert set(found.labels) <= set(LABELS)


def test_every_image_has_an_answer_and_none_has_none(tiny_weights):
    detector = RFDETRDetector(tiny_weights, threshold=1.0)
    assert [len(found) for found in detector.detect([picture(), picture(200, 100)])] == [0, 0]
    assert detector.detect([]) == []


def test_pictures_that_go_through_together_are_seen_as_each_alone(tmp_path):
    torch.manual_seed(3)
    sizes = dataclasses.replace(TINY, torso_px=32)
    path = tmp_path / "many.safetensors"
    save_small(path, sizes, build_small(sizes).state_dict())
    pictures = [picture(), picture(60, 80), picture(200, 100)]
    alone, together = (
        RFDETRDetector(path, threshold=0.0, precision="float32", batch_size=size).detect(pictures)
        for size in (1, 2)
    )
    for one, same in zip(alone, together, strict=True):
        assert same.boxes_px == pytest.approx(one.boxes_px, abs=0.01)
        assert same.labels.tolist() == one.labels.tolist()


def test_the_threshold_decides(tmp_path):
    path = biased_weights(tmp_path, "rim", 0.4)
    surer = RFDETRDetector(path, threshold=0.41, same_iou=1.0).detect([picture()])[0]
    less_sure = RFDETRDetector(path, threshold=0.39, same_iou=1.0).detect([picture()])[0]
    assert len(surer) == 0
    assert less_sure.labels.tolist() == ["rim"] * 6
    assert less_sure.scores == pytest.approx(0.4, abs=0.005)


@pytest.mark.parametrize(
    ("labels", "boxes_left"),
    [
        pytest.param(["player", "player"], 1, id="a player twice"),
        pytest.param(["player", "referee"], 1, id="one person, two labels"),
        pytest.param(["ball", "ball-in-basket"], 1, id="one ball, two labels"),
        pytest.param(["player", "number"], 2, id="a player and the number"),
        pytest.param(["ball", "rim"], 2, id="a ball before a rim"),
    ],
)
def test_one_thing_has_one_box(tmp_path, labels, boxes_left):
    """Every query covers the whole picture; each finds the first label or the second."""
    torch.manual_seed(0)
    weights = build_small(TINY).state_dict()
    for name in ("bbox_embed.layers.2", "transformer.enc_out_bbox_embed.0.layers.2"):
        weights[f"{name}.weight"].zero_()
    weights["transformer.enc_out_bbox_embed.0.layers.2.bias"][2:] = 4.0  # times e^4 the size
    first, second = LABELS.index(labels[0]), LABELS.index(labels[1])
    row = weights["class_embed.weight"][LABELS.index("player")].clone()
    weights["class_embed.weight"][first], weights["class_embed.weight"][second] = row, -row
    weights["class_embed.bias"].fill_(-9.0)
    weights["class_embed.bias"][[first, second]] = 2.0
    path = tmp_path / "equal.safetensors"
    save_small(path, TINY, weights)
    every = RFDETRDetector(path, threshold=0.5, same_iou=1.0).detect([picture()])[0]
    single = RFDETRDetector(path, threshold=0.5, same_iou=0.9).detect([picture()])[0]
    assert len(every) == 6
    assert set(every.labels) == set(labels)
    assert len(single) == boxes_left
    assert single.scores[0] == every.scores[0]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"not weights", id="no weights at all"),
        pytest.param(b"\x02\x00\x00\x00\x00\x00\x00\x00{}", id="weights of something else"),
    ],
)
def test_a_foreign_file_is_refused_by_name(tmp_path, content):
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"foreign\.safetensors"):
        RFDETRDetector(path)


def test_no_weights_are_refused():
    with pytest.raises(WeightsError, match="needs weights"):
        RFDETRDetector(None)


def test_the_second_look_adds_numbers_inside_players(tmp_path):
    """What a query finds, a player or a number, depends on the query more than on the picture."""
    sizes = dataclasses.replace(TINY, torso_px=32)
    torch.manual_seed(3)
    weights = build_small(sizes).state_dict()
    weights["query_feat.weight"] *= 30
    weights["class_embed.bias"].fill_(-9.0)
    row = weights["class_embed.weight"][LABELS.index("player")].clone()
    player, number = LABELS.index("player"), LABELS.index("number")
    weights["class_embed.weight"][player], weights["class_embed.weight"][number] = row, -row
    weights["class_embed.bias"][[player, number]] = 2.0
    path = tmp_path / "looks_twice.safetensors"
    save_small(path, sizes, weights)
    once = tmp_path / "looks_once.safetensors"
    save_small(once, TINY, weights)
    twice = RFDETRDetector(path, threshold=0.5, same_iou=1.0).detect([picture()])[0]
    first = RFDETRDetector(once, threshold=0.5, same_iou=1.0).detect([picture()])[0]
    assert set(first.labels) == {"player", "number"}
    extra = len(twice) - len(first)
    assert extra > 0
    assert (twice.labels == "number").sum() == (first.labels == "number").sum() + extra
    assert (twice.boxes_px >= 0).all()
    assert (twice.boxes_px <= [160, 90, 160, 90]).all()


class Stranger:
    """What a hostile checkpoint would unpickle."""

    def __reduce__(self):
        return pytest.fail, ("a stranger was unpickled",)


def test_strangers_are_not_unpickled(tmp_path):
    path = tmp_path / "hostile.pth"
    torch.save({"model": {}, "args": Stranger()}, path)
    with pytest.raises(WeightsError, match=r"hostile\.pth"):
        RFDETRDetector(path)
    path.write_bytes(pickle.dumps(Stranger(), protocol=2))
    with pytest.raises(WeightsError, match=r"hostile\.pth"):
        RFDETRDetector(path)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A checkpoint as the library publishes them: RF-DETR Nano, our ten classes, random weights."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("published") / "checkpoint.pth"
    model = build_model_from_config(
        RFDETRNanoConfig(pretrain_weights=str(path), num_classes=len(LABELS), device="cpu")
    )
    torch.save({"model": model.state_dict(), "args": {"class_names": list(LABELS)}}, path)
    return path, model.eval()


def test_a_published_checkpoint_is_the_architecture_that_wrote_it(published):
    path, written = published
    read, names, side_px = load_published(path, "nano", 0)
    assert (names, side_px) == (list(LABELS), 384)
    pixels = without_padding(to_input([picture()], (384, 384)))
    with torch.inference_mode():
        expected, found = written(pixels), read.eval()(pixels)
    assert found["pred_boxes"].numpy() == pytest.approx(expected["pred_boxes"].numpy(), abs=1e-5)


def test_a_published_checkpoint_detects_at_another_resolution(published):
    detector = RFDETRDetector(published[0], variant="nano", resolution=128, threshold=0.0)
    assert detector.size_px == (128, 128)
    assert len(detector.detect([picture()])[0]) > 0


def test_the_wrong_variant_is_refused(published):
    with pytest.raises(WeightsError, match="not an RF-DETR small"):
        RFDETRDetector(published[0], variant="small")
    with pytest.raises(WeightsError, match="unknown RF-DETR variant 'tiny'"):
        RFDETRDetector(published[0], variant="tiny")


def test_a_variant_that_segments_gives_each_box_its_mask(tmp_path):
    torch.manual_seed(0)
    path = tmp_path / "segments.pth"
    kind = variant_config("seg-nano")
    model = build_model_from_config(
        kind(pretrain_weights=str(path), num_classes=len(LABELS), device="cpu")
    )
    torch.save({"model": model.state_dict(), "args": {"class_names": list(LABELS)}}, path)
    detector = RFDETRDetector(
        path, variant="seg-nano", threshold=0.0, precision="float32", device="cpu"
    )
    image = picture()
    (found,) = detector.detect([image])
    assert len(found.masks) == len(found) > 0
    assert {mask.shape for mask in found.masks} == {image.shape[:2]}
    assert {mask.dtype for mask in found.masks} == {np.dtype(np.bool_)}
    with torch.inference_mode():
        output = model.eval()(without_padding(to_input([image], detector.size_px)))
    scores = output["pred_logits"][0, :, : len(LABELS)].sigmoid().amax(dim=1)
    surest = output["pred_masks"][0, int(scores.argmax())].numpy()
    expected = cv2.resize(surest, image.shape[1::-1]) > 0
    assert (found.masks[0] == expected).mean() > 0.999
    kept = found.where(np.arange(len(found)) == 1)
    assert (kept.masks[0] == found.masks[1]).all()
