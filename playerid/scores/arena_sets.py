"""Small sets of rendered pictures, the same every time, that no training saw."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from playerid.arena.broadcast import FilmedGame, Frame
from playerid.arena.night import ARENAS
from playerid.court.homography import solve_view
from playerid.frames.boxes import iou
from playerid.frames.crops import are_clear, cut_numbers, cut_people, cut_torsos
from playerid.frames.masks import mask_iou
from playerid.leagues import FIRST_SPORT, load_league
from playerid.models.court import CourtModel
from playerid.models.detector import PERSON_LABELS, Detections, Detector
from playerid.models.mask_head import MaskHead
from playerid.models.number_reader import NumberReader
from playerid.models.team_embedder import TeamEmbedder
from playerid.models.torso_reader import TorsoReader
from playerid.models.tracker import Tracker
from playerid.scores.court_scores import position_errors
from playerid.scores.detector_scores import score_detections
from playerid.scores.identity_scores import IdentityRecord
from playerid.scores.number_scores import JudgedTorsos, judge_readings
from playerid.teams.clusters import cluster_embeddings

STILLS_SEED = 4_100_000
GAMES_SEED = 4_200_000
"""Training renders games from 5,000,000; the demo and the tests use small numbers."""
PER_GAME = 4
ASIDE = ("referee", "goalkeeper")
"""Whose shirts are neither team's."""


def render_stills(count: int, sport: str = FIRST_SPORT) -> list[Frame]:
    """Frames of the main view at 1280x720, level "broadcast", a new game every four."""
    return list(ARENAS[sport].stills(STILLS_SEED, count, PER_GAME))


def score_detector(
    detector: Detector, stills: Sequence[Frame], least_visible: float = 0.2
) -> dict[str, float]:
    """AP50 by kind, numbers included; keys of `score_detections`.

    What nobody would label counts neither way: people of whom less than `least_visible` shows, and
    numbers seen edge-on.
    """
    truth = [_truth_of(frame, least_visible) for frame in stills]
    return score_detections([detector.detect([frame.image])[0] for frame in stills], truth)


def _truth_of(frame: Frame, least_visible: float) -> Detections:
    truth = frame.truth
    is_hidden = np.isin(truth.labels, PERSON_LABELS) & (truth.visible < least_visible)
    counted = (~(truth.edge_on() | is_hidden)).astype(np.float32)
    return Detections(truth.boxes_px, counted, truth.labels)


def score_number_reader(reader: NumberReader, stills: Sequence[Frame]) -> dict[str, float]:
    """Scores on the number boxes, as `JudgedReadings.scores`; illegible ones are ""."""
    crops, numbers = [], []
    for frame in stills:
        rows = np.flatnonzero(frame.truth.labels == "number")
        crops += cut_numbers(frame.image, frame.truth.boxes_px[rows])
        numbers += [str(number) for number in frame.truth.numbers[rows]]
    return judge_readings(reader.read(crops).probs, numbers).scores(np.arange(len(numbers)))


def score_torso_reader(
    reader: TorsoReader, stills: Sequence[Frame], least_visible: float = 0.55
) -> dict[str, float]:
    """Scores on the upper bodies of players, as `JudgedTorsos.scores`."""
    crops, numbers = [], []
    for frame in stills:
        truth = frame.truth
        rows = np.flatnonzero((truth.labels == "player") & (truth.visible >= least_visible))
        boxes = np.flatnonzero(truth.labels == "number")
        worn = dict(zip(truth.people[boxes].tolist(), truth.numbers[boxes].tolist(), strict=True))
        crops += cut_torsos(frame.image, truth.boxes_px[rows])
        numbers += [worn.get(person, "") for person in truth.people[rows].tolist()]
    judged = JudgedTorsos(judge_readings(reader.read_torsos(crops).probs, numbers))
    return judged.scores(np.arange(len(judged)))


def score_mask_head(
    head: MaskHead, stills: Sequence[Frame], least_visible: float = 0.1, noise: float = 0.03
) -> dict[str, float]:
    """Mean IoU of masks in boxes of which every side errs by `noise` of its length.

    Returns:
        `iou`, of all; `iou_alone`, `iou_near`, `iou_overlapped`: of those whose box overlaps no
        other one, one by less than 0.3, and by more; `frame_s`, seconds a frame.
    """
    rng, ious, overlaps, spent_s = np.random.default_rng(0), [], [], 0.0
    for frame in stills:
        truth = frame.truth
        rows = np.isin(truth.labels, PERSON_LABELS) & (truth.visible >= least_visible)
        boxes_px = truth.boxes_px[rows].astype(np.float64)
        shared = iou(boxes_px, boxes_px)
        np.fill_diagonal(shared, 0)
        sides = np.tile(boxes_px[:, 2:] - boxes_px[:, :2], 2)
        found_px = boxes_px + noise * rng.normal(size=boxes_px.shape) * sides
        started_s = time.perf_counter()
        masks = head.find_masks(frame.image, found_px)
        spent_s += time.perf_counter() - started_s
        owners = 1 + np.flatnonzero(rows)
        ious += [mask_iou(m, truth.masks == o) for m, o in zip(masks, owners, strict=True)]
        overlaps += shared.max(axis=1, initial=0).tolist()
    found, worst = np.array(ious), np.array(overlaps)
    chosen = {
        "iou": worst >= 0,
        "iou_alone": worst == 0,
        "iou_near": (worst > 0) & (worst < 0.3),
        "iou_overlapped": worst >= 0.3,
    }
    scores = {
        name: float(found[rows].mean()) if rows.any() else float("nan")
        for name, rows in chosen.items()
    }
    return scores | {"frame_s": spent_s / max(len(stills), 1)}


