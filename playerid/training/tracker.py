"""Train a small SAM 2.1 on masks of arena games.

Windows around people are cut from rendered clips. The first frame is prompted with a box, the
others are carried by memory; gradients flow through the memories. Clips grow longer as training
goes on: a network that cannot segment yet has nothing to remember.
"""

import argparse
import logging
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor, nn
from torch.nn import functional

from playerid.archive.local_files import in_one_step
from playerid.models.tracker.sam2_memory import Masks, Memory
from playerid.models.tracker.sam2_network import SmallSAM2, build_small, load_network, save_small
from playerid.models.tracker.sam2_views import normalise
from playerid.training.loop import TrainingRun
from playerid.training.tracker_examples import Example, ExampleSampler
from playerid.training.training_job import Optimisation, TrainingLimits, TrainingMoment


def run_example(network: SAM2Base, example: Example) -> list[Masks]:
    """The network's masks in each frame; memories stay differentiable."""
    device = next(network.parameters()).device
    memory = Memory(network, batch_size=64)
    people = list(range(len(example.boxes_px)))
    boxes_px = torch.from_numpy(example.boxes_px).to(device)
    found = []
    for t, row in enumerate(example.pictures):
        features = memory.look(normalise(row).to(device))
        if t == 0:
            found.append(memory.prompt(0, people, features, boxes_px))
        else:
            found.append(memory.carry(t, people, features))
    return found


def loss_of(found: list[Masks], masks: NDArray[np.bool_]) -> Tensor:
    """Focal and dice loss of the masks, cross entropy of being there at all."""
    device = found[0].logits.device
    total = torch.zeros((), device=device)
    for prediction, truth in zip(found, masks, strict=True):
        target = torch.from_numpy(truth).to(device).float()[:, None]
        size = prediction.logits.shape[-2:]
        target = functional.interpolate(target, size, mode="area")[:, 0]
        there = torch.from_numpy(truth.any(axis=(1, 2))).to(device).float()
        total = total + functional.binary_cross_entropy_with_logits(prediction.scores, there)
        shown = prediction.logits > -1000  # the network sets the mask of nobody to a constant
        weight = there * shown.flatten(1).any(1).float()
        logits = prediction.logits.clamp(min=-30)
        cross = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        probability = torch.sigmoid(logits)
        miss = probability * (1 - target) + (1 - probability) * target
        focal = (cross * miss**2).flatten(1).mean(1)
        shared = (probability * target).flatten(1).sum(1)
        both = probability.flatten(1).sum(1) + target.flatten(1).sum(1)
        dice = 1 - (2 * shared + 1) / (both + 1)
        total = total + ((20 * focal + dice) * weight).sum() / weight.sum().clamp(min=1)
    return total / len(found)


@torch.inference_mode()
def mean_iou(network: SAM2Base, examples: list[Example]) -> tuple[float, float]:
    """IoU in windows of visible people: in prompted frames, and in those carried by memory."""
    prompted: list[float] = []
    carried: list[float] = []
    for example in examples:
        for t, (found, truth) in enumerate(
            zip(run_example(network, example), example.masks, strict=True)
        ):
            side = truth.shape[-1]
            logits = functional.interpolate(found.logits[:, None], (side, side), mode="bilinear")
            mask = logits[:, 0].cpu().numpy() > 0
            shown = truth.any(axis=(1, 2))
            shared = (mask & truth).sum(axis=(1, 2))[shown]
            union = (mask | truth).sum(axis=(1, 2))[shown]
            (carried if t else prompted).extend((shared / union).tolist())
    return float(np.mean(prompted)), float(np.mean(carried))


class TrackerJob:
    """Training of a small SAM 2.1: a `TrainingJob`.

    Attributes:
        network: to train, in the mode of use: what it does with memories depends on it.
        optimisation: how its steps are taken; weights are not averaged.
        remembered: nothing.
    """

    def __init__(self, network: SAM2Base, sampler: ExampleSampler, seed: int) -> None:
        """Begin with a network.

        Args:
            network: to train.
            sampler: of the examples.
            seed: of the batches.
        """
        self.network: nn.Module = network
        self.optimisation = Optimisation(_learning_rate, max_gradient=1.0, weight_decay=0.01)
        self.remembered: dict[str, Tensor] = {}
        self._sampler, self._seed = sampler, seed

    def batch(self, at: TrainingMoment) -> Example:
        """People of a clip, over more frames as the training goes on."""
        rng = np.random.default_rng([self._seed, at.step])
        length = _clip_length(at.share)
        return self._sampler.draw(rng, 8 if length > 1 else 12, length)

    def loss(self, network: nn.Module, batch: Example) -> Tensor:
        """See `loss_of`."""
        return loss_of(run_example(network, batch), batch.masks)

    def evaluate(self, at: TrainingMoment) -> dict[str, float]:
        """See `mean_iou`; of examples that no step draws."""
        rng = np.random.default_rng([self._seed, at.step, 1])
        examples = [self._sampler.draw(rng, 6, 5) for _ in range(3)]
        prompted, carried = mean_iou(at.shipped, examples)
        return {"prompted_iou": prompted, "carried_iou": carried}


def _learning_rate(at: TrainingMoment) -> float:
    """A rise over 100 steps, then 1e-3, and a straight fall from 0.608 of the training on."""
    return 1e-3 * min(at.step / 100, 1.0) * min(1.0, 2.5 * (1 - at.share) + 0.02)


def _clip_length(share: float) -> int:
    """Frames of an example, when this share of the time has passed."""
    return 1 if share < 0.2 else 2 if share < 0.3 else 3 if share < 0.6 else 5


def train(  # noqa: PLR0913
    data_dir: Path,
    out: Path,
    minutes: float,
    seed: int = 0,
    resume: bool = True,
    start: Path | None = None,
    *,
    sizes: SmallSAM2 | None = None,
    save_s: float = 120,
) -> Path:
    """Train for some minutes, counting those before an interruption.

    Args:
        data_dir: clips of `render_clips`; the folder may still be filling.
        out: receives `checkpoint.pt`, `curve.jsonl` and `tracker.safetensors`.
        minutes: of training in all.
        seed: of weights and examples.
        resume: go on from `checkpoint.pt` if it is there.
        start: weights to begin with; None begins from scratch.
        sizes: of the network from scratch; the default is what ships.
        save_s: seconds between checkpoints.

    Returns:
        The weights.

    Raises:
        WeightsError: `start` holds no small SAM 2.1.
    """
    torch.manual_seed(seed)
    network, sizes = _begin(start, sizes or SmallSAM2())
    job = TrackerJob(network, ExampleSampler(data_dir, sizes), seed)
    run = TrainingRun(job, out, TrainingLimits(minutes, save_s=save_s))
    if resume:
        run.resume()

    def write(shipped: nn.Module) -> None:
        with in_one_step(out / "tracker.safetensors") as partial:
            save_small(shipped, sizes, partial)

    run.train(write)
    return out / "tracker.safetensors"


def _begin(start: Path | None, sizes: SmallSAM2) -> tuple[SAM2Base, SmallSAM2]:
    """The network to train, and its sizes."""
    if start:
        network, found = load_network(start)
        return network, found or sizes
    network = build_small(sizes)
    with torch.no_grad():  # masks of people taken for absent teach nothing: let everybody be there
        network.sam_mask_decoder.pred_obj_score_head.layers[-1].bias.fill_(3.0)
    return network, sizes


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    train(arguments.data_dir, arguments.out, arguments.minutes, arguments.seed)
