"""Train the court network: `train` runs for some minutes, and goes on where it was stopped."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from playerid.models.court.keypoints import CourtNetwork, locate
from playerid.models.precision import in_precision, training_precision
from playerid.models.state import save_state
from playerid.models.trunk import STRIDE, to_tensor
from playerid.scores.label_files import need_labels
from playerid.training.court_pictures import CourtPainter, CourtPicture
from playerid.training.court_sources import (
    Source,
    read_real_pictures,
    read_rendered_pictures,
    render_pictures,
    vary_pictures,
)
from playerid.training.court_targets import CourtTarget, make_target, vary_look
from playerid.training.loop import TrainingRun
from playerid.training.start import begin_with
from playerid.training.training_job import Optimisation, TrainingLimits, TrainingMoment

logger = logging.getLogger(__name__)


def point_loss(
    points: torch.Tensor, absent: torch.Tensor, targets: Sequence[CourtTarget], sigma: float = 0.7
) -> torch.Tensor:
    """Cross-entropy between the heat maps and where the points are, or that they are not there.

    Args:
        points: (B, K, h, w) logits.
        absent: (B, K) logits.
        targets: B targets.
        sigma: spread of the right answer around the point, in cells.
    """
    height, width = points.shape[2:]
    joined = torch.cat([points.flatten(2), absent[..., None]], dim=2).float()
    log_prob = joined.log_softmax(dim=2)
    cells = torch.from_numpy(np.stack([t.cells for t in targets])).to(points.device)
    seen = torch.from_numpy(np.stack([t.seen for t in targets])).to(points.device)
    offset = torch.arange(-2, 3, device=points.device)
    columns = cells[..., 0].long()[..., None] + offset
    rows = cells[..., 1].long()[..., None] + offset
    across = torch.exp(-0.5 * ((columns + 0.5 - cells[..., :1]) / sigma) ** 2)
    down = torch.exp(-0.5 * ((rows + 0.5 - cells[..., 1:]) / sigma) ** 2)
    across = across * ((columns >= 0) & (columns < width))
    down = down * ((rows >= 0) & (rows < height))
    share = (down[..., :, None] * across[..., None, :]).flatten(2)
    share = share / share.sum(dim=2, keepdim=True)
    index = rows.clamp(0, height - 1)[..., :, None] * width
    index = (index + columns.clamp(0, width - 1)[..., None, :]).flatten(2)
    there = -(share * log_prob.gather(2, index)).sum(dim=2)
    return torch.where(seen, there, -log_prob[..., -1]).mean()


CourtBatch = tuple[Tensor, list[CourtTarget]]


class CourtJob:
    """Training of the court network: a `TrainingJob`.

    Pictures are small in the first part of the training, where they cost half.

    Attributes:
        network: to train.
        optimisation: how its steps are taken.
        remembered: nothing.
    """

    def __init__(
        self,
        network: CourtNetwork,
        sources: Sequence[tuple[float, Source]],
        held_out: Sequence[CourtPicture],
        seed: int,
    ) -> None:
        """Begin with a network.

        Args:
            network: to train.
            sources: of pictures, each with the share that comes from it.
            held_out: pictures to measure on.
            seed: of the batches.
        """
        self.network: nn.Module = network.to(memory_format=torch.channels_last)
        self.optimisation = Optimisation(
            lambda at: 2e-3 * at.rate(150, 0.01),
            max_gradient=5.0,
            weight_decay=0.02,
            fresh_share=lambda count: 1 - min(0.998, 1 - 1 / (1 + count / 5)),
        )
        self.remembered: dict[str, Tensor] = {}
        self._sources = [source for _, source in sources]
        shares = np.array([share for share, _ in sources])
        self._shares, self._held_out, self._seed = shares / shares.sum(), held_out, seed

    def batch(self, at: TrainingMoment, size: int = 8) -> CourtBatch:
        """Pictures of several sources, and what is to be found in them."""
        random = np.random.default_rng([self._seed, at.step])
        size_px = (384, 224) if at.share < 0.6 else (512, 288)
        chosen = random.choice(len(self._sources), size, p=self._shares)
        pictures = [self._sources[index](random, *size_px) for index in chosen]
        targets = [make_target(picture, STRIDE) for picture in pictures]
        return to_tensor([picture.image for picture in pictures], *size_px), targets

    def loss(self, network: nn.Module, batch: CourtBatch) -> Tensor:
        """Cross-entropy of the points, and of the areas."""
        images, targets = batch
        with in_precision(images.device, training_precision(images.device)):
            points, absent, areas = network(images.to(memory_format=torch.channels_last))
        wanted = torch.from_numpy(np.stack([t.areas for t in targets])).to(images.device)
        return point_loss(points, absent, targets) + binary_cross_entropy_with_logits(
            areas.float(), wanted
        )

    def evaluate(self, at: TrainingMoment) -> dict[str, float]:
        """Scores on the pictures that were held out."""
        return measure(at.shipped, self._held_out)


def train(  # noqa: PLR0913
    data_dir: Path,
    out: Path,
    minutes: float,
    seed: int,
    resume: bool,
    start: Path | None = None,
    *,
    rendered: int = 480,
    save_s: float = 120,
) -> Path:
    """Train the court network on real halls, arena frames and drawn pictures.

    Args:
        data_dir: holds `courts_train`, see `label_files.find_labels`.
        out: folder for the checkpoint, the curve (`curve.jsonl`) and `court.safetensors`.
        minutes: of training, counting what earlier runs in `out` took.
        seed: of weights and pictures.
        resume: go on from the checkpoint in `out`, if there is one.
        start: weights to begin with.
        rendered: how many arena frames to render into `out` first.
        save_s: seconds between checkpoints.

    Returns:
        The weights file.
    """
    real = read_real_pictures(
        need_labels(data_dir, "courts_train"), out / "homographies.json", "fiba"
    )
    torch.manual_seed(seed)
    network = CourtNetwork.for_court(real[0].court)
    if start:
        begin_with(network, start)
    render_pictures(out / "arena", rendered, seed)
    arena = read_rendered_pictures(out / "arena")
    pictures = vary_pictures([p for i, p in enumerate(real) if i % 20])
    sources = [(0.45, pictures), (0.2, painted(CourtPainter, seed))]
    if arena:
        sources.append((0.35, vary_pictures(arena, repaint_share=0.15)))
    run = TrainingRun(
        CourtJob(network, sources, real[::20], seed), out, TrainingLimits(minutes, save_s=save_s)
    )
    if resume:
        run.resume()
    logger.info("%d real, %d arena pictures, from step %d", len(real), len(arena), run.step)
    run.train(lambda shipped: save_state(shipped, out / "court.safetensors"))
    return out / "court.safetensors"


class Painter(Protocol):
    """Draws random pictures of courts."""

    def paint(self, width_px: int, height_px: int) -> CourtPicture:
        """Draw a picture."""
        ...


def painted(open_painter: Callable[[int], Painter], seed: int) -> Source:
    """Pictures of one painter; a training that is resumed begins with another painter.

    Args:
        open_painter: makes a painter of a seed.
        seed: of the training.
    """
    painters: list[Painter] = []

    def source(random: np.random.Generator, width_px: int, height_px: int) -> CourtPicture:
        if not painters:
            painters.append(open_painter(int(random.integers(2**31)) + seed))
        picture = painters[0].paint(width_px, height_px)
        return CourtPicture(vary_look(picture.image, random), picture.image_to_court, picture.court)

    return source


def measure(network: nn.Module, pictures: Sequence[CourtPicture]) -> dict[str, float]:
    """Measure the points a network finds in pictures it did not learn.

    Returns:
        Median error of the points in view, in pixels of a picture 512 wide, and the share of
        them whose score is at least 0.3.
    """
    device = next(network.parameters()).device
    errors: list[NDArray[np.float64]] = []
    scores: list[NDArray[np.float64]] = []
    for picture in pictures:
        height, width = picture.image.shape[:2]
        scale = np.diag([width / 512, height / 288, 1.0])
        resized = CourtPicture(
            np.zeros((288, 512, 3), np.uint8), picture.image_to_court @ scale, picture.court
        )
        target = make_target(resized, STRIDE)
        with torch.inference_mode():
            points, absent, _ = network(to_tensor([picture.image], 512, 288).to(device))
            cells, score = locate(points.cpu(), absent.cpu())
        gap = np.linalg.norm(cells[0].numpy() - target.cells, axis=1) * STRIDE
        errors.append(gap[target.seen])
        scores.append(score[0].numpy()[target.seen])
    return {
        "point_error_px": round(float(np.median(np.concatenate(errors))), 3),
        "points_found": round(float((np.concatenate(scores) >= 0.3).mean()), 3),
    }
