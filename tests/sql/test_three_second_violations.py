"""Every sentence of the rule as it is counted, on games small enough to check by hand."""

import pytest

from tests.sql.handmade import (
    HANDLER,
    IN_LANE,
    OUTSIDE,
    Game,
    Person,
    ask,
    at,
    between,
    handler_and_marker,
    open_game,
)

QUERY = "from three_second_violations order by start_s, kind"


def post(where, **kwargs):
    """The home team's centre, tracklet 5, beside the handler and their marker."""
    return [*handler_and_marker(), Person(5, "HOM", where, "H5", 0.95, **kwargs)]


def violations(tmp_path, people, seconds=8.0, **kwargs):
    return ask(open_game(tmp_path, Game(people, seconds, **kwargs)), QUERY)


def test_two_point_nine_seconds_are_none(tmp_path):
    assert violations(tmp_path, post(between(1.0, 3.9, IN_LANE))) == []


def test_three_point_one_seconds_are_technical(tmp_path):
    (event,) = violations(tmp_path, post(between(1.0, 4.1, IN_LANE)))
    assert event == {
        "game_id": "0020000001",
        "segment_index": 0,
        "kind": "offence",
        "team_id": "HOM",
        "player_id": "H5",
        "tracklet_id": 5,
        "period": 1,
        "start_s": 1.0,
        "end_s": 4.1,
        "start_clock_s": pytest.approx(599.0),
        "end_clock_s": pytest.approx(595.9),
        "max_duration_s": 3.1,
        "min_duration_s": 3.1,
        "paused_s": 0.0,
        "grade": "technical",
        "quality": "good",
        "censored": False,
        "reason_closed": "left the lane",
        "clock_known": True,
        "min_identity_prob": pytest.approx(0.95),
        "min_opponent_distance_m": None,
    }


def test_half_a_second_more_is_clear(tmp_path):
    (event,) = violations(tmp_path, post(between(1.0, 4.5, IN_LANE)))
    assert (event["grade"], event["min_duration_s"]) == ("clear", 3.5)


@pytest.mark.parametrize(
    ("y_m", "grades"),
    [
        pytest.param(2.43, ["possible"], id="inside by less than the error"),
        pytest.param(2.44 + 0.19, ["possible"], id="touches the line"),
        pytest.param(2.44 + 0.25, [], id="never touches it"),
        pytest.param(2.43 - 0.30, ["clear"], id="inside by the error"),
    ],
)
def test_the_error_of_positions_makes_the_grade(tmp_path, y_m, grades):
    events = violations(tmp_path, post(between(1.0, 6.0, (12.0, y_m))))
    assert [event["grade"] for event in events] == grades


def test_the_lane_goes_on_behind_the_baseline(tmp_path):
    assert len(violations(tmp_path, post(between(1.0, 6.0, (15.0, 0.0))))) == 1


def test_the_fiba_lane_ends_at_the_baseline(tmp_path):
    people = post(between(1.0, 6.0, (14.5, 0.0)))
    assert violations(tmp_path, people, league="fiba") == []


def test_one_foot_out_does_not_reset(tmp_path):
    # 0.30 m from the line: one foot may be on it.
    one_foot = between(3.0, 4.0, (12.0, 2.4384 + 0.30), IN_LANE)
    where = lambda t: one_foot(t) if 1.0 <= t <= 5.0 else OUTSIDE  # noqa: E731
    (event,) = violations(tmp_path, post(where))
    assert (event["start_s"], event["end_s"]) == (1.0, 5.0)


@pytest.mark.parametrize(
    ("out_s", "count"),
    [
        pytest.param(0.15, 1, id="0.15 s outside is no reset"),
        pytest.param(0.25, 0, id="0.25 s outside is a reset"),
    ],
)
def test_both_feet_out(tmp_path, out_s, count):
    out = between(3.0, 3.0 + out_s, (12.0, 2.4384 + 0.40), IN_LANE)
    where = lambda t: out(t) if 1.0 <= t <= 5.0 else OUTSIDE  # noqa: E731
    assert len(violations(tmp_path, post(where), step_s=0.05)) == count


