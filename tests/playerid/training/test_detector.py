import math

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from playerid.arena.world import FrameTruth
from playerid.errors import LabelsError
from playerid.models.detector import LABELS
from playerid.models.detector.rfdetr_small import SmallModel
from playerid.scores.labelled_frames import (
    LabelledFrame,
    read_frame,
    read_labelled_frames,
    write_frame,
)
from playerid.training.detector import (
    REAL,
    RENDERED,
    TORSOS,
    DetectorJob,
    DetectorRecipe,
    FrameSource,
    make_batch,
    merge_labels,
)
from playerid.training.detector_augment import random_torsos, random_view
from playerid.training.detector_render import label_frame
from playerid.training.loop import TrainingRun
from playerid.training.training_job import TrainingLimits

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
    torso_px=32,
)
NUMBER, PLAYER = LABELS.index("number"), LABELS.index("player")


def to_jpeg(image):
    return cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def frame_of_one_player(*, is_real):
    """A dark picture with one bright player: columns 60 to 80, rows 20 to 60, of 160 x 90."""
    image = np.full((90, 160, 3), 30, np.uint8)
    image[20:60, 60:80] = 220
    box = np.array([[60 / 160, 20 / 90, 80 / 160, 60 / 90]], np.float32)
    return LabelledFrame(to_jpeg(image), box, np.array([PLAYER]), is_real)


@pytest.mark.parametrize("is_real", [True, False])
def test_a_view_moves_the_boxes_with_the_pixels(is_real):
    rng = np.random.default_rng(3)
    for _ in range(20):
        image, boxes, labels = random_view(
            frame_of_one_player(is_real=is_real), (180, 320), (1.0, 1.3), rng
        )
        if not len(boxes):
            continue
        assert labels.tolist() == [PLAYER]
        x_min, y_min, x_max, y_max = (boxes[0] * [320, 180, 320, 180]).round().astype(int)
        grey = image.mean(axis=2)
        inside = grey[y_min + 3 : y_max - 3, x_min + 3 : x_max - 3]
        around = grey.copy()
        around[max(y_min - 4, 0) : y_max + 4, max(x_min - 4, 0) : x_max + 4] = np.nan
        assert inside.mean() > np.nanmean(around) + 40


def test_what_a_window_leaves_out_has_no_box():
    # Zoomed four times, most windows miss the player in the middle third.
    rng = np.random.default_rng(0)
    frame = frame_of_one_player(is_real=False)
    counts = [len(random_view(frame, (36, 64), (4.0, 4.0), rng)[1]) for _ in range(40)]
    assert set(counts) == {0, 1}


def test_real_frames_are_read_with_the_labels_that_count(tmp_path):
    boxes = [
        {"label": "referee", "box": [0.1, 0.2, 0.3, 0.4]},
        {"label": "clock", "box": [0.5, 0.5, 0.6, 0.6]},
    ]
    path = tmp_path / "frames.parquet"
    pq.write_table(pa.table({"jpeg": [b"..."], "boxes": [boxes], "image_id": ["one"]}), path)
    (frame,) = read_labelled_frames(path)
    assert frame.is_real
    assert frame.truth(100, 200).labels.tolist() == ["referee"]
    assert frame.truth(100, 200).boxes_px == pytest.approx(np.array([[20, 20, 60, 40]]))


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(LabelsError, match=r"none\.parquet"):
        read_labelled_frames(tmp_path / "none.parquet")


def test_a_rendered_frame_survives_the_disk(tmp_path):
    written = frame_of_one_player(is_real=False)
    write_frame(tmp_path / "0.npz", written)
    read = read_frame(tmp_path / "0.npz")
    assert (read.jpeg, read.is_real) == (written.jpeg, False)
    assert read.boxes.tolist() == written.boxes.tolist()
    assert read.labels.tolist() == written.labels.tolist()
    assert [path.name for path in tmp_path.iterdir()] == ["0.npz"]


def test_numbers_seen_edge_on_get_no_label():
    """A player, a number 6 px wide and 10 px high, and one 3 px wide."""
    truth = FrameTruth(
        boxes_px=np.array([[10, 10, 40, 80], [20, 20, 26, 30], [30, 20, 33, 30]], np.float32),
        labels=np.array(["player", "number", "number"]),
        people=np.zeros(3, np.int32),
        visible=np.ones(3, np.float32),
        numbers=np.array(["", "7", ""]),
        masks=np.zeros((90, 160), np.int32),
        image_to_court=None,
    )
    frame = label_frame(np.zeros((90, 160, 3), np.uint8), truth, width_px=80)
    assert frame.image().shape == (45, 80, 3)
    assert frame.labels.tolist() == [PLAYER, NUMBER]
    assert frame.boxes[1] == pytest.approx([20 / 160, 20 / 90, 26 / 160, 30 / 90])


