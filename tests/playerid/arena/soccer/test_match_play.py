import numpy as np
import pytest

from playerid.arena.soccer.match_play import play_match
from playerid.errors import GameError

HALF_S = 20.0


@pytest.fixture(scope="module")
def match():
    return play_match(5, half_s=HALF_S)


def test_the_same_seed_gives_the_same_match(match):
    again, other = play_match(5, half_s=HALF_S), play_match(6, half_s=HALF_S)
    assert np.array_equal(again.motion.positions_m, match.motion.positions_m)
    assert np.array_equal(again.motion.ball_m, match.motion.ball_m)
    assert again.cast == match.cast
    assert again.events == match.events
    assert not np.array_equal(other.motion.positions_m, match.motion.positions_m)


def test_eleven_play_on_each_side_with_one_goalkeeper(match):
    on_pitch = [match.cast.people[i] for i in match.motion.people[0]]
    for team in (0, 1):
        side = [person.role for person in on_pitch if person.team == team]
        assert sorted(side) == ["goalkeeper"] + 10 * ["player"]
    assert sum(person.role == "referee" for person in on_pitch) == 3


def test_rosters_have_at_most_26_with_numbers_from_1_to_99(match):
    for team in (0, 1):
        numbers = [int(p.number) for p in match.cast.people if p.team == team]
        assert 15 <= len(numbers) <= 26
        assert len(set(numbers)) == len(numbers)
        assert min(numbers) >= 1
        assert max(numbers) <= 99


def test_teams_change_ends_and_goalkeepers_stay_before_their_goals(match):
    half = round(HALF_S / match.motion.step_s)
    x = match.motion.positions_m[..., 0]
    for rows, side in ((slice(0, half), -1.0), (slice(half, None), 1.0)):
        assert (side * x[rows, 0] > 25).all()
        assert (-side * x[rows, 11] > 25).all()


def test_nobody_runs_faster_than_people_do_or_leaves_the_stadium(match):
    moved = np.linalg.norm(np.diff(match.motion.positions_m, axis=0), axis=2)
    half = round(HALF_S / match.motion.step_s)
    moved = np.delete(moved, half - 1, axis=0)  # the break
    assert moved.max() / match.motion.step_s < 11
    assert np.percentile(moved, 99) / match.motion.step_s < 8
    assert (np.abs(match.motion.positions_m) < [56, 38]).all()


def test_halves_begin_with_a_kick_off_at_the_centre(match):
    begins = [event for event in match.events if event.kind == "kick-off"]
    assert [event.period for event in begins][:1] == [1]
    assert {event.period for event in begins} >= {1, 2}
    assert begins[0].time_s == pytest.approx(1.0, abs=0.5)
    assert np.abs(match.world_at(begins[0].time_s - 0.2).ball_m[:2]).max() < 0.1


def test_the_last_line_of_a_formation_is_nearest_to_its_goal(match):
    half = round(HALF_S / match.motion.step_s)
    lines = [int(count) for count in match.formations[0][0].split("-")]
    depth = match.motion.positions_m[:half, 1:11, 0].mean(axis=0)
    assert depth[: lines[0]].mean() < depth[-lines[-1] :].mean() - 10


def test_another_sport_is_refused():
    with pytest.raises(GameError, match="not of soccer"):
        play_match(1, league="nba")
