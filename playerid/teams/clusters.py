"""Embeddings of player crops -> UMAP -> K-means -> team of a tracklet."""

import math
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playerid.leagues import person_roles

UNDECIDED = -1
"""Cluster of a crop that was not clustered, and of a tracklet that is split."""
MOST_LOG_ODDS = 3.0
"""No single crop is believed beyond odds of 20 to 1."""


@dataclass(frozen=True, slots=True)
class TeamClusters:
    """Which of two clusters N crops and T tracklets belong to. Which team that is, is open.

    Attributes:
        crop_clusters: (N,) int32, 0, 1, or `UNDECIDED` for a crop that was set aside.
        crop_scores: (N,) float32 in [0, 1], margin between the clusters; 0 where it was set aside.
        tracklet_ids: (T,) int32, sorted; the tracklets of players that have crops.
        tracklet_clusters: (T,) int32, 0, 1, or `UNDECIDED` where the crops disagree.
        tracklet_probs: (T,) float32, probability that the tracklet belongs to cluster 1.
    """

    crop_clusters: NDArray[np.int32]
    crop_scores: NDArray[np.float32]
    tracklet_ids: NDArray[np.int32]
    tracklet_clusters: NDArray[np.int32]
    tracklet_probs: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Check that the arrays describe the same crops and tracklets."""
        assert self.crop_clusters.shape == self.crop_scores.shape
        assert self.tracklet_ids.shape == self.tracklet_clusters.shape == self.tracklet_probs.shape


def role_of_tracklet(labels: Iterable[str]) -> str:
    """Role by majority of the detector's labels over a tracklet: "player", "referee", ...

    Labels of bridged frames ("") do not vote. Without a majority it is a player: a referee among
    the players costs less than a player who is lost.
    """
    votes = Counter(person_roles()[label] for label in labels if label)
    role, count = max(votes.items(), key=itemgetter(1), default=("player", 0))
    return role if count * 2 > votes.total() else "player"


def cluster_embeddings(
    embeddings: NDArray[np.floating],
    tracklet_ids: NDArray[np.integer],
    aside: Collection[int] = (),
    *,
    min_prob: float = 0.8,
    seed: int = 0,
) -> TeamClusters:
    """Split the players of one game into two teams by their appearance.

    The crops of who does not wear a team's shirt are set aside. What remains is brought to three
    components (UMAP) where the embedding is long, or scaled by the spread within tracklets where it
    is short; split in two (K-means); and each tracklet goes with its crops' vote.

    Args:
        embeddings: (N, D), one row per crop; N may be 0.
        tracklet_ids: (N,) tracklet of each crop.
        aside: tracklets of referees, and of goalkeepers, whose shirts are neither team's.
        min_prob: a tracklet whose likelier team is less likely than this stays undecided.
        seed: the same crops and seed give the same clusters.
    """
    assert len(embeddings) == len(tracklet_ids)
    is_player = ~np.isin(tracklet_ids, list(aside))
    logits = np.zeros(len(embeddings))
    if len(np.unique(embeddings[is_player], axis=0)) >= 2:
        logits[is_player] = _crop_logits(
            reduce_embeddings(embeddings[is_player], tracklet_ids[is_player], seed), seed
        )
    clusters = np.where(is_player, logits > 0, UNDECIDED).astype(np.int32)
    scores = np.abs(np.tanh(logits / 2)).astype(np.float32)
    ids = np.unique(tracklet_ids[is_player])
    probs = np.array(
        [vote_cluster(logits[is_player & (tracklet_ids == i)]) for i in ids], np.float32
    )
    sure = np.maximum(probs, 1 - probs) >= min_prob
    return TeamClusters(
        clusters,
        scores,
        ids.astype(np.int32),
        np.where(sure, probs > 0.5, UNDECIDED).astype(np.int32),
        probs,
    )


def reduce_embeddings(
    embeddings: NDArray[np.floating],
    tracklet_ids: NDArray[np.integer],
    seed: int = 0,
    max_direct: int = 128,
) -> NDArray[np.float64]:
    """Bring embeddings to a form in which distances tell teams apart.

    Args:
        embeddings: (N, D).
        tracklet_ids: (N,) tracklet of each crop; short embeddings are scaled by how much they
            differ within tracklets, where pose and light differ but the shirt does not.
        seed: of UMAP.
        max_direct: embeddings of more components are standardised and go through UMAP.

    Returns:
        (N, 3) from UMAP, or (N, D) where D is small or the crops are too few for it.
    """
    spread = embeddings.std(axis=0, dtype=np.float64)
    used = spread > 1e-6
    scaled = embeddings[:, used].astype(np.float64)
    scaled = (scaled - scaled.mean(axis=0)) / spread[used]
    if embeddings.shape[1] <= max_direct or len(embeddings) < 20:
        return _whiten_within(scaled, tracklet_ids)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)  # it asks for Tensorflow, without need
        import umap  # noqa: PLC0415, compiles for seconds
    neighbours = min(15, len(embeddings) - 1)
    reducer = umap.UMAP(n_components=3, n_neighbors=neighbours, random_state=seed, n_jobs=1)
    return np.asarray(reducer.fit_transform(scaled), np.float64)


def _whiten_within(
    points: NDArray[np.float64], tracklet_ids: NDArray[np.integer], shrinkage: float = 0.3
) -> NDArray[np.float64]:
    """Scale (N, D) points such that they spread equally in all directions within tracklets.

    Args:
        points: centred.
        tracklet_ids: (N,).
        shrinkage: share of the mean spread added to every direction, against directions in which
            a few tracklets happen to be still.
    """
    _, rows = np.unique(tracklet_ids, return_inverse=True)
    means = np.stack([points[rows == row].mean(axis=0) for row in range(rows.max() + 1)])
    within = points - means[rows]
    scatter = within.T @ within / len(points)
    level = np.trace(scatter) / max(len(scatter), 1)
    if level < 1e-9:  # one crop per tracklet says nothing about the spread within
        return points
    values, directions = np.linalg.eigh(scatter + shrinkage * level * np.eye(len(scatter)))
    return np.asarray(points @ (directions / np.sqrt(values)) @ directions.T)


def _crop_logits(points: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Log-odds of cluster 1 for each of (N, D) points; 0 where there is nothing to tell apart.

    Along the line between the centres each cluster is a normal distribution of the same width.
    """
    kept = _without_strangers(points, seed)
    if len(np.unique(kept, axis=0)) < 2:
        return np.zeros(len(points))
    centres = _two_means(kept, seed).cluster_centers_
    gap = float(np.linalg.norm(centres[1] - centres[0]))
    axis = (centres[1] - centres[0]) / gap
    places = (points - centres.mean(axis=0)) @ axis
    kept_places = (kept - centres.mean(axis=0)) @ axis
    width = float(np.std(kept_places - np.sign(kept_places) * gap / 2))
    return np.asarray(places * gap / max(width, 0.05 * gap) ** 2)


