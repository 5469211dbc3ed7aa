"""One model of one job against one file of labelled pictures."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from playerid.archive.local_files import sha256_of
from playerid.errors import LabelsError, WeightsError
from playerid.leagues import load_league
from playerid.models.court import CourtModel
from playerid.models.detector import Detector
from playerid.models.number_reader import NumberReader
from playerid.models.packs import Model
from playerid.models.torso_reader import TorsoReader
from playerid.scores.court_scores import JudgedViews, judge_court_model, read_court_labels
from playerid.scores.detector_scores import JudgedDetections
from playerid.scores.label_files import read_picture
from playerid.scores.labelled_frames import read_labelled_frames
from playerid.scores.number_scores import (
    JudgedReadings,
    JudgedTorsos,
    judge_readings,
    read_labelled_crops,
)

LABELLED_COURTS = "fiba"
"""League whose lines the labelled courts are measured by; see `read_court_labels`."""


class Judged(Protocol):
    """What a model made of N labelled pictures."""

    def __len__(self) -> int: ...

    def scores(self, chosen: NDArray[np.integer]) -> dict[str, float]:
        """Scores over (M,) pictures, each as often as it stands there; NaN where there is none."""
        ...


def judge_detector(detector: Detector, data: Path) -> JudgedDetections:
    """Run a detector over a file of `read_labelled_frames`, one frame at a time.

    Frames are shown as they are, squeezed ones too: boxes are fractions, and detectors bring a
    frame to a shape of their own; stretching it before costs sharpness.
    """
    found, truth = [], []
    for row, frame in enumerate(read_labelled_frames(data)):
        image = read_picture(frame.jpeg, data, row)
        found += detector.detect([image])
        truth.append(frame.truth(image.shape[0], image.shape[1]))
    return JudgedDetections(found, truth)


def judge_number_reader(reader: NumberReader, data: Path) -> JudgedReadings:
    """Run a number reader over a file of `read_labelled_crops`."""
    crops, numbers = read_labelled_crops(data)
    return judge_readings(reader.read(crops).probs, numbers)


def judge_torso_reader(reader: TorsoReader, data: Path) -> JudgedTorsos:
    """Run a torso reader over a file of upper bodies, of the form of `read_labelled_crops`."""
    crops, numbers = read_labelled_crops(data)
    return JudgedTorsos(judge_readings(reader.read_torsos(crops).probs, numbers))


def judge_court(model: CourtModel, data: Path) -> JudgedViews:
    """Run a court model over a file of `read_court_labels`."""
    return judge_court_model(model, read_court_labels(data), load_league(LABELLED_COURTS).court)


JUDGES: dict[str, Callable[[Any, Path], Judged]] = {
    "detector": judge_detector,
    "number_reader": judge_number_reader,
    "torso_reader": judge_torso_reader,
    "court": judge_court,
}
"""Jobs with labelled files -> how a backend is run over one."""


def judge(backend: Any, job: str, data: Path) -> Judged:
    """Run a backend over labelled pictures.

    Args:
        backend: of that job.
        job: one of `JUDGES`.
        data: file of the form that the job's reader of labels documents.

    Raises:
        LabelsError: Unknown job, or a file that cannot be read; names file and column.
    """
    check_job(job)
    return JUDGES[job](backend, data)


def check_job(job: str) -> None:
    """Raise LabelsError unless there are labelled files for the job."""
    if job not in JUDGES:
        raise LabelsError(f"no labelled files are known for {job!r}: jobs are {list(JUDGES)}")


def score(backend: Any, job: str, data: Path) -> dict[str, float]:
    """All scores of a backend on a file of labelled pictures; see `judge`."""
    judged = judge(backend, job, data)
    return judged.scores(np.arange(len(judged)))


def with_weights(model: Model, weights: Path) -> Model:
    """The same model with other weights, a local safetensors file.

    Weights that say which backend they are for, and with which parameters, are believed.

    Raises:
        WeightsError: There is no such file, or it is of another kind.
    """
    if weights.suffix != ".safetensors":
        raise WeightsError(f"{weights}: weights are read from safetensors files only")
    if not weights.is_file():
        raise WeightsError(f"{weights}: there is no such file")
    facts = _said_of(weights)
    backend = facts.get("playerid.backend", model.backend)
    kept = model.parameters if backend == model.backend else {}
    parameters = {**kept, **json.loads(facts.get("playerid.parameters", "{}"))}
    return replace(
        model,
        backend=backend,
        weights=str(weights.absolute()),
        sha256=sha256_of(weights),
        parameters=parameters,
    )


def _said_of(weights: Path) -> dict[str, str]:
    """The metadata of a safetensors file; nothing of a file that is none: its backend says so."""
    try:
        with safe_open(weights, "np") as file:
            return dict(file.metadata() or {})
    except SafetensorError:
        return {}
