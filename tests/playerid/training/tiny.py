"""A training of the number reader that takes seconds: a tiny network, a few drawn crops."""

import cv2
import pyarrow as pa
import pyarrow.parquet as pq

from playerid.models.number_reader.resnet import Architecture
from playerid.training import number_reader
from playerid.training.number_crops import draw_crops
from playerid.training.number_fit import NumberRecipe

RECIPE = NumberRecipe(
    architecture=Architecture(height_px=16, width_px=16, blocks=1, width=4),
    batch_size=8,
    pool_size=16,
    new_drawn=1,
    orient_at=(0.3,),
    drawn_judged=12,
    note_every_s=0.2,
)


def train_tiny(plan):
    """What stands in `TRAINERS` for the number reader."""
    return number_reader.train(plan.data, plan.out, plan.minutes, plan.seed, plan.resume, RECIPE)


def write_crops(path, count, seed=5):
    """Drawn crops as a file of labelled ones."""
    crops = draw_crops(count, seed=seed)
    jpegs = [cv2.imencode(".png", crop[..., ::-1])[1].tobytes() for crop in crops.pictures]
    numbers = [number or None for number in crops.numbers]
    pq.write_table(pa.table({"jpeg": jpegs, "number": numbers}), path)


def write_data(folder):
    """Crops to train on and crops to score on."""
    write_crops(folder / "jersey_crops_train.parquet", 24)
    write_crops(folder / "jersey_crops_valid.parquet", 30, seed=6)
    return folder
