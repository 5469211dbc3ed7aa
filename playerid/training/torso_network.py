"""Train the torso reader: where numbers stand on upper bodies, and what they say."""

import copy
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import Tensor, nn

from playerid.errors import LabelsError
from playerid.models.number_reader.resnet import NumberNetwork, load_network
from playerid.models.packs import load_pack
from playerid.models.torso_reader.find_and_read import (
    FinderNetwork,
    TorsoModel,
    legibility_cues,
    load_model,
    look,
    save_model,
)
from playerid.models.torso_reader.legibility import Legibility
from playerid.scores.label_files import need_labels
from playerid.tables import NUMBERS
from playerid.training.jobs import TrainingPlan
from playerid.training.loop import TrainingRun
from playerid.training.number_crops import Crops
from playerid.training.number_fit import fit_temperature
from playerid.training.number_orientation import find_orientations, label_probs, reorient_all
from playerid.training.number_reader import TRAINED_ON, read_real
from playerid.training.torso_fit import TorsoNetworks, torso_loss
from playerid.training.torso_pictures import Seen, Torsos, dress, film
from playerid.training.torso_supply import FRAMES, Shares, Supply, read_rendered, read_supply
from playerid.training.training_job import Optimisation, TrainingLimits, TrainingMoment


@dataclass(frozen=True, slots=True)
class TorsoRecipe:
    """How to train; the defaults are those of the shipped weights.

    Attributes:
        shares: of the kinds of bodies in a batch.
        peak_rate: highest learning rate, of AdamW; the reader's is a fifth of it.
        read_after: steps before the reader joins in, which is good from the start.
        read_every: it learns in every n-th step: its steps take as long as the finder's.
        first_dressed: bodies that are dressed before the first step.
        new_dressed: bodies dressed anew for each step.
        judged: dressed bodies that the curve is measured on.
        note_every_s: seconds between two checkpoints, each with a line of the curve.
    """

    shares: Shares = field(default_factory=Shares)
    peak_rate: float = 2.5e-3
    read_after: int = 500
    read_every: int = 3
    first_dressed: int = 200
    new_dressed: int = 3
    judged: int = 160
    note_every_s: float = 60.0


def train(plan: TrainingPlan, recipe: TorsoRecipe | None = None) -> Path:
    """Train a torso reader; write its weights and curve.

    Bodies of rendered games (`torso_sources.write_game_torsos`) are learned from if they lie in
    `torsos/*.parquet` of the run's folder. More may be added while it trains.

    Args:
        plan: the run; its data hold `players_train` and `jersey_crops_train`. It begins with the
            weights of a torso reader, or else with the number reader of the starter pack, which a
            new finder joins.
        recipe: how to train; the default is what ships.

    Returns:
        The weights file.

    Raises:
        LabelsError: The frames or the crops cannot be read.
    """
    recipe = recipe or TorsoRecipe(note_every_s=plan.save_s)
    need_labels(plan.data, FRAMES)
    torch.manual_seed(plan.seed)
    networks = new_networks(plan.start)
    real = read_real(need_labels(plan.data, TRAINED_ON), plan.seed)
    crops, other_crops = (upright(networks.reader, c) for c in (real.learned, real.aside))
    supply, aside = read_supply(plan.data, crops)
    if not supply.players:
        raise LabelsError(f"{plan.data}: no player of the frames is large enough to learn from")
    judged = dress_aside(supply, other_crops, recipe.judged)
    job = TorsoJob(networks, recipe, supply, (judged, aside), plan)
    run = TrainingRun(job, plan.out, TrainingLimits(plan.minutes, save_s=recipe.note_every_s))
    if plan.resume:
        run.resume()
    shipped = run.train()
    model = calibrate(shipped, aside if len(set(map(bool, aside.numbers))) > 1 else judged)
    weights = plan.out / "torso_reader.safetensors"
    save_model(model, weights)
    return weights


def new_networks(start: Path | None) -> TorsoNetworks:
    """Networks to begin with, see `train`."""
    if start is not None:
        model = load_model(start)
        return TorsoNetworks(model.finder, model.reader)
    known = load_pack("starter")["number_reader"].local_weights(Path())
    assert known is not None
    return TorsoNetworks(FinderNetwork(), load_network(known))


def upright(reader: NumberNetwork, crops: Crops) -> Crops:
    """Crops turned to where the reader reads their label; those it reads nowhere are left out."""
    if not crops.numbers:
        return crops
    turns = find_orientations(reader, crops, np.zeros(len(crops.numbers), np.int64))
    turned = reorient_all(crops, turns)
    return turned.subset(np.flatnonzero(label_probs(reader, turned) > 0.5))


def dress_aside(supply: Supply, crops: Crops, count: int) -> Torsos:
    """Bodies in crops that were set aside, as broadcasts show them; the same each time."""
    rng, bodies = np.random.default_rng(5), list(supply.players.values())
    made = Torsos()
    while len(made) < count:
        crop = crops.subset(rng.integers(len(crops.numbers), size=1)) if crops.numbers else crops
        seen = film(rng, dress(rng, bodies[rng.integers(len(bodies))], crop))
        if seen is not None:
            made += Torsos([seen[0]], [seen[1]], [seen[2]])
    return made


TorsoBatch = tuple[list[Seen], bool, np.random.Generator]


