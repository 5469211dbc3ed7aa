import json

import pytest

from flows.process_game import process_game
from playerid import tables
from playerid.archive import catalog, store
from playerid.errors import ArchiveError, GameError, VideoError
from playerid.operate.hand_corrections import add_correction
from playerid.report.drawing import draw_game, is_drawn
from playerid.warehouse.ask import open_warehouse
from tasks.platform.due_games import due_games

pytestmark = pytest.mark.usefixtures("orchestrator")


def objects(archive):
    """Every working object of the archive and when it was written."""
    filesystem = archive.filesystem
    found = filesystem.find(archive.path("interim"), detail=True)
    return {path: info["mtime"] for path, info in found.items() if path.endswith(".parquet")}


def test_a_game_becomes_tables(archive, settings, add_game):
    entry = process_game(add_game("g1"), settings)
    assert catalog.find_entry(archive, "2024-25", "g1") == entry
    segments = store.read(archive, tables.SEGMENTS, entry.tables["segments"]).to_pylist()
    assert [(s["start_frame"], s["end_frame"], s["view"]) for s in segments] == [
        (0, 30, "main"), (30, 60, "other"), (60, 90, "main"),
    ]  # fmt: skip
    # 10 samples of each of two segments, ten people in each.
    assert entry.main_view_rows == 200
    connection = open_warehouse(archive)
    rows = connection.sql(
        "select count(*), count(court_x_m), count(distinct tracklet_id) from player_frames"
    ).fetchall()
    connection.close()
    assert rows == [(200, 200, 20)]


def test_clock_and_play_by_play_are_published(archive, settings, add_game, tmp_path):
    """The pack reads text; the game file names a play-by-play of one substitution."""
    pack = tmp_path / "reads.toml"
    pack.write_text((tmp_path / "blank.toml").read_text() + '[text_reader]\nbackend = "blank-text"')
    settings = settings.model_copy(update={"pack": str(pack)})
    before = process_game(add_game("g1"), settings)
    game = archive.read_json("games/g1/game.json") | {"play_by_play": "called.csv"}
    archive.write_json("games/g1/game.json", game)
    archive.write(
        "games/g1/called.csv",
        b"EVENTMSGTYPE,EVENTMSGACTIONTYPE,PERIOD,PCTIMESTRING,PERSON1TYPE,PLAYER1_ID,PLAYER2_ID\n"
        b"8,0,1,9:59,4,home-4,home-2\n",
    )
    entry = process_game("g1", settings)
    clocks = store.read(archive, tables.CLOCK_FRAMES, entry.tables["clock_frames"]).to_pylist()
    # 10 samples of each of two segments in the main view.
    assert [(r["period"], r["game_clock_s"]) for r in clocks] == [(1, 600)] * 20
    assert {r["segment_index"] for r in clocks} == {0, 2}
    (called,) = store.read(archive, tables.CALLED_EVENTS, entry.tables["called_events"]).to_pylist()
    assert (called["player_id"], called["in_player_id"]) == ("home-4", "home-2")
    # He was on the court: a tracklet that nobody could name is rather him than it was.
    assert prob_of(archive, entry, "home-4") > 1.3 * prob_of(archive, before, "home-4")
    assert due_games(settings) == []
    archive.write("games/g1/called.csv", archive.read("games/g1/called.csv")[:-1] + b"\r\n")
    assert due_games(settings) == ["g1"]


def prob_of(archive, entry, player):
    """Probability of a player for the first tracklet of a game."""
    row = store.read(archive, tables.IDENTITIES, entry.tables["identities"]).to_pylist()[0]
    return dict(zip(row["player_candidates"], row["player_candidate_probs"], strict=True))[player]


def test_a_second_run_computes_nothing_and_changes_nothing(archive, settings, add_game):
    first = process_game(add_game("g1"), settings)
    before = objects(archive)
    assert process_game("g1", settings) == first
    assert objects(archive) == before


def test_only_what_depends_on_a_model_is_made_again(archive, settings, add_game, tmp_path):
    process_game(add_game("g1"), settings)
    before = objects(archive)
    text = (tmp_path / "blank.toml").read_text()
    changed = tmp_path / "changed.toml"
    changed.write_text(text.replace('"blank-court"\n', f'"blank-court"\nsha256 = "{"0" * 64}"\n'))
    process_game("g1", settings.model_copy(update={"pack": str(changed)}))
    rewritten = {
        path.split("/")[-2] for path, at in objects(archive).items() if before.get(path) != at
    }
    # The court also tells which views are looked at. The new model sees the same court, so what
    # builds on it stays as it is.
    assert rewritten == {"court_views", "sampled_frames", "segments"}