@pytest.mark.parametrize(
    ("missing_s", "expected"),
    [
        pytest.param(0.15, [(4.0, "good")], id="0.15 s is bridged"),
        pytest.param(0.35, [(4.0, "weak")], id="0.35 s is bridged, but weak"),
        pytest.param(0.60, [], id="0.60 s closes the count"),
    ],
)
def test_dropouts(tmp_path, missing_s, expected):
    def where(t):
        if 3.0 < t < 3.0 + missing_s + 0.04:
            return None
        return IN_LANE if 1.0 <= t <= 5.0 else OUTSIDE

    events = violations(tmp_path, post(where), step_s=0.05)
    assert [(e["max_duration_s"], e["quality"]) for e in events] == expected


def test_a_gap_censors(tmp_path):
    where = lambda t: (IN_LANE if t >= 1.0 else OUTSIDE) if t <= 5.0 else None  # noqa: E731
    (event,) = violations(tmp_path, post(where))
    assert (event["censored"], event["reason_closed"]) == (True, "gap")


def test_a_cut_ends_the_count(tmp_path):
    assert violations(tmp_path, post(between(1.0, 5.0, IN_LANE)), cuts=(3.0,)) == []


def test_a_count_that_is_long_enough_at_the_cut_is_censored(tmp_path):
    (event,) = violations(tmp_path, post(between(1.0, 9.0, IN_LANE)), cuts=(5.0,), seconds=6.0)
    assert (event["end_s"], event["censored"], event["reason_closed"]) == (4.9, True, "cut")


def test_the_next_tracklet_of_the_player_goes_on_with_the_count(tmp_path):
    people = [
        *handler_and_marker(),
        Person(5, "HOM", lambda t: IN_LANE if t <= 3.0 else None, "H5", 0.95),
        Person(6, "HOM", lambda t: IN_LANE if t >= 3.2 else None, "H5", 0.85),
    ]
    (event,) = violations(tmp_path, people, seconds=5.0)
    assert (event["tracklet_id"], event["max_duration_s"]) == (5, 5.0)
    assert event["min_identity_prob"] == pytest.approx(0.85)


@pytest.mark.parametrize(
    ("place", "team", "durations"),
    [
        pytest.param((12.5, 0.5), "HOM", [5.0], id="where the first one ended"),
        pytest.param((12.5, 0.5), None, [5.0], id="where it ended, team undecided"),
        pytest.param((12.5, 0.5), "AWY", [], id="of the other team"),
        pytest.param((11.0, 1.5), "HOM", [], id="elsewhere"),
    ],
)
def test_the_next_tracklet_without_a_name_goes_on_with_the_count(tmp_path, place, team, durations):
    people = [
        *handler_and_marker(),
        Person(5, "HOM", lambda t: IN_LANE if t <= 2.5 else None, "H5", 0.95),
        Person(6, team, lambda t: place if t >= 2.6 else None),
    ]
    events = violations(tmp_path, people, seconds=5.0)
    assert [event["max_duration_s"] for event in events] == durations
    assert {event["player_id"] for event in events} <= {"H5"}


def test_a_nameless_player_is_counted(tmp_path):
    people = [*handler_and_marker(), Person(5, "HOM", between(1.0, 5.0, IN_LANE))]
    (event,) = violations(tmp_path, people)
    assert (event["player_id"], event["min_identity_prob"]) == (None, None)


def shooter(start_s, end_s):
    return lambda t: "jump-shot" if start_s <= t <= end_s else None


def test_a_shot_attempt_resets_and_the_rebound_starts_a_new_count(tmp_path):
    # In the lane from 1.0 s, shot at 3.8 s, rebound at 5.0 s, out at 7.9 s: 2.8 s and 2.9 s.
    people = post(between(1.0, 7.9, IN_LANE))
    people[0].action = shooter(3.4, 3.8)
    holder = lambda t: 1 if t <= 3.81 or t >= 4.99 else None  # noqa: E731
    assert violations(tmp_path, people, holder=holder, seconds=9.0) == []


def test_without_the_shot_attempt_the_same_is_a_violation(tmp_path):
    people = post(between(1.0, 7.9, IN_LANE))
    holder = lambda t: 1 if t <= 3.81 or t >= 4.99 else None  # noqa: E731
    (event,) = violations(tmp_path, people, holder=holder, seconds=9.0)
    assert event["max_duration_s"] == 6.9


def test_a_shot_attempt_closes_a_count(tmp_path):
    people = post(between(0.0, 9.0, IN_LANE))
    people[0].action = shooter(3.6, 4.0)
    holder = lambda t: 1 if t <= 4.01 else None  # noqa: E731
    (event,) = violations(tmp_path, people, holder=holder)
    assert (event["end_s"], event["reason_closed"]) == (4.0, "shot attempt")


