"""Every training behind one protocol: which one makes the weights of which backend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from playerid.arena.night import ARENAS
from playerid.errors import WeightsError
from playerid.leagues import FIRST_SPORT
from playerid.models.packs import STARTER, WEIGHTS_CACHE, load_pack
from playerid.training.detector_render import fill_folder
from playerid.training.supplies import (
    fill_with_clips,
    fill_with_crops,
    fill_with_masked_people,
    fill_with_torsos,
    supplied,
)


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """One training run; all that is resumed together is one run.

    Attributes:
        data: folder with the labels of the job, `TRAINED_ON`; see `label_files.find_labels`.
        out: folder of the run.
        minutes: of training, interruptions not counted.
        seed: of weights and pictures.
        resume: go on from the checkpoint in `out`, if there is one.
        save_s: seconds between checkpoints.
        start: weights of the same backend to begin with; None begins from scratch.
        cache: where fetched weights are kept.
        variant: of the library's RF-DETR, which is then fine-tuned on a COCO export; "" trains a
            small network from scratch.
        epochs: rounds over the export, for a variant.
        renamed: class of the export -> our label, where names do not say it.
        sport: whose people or court it finds; readers and trackers serve every sport.
        masks_from: "sam2", or weights of SAM 2.1, which makes masks from the export's boxes.
    """

    data: Path
    out: Path
    minutes: float
    seed: int = 0
    resume: bool = True
    save_s: float = 60.0
    start: Path | None = None
    cache: Path = WEIGHTS_CACHE
    variant: str = ""
    epochs: int = 50
    renamed: Mapping[str, str] = field(default_factory=dict)
    masks_from: str = ""
    sport: str = FIRST_SPORT


class Trainer(Protocol):
    """Trains until the minutes are over, on a GPU where there is one.

    It keeps `checkpoint.pt` in `plan.out`, replaced in one step every `plan.save_s`, and adds a
    line to `curve.jsonl` each time: `step`, `loss`, and whatever else it measures. A run that was
    killed goes on from there: the same steps are not taken twice, the time is counted on, and the
    learning rate, which follows the share of time spent, is where it was.
    """

    def __call__(self, plan: TrainingPlan) -> Path:
        """Train; returns the weights, a safetensors file."""
        ...


TRAINED_ON = {
    "detector": "players_train",
    "number_reader": "jersey_crops_train",
    "torso_reader": "jersey_crops_train",
    "court": "courts_train",
    "tracker": None,
    "mask_head": None,
}
"""Job -> labels that it learns from beside rendered games; None where those are all."""


def labels_of_job(job: str, sport: str) -> str | None:
    """The labels that a job of a sport learns from, as in `TRAINED_ON`."""
    return None if job == "court" and sport != FIRST_SPORT else TRAINED_ON[job]


def train_centres(plan: TrainingPlan) -> Path:
    """The detector of centres; its scratch is a network that knows halls and people.

    That of the first sport begins as the court network; those of others as its detector.
    """
    from playerid.training import centre_network as centres  # noqa: PLC0415, torch

    known = "court" if plan.sport == FIRST_SPORT else "detector"
    start = plan.start or load_pack(STARTER)[known].local_weights(plan.cache)
    with supplied(partial(fill_folder, sport=plan.sport), plan.out / "frames", plan.seed, "*.npz"):
        return centres.train(
            plan.data, plan.out, plan.minutes, plan.seed, plan.resume, start,
            mask_head=load_pack(STARTER)["mask_head"].local_weights(plan.cache),
            sport=plan.sport, save_s=plan.save_s,
        )  # fmt: skip


def train_rfdetr(plan: TrainingPlan) -> Path:
    """RF-DETR made small, which renders beside itself; or a variant of the library, fine-tuned."""
    if plan.variant:
        from playerid.training import library_detector  # noqa: PLC0415, torch

        return library_detector.train(plan)
    if plan.start:
        raise WeightsError("rfdetr is trained from scratch: it does not begin with weights")
    from playerid.training import detector  # noqa: PLC0415, torch

    return detector.train(
        plan.data, plan.out, plan.minutes, plan.seed, plan.resume, save_s=plan.save_s
    )


def train_number_reader(plan: TrainingPlan) -> Path:
    """ResNet-32; crops of rendered games join in when they are there."""
    from playerid.training import number_reader  # noqa: PLC0415, torch
    from playerid.training.number_fit import NumberRecipe  # noqa: PLC0415

    recipe = NumberRecipe(start=plan.start, note_every_s=plan.save_s)
    with supplied(fill_with_crops, plan.out / "crops", plan.seed):
        return number_reader.train(
            plan.data, plan.out, plan.minutes, plan.seed, plan.resume, recipe
        )


def train_smolvlm2(plan: TrainingPlan) -> Path:
    """An adapter of SmolVLM2; its weights must be published ones or of the same form."""
    from playerid.training import smolvlm2_reader  # noqa: PLC0415, torch

    return smolvlm2_reader.train(plan)


def train_torso_reader(plan: TrainingPlan) -> Path:
    """Finder and reader of numbers on upper bodies; rendered ones join in when they are there."""
    from playerid.training import torso_network  # noqa: PLC0415, torch

    with supplied(fill_with_torsos, plan.out / "torsos", plan.seed):
        return torso_network.train(plan)


def train_court(plan: TrainingPlan) -> Path:
    """Court keypoints; frames of halls are rendered before it begins, pitches are painted."""
    from playerid.training import court_network as court  # noqa: PLC0415, torch
    from playerid.training import pitch_network as pitch  # noqa: PLC0415, torch

    if plan.sport != FIRST_SPORT:
        start = plan.start or load_pack(STARTER)["court"].local_weights(plan.cache)
        return pitch.train(
            plan.out, plan.minutes, plan.seed, plan.resume, start,
            league=ARENAS[plan.sport].league, save_s=plan.save_s,
        )  # fmt: skip
    return court.train(
        plan.data, plan.out, plan.minutes, plan.seed, plan.resume, plan.start, save_s=plan.save_s
    )


def train_tracker(plan: TrainingPlan) -> Path:
    """SAM 2.1 made small, from rendered masks alone."""
    from playerid.training import tracker  # noqa: PLC0415, torch

    clips = plan.out / "clips"
    with supplied(fill_with_clips, clips, plan.seed, "*-[0-9]*.npz"):
        return tracker.train(
            clips, plan.out, plan.minutes, plan.seed, plan.resume, plan.start, save_s=plan.save_s
        )


def train_mask_head(plan: TrainingPlan) -> Path:
    """Masks in boxes, from rendered people alone, which are made beside the training."""
    from playerid.training import mask_head  # noqa: PLC0415, torch

    people = plan.out / "people"
    with supplied(fill_with_masked_people, people, plan.seed, "*.parquet"):
        return mask_head.train(
            people, plan.out, plan.minutes, plan.seed, plan.resume, plan.start, save_s=plan.save_s
        )


TRAINERS: dict[str, dict[str, Trainer]] = {
    "detector": {"centres": train_centres, "rfdetr": train_rfdetr},
    "number_reader": {"resnet": train_number_reader, "smolvlm2": train_smolvlm2},
    "torso_reader": {"torso": train_torso_reader},
    "court": {"keypoints": train_court},
    "tracker": {"sam2": train_tracker},
    "mask_head": {"small_masks": train_mask_head},
}
"""Job -> backend -> its training; the first backend is the default."""


def find_trainer(job: str, backend: str = "") -> tuple[str, Trainer]:
    """The training of a job: name of the backend, and what trains it.

    Args:
        job: one of `TRAINERS`.
        backend: one of those of the job; "" takes the default.

    Raises:
        WeightsError: There is no such job, or no training of that backend.
    """
    if job not in TRAINERS:
        raise WeightsError(f"nothing trains {job!r}: jobs are {list(TRAINERS)}")
    trainers = TRAINERS[job]
    name = backend or next(iter(trainers))
    if name not in trainers:
        raise WeightsError(f"nothing trains the {job} {backend!r}: backends are {list(trainers)}")
    return name, trainers[name]
