import re

import numpy as np

from playerid.arena.play import Play
from playerid.leagues import load_basketball


def test_every_attribute_of_a_play_is_described_and_every_described_one_is_there():
    described = re.findall(r"^ {8}(\w+): ", Play.__doc__.split("Attributes:")[1], re.MULTILINE)
    assert sorted(described) == sorted(vars(Play(load_basketball("nba"), np.random.default_rng(0))))


def test_whoever_guards_is_guarded_back():
    match = Play(load_basketball("nba"), np.random.default_rng(0)).match
    assert all(match[match[slot]] == slot for slot in range(10))
