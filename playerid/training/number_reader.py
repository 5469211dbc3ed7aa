"""Train the number reader: drawn crops first, then real ones as well, set upright by the model."""

import argparse
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from playerid.backends.resnet import Architecture
from playerid.number_scores import read_labelled_crops
from playerid.numbers import NUMBERS
from playerid.training.number_crops import FONTS, UNSEEN_FONTS, font_files, render_number_crop
from playerid.training.number_fit import (
    Crops,
    Recipe,
    State,
    draw_batch,
    fit_temperature,
    load_state,
    logits_of,
    measure,
    new_state,
    save_state,
    train_step,
)
from playerid.training.number_orientation import find_orientations
from playerid.training.number_sources import group_sources, split_by_source

logger = logging.getLogger(__name__)

TRAIN_FILE = "jersey_crops_train.parquet"
VALID_FILE = "jersey_crops_valid.parquet"


def train(
    data_dir: Path,
    out: Path,
    minutes: float,
    seed: int = 0,
    resume: bool = False,
    architecture: Architecture | None = None,
    recipe: Recipe | None = None,
) -> Path:
    """Train a number reader and write its weights, curve and model card.

    Args:
        data_dir: Folder with `jersey_crops_train.parquet` (columns `jpeg` and `number`) and, to
            report on, `jersey_crops_valid.parquet`.
        out: Folder for `checkpoint.pt`, `curve.jsonl`, `number_reader.safetensors` and
            `number_reader.md`.
        minutes: How long to train, over all runs; the learning rate falls to nothing by then.
        seed: Of the weights, the drawn crops and the split.
        resume: Go on from `checkpoint.pt` if there is one.
        architecture: The network; the default is what ships.
        recipe: How to train; the default is what ships.

    Returns:
        The weights file.

    Raises:
        LabelsError: The crops cannot be read.
    """
    recipe = recipe or Recipe()
    out.mkdir(parents=True, exist_ok=True)
    state = new_state(architecture or Architecture(), seed)
    if resume and (out / "checkpoint.pt").exists():
        load_state(state, out / "checkpoint.pt")
    real, aside = read_real(data_dir / TRAIN_FILE, seed)
    run_steps(state, recipe, (real, aside), out, minutes, seed)
    return finish(state, recipe, aside, data_dir, out)


def read_real(parquet: Path, seed: int) -> tuple[Crops, Crops]:
    """Real crops to train on and, of other sources, to select and calibrate on.

    Crops that are said to show no legible number are left out: most of them show one.
    """
    pictures, numbers = read_labelled_crops(parquet)
    kept = [index for index, number in enumerate(numbers) if number]
    crops = Crops([pictures[i] for i in kept], [numbers[i] for i in kept])
    groups = group_sources(crops.pictures, crops.numbers)
    train_on, aside = split_by_source(groups, share=0.08, largest=60, seed=seed)
    return crops.subset(train_on), crops.subset(aside)


def run_steps(
    state: State,
    recipe: Recipe,
    real: tuple[Crops, Crops],
    out: Path,
    minutes: float,
    seed: int,
) -> None:
    """Train until `minutes` are over, with a line of the curve and a checkpoint a minute."""
    upright = _upright(state, real[0])
    noted_s, losses, started = state.elapsed_s, [], time.monotonic() - state.elapsed_s
    while state.elapsed_s < 60 * minutes:
        progress = state.elapsed_s / (60 * minutes)
        if progress >= (*recipe.orient_at, np.inf)[state.oriented]:
            turns = find_orientations(state.averaged, real[0].pictures, real[0].numbers)
            state.orientations, state.oriented = torch.from_numpy(turns), state.oriented + 1
            upright = _upright(state, real[0])
        rng = np.random.default_rng((seed, state.step))
        batch = draw_batch(rng, recipe, upright, state.network.architecture)
        losses.append(train_step(state, recipe, batch, progress))
        state.elapsed_s = time.monotonic() - started
        if state.elapsed_s - noted_s >= 60 or state.elapsed_s >= 60 * minutes:
            _note(state, losses, real[1], out)
            noted_s, losses = state.elapsed_s, []


def _upright(state: State, real: Crops) -> Crops:
    return real.turned(state.orientations.numpy()) if state.oriented else Crops([], [])


def _note(state: State, losses: list[float], aside: Crops, out: Path) -> None:
    """Write a checkpoint and a line of the curve."""
    save_state(state, out / "checkpoint.pt")
    sample = aside.subset(np.arange(0, len(aside.numbers), 3))
    turns = find_orientations(state.averaged, sample.pictures, sample.numbers)
    line = {
        "minute": round(state.elapsed_s / 60, 2),
        "step": state.step,
        "loss": float(np.mean(losses)),
        "rate": state.optimiser.param_groups[0]["lr"],
        "aside_top1": measure(state.averaged, sample.turned(turns))["top1"],
        "drawn_top1": measure(state.averaged, drawn_crops(UNSEEN_FONTS, 200))["top1"],
    }
    with (out / "curve.jsonl").open("a") as curve:
        curve.write(json.dumps(line) + "\n")
    logger.info("%s", line)


def drawn_crops(font_names: tuple[str, ...], count: int) -> Crops:
    """Drawn crops of every answer in turn, lettered with the named fonts only."""
    rng, fonts = np.random.default_rng(99), font_files(font_names)
    numbers = [NUMBERS[(index * 37) % len(NUMBERS)] for index in range(count)]
    return Crops([render_number_crop(rng, n, fonts, block_share=0.0) for n in numbers], numbers)


def finish(state: State, recipe: Recipe, aside: Crops, data_dir: Path, out: Path) -> Path:
    """Fit the temperature and write weights and model card."""
    network = state.averaged
    turns = find_orientations(network, aside.pictures, aside.numbers)
    aside = aside.turned(turns)
    temperature = fit_temperature(logits_of(network, aside.pictures), aside.numbers)
    network.architecture = replace(network.architecture, temperature=temperature)
    weights = out / "number_reader.safetensors"
    tensors = {
        name: t.half().contiguous() if t.dtype.is_floating_point else t
        for name, t in network.state_dict().items()
    }
    save_file(tensors, weights, metadata=network.architecture.to_metadata())
    scores: dict[str, Mapping[str, float]] = {
        "set aside of the training crops": measure(network, aside),
        "drawn, fonts trained on": measure(network, drawn_crops(FONTS, 1010)),
        "drawn, fonts never trained on": measure(network, drawn_crops(UNSEEN_FONTS, 1010)),
    }
    if (data_dir / VALID_FILE).exists():
        valid = Crops(*read_labelled_crops(data_dir / VALID_FILE))
        scores[VALID_FILE] = measure(network, valid)
    (out / "scores.json").write_text(json.dumps(scores, indent=1))
    logger.info("%s", scores)
    return weights


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    torch.set_num_threads(1)
    train(given.data, given.out, given.minutes, given.seed, given.resume)