def test_a_feint_does_not_reset(tmp_path):
    people = post(between(1.0, 6.0, IN_LANE))
    people[0].action = shooter(3.4, 3.8)
    (event,) = violations(tmp_path, people)
    assert event["max_duration_s"] == 5.0


def test_a_made_basket_resets(tmp_path):
    people = post(between(0.0, 8.0, IN_LANE))
    holder = lambda t: 1 if t <= 2.0 else None  # noqa: E731
    scored = lambda t: abs(t - 2.8) < 0.01  # noqa: E731
    assert violations(tmp_path, people, holder=holder, scored=scored) == []


def test_a_loss_of_control_resets(tmp_path):
    # Control ends when the others have the ball, not when a pass begins.
    people = post(between(1.0, 8.0, IN_LANE))
    holder = lambda t: 1 if t <= 3.0 else (11 if t >= 4.5 else None)  # noqa: E731
    (event,) = violations(tmp_path, people, holder=holder)
    assert (event["end_s"], event["reason_closed"]) == (4.4, "control lost")


def test_one_wrong_holder_does_not_reset(tmp_path):
    people = post(between(1.0, 5.0, IN_LANE))
    holder = lambda t: 11 if abs(t - 3.0) < 0.01 else 1  # noqa: E731
    (event,) = violations(tmp_path, people, holder=holder)
    assert event["max_duration_s"] == 4.0


def test_a_stopped_clock_ends_the_count(tmp_path):
    people = post(between(1.0, 8.0, IN_LANE))
    (event,) = violations(tmp_path, people, running=lambda t: t <= 4.5)
    assert (event["end_s"], event["reason_closed"]) == (4.5, "clock stopped")


@pytest.mark.parametrize(
    "running", [pytest.param(None, id="no clock"), pytest.param(lambda _: None, id="unknown")]
)
def test_an_unknown_clock_counts_as_running_and_says_so(tmp_path, running):
    (event,) = violations(tmp_path, post(between(1.0, 5.0, IN_LANE)), running=running)
    assert (event["max_duration_s"], event["clock_known"]) == (4.0, False)


def test_no_count_before_the_frontcourt(tmp_path):
    # The home team brings the ball up: its handler crosses the centre line after 4.0 s.
    people = post(between(0.0, 6.5, IN_LANE))
    people[0].where = lambda t: (-4.0 + t, 5.0)
    assert violations(tmp_path, people, seconds=12.0) == []


def test_no_count_in_the_own_lane(tmp_path):
    people = post(between(1.0, 6.0, (-12.0, 0.0)))
    assert violations(tmp_path, people) == []


def test_the_count_pauses_for_a_drive_and_resumes(tmp_path):
    # In the lane from 0 s, ball received at 2.0 s. From 2.5 s to 3.5 s dribbles 1.5 m to the
    # basket, stops, passes, and stays till 4.5 s: 4.5 s less the drive.
    def where(t):
        if t > 4.51:
            return OUTSIDE
        return (10.0 + 1.5 * min(max(t - 2.5, 0.0), 1.0), 0.0)

    holder = lambda t: 5 if 2.0 <= t <= 3.55 else 1  # noqa: E731
    (event,) = violations(tmp_path, post(where), holder=holder)
    assert (event["start_s"], event["end_s"]) == (0.0, 4.5)
    assert 0.8 <= event["paused_s"] <= 1.1
    assert event["max_duration_s"] == pytest.approx(4.5 - event["paused_s"])


def test_the_count_pauses_for_who_leaves_without_stopping(tmp_path):
    # In the lane for 2.8 s, then 2 m/s over the side line, 2.4 m away, 0.35 m more to be clear:
    # 4.1 s in all. The line is within 0.7 s from 3.3 s on.
    where = lambda t: (12.0, 2.0 * max(t - 2.8, 0.0))  # noqa: E731
    (event,) = violations(tmp_path, post(where), seconds=5.0)
    assert event["paused_s"] == pytest.approx(0.8, abs=0.15)
    assert event["max_duration_s"] == pytest.approx(3.35, abs=0.15)


