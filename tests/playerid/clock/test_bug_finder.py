import json

import numpy as np
import pytest

from playerid.clock.bug_finder import LOOKS, search_places
from playerid.clock.bug_places import find_places
from playerid.game.roster import read_game
from playerid.models.text_reader import TextLines


def make_game(home="Thunder", away="Spurs"):
    teams = {
        side: {
            "team_id": name[:3].upper(),
            "name": name,
            "players": [{"player_id": side, "name": "Player", "number": "1"}],
        }
        for side, name in (("home", home), ("away", away))
    }
    game = {"game_id": "g", "season": "2024-25", "date": "2025-01-01", "league": "nba"}
    return read_game(json.dumps(game | teams | {"videos": ["v.mp4"]}), "game.json")


def look(*lines):
    """Text of one frame: (text, left, top, right, bottom)."""
    boxes = np.array([line[1:] for line in lines], np.float32).reshape(-1, 4)
    return TextLines(boxes, tuple(line[0] for line in lines), np.ones(len(lines), np.float32))


def one_row(clock, shot, scores=("40", "30")):
    """As read in a broadcast of SAS at OKC: everything in one row, advertisements in the hall."""
    return look(
        ("NBA Advanced Stats", 1069, 1, 1260, 44),
        ("SPURS", 260, 611, 331, 639), (scores[0], 460, 608, 509, 643),
        ("THUNDER", 539, 612, 634, 636), (scores[1], 739, 608, 789, 643),
        ("2nd Qtr", 813, 613, 890, 637), (clock, 915, 612, 970, 637), (shot, 996, 613, 1027, 637),
        ("41", 333 + 9 * int(shot), 380, 365 + 9 * int(shot), 409),
    )  # fmt: skip


ONE_ROW = [one_row(f"4:{13 - n:02d}", str(15 - n)) for n in range(8)]


def inside(box, left, right):
    """Whether a box spans a text and ends before its neighbours."""
    return left - 20 <= box[0] <= left and right <= box[2] <= right + 20


def test_the_fields_of_a_bug_in_one_row():
    found = find_places(ONE_ROW, make_game())
    assert inside(found["clock"], 915, 970)
    assert inside(found["period"], 813, 890)
    assert inside(found["shot_clock"], 996, 1027)
    assert inside(found["away_score"], 460, 509)
    assert inside(found["home_score"], 739, 789)


def test_names_beside_the_scores_tell_who_is_at_home():
    found = find_places(ONE_ROW, make_game(home="Spurs", away="Thunder"))
    assert inside(found["home_score"], 460, 509)


def test_visitors_stand_first_where_names_tell_nothing():
    found = find_places(ONE_ROW, make_game(home="Hawks", away="Bulls"))
    assert inside(found["away_score"], 460, 509)


def test_texts_that_the_reader_joins_in_some_frames():
    """As read in a broadcast of DAL and ATL: period, clock and shot clock are one text, or two."""
    joined = [
        look(("2", 94, 329, 110, 345), ("4", 205, 330, 218, 343),
             (f"1ST 10:53:{13 - n:02d}", 231, 329, 319, 345))
        for n in range(6)
    ]  # fmt: skip
    apart = [
        look(("2", 94, 329, 110, 345), ("4", 205, 330, 218, 343),
             ("1ST 10:41", 231, 330, 295, 345), (f":{9 - n:02d}", 296, 330, 318, 345))
        for n in range(3)
    ]  # fmt: skip
    found = find_places([*joined, *apart], make_game())
    assert found["clock"] == found["period"] == found["shot_clock"]
    assert inside(found["clock"], 231, 319)
    assert inside(found["away_score"], 94, 110)


def test_texts_that_the_reader_seldom_joins():
    """As read in a rendered game: the period alone is seen most often, and shows no clock."""
    period, joined = ("4TH", 734, 604, 786, 633), (729, 599, 921, 638)
    frames = [
        look(period, ("9:30", 800, 604, 858, 633), ("22", 871, 604, 910, 635)),
        look(period, ("9:26 19", 799, 602, 917, 636)),
        look(("4TH 9:22 15", *joined)),
        look(period, ("9:19 12", 798, 601, 919, 638)),
        look(("4TH 9:15", 731, 601, 886, 637), ("8", 879, 608, 900, 631)),
        look(("4TH 9:12 5", *joined)),
    ]
    found = find_places(frames, make_game())
    assert found["clock"] == found["period"] == found["shot_clock"]
    assert inside(found["clock"], 729, 921)


def test_a_clock_that_touches_a_score_is_read_without_it():
    """As read in a rendered game: joined with its team, a score reaches into the clock's box."""
    frames = [
        look(("FORGE 61", 386, 657, 547, 697), ("TIDES 62", 563, 656, 722, 695),
             (f"3RD 7:{57 - n} {20 - n}", 717, 654, 896, 699))
        for n in range(6)
    ]  # fmt: skip
    found = find_places(frames, make_game())
    assert found["home_score"][2] == found["clock"][0] == 719.5


def test_what_stands_below_takes_nothing_from_a_box():
    """As read in a rendered game: an advertisement reaches below the clock."""
    frames = [
        look((f"1ST 7:{31 - n} {22 - n}", 1054, 652, 1232, 699),
             ("BONUS NIGHT TICKETS ON SALE", 851, 696, 1102, 719))
        for n in range(6)
    ]  # fmt: skip
    assert inside(find_places(frames, make_game())["clock"], 1054, 1232)


def test_two_rows_and_scores_beside_names():
    frames = [
        look(("COMETS 73", 100, 600, 220, 625), ("STAGS 71", 104, 630, 216, 655),
             (f"3:{52 - n}", 240, 600, 290, 625), (f"3RD {19 - n}", 236, 630, 300, 655))
        for n in range(5)
    ]  # fmt: skip
    found = find_places(frames, make_game(home="Stags", away="Comets"))
    assert inside(found["home_score"], 104, 216)
    assert inside(found["period"], 236, 300)
    assert found["period"] == found["shot_clock"]


@pytest.mark.parametrize("frames", [[], [look()], [look(("40", 0, 0, 20, 20))] * 4])
def test_no_clock_no_bug(frames):
    assert find_places(frames, make_game()) == {}


def test_a_clock_that_moves_with_the_camera_is_none():
    frames = [look(("4:13", 100 + 80 * n, 50, 150 + 80 * n, 75)) for n in range(8)]
    assert find_places(frames, make_game()) == {}


def reader(asked, hidden=()):
    """Reads the text of frames by rank, notes which were asked for, and sees nothing in some."""

    def read(ranks):
        asked.extend(ranks)
        return [
            look() if rank in hidden else one_row(f"4:{50 - rank}", str(20 - rank))
            for rank in ranks
        ]

    return read


def test_more_frames_are_read_where_few_show_no_clock():
    asked = []
    found = search_places(reader(asked, hidden=range(0, 17, 4)), 17, 5, make_game())
    assert asked[:5] == [0, 4, 8, 12, 16]
    assert len(asked) == len(set(asked)) == LOOKS[1]
    assert inside(found["clock"], 915, 970)


def test_few_frames_are_read_where_they_show_the_clock():
    asked = []
    assert "clock" in search_places(reader(asked), 17, 5, make_game())
    assert asked == [0, 4, 8, 12, 16]


def test_no_frame_shows_a_clock():
    assert search_places(lambda ranks: [look() for _ in ranks], 3, 6, make_game()) == {}
