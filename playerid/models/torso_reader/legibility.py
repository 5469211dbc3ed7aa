"""How sure it is that a number can be read, and what the probabilities of a torso are then."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Legibility:
    """What turns the outputs of the networks into a probability that a number can be read.

    A logistic function, fitted on torsos that people looked at.

    Attributes:
        bias: of the function.
        found: weight of the log odds that a number was found.
        read: weight of the log odds that the reader saw a number there.
        sure: weight of the log odds of the reader's likeliest number.
    """

    bias: float = 0.0
    found: float = 0.5
    read: float = 0.5
    sure: float = 0.0

    def probs(self, cues: NDArray[np.floating]) -> NDArray[np.float64]:
        """(N,) probabilities of (N, 3) cues, in the order of the weights."""
        logits = self.bias + cues @ np.array([self.found, self.read, self.sure])
        return np.asarray(1 / (1 + np.exp(-logits)))


def read_probs(
    logits: Tensor, legible: NDArray[np.floating], temperature: float
) -> NDArray[np.float32]:
    """(N, 102) probabilities: of "" what is not legible, of the numbers in proportion the rest."""
    numbers = (logits[:, 1:].double() / temperature).softmax(dim=1).numpy()
    return np.column_stack([1 - legible, legible[:, None] * numbers]).astype(np.float32)
