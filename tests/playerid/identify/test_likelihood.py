"""Readings of boxes and of upper bodies, weighed as bursts; worked by hand."""

import numpy as np
import pyarrow as pa
import pytest

from playerid.identify.evidence import NUMBER_INDEX, ReadNumbers, gather_readings
from playerid.identify.likelihood import Channel, find_bursts, number_likelihoods
from playerid.tables import NUMBER_READINGS, NUMBERS


def readings(*rows):
    """Each row: time, number, probability of it, of nothing, and whether a body was read."""
    probs = np.zeros((len(rows), len(NUMBERS)), np.float32)
    for i, (_, number, prob, nothing, _) in enumerate(rows):
        probs[i] = (1 - prob - nothing) / (len(NUMBERS) - 2)
        probs[i, 0] = nothing
        probs[i, NUMBER_INDEX[number]] = prob
    return ReadNumbers(
        np.zeros(len(rows), np.int64),
        np.array([row[0] for row in rows]),
        probs.argmax(axis=1).astype(np.int32),
        probs,
        np.array([row[4] for row in rows]),
    )


def odds_of(number, *rows, channel=None):
    firsts, logs = find_bursts(readings(*rows), channel or Channel())
    return firsts.tolist(), logs[:, NUMBER_INDEX[number]]


def test_one_box_counts_its_odds_against_101_even_numbers():
    firsts, logs = odds_of("7", (0.0, "7", 0.9, 0.1, False))
    assert firsts == [0]
    assert logs[0] == pytest.approx(np.log(0.9 * 101 + 0.1), rel=1e-5)


def test_a_body_is_believed_less_than_a_box():
    channel = Channel(max_legible=0.99, max_torso=0.6)
    _, box = odds_of("7", (0.0, "7", 1.0, 0.0, False), channel=channel)
    _, body = odds_of("7", (0.0, "7", 1.0, 0.0, True), channel=channel)
    assert box[0] == pytest.approx(np.log(0.99 * 101 + 0.01), rel=1e-5)
    assert body[0] == pytest.approx(np.log(0.6 * 101 + 0.4), rel=1e-5)


def test_what_cannot_be_read_does_not_water_down_what_can():
    clear = (0.0, "7", 0.95, 0.05, False)
    blank = [(0.1 * i, "3", 0.0, 1.0, True) for i in range(1, 4)]
    _, alone = odds_of("7", clear)
    firsts, among = odds_of("7", clear, *blank)
    assert firsts == [0]
    assert among[0] == pytest.approx(alone[0], rel=1e-5)


def test_further_legible_readings_of_a_burst_count_in_part():
    one = (0.0, "7", 0.9, 0.0, False)
    _, single = odds_of("7", one)
    _, both = odds_of("7", one, (0.2, "7", 0.9, 0.0, False), channel=Channel(burst_weight=0.5))
    legible = 2 * Channel().max_legible
    effective = (1 + 0.5 * (legible - 1)) / legible
    assert both[0] == pytest.approx(2 * single[0] * effective, rel=1e-5)


def test_bodies_that_are_hardly_legible_join_no_looks():
    rows = [
        {
            "game_id": "g", "frame_index": i, "time_s": 0.3 * i, "segment_index": 0,
            "source": source, "object_index": 0, "legible_prob": legible, "tracklet_id": 1,
            "ios": None, "jersey_number": "7", "number_prob": 0.9,
            "candidates": ["7", ""], "candidate_probs": [0.9, 0.1],
        }
        for i, (source, legible) in enumerate(
            [("box", 0.1), ("torso", 0.1), ("torso", 0.8), ("torso", 0.29)]
        )
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, NUMBER_READINGS.schema)
    gathered = gather_readings(table, np.array([1], np.int32))
    assert gathered.times_s.tolist() == pytest.approx([0.0, 0.6])
    assert gathered.of_torsos.tolist() == [False, True]


NEVER = 1e-12
SURE = {"max_told": 1 - 1e-9, "told": 0.0, "per_odds": 10.0, "reading_weight": 1.0}


