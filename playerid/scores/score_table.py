"""The table of scores of a pack: real files where they are given, rendered sets always."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from playerid.leagues import FIRST_SPORT
from playerid.models import registry as backends
from playerid.models.packs import Model
from playerid.scores import arena_sets
from playerid.scores.judge import score
from playerid.scores.label_files import find_labels

HELD_OUT = {
    "detector": "players_valid",
    "number_reader": "jersey_crops_valid",
    "torso_reader": "torsos_valid",
    "court": "courts_valid",
}
"""Job -> labels in the folder of data that it is scored on, where they are there."""

WANTED = {
    ("detector", "real"): {"ap50_player": 0.80, "ap50_referee": 0.60, "ap50_rim": 0.60},
    ("detector", "arena"): {
        "ap50_player": 0.95, "ap50_referee": 0.92, "ap50_number": 0.80, "ap50_ball": 0.70,
        "ap50_rim": 0.95,
    },
    ("number_reader", "real"): {"top1": 0.96, "ece": 0.03, "accuracy_at_90_coverage": 0.985},
    ("court", "real"): {"solved": 0.90, "lane_iou": 0.88, "court_iou": 0.93},
    ("court", "arena"): {"error_m": 0.15},
    ("mask_head", "arena"): {"iou": 0.75},
    ("tracker", "arena"): {"j_and_f": 0.75},
    ("team_embedder", "arena"): {"tracklet_accuracy": 0.98},
}  # fmt: skip
"""(job, set) -> what the starter pack is meant to reach."""

LOWER_IS_BETTER = frozenset({"ece", "error_m", "frame_s"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        job: of the pack.
        data: "real" or "arena".
        name: of the score.
        value: of the score; NaN where there is nothing to score.
        wanted: bar of the starter pack; None where there is none.
    """

    job: str
    data: str
    name: str
    value: float
    wanted: float | None

    @property
    def is_reached(self) -> bool:
        """Whether the value is at least as good as wanted; a score without a bar always is."""
        if self.wanted is None:
            return True
        if self.name in LOWER_IS_BETTER:
            return self.value <= self.wanted
        return self.value >= self.wanted


@dataclass(frozen=True, slots=True)
class ArenaSizes:
    """How much is rendered.

    Attributes:
        stills: frames, for detector, number reader and court.
        tracked_s: length of the shot that is tracked.
        team_games: games for the team embedder.
        sport: what is played.
    """

    stills: int = 64
    tracked_s: float = 5.0
    team_games: int = 6
    sport: str = FIRST_SPORT


def score_pack(
    models: Mapping[str, Model],
    data: Path | None,
    cache: Path,
    sizes: ArenaSizes | None = None,
    on_progress: Callable[[str], None] = lambda what: None,
) -> list[Row]:
    """Score every model of a pack.

    Args:
        models: job -> model.
        data: folder with some of `HELD_OUT`, see `label_files.find_labels`; or None.
        cache: of weights.
        sizes: of the rendered sets.
        on_progress: is told what is being done.

    Raises:
        WeightsError: A model cannot be loaded.
        LabelsError: A file of labels cannot be read.
    """
    rows: list[Row] = []
    for job, name in HELD_OUT.items():
        if data is not None and job in models and (labels := find_labels(data, name)):
            on_progress(f"{job}: {labels.name}")
            backend = backends.load(models[job], cache)
            rows += _rows(job, "real", score(backend, job, labels))
    for job, scores in score_arena(models, cache, sizes or ArenaSizes(), on_progress).items():
        rows += _rows(job, "arena", scores)
    return sorted(rows, key=lambda row: list(models).index(row.job))


def _rows(job: str, data: str, scores: Mapping[str, float]) -> list[Row]:
    wanted = WANTED.get((job, data), {})
    return [Row(job, data, name, value, wanted.get(name)) for name, value in scores.items()]


def score_arena(
    models: Mapping[str, Model],
    cache: Path,
    sizes: ArenaSizes,
    on_progress: Callable[[str], None] = lambda what: None,
) -> dict[str, dict[str, float]]:
    """Score models on rendered sets: job -> name -> value; nothing is rendered for other jobs."""
    on_still: dict[str, Callable[[Any, Any], dict[str, float]]] = {
        "detector": arena_sets.score_detector,
        "number_reader": arena_sets.score_number_reader,
        "torso_reader": arena_sets.score_torso_reader,
        "mask_head": arena_sets.score_mask_head,
        "court": partial(arena_sets.score_court, sport=sizes.sport),
    }
    scores = {}
    if models.keys() & on_still.keys():
        on_progress(f"rendering {sizes.stills} frames")
        stills = arena_sets.render_stills(sizes.stills, sizes.sport)
        for job in [job for job in on_still if job in models]:
            on_progress(f"{job}: rendered frames")
            scores[job] = on_still[job](backends.load(models[job], cache), stills)
    if "tracker" in models:
        on_progress("tracker: a rendered shot")
        scores["tracker"] = _score_tracker(models["tracker"], cache, sizes)
    if "team_embedder" in models:
        on_progress("team_embedder: rendered games")
        shots = arena_sets.render_shots(sizes.team_games, 6, 2.0, sizes.sport)
        embedder = backends.load(models["team_embedder"], cache)
        scores["team_embedder"] = arena_sets.score_team_embedder(embedder, shots)
    return scores


def _score_tracker(model: Model, cache: Path, sizes: ArenaSizes) -> dict[str, float]:
    """J&F after one prompt for a tracker of masks, HOTA and IDF1 for one of boxes."""
    if model.backend != "sam2":
        samples = round(10 * sizes.tracked_s)
        shots = arena_sets.render_shots(1, samples, 10.0, sizes.sport)
        return arena_sets.score_tracker(backends.load(model, cache), shots)
    from playerid.scores.tracker_scores import score_carried_masks  # noqa: PLC0415, torch

    score_masks = partial(score_carried_masks, variant=str(model.parameters.get("variant", "")))
    weights = model.local_weights(cache)
    assert weights is not None
    found = score_masks(weights, arena_sets.GAMES_SEED, sizes.tracked_s)
    return {"j_and_f": found.both, "region": found.region, "frame_s": found.frame_s}
