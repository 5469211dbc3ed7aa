"""Train the small detector, on rendered frames and on real ones with fewer labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rfdetr.config import TrainConfig
from rfdetr.models.lwdetr import build_criterion_from_config
from torch import Tensor, nn

from playerid.archive.local_files import in_one_step
from playerid.models.detector import LABELS, PLAYER_LABELS
from playerid.models.detector.rfdetr_library import halve_backbone, to_input, without_padding
from playerid.models.detector.rfdetr_small import SmallModel, build_small, save_small
from playerid.scores.label_files import need_labels
from playerid.scores.labelled_frames import LabelledFrame, read_frame, read_labelled_frames
from playerid.training.detector_augment import random_torsos, random_view
from playerid.training.detector_render import fill_folder
from playerid.training.loop import TrainingRun
from playerid.training.start import best_device, process_index, train_in_processes
from playerid.training.supplies import supplied
from playerid.training.training_job import Optimisation, TrainingLimits, TrainingMoment

Target = dict[str, Tensor]
DetectorBatch = tuple[Tensor, list[Target], Tensor]
MERGED = {
    "player": PLAYER_LABELS,
    "referee": ("referee",),
    "ball": ("ball", "ball-in-basket"),
    "rim": ("rim",),
}
"""Label of a real frame -> our labels that it stands for."""
RENDERED, REAL, TORSOS = range(3)
"""Which labels a picture has: all; those of `MERGED`; numbers only."""


@dataclass(frozen=True, slots=True)
class DetectorRecipe:
    """How the small detector is trained.

    Attributes:
        batch: frames per step.
        groups: groups of queries that learn side by side, each matched to the truth.
        learning_rate: highest rate of AdamW; reached after `warm_up` steps, then a cosine over
            the training time down to 2 %.
        warm_up: steps.
        weight_decay: of AdamW.
        max_gradient: norm to which gradients are clipped.
        ema: decay of the moving average of the weights that is shipped.
        real_share: share of real frames, once there are rendered ones.
        torso_share: share of the rendered frames that are shown as enlarged torsos.
        small_share: share of the time spent on pictures of `small_px`, which cost a third.
        small_px: height and width of those.
    """

    batch: int = 8
    groups: int = 3
    learning_rate: float = 5e-4
    warm_up: int = 300
    weight_decay: float = 1e-4
    max_gradient: float = 1.0
    ema: float = 0.993
    real_share: float = 0.35
    torso_share: float = 0.45
    small_share: float = 0.5
    small_px: tuple[int, int] = (256, 448)


def _comparable(output: dict[str, Any], kinds: Tensor) -> dict[str, Any]:
    """Let pictures be judged only by the labels that they have, at every decoder layer."""
    layer = {
        "pred_logits": merge_labels(output["pred_logits"], kinds),
        "pred_boxes": output["pred_boxes"],
    }
    if "aux_outputs" in output:
        layer["aux_outputs"] = [_comparable(aux, kinds) for aux in output["aux_outputs"]]
    if "enc_outputs" in output:
        layer["enc_outputs"] = _comparable(output["enc_outputs"], kinds)
    return layer


def merge_labels(logits: Tensor, kinds: Tensor, never: float = -30.0) -> Tensor:
    """Silence labels that a picture does not have: neither rewarded nor punished.

    On real frames, the surest of our labels that a label stands for speaks for it.

    Args:
        logits: (N, queries, labels).
        kinds: (N,) `RENDERED`, `REAL` or `TORSOS`.
        never: logit of a silent label.
    """
    real, torsos = torch.full_like(logits, never), torch.full_like(logits, never)
    for label, stands_for in MERGED.items():
        ours = [LABELS.index(name) for name in stands_for]
        real[..., LABELS.index(label)] = logits[..., ours].amax(-1)
    number = LABELS.index("number")
    torsos[..., number] = logits[..., number]
    kinds = kinds[:, None, None]
    return torch.where(kinds == REAL, real, torch.where(kinds == TORSOS, torsos, logits))


@dataclass(frozen=True, slots=True)
class FrameSource:
    """Where training frames come from.

    Attributes:
        real: labelled frames.
        rendered: folder that a renderer fills; it may still be empty.
    """

    real: Sequence[LabelledFrame]
    rendered: Path

    def draw(self, count: int, real_share: float, rng: np.random.Generator) -> list[LabelledFrame]:
        """Draw frames; all of them are real while nothing has been rendered."""
        paths = sorted(self.rendered.glob("*.npz"))
        share = real_share if paths else 1.0
        return [
            self.real[int(rng.integers(len(self.real)))]
            if rng.random() < share
            else read_frame(paths[rng.integers(len(paths))])
            for _ in range(count)
        ]


def make_batch(
    frames: Sequence[LabelledFrame],
    size_px: tuple[int, int],
    zooms: tuple[float, float],
    torsos: tuple[float, int],
    seed: list[int],
) -> DetectorBatch:
    """Augment frames to pictures of one size: what `DetectorJob.loss` takes.

    Args:
        frames: one for each picture.
        size_px: height and width.
        zooms: see `random_view`.
        torsos: share of the rendered frames shown as torsos, and side of a torso, pixels.
        seed: draws everything.

    Returns:
        Pixels (N, 3, height, width) of `to_input`; of each picture `labels` (M,) and `boxes`
        (M, 4) as (x, y, width, height) fractions, x and y of the centre; (N,) `RENDERED`, `REAL`
        or `TORSOS`.
    """
    rng = np.random.default_rng(seed)
    images, targets, kinds = [], [], []
    for frame in frames:
        kinds.append(REAL if frame.is_real else TORSOS if rng.random() < torsos[0] else RENDERED)
        image, boxes, labels = (
            random_torsos(frame, size_px, torsos[1], rng)
            if kinds[-1] == TORSOS
            else random_view(frame, size_px, zooms, rng)
        )
        images.append(image)
        sides = boxes[:, 2:] - boxes[:, :2]
        centred = np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, sides], axis=1)
        targets.append({"labels": torch.from_numpy(labels), "boxes": torch.from_numpy(centred)})
    return to_input(images, size_px), targets, torch.tensor(kinds)


class DetectorJob:
    """Training of the small detector: a `TrainingJob`.

    Attributes:
        network: to train.
        optimisation: how its steps are taken.
        remembered: nothing.
    """

    def __init__(
        self, sizes: SmallModel, recipe: DetectorRecipe, source: FrameSource, seed: int
    ) -> None:
        """Begin with random weights.

        Args:
            sizes: of the network.
            recipe: how it is trained.
            source: of the frames.
            seed: of weights and batches; each process of several draws batches of its own.
        """
        torch.manual_seed(seed)
        self.network: nn.Module = build_small(sizes, recipe.groups).train()
        if best_device().type == "cpu":
            halve_backbone(self.network, "cpu", torch.bfloat16)
        self.optimisation = Optimisation(
            lambda at: recipe.learning_rate * at.rate(recipe.warm_up, 0.02),
            recipe.max_gradient,
            recipe.weight_decay,
            decays=lambda name, parameter: parameter.ndim > 1 and "embed" not in name,
            fresh_share=lambda count: 1 - min(recipe.ema, (1 + count) / (10 + count)),
            is_ahead=True,
        )
        self.remembered: dict[str, Tensor] = {}
        self._criterion, _ = build_criterion_from_config(
            sizes.config(recipe.groups),
            TrainConfig(dataset_dir=".", output_dir="."),
            sizes.defaults,
        )
        self._criterion.train()
        self._sizes, self._recipe, self._source = sizes, recipe, source
        self._seed = seed + 1000 * process_index()

    def batch(self, at: TrainingMoment) -> DetectorBatch:
        """Frames of the source, augmented; the same step draws the same."""
        recipe, sizes, seed = self._recipe, self._sizes, [self._seed, at.step]
        is_small = at.share < recipe.small_share
        size_px = recipe.small_px if is_small else (sizes.height_px, sizes.width_px)
        frames = self._source.draw(recipe.batch, recipe.real_share, np.random.default_rng(seed))
        zooms = (1.0, 2.2) if is_small else (0.92, 1.4)
        return make_batch(frames, size_px, zooms, (recipe.torso_share, sizes.torso_px), seed)

    def loss(self, network: nn.Module, batch: DetectorBatch) -> Tensor:
        """The library's losses, on the labels that each picture has."""
        pixels, targets, kinds = batch
        criterion = self._criterion.to(pixels.device)
        losses = criterion(_comparable(network(without_padding(pixels)), kinds), targets)
        weights = criterion.weight_dict
        return torch.stack([losses[k] * weights[k] for k in losses if k in weights]).sum()

    def evaluate(self, at: TrainingMoment) -> dict[str, float]:
        """Nothing: the card measures the detector when it is ready."""
        return {}


