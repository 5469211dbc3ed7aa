"""Go on training a number reader with crops of rendered games, many of which show no number."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from playerid.number_scores import read_labelled_crops
from playerid.training.number_crops import Crops, Pool
from playerid.training.number_fit import (
    Recipe,
    draw_batch,
    fit_temperature,
    load_state,
    logits_of,
    new_state,
    train_step,
)
from playerid.training.number_orientation import reorient_all
from playerid.training.number_reader import TRAIN_FILE, read_real, save_network


def read_game_crops(paths: Sequence[Path]) -> Crops:
    """Crops of `game_crops.write_game_crops`; those without a legible number are read as ""."""
    pictures, numbers = [], []
    for path in paths:
        more, texts = read_labelled_crops(path)
        pictures += more
        numbers += texts
    return Crops(pictures, numbers)


def tune(
    data_dir: Path, run: Path, game_crops: Sequence[Path], minutes: float, seed: int = 0
) -> Path:
    """Train on from the checkpoint of a run, and fit the temperature anew.

    Args:
        data_dir: folder with the real training crops.
        run: folder of the run, with its checkpoint; the weights are written there.
        game_crops: crops of rendered games; the last file is set aside for the temperature.
        minutes: how long.
        seed: of the batches.

    Returns:
        The weights file.
    """
    recipe = replace(Recipe(), peak_rate=1e-3, batch_size=96, real_share=0.85)
    state = new_state(recipe.architecture, seed, "cpu")
    load_state(state, run / "checkpoint.pt")
    state.network.load_state_dict(state.averaged.state_dict())
    real, _ = read_real(data_dir / TRAIN_FILE, seed)
    upright = reorient_all(real, state.orientations.numpy())
    games, kept = read_game_crops(game_crops[:-1]), read_game_crops(game_crops[-1:])
    crops = Crops(upright.pictures + games.pictures, upright.numbers + games.numbers)
    pool = Pool(recipe.pool_size)
    pool.add(np.random.default_rng(seed), recipe.pool_size)
    rng, started_s = np.random.default_rng((seed, state.step)), time.monotonic()
    while (progress := (time.monotonic() - started_s) / (60 * minutes)) < 1:
        train_step(state, recipe, draw_batch(rng, recipe, crops, pool), progress)
    network = state.averaged.eval()
    temperature = fit_temperature(logits_of(network, kept.pictures), kept.numbers)
    network.architecture = replace(network.architecture, temperature=temperature)
    path = run / "number_reader_tuned.safetensors"
    save_network(network, path)
    return path
