"""What lies in an archive is believed only about its own place, and one game's harm is its own."""

import json
import logging

import pyarrow as pa
import pytest

from playerid.archive import catalog, layout, store
from playerid.archive.step_records import StepRecord, find_record, write_record
from playerid.archive.sweep import find_leftovers, sweep
from playerid.archive.verify import verify_games, whole_games
from playerid.errors import ArchiveError, DamagedError
from playerid.operate import quarantine
from playerid.operate.overview import overview
from playerid.operate.runs import read_runs
from playerid.tables import SAMPLED_FRAMES
from tests.playerid.archive.publishable import publishable


def published(archive, *game_ids):
    return [catalog.commit(archive, publishable(archive, game_id)) for game_id in game_ids]


def change_entry(archive, game_id, change):
    path = f"catalog/2024-25/{game_id}.json"
    raw = archive.read_json(path)
    change(raw)
    archive.write_json(path, raw)


def points_to(path):
    return lambda raw: raw["tables"]["games"].update(path=path)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(points_to("../outside.parquet"), id="out of the archive"),
        pytest.param(points_to("/etc/passwd"), id="absolute"),
        pytest.param(points_to("s3://elsewhere/x.parquet"), id="a URL"),
        pytest.param(points_to("tables/games/season=2024-25/game_id=g1/*.parquet"), id="wildcard"),
        pytest.param(points_to("games/g1/game.json"), id="another file of the archive"),
        pytest.param(
            lambda raw: raw["tables"]["games"].update(
                path=raw["tables"]["games"]["path"] + "\nhttp://storage/x.parquet"
            ),
            id="a second line",
        ),
        pytest.param(
            lambda raw: raw["tables"]["games"].update(
                path=raw["tables"]["games"]["path"].replace("game_id=g1", "game_id=g2")
            ),
            id="another game's table",
        ),
        pytest.param(
            lambda raw: raw["tables"].update(games=raw["tables"]["rosters"]), id="another table"
        ),
        pytest.param(lambda raw: raw["tables"]["games"].update(sha256="0" * 64), id="SHA-256"),
        pytest.param(lambda raw: raw["tables"]["games"].update(size="1"), id="size as text"),
        pytest.param(lambda raw: raw.update(game_id="g2"), id="another game"),
        pytest.param(lambda raw: raw.update(season="2023-24"), id="another season"),
        pytest.param(lambda raw: raw.update(game_id=1), id="an id as number"),
    ],
)
def test_an_entry_names_only_objects_of_its_own_game(archive, change):
    published(archive, "g1", "g2")
    change_entry(archive, "g1", change)
    with pytest.raises(DamagedError, match=r"catalog/2024-25/g1\.json: damaged"):
        catalog.find_entry(archive, "2024-25", "g1")
    assert [entry.game_id for entry in catalog.entries(archive)] == ["g2"]
    assert {game.game_id: game.state for game in overview(archive)} == {
        "g1": "damaged",
        "g2": "published",
    }


def test_the_copy_of_the_catalog_is_not_believed_either(archive):
    published(archive, "g1")
    archive.write(layout.CATALOG_COPY, b"torn")
    assert [entry.game_id for entry in catalog.entries(archive)] == ["g1"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"game_id": "other"}', b"[" * 100_000])
def test_torn_records_of_runs_and_of_the_quarantine_stop_nobody(archive, content):
    published(archive, "g1", "g2")
    archive.write("runs/g1.json", content)
    archive.write("quarantine/g1.json", content)
    assert read_runs(archive, ["g1", "g2"]) == {}
    assert "quarantine/g1.json: damaged" in quarantine.find_all(archive)["g1"].reason
    states = {game.game_id: game.state for game in overview(archive)}
    assert states == {"g1": "published, set aside since", "g2": "published"}


def made(archive, game_id="g1"):
    row = {"game_id": game_id, "frame_index": 1, "time_s": 0.0, "segment_index": 0}
    rows = pa.Table.from_pylist([row], SAMPLED_FRAMES.schema)
    return store.write(archive, SAMPLED_FRAMES, game_id, rows)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"null", b'{"facts": {}, "outputs": [{}]}', b"{" * 100_000,
        b'{"facts": {}, "outputs": [], "cost": {"gold": 1}}',
    ],
)  # fmt: skip
def test_a_torn_record_of_a_step_is_no_record(archive, caplog, content):
    archive.write("interim/g1/cache/sample-1-ab.json", content)
    assert find_record(archive, "g1", "sample-1-ab.json") is None
    assert "interim/g1/cache/sample-1-ab.json" in caplog.text


def test_a_record_of_a_step_names_only_working_tables_of_its_game(archive):
    of_other = made(archive, "g2")
    write_record(archive, "g1", "sample-1-ab.json", StepRecord({}, [of_other], None))
    assert find_record(archive, "g1", "sample-1-ab.json") is None
    mine = StepRecord({"n": 1}, [made(archive)], None)
    write_record(archive, "g1", "sample-1-ab.json", mine)
    assert find_record(archive, "g1", "sample-1-ab.json") == mine


