"""Made-up games in which people are seen as in a clip; names of a clip by its first seconds."""

import numpy as np
import pytest

from playerid.evaluate.observed_looks import SeenPerson, observe
from playerid.evaluate.seconds_seen import make_up_game, name_after, name_clip_after
from playerid.identify.candidates import NUMBER_INDEX
from playerid.tables import NUMBERS
from tests.playerid.evaluate.test_clip_ladder import GAME, LABELS, SEEN
from tests.playerid.identify.world import make_game

ROSTERS = make_game("0 3 5 7 13 23 28 31 35 41", "1 2 4 6 8 10 12 20 30 40")


def person(read, number="23", *, lasts_s=6.0, every_s=1.0, player="h23", side=0, look=0.0):
    times_s = np.arange(0, lasts_s, every_s) if read else np.zeros(0)
    probs = np.full((len(times_s), len(NUMBERS)), 0.05 / 101, np.float32)
    probs[:, NUMBER_INDEX[read or "0"]] = 0.95
    right = np.ones(len(times_s), bool)
    noise = np.random.default_rng(len(player)).normal(0, 0.3, (4, 6))
    looks = look * np.arange(1, 7) + noise
    return SeenPerson(
        player, side, NUMBER_INDEX[number], lasts_s, 1.0, 0.97, times_s, probs, right, looks
    )


@pytest.mark.parametrize(
    ("read", "worn_as", "shown"),
    [
        pytest.param("23", "41", "41", id="rightly"),
        pytest.param("3", "41", "1", id="the last digit"),
        pytest.param("2", "41", "4", id="the first digit"),
        pytest.param("88", "41", "88", id="something else"),
        pytest.param("23", "7", "7", id="one digit instead of two"),
        pytest.param("41", "41", "23", id="what would now be right was wrong"),
    ],
)
def test_what_was_read_is_read_of_another_number(read, worn_as, shown):
    probs = person(read).worn_as(NUMBER_INDEX[worn_as])
    assert {NUMBERS[index] for index in probs.argmax(axis=1)} == {shown}
    assert probs.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_ten_people_are_seen_all_the_time():
    made = make_up_game(ROSTERS, [person("23")], 30.0, seed=1)
    tracklets = made.evidence.tracklets
    assert (tracklets.end_s - tracklets.start_s).sum() == pytest.approx(300, rel=0.02)
    assert len(np.unique(made.players)) >= 10
    readings = made.evidence.readings
    worn = made.evidence.candidates.numbers[made.players[readings.rows]]
    assert (readings.numbers == worn).all()


def test_who_is_read_rightly_is_named_and_who_is_not_read_is_not():
    (good,) = name_after(ROSTERS, [person("23")], seconds=[20], games=1)
    assert good["precision"] > 0.98
    assert good["coverage"] > 0.9
    (none,) = name_after(ROSTERS, [person("")], seconds=[20], games=1)
    assert none["coverage"] < 0.05


def test_evidence_grows_with_what_is_seen():
    """Five of a side, whose looks differ; a number is read on one tracklet in five."""
    people = [
        person("23" if tracklet == 0 else "", player=f"{side}-{n}", side=side, look=5.0 * n)
        for side in (0, 1)
        for n in range(5)
        for tracklet in range(5)
    ]
    few, many = name_after(ROSTERS, people, seconds=[5, 120], games=2)
    assert many["coverage"] > few["coverage"] + 0.1
    assert many["precision"] > 0.95


def test_the_people_of_a_labelled_clip():
    clip = type("Clip", (), {"game": GAME, "seen": SEEN, "labels": LABELS})()
    people = observe(clip)
    assert sorted(NUMBERS[one.number] for one in people) == ["23", "40"]
    assert all(len(one.times_s) for one in people)
    rows = name_clip_after(clip, seconds=[2, 10_000])
    whole_s = round(float(np.ptp(SEEN.tracked_boxes["time_s"].to_numpy())), 1)
    assert [row["seconds"] for row in rows] == [2, whole_s]
    assert rows[-1]["coverage"] == 1