def test_a_picture_is_judged_by_the_labels_it_has():
    logits = torch.full((3, 1, len(LABELS) + 1), -3.0)
    logits[:, 0, LABELS.index("player-jump-shot")] = 2.0
    logits[:, 0, NUMBER] = 1.0
    real, torsos, rendered = merge_labels(logits, torch.tensor([REAL, TORSOS, RENDERED]))[:, 0]
    assert (real[PLAYER], real[NUMBER]) == (2, -30)
    assert (torsos[PLAYER], torsos[NUMBER]) == (-30, 1)
    assert (rendered[PLAYER], rendered[NUMBER]) == (-3, 1)


def batch_of(frames, torso_share=0.0):
    return make_batch(frames, (64, 96), (1.0, 1.2), (torso_share, 32), [1, 2])


def training_of(out, seed=1):
    """A job at a constant learning rate of 1e-3, and its run."""
    recipe = DetectorRecipe(groups=2, learning_rate=1e-3, warm_up=1)
    job = DetectorJob(TINY, recipe, FrameSource([], out), seed)
    return job, TrainingRun(job, out, TrainingLimits(minutes=math.inf))


@pytest.mark.parametrize(
    ("is_real", "torso_share", "silent"),
    [
        pytest.param(True, 1.0, [NUMBER], id="real frame: no numbers"),
        pytest.param(False, 0.0, [], id="rendered frame: everything"),
        pytest.param(False, 1.0, [PLAYER], id="torsos: numbers only"),
    ],
)
def test_labels_that_nobody_drew_are_neither_rewarded_nor_punished(
    tmp_path, is_real, torso_share, silent
):
    job, run = training_of(tmp_path)
    run.learn(batch_of([frame_of_one_player(is_real=is_real)] * 2, torso_share))
    gradient = job.network.class_embed.bias.grad
    assert [index for index in (NUMBER, PLAYER) if gradient[index] == 0] == silent


def test_torsos_carry_their_numbers_along():
    """A player whose shirt is dark but for a bright number, 10 px wide and 12 px high."""
    image = np.full((90, 160, 3), 60, np.uint8)
    image[10:70, 60:90] = 90
    image[22:34, 70:80] = 230
    boxes = np.array([[60, 10, 90, 70], [70, 22, 80, 34]]) / [160, 90, 160, 90]
    frame = LabelledFrame(
        to_jpeg(image), boxes.astype(np.float32), np.array([PLAYER, NUMBER]), is_real=False
    )
    sheet, numbers, labels = random_torsos(frame, (128, 192), 64, np.random.default_rng(4))
    assert sheet.shape == (128, 192, 3)
    assert len(numbers) > 0
    assert set(labels.tolist()) == {NUMBER}
    grey = sheet.mean(axis=2)
    for x_min, y_min, x_max, y_max in (numbers * [192, 128, 192, 128]).round().astype(int):
        inside = grey[y_min + 2 : y_max - 2, x_min + 2 : x_max - 2].mean()
        assert inside > grey[max(y_min - 4, 0), x_min:x_max].mean() + 25


def test_the_same_frames_again_and_again_are_learned(tmp_path):
    _, run = training_of(tmp_path)
    batch = batch_of([frame_of_one_player(is_real=False)] * 2)
    losses = [run.learn(batch) for _ in range(40)]
    assert losses[-1] < 0.7 * losses[0]


def test_a_stopped_training_continues_where_it_was(tmp_path):
    batch = batch_of([frame_of_one_player(is_real=False)] * 2)
    _, stopped = training_of(tmp_path)
    stopped.learn(batch)
    stopped.elapsed_s = 7.0
    stopped.save()
    _, continued = training_of(tmp_path, seed=2)
    continued.resume()
    assert (continued.step, continued.elapsed_s) == (1, 7.0)
    assert continued.learn(batch) == pytest.approx(stopped.learn(batch), rel=1e-4)
    found = continued.shipped.state_dict()
    for name, value in stopped.shipped.state_dict().items():
        assert found[name].numpy() == pytest.approx(value.numpy(), abs=1e-5)


def test_frames_come_from_both_sources_once_there_are_rendered_ones(tmp_path):
    source = FrameSource([frame_of_one_player(is_real=True)], tmp_path)
    rng = np.random.default_rng(0)
    assert all(frame.is_real for frame in source.draw(20, 0.5, rng))
    write_frame(tmp_path / "00000.npz", frame_of_one_player(is_real=False))
    assert {frame.is_real for frame in source.draw(20, 0.5, rng)} == {True, False}
