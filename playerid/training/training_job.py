"""What a training gives to the loop: data, loss, scores, and how its steps are taken."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from torch import Tensor, nn

Batch = TypeVar("Batch")


@dataclass(frozen=True, slots=True)
class TrainingMoment:
    """Where a training stands.

    Attributes:
        step: steps that were taken.
        share: of the training that is over, 0 to 1.
        shipped: the network that would be shipped now.
    """

    step: int
    share: float
    shipped: nn.Module

    def rate(self, warm_up: int, least: float, first: int = 1) -> float:
        """Share of the peak learning rate: a rise, times a cosine of the share that is over.

        Args:
            warm_up: steps until the rise ends.
            least: what the cosine ends at.
            first: steps that the first step counts as; 0 begins at a rate of nothing.
        """
        rise = min(1.0, (self.step + first) / warm_up)
        return rise * (least + (1 - least) * (1 + math.cos(math.pi * self.share)) / 2)


@dataclass(frozen=True, slots=True)
class TrainingLimits:
    """How long a training is; all that is resumed together counts.

    Attributes:
        minutes: of the loop, scores and checkpoints included, interruptions not.
        steps: to take at the most. With `minutes` infinite, the learning rate follows the steps,
            and the same seed gives the same weights on the same machine.
        save_s: seconds between checkpoints.
    """

    minutes: float
    steps: float = math.inf
    save_s: float = 60.0

    def share(self, elapsed_s: float, step: int) -> float:
        """Share of the training that is over, 0 to 1."""
        spent = elapsed_s / (60 * self.minutes) if self.minutes else 1.0
        return min(max(spent, step / self.steps), 1.0)


@dataclass(frozen=True, slots=True)
class Optimisation:
    """How the steps of a training are taken.

    Attributes:
        learning_rate: of AdamW, at a moment.
        max_gradient: norm to which gradients are clipped.
        weight_decay: of AdamW.
        decays: whether the parameter of that name decays.
        rate_share: share of the learning rate that the parameter of that name learns at.
        fresh_share: share that the weights have in their average after so many steps; None ships
            the weights as they are.
        is_ahead: whether a batch is made while the one before it is learned.
    """

    learning_rate: Callable[[TrainingMoment], float]
    max_gradient: float
    weight_decay: float
    decays: Callable[[str, nn.Parameter], bool] = lambda name, parameter: True
    rate_share: Callable[[str], float] = lambda name: 1.0
    fresh_share: Callable[[int], float] | None = None
    is_ahead: bool = False


class TrainingJob(Protocol[Batch]):
    """What one training has of its own.

    Attributes:
        network: to train, in the mode in which it is to be trained.
        optimisation: how its steps are taken.
        remembered: tensors of its own that a checkpoint keeps beside the weights.
    """

    network: nn.Module
    optimisation: Optimisation
    remembered: dict[str, Tensor]

    def batch(self, at: TrainingMoment) -> Batch:
        """What the next step learns from; the same step of the same seed gives the same."""
        ...

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Loss of a batch, whose tensors are on the network's device.

        Args:
            network: that of the job, perhaps wrapped: what it is called with is shared between
                devices.
            batch: of `batch`.
        """
        ...

    def evaluate(self, at: TrainingMoment) -> dict[str, float]:
        """Scores for the curve."""
        ...
