"""The resolver on small games, honest and adversarial: no wrong name above the threshold."""

import pytest

from playerid.identify import identify_by_evidence
from tests.playerid.identify.world import Tracklet, make_evidence, make_game, names

HOME = "0 00 3 13 5 7 23 28 31 33"
AWAY = "1 2 4 23 40 41 42 43 44 45"
FIVE = ("5", "7", "13", "23", "31")
VISITORS = ("1", "2", "4", "41", "45")
READS = "{n} {n} - ~ ~ {n} {n} {n} ~ ~ ~ {n}"
SEGMENT_S = 12.0


def resolve(tracklets, game=None):
    return identify_by_evidence(make_evidence(game or make_game(HOME, AWAY), tracklets))


def five_read(segment, numbers=FIVE, team="HOME", reads=READS, first_id=0):
    """A segment of 12 s in which all five are tracked throughout and read in three bursts."""
    start = segment * (SEGMENT_S + 2)
    return [
        Tracklet(
            100 * segment + first_id + i,
            start,
            start + SEGMENT_S,
            team,
            reads.format(n=n),
            segment=segment,
        )
        for i, n in enumerate(numbers)
    ]


def earlier_and_later(changed, numbers=FIVE, around=3):
    """`changed` is segment 3; segments 0 to 2 and 4 to 6 show the five `numbers` well read."""
    before = [t for s in range(around) for t in five_read(s, numbers)]
    after = [t for s in range(around + 1, 2 * around + 1) for t in five_read(s, numbers)]
    return [*before, *changed, *after]


def in_third(tracklet_id, reads, seconds=SEGMENT_S, offset_s=0.0, **facts):
    start = 3 * (SEGMENT_S + 2) + offset_s
    return Tracklet(tracklet_id, start, start + seconds, reads=reads, segment=3, **facts)


def test_nothing_tracked_gives_no_rows():
    assert resolve([]).num_rows == 0


def test_a_tracklet_without_readings_has_no_name():
    row = resolve([Tracklet(1, 0, 10)]).to_pylist()[0]
    assert row["player_id"] is None
    assert row["identity_prob"] < 0.5
    assert row["source"] is None


def test_well_read_players_are_all_named():
    tracklets = five_read(0) + five_read(1)
    found = names(resolve(tracklets))
    assert found == {100 * s + i: f"h{n}" for s in (0, 1) for i, n in enumerate(FIVE)}


def test_a_referee_has_no_name_whatever_is_read():
    assert names(resolve([Tracklet(1, 0, 10, reads="23 23 23", role="referee")])) == {1: None}


def test_probabilities_and_runner_up_are_kept_below_the_threshold():
    row = resolve([Tracklet(1, 0, 10, reads="3?13")]).to_pylist()[0]
    assert row["player_id"] is None
    assert {row["runner_up_id"], "h3"} == {"h13", "h3"}
    assert 0 < row["runner_up_prob"] < row["identity_prob"] < 0.9


def test_the_tenth_is_named_by_elimination_but_never_quite_surely():
    """Nine are read. The home team's fifth is known from the other segments, and so is theirs."""
    home = [in_third(300 + i, f"{n} {n} ~ ~ ~ {n} {n}") for i, n in enumerate(FIVE[:4])]
    away = [
        in_third(310 + i, f"{n} {n} ~ ~ ~ {n} {n}", team="AWAY") for i, n in enumerate(VISITORS)
    ]
    visits = [t for s in (0, 1, 2, 4, 5, 6) for t in five_read(s, VISITORS, "AWAY", first_id=10)]
    rows = resolve(earlier_and_later([*home, *away, in_third(399, ""), *visits])).to_pylist()
    unread = next(row for row in rows if row["tracklet_id"] == 399)
    assert unread["player_candidates"][0] == "h31"
    assert (unread["player_id"], unread["source"]) == ("h31", "eliminated")
    assert 0.9 < unread["identity_prob"] <= 0.985