class TorsoJob:
    """Training of a torso reader: a `TrainingJob`.

    Attributes:
        network: to train.
        optimisation: how its steps are taken; the reader, which is good from the start, learns
            at a fifth of the finder's rate.
        remembered: nothing.
    """

    def __init__(
        self,
        networks: TorsoNetworks,
        recipe: TorsoRecipe,
        supply: Supply,
        judged: tuple[Torsos, Torsos],
        plan: TrainingPlan,
    ) -> None:
        """Begin with networks.

        Args:
            networks: to train.
            recipe: how.
            supply: to learn from.
            judged: dressed bodies and labelled ones, set aside to measure on.
            plan: the run; bodies of rendered games lie in `torsos` of its folder.
        """
        self.network: nn.Module = networks.train()
        self.optimisation = Optimisation(
            lambda at: recipe.peak_rate * at.rate(100, 0.01),
            max_gradient=2.0,
            weight_decay=0.03,
            rate_share=lambda name: 1.0 if name.startswith("finder.") else 0.2,
            fresh_share=lambda count: 1 / min(300, 1 + count / 5),
        )
        self.remembered: dict[str, Tensor] = {}
        self._recipe, self._supply, self._judged = recipe, supply, judged
        self._seed, self._folder, self._files = plan.seed, plan.out / "torsos", 0

    def batch(self, at: TrainingMoment) -> TorsoBatch:
        """Bodies, whether the reader learns from them, and what draws the crops it is shown."""
        recipe, supply = self._recipe, self._supply
        if not supply.pool:
            rng = np.random.default_rng((self._seed, at.step, 1))
            supply.dress_more(rng, recipe.first_dressed)
        if (files := len(list(self._folder.glob("*.parquet")))) > self._files:
            supply.rendered, self._files = read_rendered(self._folder), files
        rng = np.random.default_rng((self._seed, at.step))
        supply.dress_more(rng, recipe.new_dressed)
        reads = at.step >= recipe.read_after and at.step % recipe.read_every == 0
        return supply.draw_batch(rng, recipe.shares), reads, rng

    def loss(self, network: nn.Module, batch: TorsoBatch) -> Tensor:
        """See `torso_loss`."""
        seen, reads, rng = batch
        return torso_loss(_both(network), rng, seen, reads=reads)

    def evaluate(self, at: TrainingMoment) -> dict[str, float]:
        """Shares that are found and read, of dressed bodies and of labelled ones."""
        scores = {}
        for name, torsos in zip(("dressed", "aside"), self._judged, strict=True):
            if torsos.numbers:
                scores[f"{name}_found"], scores[f"{name}_read"] = measure(at.shipped, torsos)
        return scores


def _both(network: nn.Module) -> TorsoNetworks:
    assert isinstance(network, TorsoNetworks)
    return network


def _model_of(network: nn.Module) -> TorsoModel:
    """The networks as they are used, on the CPU."""
    both = _both(copy.deepcopy(network).cpu().eval())
    return TorsoModel(both.finder, both.reader, Legibility())


def measure(network: nn.Module, torsos: Torsos) -> tuple[float, float]:
    """Share of bodies whose number is found or rightly not; of the legible, share read right."""
    model = _model_of(network)
    found, logits = look(model, torsos.pictures)
    legible = np.array([bool(number) for number in torsos.numbers])
    answers = np.array([NUMBERS.index(number) for number in torsos.numbers])
    right = logits[:, 1:].argmax(dim=1).numpy() + 1 == answers
    share = float(right[legible].mean()) if legible.any() else float("nan")
    return float(((found.odds > 0) == legible).mean()), share


def calibrate(network: nn.Module, torsos: Torsos) -> TorsoModel:
    """The averaged networks, with legibility and temperature fitted on bodies set aside."""
    model = _model_of(network)
    found, logits = look(model, torsos.pictures)
    legible = np.array([bool(number) for number in torsos.numbers])
    weights = fit_legibility(legibility_cues(found, logits), legible)
    # One answer less than in NUMBERS: "" has its own probability.
    numbers = [number for number in torsos.numbers if number]
    temperature = 1.0
    if numbers:
        read = logits[torch.from_numpy(legible)].clone()
        read[:, 0] = -1e4
        temperature = fit_temperature(read, numbers)
    facts = replace(model.reader.architecture, temperature=temperature)
    model.reader.architecture = facts
    return TorsoModel(model.finder, model.reader, weights)


def fit_legibility(
    cues: NDArray[np.floating], legible: NDArray[np.bool_], decay: float = 0.01
) -> Legibility:
    """Logistic regression of legibility on its cues; no cue may speak against it.

    Args:
        cues: (N, 3), see `legibility_cues`.
        legible: (N,) whether a person could read the number.
        decay: penalty of the squared weights.
    """

    def loss(values: NDArray[np.floating]) -> float:
        logits = values[0] + cues @ values[1:]
        fit = np.logaddexp(0, np.where(legible, -logits, logits)).mean()
        return float(fit + decay * (values[1:] ** 2).sum())

    bounds = [(None, None), (0, None), (0, None), (0, None)]
    best = minimize(loss, np.array([0.0, 0.5, 0.5, 0.0]), method="L-BFGS-B", bounds=bounds)
    return Legibility(*(float(value) for value in best.x))