def defended(where, **kwargs):
    """A defender, tracklet 15, and an opponent of theirs in the corner."""
    return [
        *handler_and_marker(),
        Person(2, "HOM", at((13.0, -6.5)), "H2", 0.99),
        Person(15, "AWY", where, "A5", 0.9, **kwargs),
    ]


def test_a_defender_who_guards_nobody(tmp_path):
    (event,) = violations(tmp_path, defended(between(1.0, 5.0, IN_LANE)))
    assert (event["kind"], event["player_id"], event["grade"]) == ("defence", "A5", "clear")
    assert event["max_duration_s"] == 4.0
    assert event["min_opponent_distance_m"] == pytest.approx((1.0 + 6.5**2) ** 0.5, abs=1e-4)


@pytest.mark.parametrize("league", ["fiba", "ncaa"])
def test_leagues_without_the_defensive_rule(tmp_path, league):
    people = defended(between(1.0, 5.0, IN_LANE))
    assert violations(tmp_path, people, league=league) == []


def test_wnba_has_the_defensive_rule(tmp_path):
    people = defended(between(1.0, 5.0, IN_LANE))
    assert len(violations(tmp_path, people, league="wnba")) == 1


def test_a_defender_within_reach_of_an_opponent(tmp_path):
    people = defended(between(1.0, 5.0, (11.0, 0.0)))
    people.append(Person(5, "HOM", between(0.5, 2.9, (10.0, 0.0)), "H5", 0.95))
    people.append(Person(6, "HOM", between(3.0, 6.0, (10.0, 0.0)), "H6", 0.95))
    assert [e for e in violations(tmp_path, people) if e["kind"] == "defence"] == []


def test_a_defender_stacked_behind_a_team_mate(tmp_path):
    # The mate stands 0.5 m from the opponent, in the direction of the defender 1.0 m away.
    people = defended(between(1.0, 5.0, (11.0, 0.0)))
    people.append(Person(5, "HOM", at((10.0, 0.0)), "H5", 0.95))
    people.append(Person(16, "AWY", at((10.5, 0.05)), "A6", 0.95))
    defence = [e for e in violations(tmp_path, people) if e["kind"] == "defence"]
    assert [e["player_id"] for e in defence] == ["A5"]


def test_a_defender_on_the_wrong_side_of_the_opponent(tmp_path):
    people = defended(between(1.0, 5.0, (9.5, 0.0)))
    people.append(Person(5, "HOM", at((10.5, 0.0)), "H5", 0.95))
    defence = [e for e in violations(tmp_path, people) if e["kind"] == "defence"]
    assert [e["player_id"] for e in defence] == ["A5"]


@pytest.mark.parametrize(
    ("guarding_s", "durations"),
    [
        pytest.param(0.1, [5.9], id="0.1 s is no reset, but does not count"),
        pytest.param(0.2, [], id="0.2 s is a reset"),
    ],
)
def test_guarding_resets(tmp_path, guarding_s, durations):
    people = defended(between(0.0, 6.0 - 0.1, (11.0, 0.0)))
    opponent = between(3.0, 3.0 + guarding_s, (10.0, 0.0), (5.0, -6.5))
    people.append(Person(5, "HOM", opponent, "H5", 0.95))
    defence = [e for e in violations(tmp_path, people) if e["kind"] == "defence"]
    assert [e["max_duration_s"] for e in defence] == durations


def test_the_defender_of_the_ball_handler_may_be_in_the_lane(tmp_path):
    people = defended(between(1.0, 5.0, IN_LANE))
    people = [p for p in people if p.tracklet != 11]
    assert violations(tmp_path, people) == []


def test_a_drive_pauses_the_defensive_count(tmp_path):
    # From 2.0 s to 4.0 s the handler drives at 2 m/s inside the arc, then stops.
    people = defended(between(0.0, 6.0, IN_LANE))
    people[0].where = lambda t: (6.5 + 2.0 * min(max(t - 2.0, 0.0), 2.0), 1.5)
    people[1].where = lambda t: (6.5 + 2.0 * min(max(t - 2.0, 0.0), 2.0), 2.0)
    (event,) = [e for e in violations(tmp_path, people) if e["player_id"] == "A5"]
    assert event["paused_s"] == pytest.approx(2.0, abs=0.15)
    assert event["max_duration_s"] == pytest.approx(6.0 - event["paused_s"])


