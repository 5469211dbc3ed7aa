import io
import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import nn

from playerid.errors import WeightsError
from playerid.models.number_reader.resnet import Architecture, ResNetNumberReader
from playerid.scores.number_scores import score
from playerid.tables import NUMBERS
from playerid.training.number_crops import Crops, Pool, draw_crops, redraw_crop, trim_bars
from playerid.training.number_fit import (
    NumberRecipe,
    draw_batch,
    fit_temperature,
    learning_rate,
    new_network,
)
from playerid.training.number_orientation import find_orientations, reorient
from playerid.training.number_reader import train
from playerid.training.number_sources import group_sources, split_by_source
from playerid.training.start import begin_with

SMALL = NumberRecipe(
    architecture=Architecture(height_px=16, width_px=16, blocks=1, width=4),
    batch_size=8,
    pool_size=16,
    new_drawn=1,
    orient_at=(0.3,),
    drawn_judged=12,
)


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        pytest.param(0, [[1, 2], [3, 4]], id="as it came"),
        pytest.param(1, [[2, 4], [1, 3]], id="a quarter turn to the left"),
        pytest.param(4, [[2, 1], [4, 3]], id="mirrored"),
        pytest.param(5, [[1, 3], [2, 4]], id="mirrored, then a quarter turn to the left"),
    ],
)
def test_reorient(orientation, expected):
    crop = np.repeat(np.array([[1, 2], [3, 4]], np.uint8)[..., None], 3, axis=2)
    assert reorient(crop, orientation)[..., 0].tolist() == expected


class CornerReader(nn.Module):
    """Reads "5" where the upper left quarter is the brightest, "2" where the upper right one is."""

    def __init__(self):
        super().__init__()
        self.architecture = Architecture(height_px=8, width_px=8)
        self.scale = nn.Parameter(torch.tensor(20.0))

    def forward(self, crops):
        logits = torch.zeros(len(crops), len(NUMBERS))
        quarters = self.scale * crops.mean(dim=1).unfold(1, 4, 4).unfold(2, 4, 4).mean(dim=(3, 4))
        logits[:, NUMBERS.index("5")] = quarters[:, 0, 0]
        logits[:, NUMBERS.index("2")] = quarters[:, 0, 1]
        return logits


def test_orientations_are_those_that_fit_the_label():
    corner = np.zeros((8, 8, 3), np.uint8)
    corner[:4, :4] = 255  # reads "5" as it is, "2" when mirrored
    crops = Crops([corner, corner[:, ::-1], corner], ["5", "5", "2"])
    turns = find_orientations(CornerReader(), crops, np.zeros(3, np.int64))
    assert turns[0] == 0
    shown = [reorient(p, t) for p, t in zip(crops.pictures, turns, strict=True)]
    assert shown[1][0, 0, 0] == 255
    assert shown[2][0, 7, 0] == 255


def test_a_known_orientation_stays_while_it_reads_well():
    corner = np.zeros((8, 8, 3), np.uint8)
    corner[:4, :4] = 255
    turned = reorient(corner, 1)
    known = np.array([3])  # turned back
    assert find_orientations(CornerReader(), Crops([turned], ["5"]), known).tolist() == [3]


def test_bars_are_trimmed_and_pictures_are_not():
    picture = np.random.default_rng(0).integers(80, 255, (12, 10, 3), np.uint8)
    barred = np.zeros((20, 16, 3), np.uint8)
    barred[4:16, 3:13] = picture
    assert (trim_bars(barred) == picture).all()
    assert (trim_bars(picture) == picture).all()


def test_a_dark_crop_is_left_whole():
    assert trim_bars(np.full((20, 16, 3), 9, np.uint8)).shape == (20, 16, 3)


def test_sources_are_told_apart_by_number_and_colours():
    red, blue = np.zeros((9, 9, 3), np.uint8), np.zeros((9, 9, 3), np.uint8)
    red[..., 0], blue[..., 2] = 200, 200
    crops = [red, np.rot90(red), blue, red]
    groups = group_sources(crops, ["7", "7", "7", "8"])
    assert groups[0] == groups[1]
    assert len({groups[0], groups[2], groups[3]}) == 3


def test_a_split_keeps_groups_whole_and_big_ones_in_training():
    groups = np.array([0] * 10 + [1, 1, 2, 2, 3, 3])
    kept, aside = split_by_source(groups, share=0.25, largest=5, seed=0)
    assert len(aside) == 4
    assert sorted([*kept, *aside]) == list(range(16))
    assert not set(groups[kept]) & set(groups[aside])
    assert 0 not in groups[aside]


