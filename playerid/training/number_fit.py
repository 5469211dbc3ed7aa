"""Steps of training a number reader: batches, the optimiser, the averaged network, its scores."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from playerid.archive.local_files import in_one_step
from playerid.models.number_reader.resnet import Architecture, NumberNetwork, logits_of, to_input
from playerid.scores.number_scores import score_probs
from playerid.tables import NUMBERS
from playerid.training.number_crops import Crops, Pool, redraw_crop


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train; the defaults are those of the shipped weights.

    Attributes:
        architecture: the network.
        start: weights of that architecture to begin with.
        batch_size: crops in a step.
        peak_rate: highest learning rate, of AdamW.
        real_share: share of real crops in a batch, once they are used.
        game_share: share of crops of rendered games in a batch, if there are any.
        pool_size: drawn crops at hand; `new_drawn` of them are drawn anew each step.
        new_drawn: see there.
        orient_at: shares of the training time after which the real crops are set upright anew;
            before the first, no real crop is used.
        average_steps: steps over which weights are averaged.
        smoothing: probability kept from the label, against wrong labels.
        drawn_judged: drawn crops that the result is measured on.
        note_every_s: seconds between two checkpoints, each with a line of the curve.
    """

    architecture: Architecture = field(default_factory=Architecture)
    start: Path | None = None
    batch_size: int = 64
    peak_rate: float = 3e-3
    real_share: float = 0.45
    game_share: float = 0.4
    pool_size: int = 2000
    new_drawn: int = 2
    orient_at: tuple[float, ...] = (0.15, 0.3, 0.55)
    average_steps: int = 400
    smoothing: float = 0.05
    drawn_judged: int = 1000
    note_every_s: float = 120


@dataclass(slots=True)
class State:
    """What a checkpoint holds, so that a killed run goes on where it was.

    Attributes:
        network: being trained.
        averaged: its weights averaged over the last steps; the one that is shipped.
        optimiser: AdamW.
        step: steps done.
        elapsed_s: seconds trained, over all runs.
        oriented: how often the real crops were set upright.
        orientations: (N,) int64, that of each real crop; empty before the first time.
    """

    network: NumberNetwork
    averaged: NumberNetwork
    optimiser: torch.optim.Optimizer
    step: int = 0
    elapsed_s: float = 0.0
    oriented: int = 0
    orientations: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.int64))


def new_state(architecture: Architecture, seed: int, device: torch.device) -> State:
    """Untrained networks; the same seed gives the same."""
    torch.manual_seed(seed)
    network = NumberNetwork(architecture).to(device).to(memory_format=torch.channels_last)
    averaged = copy.deepcopy(network).eval()
    decayed = [p for p in network.parameters() if p.ndim > 1]
    plain = [p for p in network.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0.0}]
    return State(network, averaged, torch.optim.AdamW(groups, lr=1e-3))


def learning_rate(recipe: Recipe, progress: float) -> float:
    """Linear rise over a twentieth of the training, then half a cosine down to a hundredth."""
    if progress < 0.05:
        return recipe.peak_rate * (0.02 + progress / 0.05 * 0.98)
    fall = (1 + np.cos(np.pi * (progress - 0.05) / 0.95)) / 2
    return float(recipe.peak_rate * max(0.01, fall))


def draw_batch(
    rng: np.random.Generator, recipe: Recipe, real: Crops, games: Crops, pool: Pool
) -> tuple[Tensor, Tensor]:
    """A batch of drawn crops and, if there are any, real ones and those of rendered games.

    Each is shown anew. Frequent real numbers are taken as often as the square root of their
    count; crops of games as often as they come, so that the share without a number is theirs.

    Returns:
        Input and answers.
    """
    size = (recipe.architecture.height_px, recipe.architecture.width_px)
    pool.add(rng, recipe.new_drawn)
    real_count = round(recipe.real_share * recipe.batch_size) if real.numbers else 0
    game_count = round(recipe.game_share * recipe.batch_size) if games.numbers else 0
    taken = _take(
        rng, pool.crops, np.ones(len(pool.crops.numbers)),
        recipe.batch_size - real_count - game_count,
    )  # fmt: skip
    if real_count:
        _, place, counts = np.unique(real.numbers, return_inverse=True, return_counts=True)
        taken += _take(rng, real, counts[place] ** -0.5, real_count)
    if game_count:
        taken += _take(rng, games, np.ones(len(games.numbers)), game_count)
    pictures = np.stack([redraw_crop(rng, picture, *size) for picture in taken.pictures])
    return to_input(pictures), torch.tensor([NUMBERS.index(number) for number in taken.numbers])


def _take(
    rng: np.random.Generator, crops: Crops, weights: NDArray[np.floating], count: int
) -> Crops:
    return crops.subset(rng.choice(len(weights), count, p=weights / weights.sum()))


def train_step(
    state: State, recipe: Recipe, batch: tuple[Tensor, Tensor], progress: float
) -> float:
    """One step on one batch; returns its loss."""
    for group in state.optimiser.param_groups:
        group["lr"] = learning_rate(recipe, progress)
    device = next(state.network.parameters()).device
    crops, answers = (part.to(device) for part in batch)
    state.network.train()
    with torch.autocast(device.type, torch.bfloat16):
        logits = state.network(crops)
    loss = functional.cross_entropy(logits, answers, label_smoothing=recipe.smoothing)
    state.optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(state.network.parameters(), 2.0)
    state.optimiser.step()
    state.step += 1
    _average(state, 1 / min(recipe.average_steps, 1 + state.step / 5))
    return float(loss.detach())


def save_state(state: State, path: Path) -> None:
    """Write a checkpoint, in one step."""
    kept = {
        "network": state.network.state_dict(),
        "averaged": state.averaged.state_dict(),
        "optimiser": state.optimiser.state_dict(),
        "step": state.step,
        "elapsed_s": state.elapsed_s,
        "oriented": state.oriented,
        "orientations": state.orientations,
    }
    with in_one_step(path) as partial:
        torch.save(kept, partial)


def load_state(state: State, path: Path) -> None:
    """Go on from a checkpoint that `save_state` wrote."""
    saved = torch.load(path, weights_only=True, map_location="cpu")
    for name in ("network", "averaged", "optimiser"):
        getattr(state, name).load_state_dict(saved[name])
    for name in ("step", "elapsed_s", "oriented", "orientations"):
        setattr(state, name, saved[name])


@torch.no_grad()
def _average(state: State, share: float) -> None:
    current = state.network.state_dict()
    for name, value in state.averaged.state_dict().items():
        if value.dtype.is_floating_point:
            value.lerp_(current[name], share)
        else:
            value.copy_(current[name])


def fit_temperature(logits: Tensor, numbers: Sequence[str]) -> float:
    """The temperature, of 0.3 to 3, that makes the answers likeliest.

    References:
        Guo et al., On Calibration of Modern Neural Networks, 2017, section 4.2.
    """
    answers = torch.tensor([NUMBERS.index(number) for number in numbers])
    candidates = np.geomspace(0.3, 3.0, 93)
    losses = [float(functional.cross_entropy(logits / t, answers)) for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def measure(network: NumberNetwork, crops: Crops) -> dict[str, float]:
    """Scores of a network on crops, at its temperature; keys as `number_scores.score`."""
    logits = logits_of(network, crops.pictures) / network.architecture.temperature
    return score_probs(logits.softmax(dim=1).numpy(), crops.numbers)