def score_court(
    model: CourtModel, stills: Sequence[Frame], sport: str = FIRST_SPORT
) -> dict[str, float]:
    """`solved`, share of the frames; `error_m`, median distance of placed feet from the truth."""
    court, errors, solved = load_league(ARENAS[sport].league).court, [], 0
    for frame in stills:
        matrix, boxes_px = frame.truth.image_to_court, _people(frame).boxes_px
        assert matrix is not None
        height_px, width_px = frame.image.shape[:2]
        view = solve_view(model.find([frame.image])[0], court, (width_px, height_px))
        solved += view.image_to_court is not None
        feet_px = np.column_stack([boxes_px[:, ::2].mean(axis=1), boxes_px[:, 3]])
        errors.append(position_errors(view, matrix, feet_px.astype(np.float64)))
    placed = np.concatenate(errors) if errors else np.zeros(0)
    placed = placed[np.isfinite(placed)]
    return {
        "solved": solved / len(stills),
        "error_m": float(np.median(placed)) if len(placed) else float("nan"),
    }


@dataclass(frozen=True, slots=True)
class VisiblePeople:
    """The people of one rendered frame, of whom enough is seen.

    Attributes:
        boxes_px: (N, 4) float32.
        labels: (N,) str.
        people: (N,) int32, index into the cast.
    """

    boxes_px: NDArray[np.float32]
    labels: NDArray[np.str_]
    people: NDArray[np.int32]


def _people(frame: Frame, min_visible: float = 0.3) -> VisiblePeople:
    truth = frame.truth
    rows = np.isin(truth.labels, PERSON_LABELS) & (truth.visible >= min_visible)
    return VisiblePeople(truth.boxes_px[rows], truth.labels[rows], truth.people[rows])


@dataclass(frozen=True, slots=True)
class Shot:
    """Evenly spaced frames of one camera shot.

    Attributes:
        frames: of the main view, at least one.
        teams: (P,) int, team of each member of the cast: 0 home, 1 away, -1 referee.
        sample_rate_hz: frames of a second.
    """

    frames: Sequence[Frame]
    teams: NDArray[np.int64]
    sample_rate_hz: float


def render_shots(
    games: int, samples: int, sample_rate_hz: float, sport: str = FIRST_SPORT
) -> list[Shot]:
    """Evenly spaced frames of the longest main-view segment of some games.

    Args:
        games: how many.
        samples: frames of each, at the most.
        sample_rate_hz: samples a second.
        sport: what is played.
    """
    length_s = samples / sample_rate_hz + 1
    plans = [ARENAS[sport].plan(GAMES_SEED + game, length_s) for game in range(games)]
    return [_sample(plan, samples, sample_rate_hz) for plan in plans]


def _sample(plan: FilmedGame, samples: int, sample_rate_hz: float) -> Shot:
    step = float(plan.fps) / sample_rate_hz
    main = [segment for segment in plan.segments if segment.view == "main"]
    longest = max(main, key=lambda segment: segment.end_frame - segment.start_frame)
    indices = [longest.start_frame + round(sample * step) for sample in range(samples)]
    frames = [plan.frame(i, compressed=True) for i in indices if i < longest.end_frame]
    return Shot(frames, np.array([person.team for person in plan.game.cast.people]), sample_rate_hz)


def score_tracker(tracker: Tracker, shots: Sequence[Shot]) -> dict[str, float]:
    """HOTA and IDF1 of a tracker that is given the true boxes of all who are seen."""
    record = IdentityRecord()
    true_offset = found_offset = 0
    for shot in shots:
        tracker.start_segment(shot.sample_rate_hz)
        highest = 0
        for frame in shot.frames:
            there = _people(frame)
            sure = np.ones(len(there.labels), np.float32)
            found = tracker.update(frame.image, Detections(there.boxes_px, sure, there.labels))
            highest = max(highest, int(found.track_ids.max(initial=0)))
            record.add(
                there.people.astype(np.int64) + true_offset,
                there.boxes_px,
                found.track_ids.astype(np.int64) + found_offset,
                found.boxes_px,
            )
        true_offset += len(shot.teams)
        found_offset += highest + 1
    scores = record.scores()
    return {"hota": scores.hota, "idf1": scores.idf1}


def score_team_embedder(embedder: TeamEmbedder, shots: Sequence[Shot]) -> dict[str, float]:
    """`tracklet_accuracy`: share of players put with their team; the undecided count as wrong."""
    right = total = 0
    for shot in shots:
        crops, owners = [], []
        for frame in shot.frames:
            there = _people(frame)
            chosen = are_clear(there.boxes_px) & ~np.isin(there.labels, ASIDE)
            crops += cut_people(frame.image, there.boxes_px[chosen])
            owners += there.people[chosen].tolist()
        clusters = cluster_embeddings(embedder.embed(crops), np.array(owners))
        teams, found = shot.teams[clusters.tracklet_ids], clusters.tracklet_clusters
        agree = np.array([[((teams == t) & (found == c)).sum() for c in (0, 1)] for t in (0, 1)])
        right += int(agree[linear_sum_assignment(agree, maximize=True)].sum())
        total += len(teams)
    return {"tracklet_accuracy": right / total if total else float("nan")}
