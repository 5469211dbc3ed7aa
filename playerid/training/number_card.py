"""The model card of a number reader."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from playerid.models.number_reader.resnet import NumberNetwork, ResNetNumberReader

CARD = """# Number reader: ResNet-{layers}

Reads "", "0", "00" and "1" to "99" from the crop of a number box padded by about 10 px at
1280x720. "" is "no legible number". {parameters:,} parameters, {size_kb:.0f} kB (half precision),
{latency_ms:.2f} ms a crop on one core ({width_px}x{height_px} input, batches of 64).

## Data
- `{train_file}`: {real_crops:,} number crops, {real_numbers} numbers. Augmented sets hold crops
  mirrored and turned under the label they had: {moved:,} crops ({moved_share:.0%}) were turned or
  mirrored back, to where a model trained on drawn crops, and later the model itself, read their
  label best. Crops labelled as illegible were left out.
- Crops drawn by `playerid.arena.drawn_numbers`, all 102 answers.
- {game_crops:,} crops of rendered games, as the pipeline cuts them, a third without a legible
  number (`playerid.training.game_crops`).

## Training
{minutes:.0f} minutes on {threads} CPU thread(s), {steps:,} steps, seed {seed}: `playerid train
number_reader`. The curve: {curve}

## Scores
| crops | number | top-1 | calibration error | accuracy at 90 % coverage |
|---|---|---|---|---|
{rows}

Calibration error: expected, 15 bins. Temperature {temperature:.2f}, fitted on the crops
that were set aside. The real ones among them flatter: crops are set aside in groups of like
colours, which do not always join all copies of a source, and their orientation is found with the
label in hand. The valid set is read as it is; the gap to it is what a stricter split would show.

## Mistakes
On the last set of the table, right answer -> what was read: {mistakes}.

Real numbers that it was not shown it knows from drawn crops and from the digits alone.
"""


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """How a network came to be.

    Attributes:
        train_file: name of the file with the real crops.
        real_crops: how many of them were trained on.
        real_numbers: how many different numbers those show.
        game_crops: crops of rendered games that were trained on.
        orientations: (N,), how each real crop was turned; 0 as it came.
        drawn_judged: drawn crops that the result is measured on.
        steps: of training.
        minutes: of training.
        seed: of the run.
    """

    train_file: str
    real_crops: int
    real_numbers: int
    game_crops: int
    orientations: NDArray[np.int64]
    drawn_judged: int
    steps: int
    minutes: float
    seed: int


def measure_latency(reader: ResNetNumberReader, rounds: int = 5) -> float:
    """Milliseconds a crop in batches of 64, the fastest of some rounds."""
    crops = list(np.random.default_rng(0).integers(0, 255, (64, 42, 34, 3), np.uint8))
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        reader.read(crops)
        took.append(time.perf_counter() - started)
    return 1000 * min(took) / len(crops)


def write_card(
    path: Path,
    weights: Path,
    network: NumberNetwork,
    run: TrainingFacts,
    scores: Mapping[str, Mapping[str, float]],
    mistakes: Sequence[str],
) -> None:
    """Write what the model is, what it learned from and how good it is.

    Args:
        path: The card.
        weights: What it describes.
        network: That network.
        run: How it came to be.
        scores: Set of crops -> scores as `number_scores.score` gives them.
        mistakes: "right -> read" of every crop that was read wrongly.
    """
    facts, turns = network.architecture, run.orientations
    rows = [
        f"| {name} | {s['crops']:.0f} | {s['top1']:.3f} | {s['ece']:.3f}"
        f" | {s['accuracy_at_90_coverage']:.3f} |"
        for name, s in scores.items()
    ]
    path.write_text(
        CARD.format(
            layers=6 * facts.blocks + 2,
            parameters=sum(p.numel() for p in network.parameters()),
            size_kb=weights.stat().st_size / 1000,
            latency_ms=measure_latency(ResNetNumberReader(weights)),
            width_px=facts.width_px,
            height_px=facts.height_px,
            train_file=run.train_file,
            real_crops=run.real_crops,
            real_numbers=run.real_numbers,
            game_crops=run.game_crops,
            moved=int((turns > 0).sum()),
            moved_share=float((turns > 0).mean()) if len(turns) else 0.0,
            minutes=run.minutes,
            threads=torch.get_num_threads(),
            steps=run.steps,
            seed=run.seed,
            curve=_curve(path.with_name("curve.jsonl")),
            rows="\n".join(rows),
            temperature=facts.temperature,
            mistakes=", ".join(f"{pair} ({n})" for pair, n in Counter(mistakes).most_common(12)),
        )
    )


def _curve(path: Path, points: int = 8) -> str:
    """A few lines of the curve in words."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    chosen = sorted({round(i) for i in np.linspace(0, len(lines) - 1, points)}) if lines else []
    return "; ".join(
        f"minute {lines[i]['minutes']:.0f}: loss {lines[i]['loss']:.2f}, set aside"
        f" {lines[i]['aside_top1']:.3f}, drawn {lines[i]['drawn_top1']:.3f}"
        for i in chosen
    )
