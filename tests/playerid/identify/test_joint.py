"""Players in one place at a time: small segments, worked by hand or by counting every case."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from playerid.identify import Appearance
from playerid.identify.decision import Belief, player_probs
from playerid.identify.joint import segment_marginals
from playerid.identify.lineups import Substitutions
from playerid.identify.presence import Presence, presence
from tests.playerid.identify.world import Tracklet, make_evidence, make_game

ALONE = Belief(
    use_exclusion=False, use_lineups=False, use_known=False, appearance=Appearance(rounds=0)
)
TOGETHER = replace(ALONE, use_exclusion=True, use_lineups=True)


def counted(players, nobody, factors):
    """Marginals from every assignment: each tracklet is one of the players, or nobody (last)."""
    count, people = players.shape
    weights = np.column_stack([players, nobody])
    found = np.zeros((count, people + 1))
    for case in product(range(people + 1), repeat=count):
        weight = np.prod([weights[i, p] for i, p in enumerate(case)])
        for i in range(count):
            for j in range(i):
                weight *= factors[i, j] if case[i] == case[j] < people else 1
        found[np.arange(count), case] += weight
    return found[:, :-1] / found.sum(axis=1, keepdims=True)


def test_beside_each_other_two_are_not_the_same():
    """0.9 x 0.5 against 0.1 x 0.5: what is left to the other is even, and takes nothing."""
    players = np.array([[0.9, 0.1], [0.5, 0.5]])
    probs = segment_marginals(players, np.zeros(2), np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert probs[0] == pytest.approx([0.9, 0.1], abs=1e-3)
    assert probs[1] == pytest.approx([0.1, 0.9], abs=1e-3)


def test_the_marginals_are_those_of_every_case_where_pairs_form_no_loop():
    random = np.random.default_rng(3)
    players, nobody = random.random((3, 4)), random.random(3) * 0.2
    factors = np.array([[1, 0, 1], [0, 1, 5], [1, 5, 1]], float)
    probs = segment_marginals(players, nobody, factors, damping=0, tolerance=1e-9)
    assert probs == pytest.approx(counted(players, nobody, factors), abs=1e-6)


def test_who_is_beside_a_player_is_not_told_by_him_who_is_there():
    """Both of a pair are read as the first of six: beside each other they tell one another
    nothing, one after the other they do."""
    players = np.tile([1.0, 0.01, 0.01, 0.01, 0.01, 0.01], (2, 1))
    rows, spans = [np.arange(2)], np.array([[0.0, 4.0]])
    known = np.full((1, 6), np.nan)
    on_court = {}
    for beside in (False, True):
        together = [np.eye(2, dtype=bool) | beside]
        seen = Presence(players, np.zeros(2), rows, together, spans, known, 5)
        on_court[beside] = presence(seen, Substitutions())
    assert on_court[True][0] == pytest.approx(np.full(6, 5 / 6))
    assert on_court[False][0][0] > 0.99


@pytest.mark.parametrize("others", [1, 2, 4])
def test_people_of_whom_nothing_is_read_take_nothing_from_one_who_is_read(others):
    """So many of his team stand beside him for as long as he is seen."""
    game = make_game("0 3 5 7 13 23 28 31 35 41 44 45", "1 2 4 6 8")
    read = Tracklet(1, 0, 9, reads="23 23 - 23 ~ ~ ~ 23 23")
    unread = [Tracklet(2 + i, 0, 9) for i in range(others)]
    probs = {}
    for name, belief in (("alone", ALONE), ("beside", TOGETHER)):
        evidence = make_evidence(game, [read, *unread])
        column = evidence.candidates.player_ids.tolist().index("h23")
        probs[name] = player_probs(evidence, belief)[0, column]
    assert probs["beside"] > probs["alone"] - 0.02


def test_of_eleven_a_side_each_player_is_told_by_himself():
    """Of 26 the first is read on one tracklet: another, later one is more likely to be his, one
    beside the first is not."""
    players = np.full((3, 26), 0.01)
    players[0, 0] = 1.0
    together = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]], bool)
    known = np.full((1, 26), np.nan)
    seen = Presence(
        players, np.full(3, 0.01), [np.arange(3)], [together], np.array([[0.0, 9.0]]), known, 11
    )
    on_court = presence(seen, Substitutions())
    assert on_court[1] == pytest.approx(np.full(26, on_court[1, 1]), abs=0.02)
    assert on_court[2, 0] > 0.85
    assert on_court[2, 5] < 0.5


def test_of_eleven_a_side_a_known_lineup_is_believed():
    players, known = np.full((1, 26), 0.01), np.repeat([1.0, 0.0], [11, 15])[None]
    seen = Presence(
        players, np.full(1, 0.01), [np.arange(1)], [np.ones((1, 1), bool)],
        np.array([[0.0, 9.0]]), known, 11,
    )  # fmt: skip
    on_court = presence(seen, Substitutions())[0]
    assert on_court[:11].min() > 0.8
    assert on_court[11:].max() < 0.05
