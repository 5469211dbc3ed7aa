"""Three seconds in simulated games whose true counts are known, from true positions."""

import pytest

from playerid.arena.simulation import play_game
from playerid.arena.stays import list_lane_events
from playerid.warehouse import warehouse
from tests.sql.simulated import event_key, spoil, write_games

pytestmark = pytest.mark.slow
LEAGUES = ("nba", "fiba", "wnba", "ncaa")
GAMES = 24


@pytest.fixture(scope="module")
def games():
    """24 games of two minutes, half of them by NBA rules."""
    return [play_game(9000 + k, LEAGUES[k % 4] if k % 2 else "nba", 120.0) for k in range(GAMES)]


QUERY = (
    "select game_id, kind, player_id, start_s, end_s"
    " from three_second_violations where grade = 'clear'"
)


@pytest.mark.parametrize(
    ("noise_m", "is_detected", "least"),
    [
        pytest.param(0.0, False, 0.97, id="true positions"),
        pytest.param(0.15, False, 0.90, id="positions with an error of 0.15 m"),
        pytest.param(0.15, True, 0.90, id="as detected: pieces, sparse ball, no clock"),
    ],
)
def test_clear_violations(games, tmp_path, record_property, noise_m, is_detected, least):
    files = write_games(tmp_path, games, noise_m=noise_m)
    found = warehouse.connect(spoil(files) if is_detected else files).execute(QUERY).fetchall()
    events = [
        (event_key(str(k), game, event), event)
        for k, game in enumerate(games)
        for event in list_lane_events(game)
    ]

    def agree(row, key, event):
        ends = ((row[3], event.start_s), (row[4], event.end_s))
        same = row[:2] == key[:2] and row[2] in {None, key[2]}
        return same and any(abs(a - b) <= 1.0 for a, b in ends)

    clear = [(key, event) for key, event in events if event.grade == "clear"]
    happened = [(key, event) for key, event in events if event.grade != "near-miss"]
    assert len(clear) >= GAMES
    recalled = sum(any(agree(r, *e) for r in found) for e in clear) / len(clear)
    precise = sum(any(agree(r, *e) for e in happened) for r in found) / len(found)
    record_property("recall and precision", (recalled, precise))
    assert recalled >= least
    assert precise >= least
