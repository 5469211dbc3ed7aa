"""Train the number reader: drawn crops first, then real ones as well, set upright by the model."""

import json
import logging
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from playerid.models.number_reader.resnet import NumberNetwork, logits_of
from playerid.scores.label_files import find_labels, need_labels
from playerid.scores.number_scores import read_labelled_crops
from playerid.tables import NUMBERS
from playerid.training.number_card import Run, write_card
from playerid.training.number_crops import Crops, Pool, draw_crops, trim_bars
from playerid.training.number_fit import (
    Recipe,
    State,
    draw_batch,
    fit_temperature,
    load_state,
    measure,
    new_state,
    save_state,
    train_step,
)
from playerid.training.number_orientation import find_orientations, reorient_all
from playerid.training.number_sources import group_sources, split_by_source
from playerid.training.start import begin_with, best_device

logger = logging.getLogger(__name__)

TRAINED_ON = "jersey_crops_train"
HELD_OUT = "jersey_crops_valid"


def train(
    data_dir: Path,
    out: Path,
    minutes: float,
    seed: int = 0,
    resume: bool = False,
    recipe: Recipe | None = None,
) -> Path:
    """Train a number reader; write its weights, curve and model card.

    Crops of rendered games (`game_crops.write_game_crops`) are learned from if they lie in
    `out/crops/*.parquet`; the last file is set aside. More may be added while it trains.

    Args:
        data_dir: Folder with `jersey_crops_train` and, to report on and nothing else,
            `jersey_crops_valid`; see `label_files.find_labels`.
        out: Folder for `checkpoint.pt`, `curve.jsonl`, `number_reader.safetensors` and
            `number_reader.md`.
        minutes: How long to train, over all runs; the learning rate falls to nothing by then.
        seed: Of the weights, the drawn crops and the split.
        resume: Go on from `checkpoint.pt` if there is one.
        recipe: How to train; the default is what ships.

    Returns:
        The weights file.

    Raises:
        LabelsError: The crops cannot be read.
    """
    recipe = recipe or Recipe()
    out.mkdir(parents=True, exist_ok=True)
    state = new_state(recipe.architecture, seed, best_device())
    if recipe.start is not None:
        begin_with(state.network, recipe.start)
        begin_with(state.averaged, recipe.start)
        recipe = replace(recipe, orient_at=(0.0, *recipe.orient_at[1:]))
    if resume and (out / "checkpoint.pt").exists():
        load_state(state, out / "checkpoint.pt")
    real, aside = read_real(need_labels(data_dir, TRAINED_ON), seed)
    run_steps(state, recipe, (real, aside), out, (minutes, seed))
    return finish(state, recipe, (real, aside), data_dir, out, (minutes, seed))


def read_real(labels: Path, seed: int) -> tuple[Crops, Crops]:
    """Real crops to train on and, of other sources, to select and calibrate on.

    Crops that are said to show no legible number are left out: most of them show one.
    """
    pictures, numbers = read_labelled_crops(labels)
    crops = Crops(pictures, numbers)
    crops = crops.subset(np.array([i for i, number in enumerate(numbers) if number], int))
    groups = group_sources(crops.pictures, crops.numbers)
    train_on, aside = split_by_source(groups, share=0.08, largest=60, seed=seed)
    crops = Crops([trim_bars(picture) for picture in crops.pictures], crops.numbers)
    return crops.subset(train_on), crops.subset(aside)


def read_game_crops(run: Path) -> tuple[Crops, Crops]:
    """Crops of rendered games to train on and, of the last file, to calibrate on.

    Those without a legible number are read as "".
    """
    files = sorted((run / "crops").glob("*.parquet"))
    learned = sum((Crops(*read_labelled_crops(file)) for file in files[:-1]), Crops())
    return learned, Crops(*read_labelled_crops(files[-1])) if files else Crops()


