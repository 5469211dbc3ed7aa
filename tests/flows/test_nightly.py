import duckdb
import pytest

from flows.nightly import nightly
from playerid.archive import catalog

pytestmark = pytest.mark.usefixtures("orchestrator")


def test_a_bad_game_is_set_aside_and_the_others_go_on(archive, settings, add_game):
    for game_id in ("good-1", "poisoned", "good-2"):
        add_game(game_id)
    archive.write("games/poisoned/video.mp4", b"not a video")
    reasons = nightly(settings)
    assert reasons["good-1"] is None
    assert reasons["good-2"] is None
    assert "games/poisoned/video.mp4: not a readable video" in reasons["poisoned"]
    record = archive.read_json("quarantine/poisoned.json")
    assert record["error"] == "VideoError"
    assert record["reason"] == reasons["poisoned"]
    assert [entry.game_id for entry in catalog.entries(archive)] == ["good-1", "good-2"]


def test_only_new_and_changed_games_are_due(archive, settings, add_game):
    for game_id in ("g1", "g2"):
        add_game(game_id)
    assert nightly(settings) == {"g1": None, "g2": None}
    assert nightly(settings) == {}
    add_game("g2", ((40, (120, 90, 60)), (40, (60, 120, 90))))
    assert nightly(settings) == {"g2": None}


def test_a_repaired_game_leaves_the_quarantine(archive, settings, add_game):
    add_game("g1")
    archive.write("games/g1/video.mp4", b"not a video")
    assert nightly(settings)["g1"] is not None
    add_game("g1")
    assert nightly(settings) == {"g1": None}
    assert not archive.exists("quarantine/g1.json")


def test_a_game_that_breaks_later_keeps_what_is_published(archive, settings, add_game):
    nightly(settings, [add_game("g1")])
    published = catalog.find_entry(archive, "2024-25", "g1")
    archive.write("games/g1/video.mp4", b"not a video")
    assert nightly(settings)["g1"] is not None
    assert catalog.find_entry(archive, "2024-25", "g1") == published


def test_a_night_refreshes_the_database_of_other_tools(archive, settings, add_game, tmp_path):
    path = tmp_path / "games.duckdb"
    settings = settings.model_copy(update={"database": path})

    def games():
        with duckdb.connect(str(path), read_only=True) as database:
            return database.sql("select game_id from games order by all").fetchall()

    nightly(settings, [add_game("g1")])
    assert games() == [("g1",)]
    nightly(settings, [add_game("g2")])
    assert games() == [("g1",), ("g2",)]
    path.unlink()
    assert nightly(settings) == {}, "nothing is due"
    assert games() == [("g1",), ("g2",)]