def train(  # noqa: PLR0913
    data_dir: Path,
    out: Path,
    minutes: float,
    seed: int,
    resume: bool,
    *,
    processes: int = 1,
    save_s: float = 150,
) -> Path:
    """Train the small detector.

    Args:
        data_dir: folder with `players_train`, see `label_files.find_labels`.
        out: folder of the run: `checkpoint.pt`, `curve.jsonl`, rendered frames,
            `detector.safetensors`.
        minutes: length of the whole run, resumed parts together.
        seed: of the weights, the frames drawn and their augmentation.
        resume: continue from the checkpoint in `out`, if there is one.
        processes: each learns from a batch of its own, and they take every step together. On a
            busy machine two processes of one thread wait less than one of two threads.
        save_s: seconds between checkpoints.

    Returns:
        The weights, averaged over the last steps.

    Raises:
        LabelsError: The labelled frames are missing.
    """
    with supplied(fill_folder, out / "frames", seed):
        train_in_processes(processes, _train_here, data_dir, out, (minutes, save_s), seed, resume)
    return out / "detector.safetensors"


def _train_here(
    data_dir: Path, out: Path, plan: tuple[float, float], seed: int, resume: bool
) -> None:
    """Train as the only process, or as one of several."""
    sizes = SmallModel()
    source = FrameSource(
        read_labelled_frames(need_labels(data_dir, "players_train")), out / "frames"
    )
    job = DetectorJob(sizes, DetectorRecipe(), source, seed)
    run = TrainingRun(job, out, TrainingLimits(plan[0], save_s=plan[1]))
    if resume:
        run.resume()

    def write(shipped: nn.Module) -> None:
        with in_one_step(out / "detector.safetensors") as partial:
            save_small(partial, sizes, shipped.state_dict())

    run.train(write)