def run_steps(
    state: State,
    recipe: Recipe,
    real: tuple[Crops, Crops],
    out: Path,
    plan: tuple[float, int],
) -> None:
    """Train until the minutes are over, with a checkpoint and a line of the curve now and then."""
    minutes, seed = plan
    upright = _upright(state, real[0])
    games, _ = read_game_crops(out)
    pool = Pool(recipe.pool_size)
    pool.add(np.random.default_rng((seed, state.step, 1)), recipe.pool_size)
    judged = (
        real[1].subset(np.arange(0, len(real[1].numbers), 3)),
        draw_crops(recipe.drawn_judged // 6, seed=99),
    )
    losses: list[float] = []
    noted_s, started = state.elapsed_s, time.monotonic() - state.elapsed_s
    while state.elapsed_s < 60 * minutes:
        progress = state.elapsed_s / (60 * minutes)
        if progress >= (*recipe.orient_at, np.inf)[state.oriented]:
            orient(state, real[0])
            upright = _upright(state, real[0])
            games, _ = read_game_crops(out)
        rng = np.random.default_rng((seed, state.step))
        batch = draw_batch(rng, recipe, upright, games, pool)
        losses.append(train_step(state, recipe, batch, progress))
        state.elapsed_s = time.monotonic() - started
        if state.elapsed_s - noted_s >= recipe.note_every_s or state.elapsed_s >= 60 * minutes:
            _note(state, losses, judged, out)
            noted_s, losses = state.elapsed_s, []


def orient(state: State, real: Crops) -> None:
    """Set the real crops upright, or, those that the network still reads badly, anew."""
    known = state.orientations.numpy()
    if not state.oriented:
        known = np.zeros(len(real.numbers), np.int64)
    turns = find_orientations(state.averaged, real, known)
    state.orientations, state.oriented = torch.from_numpy(turns), state.oriented + 1


def _upright(state: State, real: Crops) -> Crops:
    return reorient_all(real, state.orientations.numpy()) if state.oriented else Crops()


def _aside_upright(network: NumberNetwork, aside: Crops) -> Crops:
    turns = find_orientations(network, aside, np.zeros(len(aside.numbers), np.int64))
    return reorient_all(aside, turns)


def _note(state: State, losses: list[float], judged: tuple[Crops, Crops], out: Path) -> None:
    """Write a checkpoint and a line of the curve."""
    save_state(state, out / "checkpoint.pt")
    aside, drawn = judged
    line = {
        "minute": round(state.elapsed_s / 60, 2),
        "step": state.step,
        "loss": float(np.mean(losses)),
        "rate": state.optimiser.param_groups[0]["lr"],
        "aside_top1": measure(state.averaged, _aside_upright(state.averaged, aside))["top1"],
        "drawn_top1": measure(state.averaged, drawn)["top1"],
    }
    with (out / "curve.jsonl").open("a") as curve:
        curve.write(json.dumps(line) + "\n")
    logger.info("%s", line)


def finish(
    state: State,
    recipe: Recipe,
    real: tuple[Crops, Crops],
    data_dir: Path,
    out: Path,
    plan: tuple[float, int],
) -> Path:
    """Fit the temperature and write weights and model card."""
    network = state.averaged.cpu()
    aside = _aside_upright(network, real[1])
    learned, games = read_game_crops(out)
    unseen = aside + games
    temperature = fit_temperature(logits_of(network, unseen.pictures), unseen.numbers)
    network.architecture = replace(network.architecture, temperature=temperature)
    weights = out / "number_reader.safetensors"
    save_network(network, weights)
    scores = {
        "training crops set aside": measure(network, aside),
        "drawn crops": measure(network, draw_crops(recipe.drawn_judged, seed=98)),
    }
    if games.numbers:
        scores["rendered games set aside"] = measure(network, games)
    judged = aside
    if held_out := find_labels(data_dir, HELD_OUT):
        judged = Crops(*read_labelled_crops(held_out))
        scores[held_out.name] = measure(network, judged)
    labels, known = need_labels(data_dir, TRAINED_ON).name, real[0].numbers
    run = Run(labels, len(known), len(set(known)), len(learned.numbers), state, *plan)
    write_card(out / "number_reader.md", weights, run, scores, find_mistakes(network, judged))
    return weights


def save_network(network: NumberNetwork, path: Path) -> None:
    """Write the weights in half precision, with the architecture in the metadata."""
    half = {
        name: value.half().contiguous() if value.dtype.is_floating_point else value
        for name, value in network.state_dict().items()
    }
    save_file(half, path, metadata=network.architecture.to_metadata())


def find_mistakes(network: NumberNetwork, crops: Crops) -> list[str]:
    """Right answer and what was read of every crop that is read wrongly."""
    read = [NUMBERS[index] for index in logits_of(network, crops.pictures).argmax(dim=1)]
    pairs = zip(crops.numbers, read, strict=True)
    return [f'"{right}" -> "{seen}"' for right, seen in pairs if right != seen]
