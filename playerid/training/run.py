"""A whole training run: train, draw the curve, score the result, write its card."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from safetensors import safe_open

from playerid.errors import LabelsError
from playerid.leagues import FIRST_SPORT, load_sport
from playerid.models import registry as backends
from playerid.models.packs import Model, load_pack
from playerid.scores.judge import score, with_weights
from playerid.scores.label_files import digest_labels, find_labels, need_labels
from playerid.scores.score_table import HELD_OUT, ArenaSizes, score_arena
from playerid.training.curve import Point, read_curve, write_page
from playerid.training.int8_ranges import note_ranges
from playerid.training.jobs import TrainingPlan, find_trainer, labels_of_job

Scores = Mapping[str, Mapping[str, float]]
CHECKPOINTS = ("checkpoint.pt", "last.ckpt")
"""What a run goes on from: the loop's of `playerid.training`, or Lightning's."""

CARD = """

# {job}: {backend}, `{weights}`

{parameters:,} parameters, {megabytes:.1f} MB, SHA-256 `{sha256}`. {speed}

## Data

{data}

## Training

{minutes:g} minutes, {steps:,.0f} steps, on {device}:
`playerid train {job} --backend {backend}{sport}{variant} --minutes {minutes:g} --seed {seed}`.
Loss {first_loss:.4g} at the first point of the curve, {last_loss:.4g} at the last.

## Scores

Neither set was trained on. {calibration}

| set | score | value |
|---|---|---|
{scores}
"""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run leaves.

    Attributes:
        weights: safetensors file.
        card: Markdown file beside it.
        page: HTML file with the curve.
        scores: set -> score -> value.
    """

    weights: Path
    card: Path
    page: Path
    scores: Scores


def run_training(
    job: str,
    plan: TrainingPlan,
    backend: str = "",
    arena: ArenaSizes | None = None,
    on_progress: Callable[[str], None] = lambda what: None,
) -> Trained:
    """Train the model of a job, and leave weights, curve and card in `plan.out`.

    Args:
        job: one of `playerid.training.jobs.TRAINERS`.
        plan: the run.
        backend: "" takes the job's default.
        arena: how much is rendered to score it.
        on_progress: is told what is being done.

    Raises:
        WeightsError: There is no such training.
        LabelsError: The data is missing, or `plan.out` holds a run that is not to be resumed, or
            that still goes on.
    """
    name, trainer = find_trainer(job, backend)
    _check(job, plan)
    plan.out.mkdir(parents=True, exist_ok=True)
    on_progress("training")
    with _alone_in(plan.out):
        weights = trainer(plan)
    curve = read_curve(plan.out)
    page = plan.out / "curve.html"
    if curve:
        write_page(curve, page, f"{job}: {name}")
    starter = load_pack(load_sport(plan.sport).pack)[job]
    parameters = starter.parameters if starter.backend == name else {}
    bare = Model(job, name, "", "", parameters)
    on_progress("ranges for integers")
    note_ranges(with_weights(bare, weights), plan.data, plan.sport, plan.cache)
    on_progress("scoring")
    model = with_weights(bare, weights)
    scores = _scores(model, plan, replace(arena or ArenaSizes(), sport=plan.sport))
    card = weights.with_suffix(".md")
    written = card.read_text("utf-8") if job == "number_reader" and card.is_file() else ""
    card.write_text((written + _card(model, plan, curve, scores)).lstrip(), "utf-8")
    return Trained(weights, card, page, scores)


