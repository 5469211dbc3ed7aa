import pytest

from playerid.errors import ArchiveError
from playerid.models.speeds import Speed, SpeedTable, read_speeds
from playerid.operate.game_estimate import as_measured, estimate_game, price_of
from playerid.operate.plan import plan_games
from playerid.operate.prices import Prices


def speed(job, per_second, people=0, side_px=0):
    return Speed(job, "any", "frame", people, side_px, per_second, 100.0, "float16", "random")


TABLE = SpeedTable(
    "mine",
    "a GPU",
    True,
    [
        speed("detector", 50.0),
        speed("tracker", 10.0, people=8, side_px=512),
        speed("tracker", 5.0, people=16, side_px=512),
        speed("tracker", 1.0, people=8, side_px=1024),
    ],
)


def test_a_game_is_the_sum_of_its_calls():
    detector, tracker = estimate_game(TABLE, play_s=100.0)
    assert (detector.job, detector.calls, detector.seconds) == ("detector", 1000.0, 20.0)
    # Of 11.2 people, 3.2 / 8 of the way from 0.1 s to 0.2 s: 0.14 s a frame.
    assert tracker.seconds == pytest.approx(140.0)
    assert price_of(TABLE, [detector, tracker], Prices(36.0, 3.6)) == pytest.approx(1.6)


def test_another_side_is_another_sum():
    assert estimate_game(TABLE, 100.0, side_px=1024)[1].seconds == pytest.approx(1000.0)
    with pytest.raises(ArchiveError, match="not measured with an input of 256 pixels"):
        estimate_game(TABLE, 100.0, side_px=256)


def test_a_plan_rests_on_it_where_no_game_was_measured(tmp_path):
    TABLE.write(tmp_path / "speed.json")
    table = read_speeds(tmp_path / "speed.json")
    row = as_measured(table, estimate_game(table))
    plan = plan_games({"a": 100.0}, [row], Prices(36.0, 3.6), start_s=0)
    assert plan.gpu_s == pytest.approx(160.0)
    assert plan.price == pytest.approx(1.6)


def test_another_file_is_no_table_of_speeds(tmp_path):
    (tmp_path / "speed.json").write_text("{}")
    with pytest.raises(ArchiveError, match="no table of speeds"):
        read_speeds(tmp_path / "speed.json")
