"""The training of a number reader: its batches, its loss, its scores."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from playerid.models.number_reader.resnet import Architecture, NumberNetwork, logits_of, to_input
from playerid.models.precision import in_precision, training_precision
from playerid.scores.number_scores import read_labelled_crops, score_probs
from playerid.tables import NUMBERS
from playerid.training.number_crops import Crops, Pool, draw_crops, redraw_crop
from playerid.training.number_orientation import find_orientations, reorient_all
from playerid.training.training_job import Optimisation, TrainingMoment


@dataclass(frozen=True, slots=True)
class NumberRecipe:
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


def new_network(architecture: Architecture, seed: int) -> NumberNetwork:
    """An untrained network; the same seed gives the same."""
    torch.manual_seed(seed)
    return NumberNetwork(architecture).to(memory_format=torch.channels_last)


def learning_rate(recipe: NumberRecipe, progress: float) -> float:
    """Linear rise over a twentieth of the training, then half a cosine down to a hundredth."""
    if progress < 0.05:
        return recipe.peak_rate * (0.02 + progress / 0.05 * 0.98)
    fall = (1 + np.cos(np.pi * (progress - 0.05) / 0.95)) / 2
    return float(recipe.peak_rate * max(0.01, fall))


def draw_batch(
    rng: np.random.Generator, recipe: NumberRecipe, real: Crops, games: Crops, drawn: Crops
) -> tuple[Tensor, Tensor]:
    """A batch of drawn crops and, if there are any, real ones and those of rendered games.

    Each is shown anew. Frequent real numbers are taken as often as the square root of their
    count; crops of games as often as they come, so that the share without a number is theirs.

    Returns:
        Input and answers.
    """
    size = (recipe.architecture.height_px, recipe.architecture.width_px)
    real_count = round(recipe.real_share * recipe.batch_size) if real.numbers else 0
    game_count = round(recipe.game_share * recipe.batch_size) if games.numbers else 0
    taken = _take(
        rng, drawn, np.ones(len(drawn.numbers)),
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


@dataclass(frozen=True, slots=True)
class RealCrops:
    """Real crops as they came; many were turned or mirrored under the label they had.

    Attributes:
        learned: to train on.
        aside: of other sources, to select and calibrate on.
    """

    learned: Crops
    aside: Crops

    def aside_upright(self, network: NumberNetwork) -> Crops:
        """Those set aside, each as the network reads its label best."""
        turns = find_orientations(network, self.aside, np.zeros(len(self.aside.numbers), np.int64))
        return reorient_all(self.aside, turns)


class NumberJob:
    """Training of a number reader: a `TrainingJob`.

    Attributes:
        network: to train.
        optimisation: how its steps are taken.
        remembered: `oriented`, how often the real crops were set upright, and `orientations`,
            (N,) int64, that of each; empty before the first time.
    """

    def __init__(
        self, network: NumberNetwork, recipe: NumberRecipe, real: RealCrops, out: Path, seed: int
    ) -> None:
        """Begin with a network.

        Args:
            network: to train.
            recipe: how.
            real: crops.
            out: folder of the run, where crops of rendered games lie.
            seed: of the batches.
        """
        self.network: nn.Module = network
        self.optimisation = Optimisation(
            lambda at: learning_rate(recipe, at.share),
            max_gradient=2.0,
            weight_decay=0.05,
            decays=lambda name, parameter: parameter.ndim > 1,
            fresh_share=lambda count: 1 / min(recipe.average_steps, 1 + count / 5),
        )
        self.remembered = {
            "oriented": torch.tensor(0),
            "orientations": torch.zeros(0, dtype=torch.int64),
        }
        self._recipe, self._real, self._out, self._seed = recipe, real, out, seed
        self._pool = Pool(recipe.pool_size)
        self._judged = draw_crops(recipe.drawn_judged // 6, seed=99)
        self._shown, self._shown_as_of = (Crops(), Crops()), -1

    def batch(self, at: TrainingMoment) -> tuple[Tensor, Tensor]:
        """Crops and answers; now and then, the real crops are set upright first."""
        oriented = int(self.remembered["oriented"])
        if at.share >= (*self._recipe.orient_at, np.inf)[oriented]:
            self._orient(at.shipped)
        upright, games = self._shown_crops()
        self._fill_pool(at.step)
        rng = np.random.default_rng((self._seed, at.step))
        return draw_batch(rng, self._recipe, upright, games, self._pool.crops)

    def loss(self, network: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        """Cross-entropy of the answers, which are not believed entirely."""
        crops, answers = batch
        with in_precision(crops.device, training_precision(crops.device)):
            logits = network(crops)
        return functional.cross_entropy(logits, answers, label_smoothing=self._recipe.smoothing)

    def evaluate(self, at: TrainingMoment) -> dict[str, float]:
        """Share that is read right, of crops set aside and of drawn ones."""
        network = _numbers_of(at.shipped)
        aside = self._real.aside
        third = RealCrops(Crops(), aside.subset(np.arange(0, len(aside.numbers), 3)))
        return {
            "aside_top1": measure(network, third.aside_upright(network))["top1"],
            "drawn_top1": measure(network, self._judged)["top1"],
        }

    def _orient(self, shipped: nn.Module) -> None:
        """Set the real crops upright, or, those that the network still reads badly, anew."""
        known = self.remembered["orientations"].numpy()
        if not self.remembered["oriented"]:
            known = np.zeros(len(self._real.learned.numbers), np.int64)
        turns = find_orientations(_numbers_of(shipped), self._real.learned, known)
        self.remembered["orientations"] = torch.from_numpy(turns)
        self.remembered["oriented"] = self.remembered["oriented"] + 1

    def _shown_crops(self) -> tuple[Crops, Crops]:
        """Upright real crops, none before the first time, and those of rendered games so far."""
        oriented = int(self.remembered["oriented"])
        if self._shown_as_of != oriented:
            turns = self.remembered["orientations"].numpy()
            upright = reorient_all(self._real.learned, turns) if oriented else Crops()
            self._shown, self._shown_as_of = (upright, read_game_crops(self._out)[0]), oriented
        return self._shown

    def _fill_pool(self, step: int) -> None:
        """Hold the drawn crops of a step: the same ones, whichever step the run began at."""
        pool, size, first = self._pool, self._recipe.pool_size, self._recipe.new_drawn * (step + 1)
        is_new = not pool.drawn
        for number in range(first if is_new else pool.drawn, first + size):
            pool.add(np.random.default_rng((self._seed, number, 1)), 1)
        if is_new:  # crop number n lies at n % size, as the pool puts those that follow
            pool.crops = pool.crops.subset((np.arange(size) - first) % size)
        pool.drawn = first + size


def _numbers_of(network: nn.Module) -> NumberNetwork:
    assert isinstance(network, NumberNetwork)
    return network


def read_game_crops(run: Path) -> tuple[Crops, Crops]:
    """Crops of rendered games to train on and, of the last file, to calibrate on.

    Those without a legible number are read as "".
    """
    files = sorted((run / "crops").glob("*.parquet"))
    learned = sum((Crops(*read_labelled_crops(file)) for file in files[:-1]), Crops())
    return learned, Crops(*read_labelled_crops(files[-1])) if files else Crops()


def fit_temperature(logits: Tensor, numbers: Sequence[str]) -> float:
    """The temperature, of 0.3 to 3, that makes the answers likeliest.

    References:
        Guo et al., On Calibration of Modern Neural Networks, 2017, section 4.2.
    """
    answers = torch.tensor([NUMBERS.index(number) for number in numbers])
    candidates = np.geomspace(0.3, 3.0, 93)
    losses = [float(functional.cross_entropy(logits / t, answers)) for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def read_crops(network: NumberNetwork, crops: Crops) -> Tensor:
    """(N, 102) logits of crops, on the network's device; see `logits_of`."""
    device = next(network.parameters()).device
    return logits_of(network, network.architecture, crops.pictures, device=device)


def measure(network: NumberNetwork, crops: Crops) -> dict[str, float]:
    """Scores of a network on crops, at its temperature; keys as `number_scores.score`."""
    logits = read_crops(network, crops) / network.architecture.temperature
    return score_probs(logits.softmax(dim=1).numpy(), crops.numbers)
