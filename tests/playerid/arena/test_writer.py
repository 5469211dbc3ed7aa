import datetime as dt
from fractions import Fraction

import numpy as np
import pyarrow.parquet as pq
import pytest

from playerid.archive.archive import Archive
from playerid.arena.broadcast import plan_broadcast, sample_frames
from playerid.arena.writer import write_game
from playerid.frames.video import read_every_frame
from playerid.game.roster import read_game

FRAMES = 8
GAME_ID = "0022600007"


@pytest.fixture(scope="module")
def broadcast():
    fps = Fraction(30000, 1001)
    return plan_broadcast(7, "easy", duration_s=float(FRAMES / fps) - 1e-6, fps=fps)


@pytest.fixture(scope="module")
def written(broadcast, tmp_path_factory):
    archive = Archive(str(tmp_path_factory.mktemp("archive")))
    done = []
    write_game(
        archive, broadcast, GAME_ID, "2026-27", dt.date(2026, 11, 20), lambda *p: done.append(p)
    )
    assert done == [(count, FRAMES) for count in range(1, FRAMES + 1)]
    return archive


def table(archive, name):
    return pq.read_table(archive.open(f"truth/{GAME_ID}/{name}.parquet"))


def test_game_file_is_valid_and_names_the_cast(written, broadcast):
    game = read_game(written.read(f"games/{GAME_ID}/game.json"), "game.json")
    listed = [p.player_id for team in (game.home, game.away) for p in team.players]
    assert listed == [p.person_id for p in broadcast.game.cast.people if p.role == "player"]
    assert game.date == dt.date(2026, 11, 20)


def test_video_has_every_frame_and_looks_like_it(written, broadcast):
    with written.open(f"games/{GAME_ID}/video.mp4") as source:
        images = list(read_every_frame(source, "video.mp4"))
    assert len(images) == FRAMES
    rendered = broadcast.frame(3).image
    error = np.abs(images[3].astype(int) - rendered).mean()
    assert error < 8
    assert error < np.abs(images[3][:, ::-1].astype(int) - rendered).mean() / 2


def test_nothing_partial_is_left(written):
    assert written.names(f"games/{GAME_ID}") == ["game.json", "play_by_play.json", "video.mp4"]
    tables = ["events.parquet", "frames.parquet", "objects.parquet", "people.parquet"]
    assert written.names(f"truth/{GAME_ID}") == tables


def test_people_have_thirteen_rows_a_frame_with_the_frame_s_time(written):
    people = table(written, "people")
    assert people.num_rows == 13 * FRAMES
    times = people["time_s"].to_numpy()
    assert times == pytest.approx(people["frame_index"].to_numpy() * 1001 / 30000)
    unseen = np.array(people["visible"].to_pylist()) == 0
    assert (people["x_min_px"].is_null().to_numpy() == unseen).all()
    assert (people["label"].is_null().to_numpy() == unseen).all()


def test_feet_project_to_the_court_position(written):
    frames = {row["frame_index"]: row for row in table(written, "frames").to_pylist()}
    errors = []
    for row in table(written, "people").to_pylist():
        if row["visible"] < 0.98 or row["y_max_px"] > 710:
            continue
        to_court = np.array(frames[row["frame_index"]]["image_to_court"]).reshape(3, 3)
        foot = to_court @ [(row["x_min_px"] + row["x_max_px"]) / 2, row["y_max_px"], 1.0]
        place = foot[:2] / foot[2]
        errors.append(np.hypot(*(place - [row["court_x_m"], row["court_y_m"]])))
    assert len(errors) > 10
    assert np.median(errors) < 0.5


def test_numbers_belong_to_their_wearers(written):
    people = {row["person_id"]: row for row in table(written, "people").to_pylist()}
    numbers = [row for row in table(written, "objects").to_pylist() if row["label"] == "number"]
    assert numbers
    for row in numbers:
        wearer = people[row["person_id"]]
        assert row["jersey_number"] in {None, wearer["jersey_number"]}


def test_frames_are_random_access(broadcast):
    late = broadcast.frame(5)
    broadcast.frame(0)
    np.testing.assert_array_equal(broadcast.frame(5).image, late.image)
    assert late.time_s == pytest.approx(5 * 1001 / 30000)


def test_sampled_frames_repeat_and_differ():
    one = [frame.image for frame in sample_frames(1, "broadcast", 2, per_game=2)]
    two = [frame.image for frame in sample_frames(1, "broadcast", 2, per_game=2)]
    assert one[0].shape == (720, 1280, 3)
    np.testing.assert_array_equal(one[1], two[1])
    assert np.abs(one[0].astype(int) - one[1]).mean() > 3