def test_the_temperature_undoes_overconfidence():
    # Logits that say 3 where the odds are 1: seven right of ten, all at the same logit.
    logits = torch.zeros(10, len(NUMBERS))
    logits[:, 1] = 1.8 * (np.log(0.7 / 0.3) + np.log(100))
    numbers = [NUMBERS[1]] * 7 + [NUMBERS[2], NUMBERS[3], NUMBERS[4]]
    assert fit_temperature(logits, numbers) == pytest.approx(1.8, rel=0.03)


def test_the_rate_rises_and_falls_to_a_hundredth():
    recipe = NumberRecipe(peak_rate=1.0)
    assert learning_rate(recipe, 0.05) == pytest.approx(1.0)
    assert learning_rate(recipe, 0.0) < 0.03
    assert learning_rate(recipe, 0.525) == pytest.approx(0.5)
    assert learning_rate(recipe, 1.0) == pytest.approx(0.01)


def test_a_full_pool_gives_up_its_oldest():
    rng, pool = np.random.default_rng(0), Pool(2)
    pool.add(rng, 2)
    oldest, newer = pool.crops.pictures
    pool.add(rng, 1)
    assert len(pool.crops.pictures) == 2
    assert pool.crops.pictures[0] is not oldest
    assert pool.crops.pictures[1] is newer


def test_the_same_seed_draws_the_same_batch():
    real = draw_crops(5, seed=7)
    batches = []
    for _ in range(2):
        pool = Pool(4)
        pool.add(np.random.default_rng(1), 4)
        batches.append(draw_batch(np.random.default_rng(2), SMALL, real, Crops(), pool.crops))
    assert torch.equal(batches[0][0], batches[1][0])
    assert torch.equal(batches[0][1], batches[1][1])
    assert batches[0][0].shape == (8, 3, 16, 16)


def test_a_redrawn_crop_differs_but_is_the_same_picture():
    crop = np.zeros((40, 30, 3), np.uint8)
    crop[:, :15] = 200
    rng = np.random.default_rng(0)
    views = [redraw_crop(rng, crop, 16, 16).astype(int) for _ in range(20)]
    assert len({view.tobytes() for view in views}) == 20
    # Black and white may change places; a middle that was one edge stays one.
    contrast = [abs(view[4:12, 1:4].mean() - view[4:12, 12:15].mean()) for view in views]
    assert min(contrast) > 30


def write_crops(path, count):
    pictures, numbers = [], []
    crops = draw_crops(count, seed=5)
    for picture, number in zip(crops.pictures, crops.numbers, strict=True):
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "JPEG")
        pictures.append(buffer.getvalue())
        numbers.append(number or None)
    pq.write_table(pa.table({"jpeg": pictures, "number": numbers}), path)


def test_training_ends_with_weights_curve_and_card_and_goes_on(tmp_path):
    write_crops(tmp_path / "jersey_crops_train.parquet", 40)
    write_crops(tmp_path / "jersey_crops_valid.parquet", 12)
    out = tmp_path / "out"
    weights = train(tmp_path, out, minutes=0.06, recipe=SMALL)
    first = torch.load(out / "checkpoint.pt", weights_only=True)
    assert first["step"] > 0
    assert first["oriented"] == 1
    assert len(first["orientations"]) > 0

    more = first["elapsed_s"] / 60 + 0.02
    train(tmp_path, out, minutes=more, resume=True, recipe=SMALL)
    second = torch.load(out / "checkpoint.pt", weights_only=True)
    assert second["step"] > first["step"]
    assert second["elapsed_s"] >= 60 * more
    curve = [json.loads(line) for line in (out / "curve.jsonl").read_text().splitlines()]
    assert [line["step"] for line in curve] == [first["step"], second["step"]]

    scores = score(ResNetNumberReader(weights), tmp_path / "jersey_crops_valid.parquet")
    card = (out / "number_reader.md").read_text()
    row = f"| jersey_crops_valid.parquet | 12 | {scores['top1']:.3f} |"
    assert row in card

    finer = new_network(SMALL.architecture, seed=8)
    begin_with(finer, weights)
    for name, value in load_file(weights).items():
        assert torch.equal(finer.state_dict()[name].to(value.dtype), value)


def test_weights_of_another_network_are_refused(tmp_path):
    write_crops(tmp_path / "jersey_crops_train.parquet", 4)
    save_file({"stem.0.weight": torch.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match=r"other\.safetensors: does not fit"):
        train(tmp_path, tmp_path, 0, recipe=replace(SMALL, start=tmp_path / "other.safetensors"))
