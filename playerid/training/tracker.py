"""Train a small SAM 2.1 on masks of arena games.

Windows around people are cut from rendered clips. The first frame is prompted with a box, the
others are carried by memory; gradients flow through the memories. Clips grow longer as training
goes on: a network that cannot segment yet has nothing to remember.
"""

import argparse
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor
from torch.nn import functional

from playerid.backends.sam2_memory import Masks, Memory
from playerid.backends.sam2_network import SmallSAM2, build_small, load_network, save_small
from playerid.backends.sam2_views import normalise
from playerid.crops import decode_jpeg
from playerid.training.start import best_device
from playerid.training.tracker_clips import WINDOW_HEIGHTS, WINDOW_PX, Clip

log = logging.getLogger(__name__)

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Example:
    """N people over T frames, as the tracker would see them.

    Attributes:
        pictures: T times N square RGB windows.
        masks: (T, N, side, side) bool.
        boxes_px: (N, 4) float32, jittered boxes of the first frame in its windows.
    """

    pictures: list[list[Image]]
    masks: NDArray[np.bool_]
    boxes_px: NDArray[np.float32]


class Sampler:
    """Draws examples from the clips of a folder; clips that appear later join in."""

    def __init__(self, folder: Path, sizes: SmallSAM2, seed: int) -> None:
        """Start with an empty cache."""
        self._folder = folder
        self._sizes = sizes
        self._rng = np.random.default_rng(seed)
        self._clips: dict[Path, Clip] = {}

    def draw(self, people: int, frames: int) -> Example:
        """Draw up to `people` people of one clip over `frames` frames, 0.1 or 0.2 s apart."""
        paths = sorted(self._folder.glob("*-[0-9]*.npz"))
        while True:
            path = paths[int(self._rng.integers(len(paths)))]
            if path not in self._clips:
                self._clips[path] = Clip.load(path)
            clip = self._clips[path]
            stride = int(self._rng.choice([1, 2])) if frames > 1 else 1
            last_start = len(clip.steps) - (frames - 1) * stride
            start = int(self._rng.integers(max(last_start, 1)))
            present = np.flatnonzero(clip.visible[start] > 0.4)
            if last_start > 0 and len(present):
                chosen = self._rng.permutation(present)[:people]
                return self._cut(clip, chosen, start + stride * np.arange(frames))

    def _cut(self, clip: Clip, people: NDArray[np.int64], samples: NDArray[np.int64]) -> Example:
        """Windows of a tracker that is a little off, in pictures that vary."""
        side, rng = self._sizes.side_px, self._rng
        kept_px = WINDOW_PX * self._sizes.window_heights / WINDOW_HEIGHTS
        mirrored, gain = rng.random() < 0.5, rng.uniform(0.75, 1.25, 3)
        pictures: list[list[Image]] = []
        masks = np.zeros((len(samples), len(people), side, side), np.bool_)
        boxes = np.zeros((len(people), 4), np.float32)
        for t, sample in enumerate(samples):
            window = decode_jpeg(clip.windows[sample])
            inside = decode_jpeg(clip.masks[sample])[..., 0]
            row = []
            for n, person in enumerate(people):
                shift = rng.normal(0, 0.02 if t == 0 else 0.06, 2) * WINDOW_PX
                scale = kept_px / side * rng.uniform(0.92, 1.08)
                matrix = _window_matrix(int(person), shift, scale, side, bool(mirrored))
                picture = _warp(window, matrix, side, cv2.INTER_LINEAR)
                masks[t, n] = _warp(inside, matrix, side, cv2.INTER_LINEAR) > 127
                row.append(np.clip(picture * gain, 0, 255).astype(np.uint8))
            pictures.append(row)
        for n in range(len(people)):
            boxes[n] = _jittered_box(masks[0, n], rng)
        return Example(pictures, masks, boxes)


def _window_matrix(
    person: int, shift: NDArray[np.float64], scale: float, side: int, mirrored: bool
) -> NDArray[np.float64]:
    """(2, 3) map from pixels of a window to pixels of the strip."""
    centre = np.array([(person + 0.5) * WINDOW_PX, 0.5 * WINDOW_PX]) + shift
    flip = -1.0 if mirrored else 1.0
    start = centre - np.array([flip, 1.0]) * scale * (side - 1) / 2
    return np.array([[flip * scale, 0, start[0]], [0, scale, start[1]]])


def _warp(strip: Image, matrix: NDArray[np.float64], side: int, smooth: int) -> Image:
    flags = smooth | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(strip, matrix, (side, side), flags=flags))


def _jittered_box(mask: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float32]:
    """The box of a mask as a detector might give it."""
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    box = np.array([left, top, left + width, top + height], np.float32)
    noise = rng.normal(0, 0.04, 4) * np.array([width, height, width, height])
    return np.asarray(box + noise, np.float32)


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
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    network, sizes = _begin(start, sizes or SmallSAM2())
    network.to(best_device())
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.01)
    step, spent_s, checkpoint = 0, 0.0, out / "checkpoint.pt"
    if resume and checkpoint.exists():
        state = torch.load(checkpoint, map_location=best_device(), weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        step, spent_s = state["step"], state["spent_s"]
    sampler = Sampler(data_dir, sizes, seed + step)
    plan_s = (minutes * 60, save_s)
    for report in _train_steps(network, optimiser, sampler, plan_s, (step, spent_s)):
        torch.save(
            {
                "network": network.state_dict(),
                "optimiser": optimiser.state_dict(),
                "step": report["step"],
                "spent_s": report["spent_s"],
            },
            out / "checkpoint.partial",
        )
        (out / "checkpoint.partial").replace(checkpoint)
        save_small(network, sizes, out / "tracker.safetensors")
        with (out / "curve.jsonl").open("a") as file:
            file.write(json.dumps(report) + "\n")
        log.info("%s", report)
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


def _train_steps(
    network: SAM2Base,
    optimiser: torch.optim.Optimizer,
    sampler: Sampler,
    plan_s: tuple[float, float],
    done: tuple[int, float],
) -> Iterator[dict[str, float]]:
    """Train until the time is spent; report now and then, and at the end."""
    budget_s, save_s = plan_s
    step, spent_s = done
    losses: list[float] = []
    started_s = reported_s = time.monotonic()
    while True:
        now_s = time.monotonic()
        share = (spent_s + now_s - started_s) / budget_s
        if share >= 1 or (now_s - reported_s > save_s and losses):
            held_out = [sampler.draw(6, 5) for _ in range(3)]
            prompted, carried = mean_iou(network, held_out)
            yield {
                "step": step,
                "spent_s": round(spent_s + now_s - started_s, 2),
                "loss": float(np.mean(losses)) if losses else 0.0,
                "prompted_iou": prompted,
                "carried_iou": carried,
            }
            losses, reported_s = [], time.monotonic()
        if share >= 1:
            return
        warm_up = min(step / 100, 1.0)
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * warm_up * min(1.0, 2.5 * (1 - share) + 0.02)
        length = _clip_length(share)
        loss = loss_of(*_outcome(network, sampler.draw(8 if length > 1 else 12, length)))
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        losses.append(float(loss.detach()))
        step += 1


def _outcome(network: SAM2Base, example: Example) -> tuple[list[Masks], NDArray[np.bool_]]:
    return run_example(network, example), example.masks


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
