import numpy as np
import pytest

from playerid.teams.clusters import (
    UNDECIDED,
    cluster_embeddings,
    name_clusters,
    reduce_embeddings,
    role_of_tracklet,
)

HOME, AWAY = ("0", "7", "12", "30", "00"), ("1", "7", "15", "23", "44")


def crops_of_a_game(per_tracklet=8, tracklets=10, noise=0.5, dimensions=4, seed=0):
    """Tracklets 0 to 4 lie around -1, 5 to 9 around +1, on every axis."""
    random = np.random.default_rng(seed)
    ids = np.repeat(np.arange(tracklets), per_tracklet)
    sides = np.where(ids < tracklets // 2, -1.0, 1.0)
    return sides[:, None] + random.normal(0, noise, (len(ids), dimensions)), ids


def split(clusters):
    """The two sets of tracklets."""
    return {
        frozenset(clusters.tracklet_ids[clusters.tracklet_clusters == side].tolist())
        for side in (0, 1)
    }


def test_two_teams_are_told_apart():
    clusters = cluster_embeddings(*crops_of_a_game())
    assert split(clusters) == {frozenset(range(5)), frozenset(range(5, 10))}
    assert (np.maximum(clusters.tracklet_probs, 1 - clusters.tracklet_probs) > 0.95).all()


def test_long_embeddings_go_through_umap():
    embeddings, ids = crops_of_a_game(dimensions=300, noise=2.0)
    assert reduce_embeddings(embeddings, ids).shape == (80, 3)
    assert split(cluster_embeddings(embeddings, ids)) == {
        frozenset(range(5)),
        frozenset(range(5, 10)),
    }


@pytest.mark.parametrize("dimensions", [4, 300])
def test_the_same_seed_gives_the_same_clusters(dimensions):
    first, second = (cluster_embeddings(*crops_of_a_game(dimensions=dimensions)) for _ in range(2))
    assert first.crop_clusters.tolist() == second.crop_clusters.tolist()
    assert first.tracklet_probs.tolist() == second.tracklet_probs.tolist()


def test_a_tracklet_whose_crops_disagree_stays_undecided():
    embeddings, ids = crops_of_a_game()
    embeddings[ids == 3] *= np.where(np.arange(8) % 2, 1, -1)[:, None]
    clusters = cluster_embeddings(embeddings, ids)
    assert clusters.tracklet_clusters[3] == UNDECIDED
    assert clusters.tracklet_probs[3] == pytest.approx(0.5, abs=0.25)


def test_the_vote_is_reversible():
    # Three crops of the wrong team come first; the eight that follow outvote them.
    embeddings, ids = crops_of_a_game(per_tracklet=11, noise=0.1)
    embeddings[ids == 3] *= np.where(np.arange(11) < 3, -1, 1)[:, None]
    clusters = cluster_embeddings(embeddings, ids)
    assert clusters.tracklet_clusters[3] == clusters.tracklet_clusters[0]


def test_what_varies_within_tracklets_does_not_tell_teams_apart():
    # Light moves the first component by ten times the distance of the teams in the second.
    embeddings, ids = crops_of_a_game(noise=0.2, dimensions=2)
    embeddings[:, 0] = np.where(np.arange(len(ids)) % 2, 10, -10)
    assert split(cluster_embeddings(embeddings, ids)) == {
        frozenset(range(5)),
        frozenset(range(5, 10)),
    }


def test_one_crop_per_tracklet_will_do():
    embeddings, ids = crops_of_a_game(per_tracklet=1, noise=0.1)
    clusters = cluster_embeddings(embeddings, ids)
    assert len(set(clusters.crop_clusters[:5])) == len(set(clusters.crop_clusters[5:])) == 1


def test_referees_are_set_aside():
    embeddings, ids = crops_of_a_game()
    clusters = cluster_embeddings(embeddings, ids, aside=[9, 77])
    assert clusters.tracklet_ids.tolist() == list(range(9))
    assert (clusters.crop_clusters[ids == 9] == UNDECIDED).all()
    assert (clusters.crop_scores[ids == 9] == 0).all()


def test_a_few_strangers_do_not_move_the_teams():
    # A spectator, far from both teams, in 5 of 85 crops.
    embeddings, ids = crops_of_a_game()
    embeddings = np.vstack([embeddings, np.full((5, 4), 25.0)])
    clusters = cluster_embeddings(embeddings, np.concatenate([ids, np.full(5, 10)]))
    sides = clusters.tracklet_clusters
    assert len(set(sides[:5])) == len(set(sides[5:10])) == 1
    assert sides[0] != sides[5]


def test_a_crop_near_the_middle_has_a_low_score():
    embeddings, ids = crops_of_a_game(noise=0.3)
    embeddings[0] = embeddings[1:].mean(axis=0)
    clusters = cluster_embeddings(embeddings, ids)
    assert clusters.crop_scores[0] < 0.6 < np.median(clusters.crop_scores)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_crops_decide_nothing(count):
    clusters = cluster_embeddings(np.zeros((count, 62)), np.arange(count))
    assert clusters.tracklet_clusters.tolist() == [UNDECIDED] * count


def test_equal_crops_decide_nothing():
    clusters = cluster_embeddings(np.ones((6, 5)), np.arange(6))
    assert clusters.tracklet_clusters.tolist() == [UNDECIDED] * 6


@pytest.mark.parametrize(
    ("labels", "role"),
    [
        (["player", "referee", "player-jump-shot"], "player"),
        (["referee", "referee", "player"], "referee"),
        (["referee", "", "", ""], "referee"),
        (["referee", "player"], "player"),
        ([], "player"),
        (["goalkeeper"] * 3 + ["player", "referee"], "goalkeeper"),
        (["goalkeeper", "goalkeeper", "player", "referee", "referee"], "player"),
    ],
)
def test_role_of_tracklet(labels, role):
    assert role_of_tracklet(labels) == role


def test_clusters_are_named_by_the_numbers_that_only_one_team_wears():
    # Cluster 1 wears home's 12 and 30, cluster 0 away's 44 and 23.
    probs = {1: 0.95, 2: 0.95, 3: 0.05, 4: 0.05}
    readings = {1: ["12"] * 3, 2: ["30"] * 3, 3: ["44"] * 3, 4: ["23"] * 3}
    names = name_clusters(probs, readings, (HOME, AWAY))
    assert names.home_cluster == 1
    assert names.prob < 0.01


def test_naming_both_ways_round_is_symmetric():
    probs, readings = {1: 0.9, 2: 0.2}, {1: ["12", "12"], 2: ["1"]}
    one = name_clusters(probs, readings, (HOME, AWAY)).prob
    other = name_clusters(probs, readings, (AWAY, HOME)).prob
    assert one + other == pytest.approx(1)


@pytest.mark.parametrize(
    "readings",
    [
        pytest.param({}, id="nothing read"),
        pytest.param({1: ["7"] * 9}, id="both wear it"),
        pytest.param({1: ["99"] * 9}, id="nobody wears it"),
        pytest.param({1: ["12"], 2: ["12"]}, id="the same player in both clusters"),
    ],
)
def test_clusters_stay_unnamed(readings):
    names = name_clusters({1: 0.9, 2: 0.1}, readings, (HOME, AWAY))
    assert names.home_cluster is None
    assert names.prob == pytest.approx(0.5)


def test_zero_and_double_zero_are_two_players():
    rosters = (["0"], ["00"])
    assert name_clusters({1: 0.01}, {1: ["00"] * 4}, rosters).home_cluster == 1
    assert name_clusters({1: 0.01}, {1: ["0"] * 4}, rosters).home_cluster == 0


def test_one_misread_tracklet_does_not_outvote_four():
    probs = {1: 0.95, 2: 0.95, 3: 0.05, 4: 0.05, 5: 0.05}
    readings = {1: ["12"], 2: ["30"], 3: ["44"], 4: ["23"], 5: ["12"] * 50}
    assert name_clusters(probs, readings, (HOME, AWAY)).home_cluster == 1
