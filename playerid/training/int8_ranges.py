"""The ranges of a model's networks, for integers: seen on pictures of the training.

Both real and rendered pictures are shown, because what one kind lacks would be cut off.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from playerid.archive.local_files import in_one_step
from playerid.arena.night import ARENAS
from playerid.frames.crops import cut_numbers, cut_torsos
from playerid.models import registry
from playerid.models.detector import PLAYER_LABELS
from playerid.models.int8 import RANGES
from playerid.models.packs import Model
from playerid.models.quick_network import watching
from playerid.scores.court_scores import read_court_labels
from playerid.scores.label_files import find_labels
from playerid.scores.labelled_frames import read_labelled_frames
from playerid.scores.number_scores import read_labelled_crops

SEED = 5_900_000
"""Of rendered games; a training renders from 5,000,000, scores are taken on others."""
PER_GAME = 4
Frame = tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.str_]]
"""An RGB picture, its (N, 4) boxes in pixels, and their labels."""


def note_ranges(model: Model, data: Path, sport: str, cache: Path, most: int = 48) -> bool:
    """Show pictures of the training to a model, and write the ranges into its file of weights.

    Args:
        model: with weights of a local file, which gets another SHA-256.
        data: folder with labels of the training.
        sport: of the rendered pictures.
        cache: where fetched weights are kept.
        most: frames of each kind.

    Returns:
        Whether the model has networks that can compute in integers.
    """
    if model.job not in SHOWN:
        return False
    with watching() as seen:
        backend = registry.load(model, cache)
        if not seen.networks:
            return False
        frames = [*_rendered_frames(sport, most), *_real_frames(data, most)]
        SHOWN[model.job](backend, frames, data)
    path = Path(model.weights)
    with safe_open(path, "np") as file:
        facts = file.metadata() or {}
    tensors = load_file(path)
    with in_one_step(path) as partial:
        save_file(tensors, partial, {**facts, RANGES: seen.ranges()})
    return True


def _rendered_frames(sport: str, most: int) -> list[Frame]:
    stills = ARENAS[sport].stills(SEED, most, PER_GAME)
    return [(still.image, still.truth.boxes_px, still.truth.labels) for still in stills]


def _real_frames(data: Path, most: int) -> list[Frame]:
    labels = find_labels(data, "players_train")
    frames = read_labelled_frames(labels) if labels else []
    shown: list[Frame] = []
    for frame in frames[:: max(len(frames) // most, 1)]:
        image = frame.image()
        truth = frame.truth(*image.shape[:2])
        shown.append((image, truth.boxes_px, truth.labels))
    return shown


def _show_detector(backend: Any, frames: Sequence[Frame], data: Path) -> None:
    for image, _, _ in frames:
        backend.detect([image])


def _show_court(backend: Any, frames: Sequence[Frame], data: Path) -> None:
    labels = find_labels(data, "courts_train")
    courts = read_court_labels(labels) if labels else []
    for image in [*(image for image, _, _ in frames), *(court.image for court in courts[::5])]:
        backend.find([image])


def _show_number_reader(backend: Any, frames: Sequence[Frame], data: Path) -> None:
    crop_labels = find_labels(data, "jersey_crops_train")
    crops = read_labelled_crops(crop_labels)[0][::8] if crop_labels else []
    for image, boxes_px, labels in frames:
        crops += cut_numbers(image, boxes_px[labels == "number"])
    backend.read(crops)


def _show_torso_reader(backend: Any, frames: Sequence[Frame], data: Path) -> None:
    for image, boxes_px, labels in frames:
        players = boxes_px[np.isin(labels, PLAYER_LABELS)]
        backend.read_torsos(cut_torsos(image, players))


SHOWN: dict[str, Callable[[Any, Sequence[Frame], Path], None]] = {
    "detector": _show_detector,
    "court": _show_court,
    "number_reader": _show_number_reader,
    "torso_reader": _show_torso_reader,
}
"""Jobs whose networks may compute in integers -> how pictures are shown to their models."""