def _check(job: str, plan: TrainingPlan) -> None:
    if not plan.variant and (needed := labels_of_job(job, plan.sport)):
        need_labels(plan.data, needed)
    if not plan.resume and any((plan.out / name).exists() for name in CHECKPOINTS):
        raise LabelsError(f"{plan.out} holds a run: resume it, or name another folder")


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep other trainings out of a folder; of those that `accelerate` starts the first does."""
    if int(os.environ.get("RANK", "0")):
        yield
        return
    lock = FileLock(folder / ".training")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        message = f"{folder}: another process trains in this folder: wait for it, or name another"
        raise LabelsError(message) from error
    try:
        yield
    finally:
        lock.release()


def _scores(model: Model, plan: TrainingPlan, arena: ArenaSizes) -> Scores:
    scores: dict[str, Mapping[str, float]] = {}
    real = find_labels(plan.data, HELD_OUT.get(model.job, "-"))
    if plan.variant:
        real = plan.out / "export" / "valid"
    if real and (plan.variant or plan.sport == FIRST_SPORT):
        scores[real.name] = score(backends.load(model, plan.cache), model.job, real)
    scores["rendered games"] = score_arena({model.job: model}, plan.cache, arena)[model.job]
    return scores


def _card(model: Model, plan: TrainingPlan, curve: Sequence[Point], scores: Scores) -> str:
    path = Path(model.weights)
    with safe_open(str(path), framework="np") as file:
        parameters = sum(int(np.prod(file.get_slice(k).get_shape())) for k in file.keys())  # noqa: SIM118
    is_calibrated = any("ece" in found for found in scores.values())
    return CARD.format(
        job=model.job,
        backend=model.backend,
        weights=path.name,
        parameters=parameters,
        megabytes=path.stat().st_size / 1e6,
        sha256=model.sha256,
        speed=_speed(model, plan.cache),
        data=_data(model.job, plan),
        sport="" if plan.sport == FIRST_SPORT else f" --sport {plan.sport}",
        variant=f" --variant {plan.variant}" if plan.variant else "",
        seed=plan.seed,
        minutes=plan.minutes,
        steps=curve[-1]["step"] if curve else 0,
        device=backends.device_name(),
        first_loss=curve[0].get("loss", np.nan) if curve else np.nan,
        last_loss=curve[-1].get("loss", np.nan) if curve else np.nan,
        calibration="Calibration: `ece`." if is_calibrated else "Its scores are not calibrated.",
        scores="\n".join(
            f"| {name} | {key} | {value:.4g} |"
            for name, found in scores.items()
            for key, value in found.items()
        ),
    )


def _data(job: str, plan: TrainingPlan) -> str:
    """What was learned from: labels, and for all but a variant rendered games beside them."""
    needed = "train" if plan.variant else labels_of_job(job, plan.sport)
    labels = need_labels(plan.data, needed) if needed else None
    said = f"`{labels.name}`, SHA-256 `{digest_labels(labels)}`. " if labels else ""
    if plan.variant:
        start = "weights of the user's own" if plan.start else "the published COCO weights"
        return f"{said}Begun from {start}.\n\n" + (plan.out / "classes.md").read_text("utf-8")
    return f"{said}Rendered games of `playerid.arena`, drawn from seed {plan.seed}."


def _speed(model: Model, cache: Path, rounds: int = 5) -> str:
    """Time that one picture takes, the fastest of some rounds; not said of trackers."""
    backend, random = backends.load(model, cache), np.random.default_rng(0)
    method = {
        "detector": "detect",
        "number_reader": "read",
        "torso_reader": "read_torsos",
        "court": "find",
    }.get(model.job)
    if method is None:
        return "Its speed is among the scores."
    shapes = {"number_reader": (64, 40, 32, 3), "torso_reader": (64, 87, 66, 3)}
    shape = shapes.get(model.job, (1, 720, 1280, 3))
    if model.backend == "smolvlm2":
        shape = (2, *shape[1:])  # it reads one after the other, a second each on a CPU
    pictures = list(random.integers(0, 255, shape, np.uint8))
    took_s = []
    for _ in range(rounds):
        started_s = time.perf_counter()
        getattr(backend, method)(pictures)
        took_s.append(time.perf_counter() - started_s)
    return f"{1000 * min(took_s) / len(pictures):.2f} ms a picture, {len(pictures)} at a time."