def test_a_tracklet_that_goes_on_where_another_ended_is_linked():
    first = in_third(90, "23 23 23 ~ ~ ~ 23 23", seconds=5, leave_m=(5, 2))
    second = in_third(91, "", seconds=6, offset_s=5.2, enter_m=(5.3, 2.1))
    rows = resolve(earlier_and_later([first, second])).to_pylist()
    row = next(row for row in rows if row["tracklet_id"] == 91)
    assert row["identity_prob"] > 0.5
    assert row["player_id"] in {None, "h23"}


def test_who_stands_beyond_the_lines_needs_more_than_one_reading():
    def prob(x_m):
        there = Tracklet(1, 0, 3, reads="23", enter_m=(x_m, 0), leave_m=(x_m, 1))
        return resolve([there]).to_pylist()[0]["identity_prob"]

    assert prob(5.0) > 1.5 * prob(16.5)  # the baseline is at 14.33 m


# Adversarial: what must never be named wrongly.


@pytest.mark.parametrize("team_prob", [0.5, 0.6, 0.8, 0.9])
def test_same_number_on_both_teams_waits_for_the_team(team_prob):
    tracklet = Tracklet(1, 0, 10, "HOME", "23 23 23 ~ ~ ~ 23 23 23", team_prob=team_prob)
    assert names(resolve([tracklet])) == {1: None}


def test_0_and_00_of_one_team_are_told_apart_or_left_open():
    mixed = Tracklet(1, 0, 10, reads="0 00 0 ~ ~ ~ 00 0 0")
    double = Tracklet(2, 100, 110, reads="00 00 00 ~ ~ ~ ~ 00 00", segment=1)
    single = Tracklet(3, 200, 210, reads="0 0", segment=2)
    assert names(resolve([mixed, double, single])) == {1: None, 2: "h00", 3: None}


def test_a_wrong_roster_number_names_nobody():
    """The man who wears 77 is on the roster as 28; 77 belongs to nobody."""
    lone = in_third(99, "77 77 77 ~ ~ ~ 77 77 - ~ ~ ~ 77")
    assert names(resolve([Tracklet(1, 0, 10, reads="77 77 77 ~ ~ ~ ~ 77 77")])) == {1: None}
    others = [in_third(300 + i, f"{n} {n} ~ ~ ~ {n} {n}") for i, n in enumerate(FIVE[:4])]
    assert names(resolve(earlier_and_later([*others, lone])))[99] is None


def test_a_wrong_roster_number_that_is_a_teammates_does_not_hold_against_him():
    """One man wears 28 and the roster says 33 for him; the true 28 is on the court, too."""
    stranger = in_third(98, "28 28 28 ~ ~ ~ 28 28")
    owner = in_third(99, "28 28 28 ~ ~ ~ 28 28")
    found = names(resolve([stranger, owner]))
    assert found == {98: None, 99: None}


def test_a_player_missing_from_the_roster_is_not_eliminated_into_a_name():
    """Somebody who is not on the roster replaces 31; four others are read, he is read as 88."""
    others = [in_third(300 + i, f"{n} {n} ~ ~ ~ {n} {n}") for i, n in enumerate(FIVE[:4])]
    missing = in_third(99, "88 88 ~ ~ ~ 88 88 88")
    assert names(resolve(earlier_and_later([*others, missing])))[99] is None


def test_a_substitution_during_a_replay_names_the_substitute():
    """31 leaves for 28 between segments 2 and 3; the unread fifth of segment 3 stays open."""
    five_after = (*FIVE[:4], "28")
    before = [t for s in range(3) for t in five_read(s)]
    others = [in_third(300 + i, f"{n} {n} ~ ~ ~ {n} {n}") for i, n in enumerate(FIVE[:4])]
    after = [t for s in range(4, 7) for t in five_read(s, five_after)]
    found = names(resolve([*before, *others, in_third(399, ""), *after]))
    assert found[399] is None
    assert found[404] == "h28"
    assert found[204] == "h31"


