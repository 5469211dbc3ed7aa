"""Train the number reader: drawn crops first, then real ones as well, set upright by the model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from safetensors.torch import save_file

from playerid.models.number_reader.resnet import NumberNetwork
from playerid.scores.label_files import find_labels, need_labels
from playerid.scores.number_scores import read_labelled_crops
from playerid.tables import NUMBERS
from playerid.training.loop import TrainingRun
from playerid.training.number_card import TrainingFacts, write_card
from playerid.training.number_crops import Crops, draw_crops, trim_bars
from playerid.training.number_fit import (
    NumberJob,
    NumberRecipe,
    RealCrops,
    fit_temperature,
    measure,
    new_network,
    read_crops,
    read_game_crops,
)
from playerid.training.number_sources import group_sources, split_by_source
from playerid.training.start import begin_with
from playerid.training.training_job import TrainingLimits

TRAINED_ON = "jersey_crops_train"
HELD_OUT = "jersey_crops_valid"


def train(
    data_dir: Path,
    out: Path,
    minutes: float,
    seed: int = 0,
    resume: bool = False,
    recipe: NumberRecipe | None = None,
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
    recipe = recipe or NumberRecipe()
    network = new_network(recipe.architecture, seed)
    if recipe.start is not None:
        begin_with(network, recipe.start)
        recipe = replace(recipe, orient_at=(0.0, *recipe.orient_at[1:]))
    real = read_real(need_labels(data_dir, TRAINED_ON), seed)
    job = NumberJob(network, recipe, real, out, seed)
    run = TrainingRun(job, out, TrainingLimits(minutes, save_s=recipe.note_every_s))
    if resume:
        run.resume()
    shipped = run.train()
    assert isinstance(shipped, NumberNetwork)
    facts = TrainingFacts(
        train_file=need_labels(data_dir, TRAINED_ON).name,
        real_crops=len(real.learned.numbers),
        real_numbers=len(set(real.learned.numbers)),
        game_crops=len(read_game_crops(out)[0].numbers),
        orientations=job.remembered["orientations"].numpy(),
        drawn_judged=recipe.drawn_judged,
        steps=run.step,
        minutes=minutes,
        seed=seed,
    )
    return finish(shipped.cpu(), facts, real, data_dir, out)


def read_real(labels: Path, seed: int) -> RealCrops:
    """Read the real crops.

    Crops that are said to show no legible number are left out: most of them show one.
    """
    pictures, numbers = read_labelled_crops(labels)
    crops = Crops(pictures, numbers)
    crops = crops.subset(np.array([i for i, number in enumerate(numbers) if number], int))
    groups = group_sources(crops.pictures, crops.numbers)
    train_on, aside = split_by_source(groups, share=0.08, largest=60, seed=seed)
    crops = Crops([trim_bars(picture) for picture in crops.pictures], crops.numbers)
    return RealCrops(crops.subset(train_on), crops.subset(aside))


def finish(
    network: NumberNetwork, facts: TrainingFacts, real: RealCrops, data_dir: Path, out: Path
) -> Path:
    """Fit the temperature and write weights and model card.

    Args:
        network: to ship, on the CPU.
        facts: how it came to be.
        real: crops; those set aside are calibrated on.
        data_dir: where the held-out crops are, if there are any.
        out: folder of the run.

    Returns:
        The weights file.
    """
    aside, (_, games) = real.aside_upright(network), read_game_crops(out)
    unseen = aside + games
    temperature = fit_temperature(read_crops(network, unseen), unseen.numbers)
    network.architecture = replace(network.architecture, temperature=temperature)
    weights = out / "number_reader.safetensors"
    save_network(network, weights)
    scores = {
        "training crops set aside": measure(network, aside),
        "drawn crops": measure(network, draw_crops(facts.drawn_judged, seed=98)),
    }
    if games.numbers:
        scores["rendered games set aside"] = measure(network, games)
    judged = aside
    if held_out := find_labels(data_dir, HELD_OUT):
        judged = Crops(*read_labelled_crops(held_out))
        scores[held_out.name] = measure(network, judged)
    card = out / "number_reader.md"
    write_card(card, weights, network, facts, scores, find_mistakes(network, judged))
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
    read = [NUMBERS[index] for index in read_crops(network, crops).argmax(dim=1)]
    pairs = zip(crops.numbers, read, strict=True)
    return [f'"{right}" -> "{seen}"' for right, seen in pairs if right != seen]