def likelihood(worn, *rows, **rates):
    """Of the readings of one person who wears `worn`, by the rates of a look alone."""
    mixture = {"right": NEVER, "persistent": NEVER, "poor": NEVER, **SURE, **rates}
    channel = Channel(**mixture)
    among = np.array([NUMBER_INDEX["13"], NUMBER_INDEX["3"]])
    found = number_likelihoods(readings(*rows), 1, among, channel)
    return np.exp(found[0, NUMBER_INDEX[worn]])


def test_readings_of_one_look_share_its_fate_and_those_of_two_do_not():
    """A 3 that is seen of 13 costs its rate once in a look, and once more in the next."""
    shown = Channel().matrix(np.array([NUMBER_INDEX["13"], NUMBER_INDEX["3"]]))
    rate = shown[NUMBER_INDEX["13"], NUMBER_INDEX["3"]]
    one, soon, later = (0.0, "3", 1.0, 0.0, False), (0.0, "3", 1.0, 0.0, False), 1e6
    assert likelihood("13", one) == pytest.approx(rate * 101, rel=1e-3)
    assert likelihood("13", one, soon) == pytest.approx(rate * 101**2, rel=1e-3)
    apart = likelihood("13", one, (later, "3", 1.0, 0.0, False))
    assert apart == pytest.approx((rate * 101) ** 2, rel=1e-3)


def test_a_look_ends_at_its_rate():
    """After one mean length a look is the same with probability 1/e."""
    shown = Channel().matrix(np.array([NUMBER_INDEX["13"], NUMBER_INDEX["3"]]))
    rate = shown[NUMBER_INDEX["13"], NUMBER_INDEX["3"]]
    both = likelihood("13", (0.0, "3", 1.0, 0.0, False), (0.7, "3", 1.0, 0.0, False), look_s=0.7)
    assert both == pytest.approx(rate * (np.exp(-1) + (1 - np.exp(-1)) * rate) * 101**2, rel=1e-3)


def test_who_is_right_throughout_gains_with_every_reading():
    """The shares of the ways are odds: right throughout 0.5, else each look by itself."""
    rows = [(100.0 * i, "3", 1.0, 0.0, False) for i in range(4)]
    shown = Channel().matrix(np.array([NUMBER_INDEX["13"], NUMBER_INDEX["3"]]))
    rate = shown[NUMBER_INDEX["3"], NUMBER_INDEX["3"]]
    found = likelihood("3", *rows, right=0.5)
    assert found == pytest.approx((0.5 + 0.5 * rate**4) * 101**4, rel=1e-3)


def test_a_doubtful_reading_counts_as_often_as_such_are_right():
    """A reader that is even sure is right with the odds of `told`: here 1 to 3."""
    found = likelihood(
        "3", (0.0, "3", 0.5, 0.5, False), right=1 - 3e-12, told=-np.log(3), per_odds=1.0
    )
    assert found == pytest.approx(0.25 * 101 + 0.75, rel=1e-3)


def test_without_readings_nothing_is_told():
    assert likelihood("3") == pytest.approx(1)


def test_boxes_weigh_less_where_upper_bodies_are_read_too():
    """A box reads 4, an upper body 7: beside it the box is a second look at the same shirt."""
    probs = np.full((2, len(NUMBERS)), 0.1 / 101, np.float32)
    probs[0, NUMBERS.index("4")] = probs[1, NUMBERS.index("7")] = 0.9
    worn = np.array([NUMBERS.index("4"), NUMBERS.index("7")])

    def logs(of_torsos):
        readings = ReadNumbers(
            np.zeros(2, np.int64), np.array([0.0, 5.0]), probs.argmax(axis=1).astype(np.int32),
            probs, np.array(of_torsos),
        )  # fmt: skip
        found = number_likelihoods(readings, 1, worn, Channel())[0, worn]
        return found[1] - found[0]

    assert logs([False, False]) == pytest.approx(0, abs=0.02)
    assert logs([False, True]) > 1