def test_a_swap_inside_a_pile_up_names_neither_wrongly():
    """Two tracklets swap their players half way: each is read as both."""
    first = in_third(90, "23 23 23 ~ ~ ~ ~ 23 ~ ~ ~ ~ 7 7 7 ~ ~ ~ ~ 7")
    second = in_third(91, "7 7 7 ~ ~ ~ ~ 7 ~ ~ ~ ~ 23 23 23 ~ ~ ~ ~ 23")
    found = names(resolve(earlier_and_later([first, second])))
    assert (found[90], found[91]) == (None, None)


def test_all_readings_of_a_tracklet_wrong_the_same_way():
    """13 is read as 3 throughout; 13 is on the court before and after, 3 is never seen."""
    others = [in_third(300 + i, f"{n} {n} ~ ~ ~ {n} {n}") for i, n in enumerate(FIVE) if n != "13"]
    partial = in_third(99, "3 3 3 ~ ~ ~ 3 3 3 ~ ~ ~ 3 3")
    assert names(resolve(earlier_and_later([*others, partial])))[99] in {None, "h13"}


def test_all_readings_wrong_the_same_way_to_a_teammate_who_is_elsewhere():
    """23 is read as 28; the true 28 is on the court and well read."""
    five = ("5", "7", "23", "28", "31")
    others = [in_third(300 + i, f"{n} {n} ~ ~ ~ {n} {n}") for i, n in enumerate(five) if n != "23"]
    wrong = in_third(99, "28 28 28 ~ ~ ~ 28 28")
    found = names(resolve(earlier_and_later([*others, wrong], five)))
    assert found[99] in {None, "h23"}
    assert found[303] in {None, "h28"}


def test_a_spectator_in_a_replica_jersey():
    """A sixth "home player" shows 23 while 23 himself plays and is read."""
    five = [in_third(300 + i, f"{n} {n} ~ ~ ~ {n} {n}") for i, n in enumerate(FIVE)]
    spectator = in_third(99, "23 23 23 ~ ~ ~ 23 23")
    found = names(resolve(earlier_and_later([*five, spectator])))
    assert found[99] is None


def test_never_two_places_at_once():
    tracklets = [in_third(300 + i, "23 23 23 ~ ~ ~ 23 23") for i in range(4)]
    found = list(names(resolve(tracklets)).values())
    assert found.count("h23") <= 1


def test_never_more_than_five_of_a_team():
    numbers = ("5", "7", "13", "23", "31", "33", "28")
    tracklets = [in_third(300 + i, f"{n} {n} {n} ~ ~ ~ {n} {n}") for i, n in enumerate(numbers)]
    found = [name for name in names(resolve(tracklets)).values() if name]
    assert len(found) <= 5


def test_known_lineups_settle_what_the_readings_leave_open():
    """3 may be a part of 13, 23 or 33; of these only 3 is on the court."""
    tracklet = Tracklet(1, 100, 110, reads="3 3 ~ ~ ~ 3 3 ~ ~ ~ 3 3")
    known = [
        {
            "team_id": "HOME",
            "start_s": 0,
            "end_s": 600,
            "player_ids": ["h3", "h5", "h7", "h0", "h28"],
        }
    ]
    with_lineup = resolve([tracklet], make_game(HOME, AWAY, lineups=known)).to_pylist()[0]
    without = resolve([tracklet]).to_pylist()[0]
    assert with_lineup["player_candidates"][0] == "h3"
    assert without["identity_prob"] < 0.95
    assert with_lineup["identity_prob"] > without["identity_prob"] + 0.03


def test_a_known_lineup_says_nothing_near_its_edges():
    tracklet = Tracklet(1, 100, 110, reads="3 3 ~ ~ ~ 3 3 ~ ~ ~ 3 3")
    known = [
        {
            "team_id": "HOME",
            "start_s": 95,
            "end_s": 600,
            "player_ids": ["h3", "h5", "h7", "h0", "h28"],
        }
    ]
    with_lineup = resolve([tracklet], make_game(HOME, AWAY, lineups=known)).to_pylist()[0]
    without = resolve([tracklet]).to_pylist()[0]
    assert with_lineup["identity_prob"] == pytest.approx(without["identity_prob"])
