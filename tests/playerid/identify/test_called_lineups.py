import math

import pyarrow as pa
import pytest

from playerid.identify.called_lineups import find_lineups
from playerid.tables import CALLED_EVENTS, CLOCK_FRAMES
from tests.playerid.identify.world import make_game

GAME = make_game("1 2 3 4 5 6", "11 12 13")


def called(*events):
    """Events as (clock, kind, team, player[, who comes in])."""
    names = ("game_clock_s", "kind", "team_id", "player_id", "in_player_id")
    rows = [
        dict(zip(names, event, strict=False))
        | {"game_id": GAME.game_id, "event_index": n, "period": 1}
        for n, event in enumerate(events)
    ]
    return pa.Table.from_pylist(rows, schema=CALLED_EVENTS.schema)


ACTS = [(700.0, "rebound", "HOME", f"h{n}") for n in (1, 2, 3, 4, 5)]
CHANGE = (600.0, "substitution", "HOME", "h5", "h6")


def clock(*shown):
    """Clock frames as (time of the video, clock)."""
    rows = [
        {"game_id": GAME.game_id, "frame_index": n, "time_s": time_s, "segment_index": 0,
         "period": None if left_s is None else 1, "game_clock_s": left_s}
        for n, (time_s, left_s) in enumerate(shown)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=CLOCK_FRAMES.schema)


def lineups(events, frames):
    found = find_lineups(GAME, called(*events), clock(*frames))
    return sorted((line.start_s, line.end_s, "".join(line.player_ids)) for line in found)


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        pytest.param(
            [(10, 610.0), (20, 605.0), (31, 600.0), (60, 600.0), (62, 598.0)],
            [(0, 62, "h1h2h3h4h5"), (20, math.inf, "h1h2h3h4h6")],
            id="both are possible while the clock stands at the substitution",
        ),
        pytest.param([(10, 690.0), (20, 680.0)], [(0, math.inf, "h1h2h3h4h5")], id="one is shown"),
        pytest.param([(10, 500.0)], [(0, math.inf, "h1h2h3h4h6")], id="after the change"),
        pytest.param([(10, None)], [], id="no clock was read"),
        pytest.param([], [], id="no frames"),
    ],
)
def test_lineups_in_the_time_of_the_video(frames, expected):
    assert lineups([*ACTS, CHANGE], frames) == expected


def test_five_of_whom_one_does_nothing_are_four():
    assert lineups(ACTS[:4], [(10, 690.0)]) == [(0, math.inf, "h1h2h3h4")]


def test_six_at_once_are_not_believed():
    sixth = (650.0, "rebound", "HOME", "h6")
    assert lineups([*ACTS, sixth], [(10, 690.0)]) == []


def test_without_a_play_by_play_nothing_is_known():
    assert find_lineups(GAME, called(), clock((10, 690.0))) == []
