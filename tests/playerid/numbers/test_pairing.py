import numpy as np
import pytest

from playerid.models.tracker import TrackedPeople
from playerid.numbers.pairing import NOBODY, pair_numbers
from playerid.numbers.validation import validate_readings
from playerid.tables import NUMBERS

# Two people 100 px wide and 200 px high. A number's usual place is 50 px from the left edge and
# 64 px from the top; one standard deviation is 20 px in both directions.
LEFT = (0, 0, 100, 200)
RIGHT = (80, 0, 180, 200)
FAR = (500, 0, 600, 200)


def number_at(x, y, size=10):
    return (x - size / 2, y - size / 2, x + size / 2, y + size / 2)


def pair(numbers, people, ids, masks=(), **options):
    tracked = TrackedPeople(
        np.array(people, np.float32).reshape(-1, 4),
        np.array(ids, np.int32),
        np.ones(len(ids), np.float32),
        np.array(["player"] * len(ids), np.str_),
        masks,
    )
    found = pair_numbers(np.array(numbers, np.float32).reshape(-1, 4), tracked, **options)
    return found.track_ids.tolist(), found.ios.tolist()


def test_numbers_are_102_different_texts():
    assert len(set(NUMBERS)) == 102
    assert {"", "0", "00", "1", "99"} <= set(NUMBERS)


def test_a_number_gets_the_track_id_of_its_wearer_not_a_row_index():
    assert pair([number_at(550, 64)], [LEFT, FAR], [41, 7]) == ([7], [1.0])


@pytest.mark.parametrize(
    ("numbers", "people", "ids"),
    [
        pytest.param([], [LEFT], [1], id="no numbers"),
        pytest.param([number_at(50, 64)], [], [], id="no people"),
    ],
)
def test_nothing_to_pair(numbers, people, ids):
    assert pair(numbers, people, ids)[0] == [NOBODY] * len(numbers)


@pytest.mark.parametrize(
    ("left_edge", "wearer"),
    [
        # A box 10 px wide reaches 1 px, 1.01 px over the edge of its player at x = 100.
        pytest.param(91.0, 1, id="IoS 0.9 counts"),
        pytest.param(91.01, NOBODY, id="just below does not"),
    ],
)
def test_the_boundary_of_the_ios_counts(left_edge, wearer):
    number = (left_edge, 59, left_edge + 10, 69)
    assert pair([number], [LEFT], [1])[0] == [wearer]


@pytest.mark.parametrize(
    ("x", "wearer"),
    [
        # The seats are at x = 50 and x = 130. At x = 82 the distances are 32 and 48 px: the left
        # one is nearer by 16 px, less than one standard deviation of 20 px.
        pytest.param(82, NOBODY, id="inside both, not clear"),
        # At x = 97 they are 47 and 33 px; still 14 px.
        pytest.param(93, NOBODY, id="in the middle"),
    ],
)
def test_a_number_inside_two_players_goes_to_neither(x, wearer):
    assert pair([number_at(x, 64, 4)], [LEFT, RIGHT], [1, 2])[0] == [wearer]


def test_a_number_inside_two_players_goes_to_the_one_on_whom_it_sits():
    behind = (-60, 60, 120, 330)  # its seat is at (30, 146): 82 px, 3 standard deviations, below
    assert pair([number_at(50, 64)], [behind, LEFT], [5, 9])[0] == [9]


def test_a_mask_settles_what_two_boxes_leave_open():
    left, right = np.zeros((200, 200), bool), np.zeros((200, 200), bool)
    left[:, :80], right[:, 80:] = True, True
    number = number_at(90, 64)
    assert pair([number], [LEFT, RIGHT], [1, 2])[0] == [NOBODY]
    assert pair([number], [LEFT, RIGHT], [1, 2], masks=[left, right])[0] == [2]


def test_two_numbers_on_one_player_leave_the_one_that_lies_further_inside():
    outer = (93, 59, 101, 67)  # 7 of its 8 px inside: below 0.9 for a strict pairing
    assert pair([outer, number_at(50, 64)], [LEFT], [3], min_ios=0.8) == ([NOBODY, 3], [0, 1])


def test_a_number_at_the_knees_is_somebody_elses():
    assert pair([number_at(50, 150)], [LEFT], [1])[0] == [NOBODY]


def read(text, step_s=0.2):
    """Readings 0.2 s apart; "-" is an illegible one, "~" a crop that was never made."""
    tokens = text.split()
    kept = [(i * step_s, None if t == "-" else t) for i, t in enumerate(tokens) if t != "~"]
    return [t for t, _ in kept], [n for _, n in kept]


@pytest.mark.parametrize(
    ("readings", "number"),
    [
        pytest.param("", None, id="no readings"),
        pytest.param("23 23", None, id="two are not enough"),
        pytest.param("23 23 23", "23", id="three equal ones in a row"),
        pytest.param("23 23 - 23", None, id="an illegible one breaks the run"),
        pytest.param("23 ~ 23 ~ 23", "23", id="a crop never made does not"),
        pytest.param("23 ~ ~ ~ ~ ~ 23 23", None, id="a gap of 1.2 s does"),
        pytest.param("23 23 28 23", None, id="a contrary reading breaks the run"),
        pytest.param("0 00 0 00 0", None, id="0 and 00 are two numbers"),
        pytest.param("00 00 00", "00", id="00 is a number"),
        pytest.param("28 23 23 23", "23", id="an early contrary reading is outweighed"),
        pytest.param("23 23 23 28 28", "23", id="two later contrary ones are, too"),
        pytest.param("23 23 23 28 28 28", None, id="as many against: the number falls"),
        pytest.param("23 23 23 28 28 28 28", "28", id="more against: the other stands"),
        pytest.param("23 23 23 28 35 4", None, id="different contrary ones count together"),
    ],
)
def test_validate_readings(readings, number):
    assert validate_readings(*read(readings)).number == number


def test_validation_counts_for_and_against_and_says_since_when():
    found = validate_readings(*read("28 23 - 23 23 23 23"))
    assert (found.readings_for, found.readings_against) == (5, 1)
    assert found.since_s == pytest.approx(1.0)


def test_readings_may_come_in_any_order():
    times, numbers = read("23 23 23 28")
    backwards = validate_readings(times[::-1], numbers[::-1])
    assert backwards == validate_readings(times, numbers)