def test_a_correction_decides_again_and_no_model_runs(archive, settings, add_game):
    entry = process_game(add_game("g1"), settings)
    before = objects(archive)
    game = json.loads(archive.read("games/g1/game.json"))
    player = game["home"]["players"][0]["player_id"]
    rows = store.read(archive, tables.IDENTITIES, entry.tables["identities"]).to_pylist()
    add_correction(archive, "g1", rows[0]["tracklet_id"], player)
    assert due_games(settings) == ["g1"]
    entry = process_game("g1", settings)
    row = store.read(archive, tables.IDENTITIES, entry.tables["identities"]).to_pylist()[0]
    assert (row["tracklet_id"], row["player_id"]) == (rows[0]["tracklet_id"], player)
    assert row["source"] == "by hand"
    written = {
        path.split("/")[-2] for path, at in objects(archive).items() if before.get(path) != at
    }
    assert written == {"atom_boxes", "identities"}
    assert due_games(settings) == []


def test_a_deleted_output_is_rebuilt_and_nothing_else(archive, settings, add_game):
    process_game(add_game("g1"), settings)
    before = objects(archive)
    gone = next(path for path in before if "/number_readings/" in path)
    archive.filesystem.rm_file(gone)
    process_game("g1", settings)
    after = objects(archive)
    assert set(after) == set(before)
    assert {path for path in after if after[path] != before[path]} == {gone}


def test_a_failed_part_fails_the_game_and_publishes_nothing(archive, settings, add_game, tmp_path):
    pack = tmp_path / "failing.toml"
    text = (tmp_path / "blank.toml").read_text()
    failing = '"blank-tracker"\nparameters = {fails_at_brightness = 30.0}'
    pack.write_text(text.replace('"blank-tracker"', failing))
    game_id = add_game("g1", ((30, (120, 90, 60)), (30, (30, 30, 30))))
    with pytest.raises(OSError, match="GPU fell off"):
        process_game(game_id, settings.model_copy(update={"pack": str(pack)}))
    assert catalog.find_entry(archive, "2024-25", "g1") is None


def test_an_archive_out_of_reach_is_an_error_not_a_miss(archive, settings, add_game):
    process_game(add_game("g1"), settings)
    cache = archive.path("interim/g1/cache")
    archive.filesystem.mv(cache, cache + "-away", recursive=True)
    with open(cache, "w") as in_the_way:  # noqa: PTH123
        in_the_way.write("a folder that is no folder any more")
    with pytest.raises(OSError, match="cache"):
        process_game("g1", settings)


def test_a_game_that_would_know_less_is_refused(archive, settings, add_game):
    process_game(add_game("g1"), settings)
    published = catalog.find_entry(archive, "2024-25", "g1")
    add_game("g1", ((30, (120, 90, 60)),))
    with pytest.raises(ArchiveError, match="would fall from 200 to 100"):
        process_game("g1", settings)
    assert catalog.find_entry(archive, "2024-25", "g1") == published
    assert process_game("g1", settings, replace_anyway=True).main_view_rows == 100


@pytest.mark.parametrize(
    ("harm", "error", "message"),
    [
        pytest.param(lambda a: a.remove("games/g1/game.json"), GameError, "missing", id="no file"),
        pytest.param(
            lambda a: a.remove("games/g1/video.mp4"), GameError, "not in the folder", id="no video"
        ),
        pytest.param(
            lambda a: a.write("games/g1/video.mp4", b""), VideoError, "not a readable", id="0 bytes"
        ),
    ],
)
def test_bad_input_is_named(archive, settings, add_game, harm, error, message):
    add_game("g1")
    harm(archive)
    with pytest.raises(error, match=message):
        process_game("g1", settings)


def test_every_mistake_of_a_game_file_is_named(archive, settings, add_game):
    add_game("g1")
    game = archive.read_json("games/g1/game.json")
    game["league"] = "xfl"
    game["home"]["players"][0]["number"] = "1"
    archive.write("games/g1/game.json", json.dumps(game).encode())
    with pytest.raises(GameError, match=r"(?s)league: unknown league 'xfl'.*number '1' is worn by"):
        process_game("g1", settings)


def test_an_annotated_video_is_drawn_until_something_else_is_published(archive, settings, add_game):
    process_game(add_game("g1"), settings)
    assert not is_drawn(archive, "g1")
    video = draw_game(archive, "g1")
    assert archive.filesystem.size(video) > 0
    assert is_drawn(archive, "g1")
    process_game("g1", settings.model_copy(update={"identity_threshold": 0.5}), replace_anyway=True)
    assert not is_drawn(archive, "g1")