def _two_means(points: NDArray[np.float64], seed: int) -> Any:
    from sklearn.cluster import KMeans  # noqa: PLC0415, seconds that a remembered game saves

    return KMeans(2, n_init=10, random_state=seed).fit(points)


def _without_strangers(
    points: NDArray[np.float64], seed: int, furthest: float = 0.08, min_share: float = 0.15
) -> NDArray[np.float64]:
    """The points that show where the two teams are.

    A cluster that holds less than `min_share` of the points is no team: it is left out, and the
    rest is split again. Then the share of points furthest from their centre goes.
    """
    kept = points
    while len(np.unique(kept, axis=0)) >= 2:
        means = _two_means(kept, seed)
        sizes = np.bincount(means.labels_, minlength=2)
        if sizes.min() >= min_share * len(kept):
            distances = np.linalg.norm(kept - means.cluster_centers_[means.labels_], axis=1)
            return np.asarray(kept[distances <= np.quantile(distances, 1 - furthest)])
        kept = kept[means.labels_ == sizes.argmax()]
    return kept


def vote_cluster(logits: NDArray[np.float64]) -> float:
    """Probability of cluster 1 for a tracklet, from the log-odds of its crops.

    No single crop counts for more than `MOST_LOG_ODDS`, and crops of one tracklet repeat one
    another: N equal ones count as the square root of N.
    """
    capped = np.clip(logits, -MOST_LOG_ODDS, MOST_LOG_ODDS)
    return 1 / (1 + math.exp(-float(capped.mean()) * math.sqrt(len(logits))))