@pytest.mark.parametrize("harm", ["missing", "torn"])
def test_a_game_with_a_damaged_object_is_left_out_named_and_counted(archive, caplog, harm):
    first, second = published(archive, "g1", "g2")
    path = first.tables["rosters"].path
    archive.remove(path) if harm == "missing" else archive.write(path, b"PAR1")
    with caplog.at_level(logging.WARNING):
        assert whole_games(archive, [first, second]) == [second]
    assert path in caplog.text
    assert "1 of 2 published games are left out" in caplog.text


def test_everything_published_is_verified_and_a_broken_off_verification_goes_on(archive):
    entries = published(archive, "g1", "g2", "g3")
    path = entries[1].tables["rosters"].path
    content = archive.read(path)
    archive.write(path, content[:-1] + b"X")  # of the same size
    going_on = verify_games(archive, entries)
    assert next(going_on) == (entries[0], [])
    going_on.close()
    archive.write(entries[0].tables["games"].path, b"harmed after it was verified")
    wrong = {entry.game_id: problems for entry, problems in verify_games(archive, entries)}
    assert wrong == {
        "g1": [],
        "g2": [f"{path}: content differs from its recorded SHA-256"],
        "g3": [],
    }
    again = {e.game_id: p for e, p in verify_games(archive, entries, again_after_h=0)}
    assert "bytes, expected" in again["g1"][0]
    archive.write(path, content)
    assert [problems for _, problems in verify_games(archive, entries[1:2])] == [[]]


def test_a_game_of_a_corrected_season_is_published_once(archive):
    """0.1.0 left the old entry: the game counted twice."""
    published(archive, "g1", "g2")
    archive.write_json("games/g1/game.json", {"season": "2023-24"})
    moved = publishable(archive, "g1", "2023-24")
    catalog.commit(archive, moved)
    assert catalog.entries(archive, "2023-24") == [moved]
    assert [entry.game_id for entry in catalog.entries(archive, "2024-25")] == ["g2"]
    assert not archive.exists("catalog/2024-25/g1.json")


def test_of_two_entries_of_a_game_that_of_its_file_s_season_holds(archive):
    """As an older version, or a worker that was killed in between, leaves them."""
    right, wrong = publishable(archive), publishable(archive, season="2034-25")
    for entry in (right, wrong):
        archive.write_json(layout.catalog_entry(entry.season, "g1"), entry.to_json())
    archive.write_json("games/g1/game.json", {"season": "2024-25"})
    assert catalog.entries(archive) == [right]
    assert catalog.entries(archive, "2034-25") == []
    assert catalog.find_game(archive, "g1") == right
    assert [(game.game_id, game.season) for game in overview(archive)] == [("g1", "2024-25")]
    leftovers = {leftover.path for leftover in find_leftovers(archive, min_age_s=0)}
    of_wrong = {manifest.path for manifest in wrong.tables.values()}
    assert leftovers == {"catalog/2034-25/g1.json", *of_wrong}


def test_sweeping_leaves_what_people_named(archive):
    """Videos and games of any safe name: 0.1.0 took some of them for traces of broken writes."""
    kept = [
        "games/g1/clip.partial", "games/probe-1/game.json", "interim/probe-1/segments/x.parquet",
        "games/commit.lock/game.json",
    ]  # fmt: skip
    published(archive, "commit.lock", "probe-1")
    for path in kept:
        archive.write(path, b"mine")
    archive.write("games/g1/.clip.mp4.0123456789ab.partial", b"half")
    archive.write("index/probe-0123456789ab", b"probe")
    archive.write("corrections/.g1.json.0123456789ab.partial", b"half")
    leftovers = find_leftovers(archive, min_age_s=0)
    assert {leftover.path for leftover in leftovers} == {
        "games/g1/.clip.mp4.0123456789ab.partial",
        "index/probe-0123456789ab",
        "corrections/.g1.json.0123456789ab.partial",
    }
    sweep(archive, leftovers)
    assert all(archive.exists(path) for path in kept)


def test_the_tables_of_a_game_whose_entry_is_torn_are_not_swept(archive):
    (entry,) = published(archive, "g1")
    archive.write("catalog/2024-25/g1.json", b"{")
    assert find_leftovers(archive, min_age_s=0) == []
    archive.write("catalog/2024-25/g1.json", json.dumps(entry.to_json()).encode())
    assert catalog.entries(archive) == [entry]


@pytest.mark.parametrize("name", ["index.html", "night-2024-10-22.html"])
def test_a_game_cannot_have_the_name_of_a_page(name):
    with pytest.raises(ArchiveError, match="is kept for"):
        layout.page(name)


def test_what_is_read_is_what_was_recorded(archive):
    manifest = made(archive)
    archive.write(manifest.path, b"other")
    with pytest.raises(DamagedError, match="content differs"):
        store.read(archive, SAMPLED_FRAMES, manifest)