def test_the_narrow_lane_of_the_ncaa(tmp_path):
    # y = 17.5 ft from the sideline is 2.286 m from the axis: outside 12 ft, inside 16 ft.
    people = post(between(1.0, 6.0, (12.0, 2.286)))
    assert violations(tmp_path, people, league="ncaa") == []
    assert len(violations(tmp_path, people)) == 1


def test_other_views_do_not_count(tmp_path):
    people = post(between(0.0, 6.0, IN_LANE))
    assert violations(tmp_path, people, views=("other",)) == []


def test_the_basket_is_undecided_without_the_ball(tmp_path):
    people = post(between(0.0, 6.0, IN_LANE))
    assert violations(tmp_path, people, holder=lambda _: None) == []


def test_a_handler_is_seen_by_the_detector_too(tmp_path):
    people = post(between(1.0, 5.0, IN_LANE))
    people[0].action = lambda _: "in-possession"
    assert len(violations(tmp_path, people, holder=lambda _: None)) == 1


def test_both_teams_and_halves(tmp_path):
    # The visitors attack the other basket, in the same period.
    people = [
        Person(11, "AWY", at((-HANDLER[0], 5.0)), "A1", 0.99),
        Person(1, "HOM", at((-6.0, 4.5)), "H1", 0.99),
        Person(15, "AWY", between(1.0, 5.0, (-12.0, 0.0)), "A5", 0.9),
    ]
    (event,) = violations(tmp_path, people, holder=lambda _: 11)
    assert (event["kind"], event["team_id"], event["max_duration_s"]) == ("offence", "AWY", 4.0)


def fives(defended_x_m=9.0):
    """Five of each team in front of the basket at x > 0, the visitors nearer to it."""
    home = [Person(k, "HOM", at((4.0, 2.0 * k - 6.0)), f"H{k}", 0.95) for k in range(1, 5)]
    away = [
        Person(10 + k, "AWY", at((defended_x_m, 2.6 * k - 7.8)), f"A{k}", 0.95) for k in range(1, 6)
    ]
    return [*home, Person(5, "HOM", between(1.0, 6.0, IN_LANE), "H5", 0.95), *away]


def offences(tmp_path, people, **kwargs):
    return [
        (event["player_id"], event["max_duration_s"])
        for event in violations(tmp_path, people, **kwargs)
        if event["kind"] == "offence"
    ]


def test_control_goes_on_without_the_ball_while_the_teams_stand_so(tmp_path):
    assert offences(tmp_path, fives(), holder=lambda _: None, seconds=9.0) == [("H5", 5.0)]


def test_without_a_formation_nobody_is_known_to_control_an_unseen_ball(tmp_path):
    people = [person for person in fives() if person.team == "HOM"]
    assert offences(tmp_path, people, holder=lambda _: None, seconds=9.0) == []


def test_a_defender_is_not_the_holder_while_the_teams_stand_so(tmp_path):
    holder = lambda t: 11 if 2.0 <= t <= 4.0 else 1  # noqa: E731
    assert offences(tmp_path, fives(), holder=holder, seconds=12.0) == [("H5", 5.0)]


def test_a_defender_has_it_when_the_teams_leave(tmp_path):
    # The visitors have the ball from 4.5 s; from 5.0 s on all run 14 m to the other half.
    people = fives()
    for person in people:
        place = person.where
        person.where = lambda t, place=place: (
            (place(t)[0] - 7.0 * min(max(t - 5.0, 0.0), 2.0), place(t)[1])
        )
    holder = lambda t: 1 if t <= 4.0 else (11 if t >= 4.5 else None)  # noqa: E731
    ((player, lasts_s),) = offences(tmp_path, people, holder=holder, seconds=12.0)
    assert player == "H5"
    assert lasts_s == pytest.approx(3.4)


@pytest.mark.parametrize(
    ("running", "grade"),
    [
        pytest.param(lambda _: True, "clear", id="the clock runs"),
        pytest.param(None, "possible", id="no clock"),
    ],
)
def test_without_a_clock_and_without_the_ball_a_count_is_never_clear(tmp_path, running, grade):
    # The ball is seen until 1.5 s, so surely in play until 3.5 s, of a count from 1.0 s to 6.0 s.
    holder = lambda t: 1 if t <= 1.51 else None  # noqa: E731
    events = violations(tmp_path, fives(), holder=holder, seconds=9.0, running=running)
    assert [e["grade"] for e in events if e["player_id"] == "H5"] == [grade]