@dataclass(frozen=True, slots=True)
class ClusterNames:
    """Which cluster is the home team.

    Attributes:
        home_cluster: 0 or 1; None while neither shirts nor numbers tell.
        prob: probability that cluster 0 is the home team.
    """

    home_cluster: int | None
    prob: float


def name_clusters(
    tracklet_probs: Mapping[int, float],
    readings: Mapping[int, Sequence[str]],
    rosters: tuple[Collection[str], Collection[str]],
    known: Mapping[int, int] = MappingProxyType({}),
    *,
    min_prob: float = 0.95,
    misread: float = 0.3,
) -> ClusterNames:
    """Find the home team among two clusters, from the numbers that were read.

    Both assignments are weighed: under each, a number that only one team wears speaks for the
    cluster of its wearer being that team. Numbers that both wear, or nobody, do not count. A
    tracklet speaks with the number that it shows most often, and the less the more others are
    read on it: stripes and folds are read as 1, 11 and others, and perhaps only one of the teams
    wears these.

    Args:
        tracklet_probs: tracklet -> probability that it belongs to cluster 1.
        readings: tracklet -> legible numbers read on it, one per crop, "" left out.
        rosters: numbers of the home team, and of the away team, as text.
        known: tracklet -> 0 home, 1 away, where it was said by hand; its readings do not count.
        min_prob: below this the clusters stay unnamed.
        misread: share of readings that are wrong, each wrong number as likely as another.
    """
    home, away = (frozenset(numbers) for numbers in rosters)
    evidence = 0.0
    for tracklet_id, prob in tracklet_probs.items():
        numbers = readings.get(tracklet_id, ())
        number, count = max(Counter(numbers).items(), key=itemgetter(1), default=("", 0))
        ratio = math.log(_chance(number, home, misread) / _chance(number, away, misread))
        share = count / max(len(numbers), 1)
        of_home = _damp(ratio * share**2 * math.sqrt(count))
        if tracklet_id in known:
            of_home = 50.0 if known[tracklet_id] == 0 else -50.0
        evidence += math.log(
            ((1 - prob) * math.exp(of_home) + prob) / ((1 - prob) + prob * math.exp(of_home))
        )
    return _named(evidence, min_prob)


def weigh_shirts(names: ClusterNames, log_odds: float, *, min_prob: float = 0.95) -> ClusterNames:
    """Weigh what the teams are said to wear together with the numbers.

    Args:
        names: by the numbers.
        log_odds: of cluster 0 being the home team, by the shirts.
        min_prob: below this the clusters stay unnamed.
    """
    prob = min(max(names.prob, 1e-15), 1 - 1e-15)
    return _named(math.log(prob / (1 - prob)) + log_odds, min_prob)


def _named(log_odds: float, min_prob: float) -> ClusterNames:
    home_is_0 = 1 / (1 + math.exp(-max(min(log_odds, 50.0), -50.0)))
    if max(home_is_0, 1 - home_is_0) < min_prob:
        return ClusterNames(None, home_is_0)
    return ClusterNames(0 if home_is_0 > 0.5 else 1, home_is_0)


def _chance(number: str, roster: frozenset[str], misread: float) -> float:
    """Chance to read a number on somebody of a roster."""
    worn = (1 - misread) / max(len(roster), 1) if number in roster else 0.0
    return worn + misread / 101


def _damp(evidence: float, cap: float = 4.0) -> float:
    """One tracklet counts for odds of 55 to 1 at most: all its readings may share one error."""
    return max(min(evidence, cap), -cap)
