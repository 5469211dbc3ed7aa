import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.archive import catalog, layout
from playerid.archive.archive import Archive
from playerid.archive.catalog_copy import SCHEMA, read_listed, refresh_index
from playerid.archive.conditional import read_version, swap
from playerid.archive.entry import Entry
from playerid.errors import ArchiveError, DamagedError
from tests.playerid.archive.publishable import publishable


@pytest.fixture(params=["folder", "memory"])
def anywhere(request, archive):
    """An archive in a folder, or in memory."""
    return archive if request.param == "folder" else Archive(f"memory://{uuid.uuid4().hex}")


def test_a_swap_writes_only_over_what_was_read(anywhere):
    assert read_version(anywhere, "x/y.json") == (None, None)
    assert swap(anywhere, "x/y.json", b"1", None)
    assert not swap(anywhere, "x/y.json", b"2", None)
    content, version = read_version(anywhere, "x/y.json")
    assert content == b"1"
    assert swap(anywhere, "x/y.json", b"2", version)
    assert not swap(anywhere, "x/y.json", b"3", version)
    assert read_version(anywhere, "x/y.json")[0] == b"2"


def test_one_of_many_writers_wins(anywhere):
    start = threading.Barrier(8)

    def write(number):
        start.wait()
        return swap(anywhere, "x.json", str(number).encode(), None)

    with ThreadPoolExecutor(8) as writers:
        wins = list(writers.map(write, range(8)))
    assert sum(wins) == 1
    assert read_version(anywhere, "x.json")[0] == str(wins.index(True)).encode()


def test_a_file_system_without_conditional_writes_cannot_be_published_to():
    with pytest.raises(ArchiveError, match="conditional writes"):
        swap(Archive("data:///"), "x.json", b"1", None)


def test_who_publishes_the_same_second_leaves_the_first(archive):
    first = publishable(archive, rows=100)
    assert catalog.commit(archive, first) == first
    again = publishable(archive, rows=101)
    assert catalog.commit(archive, again) == first
    assert catalog.find_entry(archive, "2024-25", "g1") == first


def test_a_published_game_whose_objects_are_gone_is_published_again(archive):
    first = publishable(archive)
    catalog.commit(archive, first)
    again = publishable(archive, rows=101)
    archive.remove(first.tables["games"].path)
    assert catalog.commit(archive, again) == again


@pytest.mark.parametrize("worse", [{"rows": 90}, {"coverage": 0.4}], ids=["rows", "coverage"])
def test_publishing_refuses_to_lose(archive, worse):
    first = publishable(archive)
    catalog.commit(archive, first)
    less = publishable(archive, inputs="b", **worse)
    with pytest.raises(ArchiveError, match="would fall"):
        catalog.commit(archive, less)
    assert catalog.find_entry(archive, "2024-25", "g1") == first
    assert catalog.commit(archive, less, may_lose=True) == less


def test_of_two_that_commit_at_once_the_better_one_stays(archive, monkeypatch):
    """The worse worker reads the catalog before the better one commits, and writes after."""
    better, worse = publishable(archive, inputs="b"), publishable(archive, inputs="w", rows=10)
    real_swap = catalog.swap

    def late_swap(*arguments):
        monkeypatch.setattr(catalog, "swap", real_swap)
        catalog.commit(archive, better)
        return real_swap(*arguments)

    monkeypatch.setattr(catalog, "swap", late_swap)
    with pytest.raises(ArchiveError, match="would fall from 100 to 10"):
        catalog.commit(archive, worse)
    assert catalog.find_entry(archive, "2024-25", "g1") == better


@pytest.mark.parametrize("content", [b"{", b"{}", b"[]", b'{"tables": {"games": {"size": 1}}}'])
def test_a_damaged_entry_is_named_left_out_and_replaced(archive, caplog, content):
    catalog.commit(archive, publishable(archive, "g2"))
    archive.write("catalog/2024-25/g1.json", content)
    with pytest.raises(DamagedError, match=r"catalog/2024-25/g1\.json: damaged"):
        catalog.find_entry(archive, "2024-25", "g1")
    assert [entry.game_id for entry in catalog.entries(archive)] == ["g2"]
    assert "left out: catalog/2024-25/g1.json: damaged" in caplog.text
    assert "1 of 2 published games are left out" in caplog.text
    catalog.commit(archive, publishable(archive))
    assert [entry.game_id for entry in catalog.entries(archive)] == ["g1", "g2"]


def test_an_entry_of_a_newer_version_is_left_out_and_not_replaced(archive):
    entry = publishable(archive)
    archive.write_json("catalog/2024-25/g1.json", entry.to_json() | {"frames_sha256": "f"})
    assert catalog.entries(archive) == []
    with pytest.raises(ArchiveError, match=r"newer version .*'frames_sha256'; use that version"):
        catalog.commit(archive, entry)


def test_the_index_changes_nothing_but_the_number_of_requests(anywhere):
    first = [publishable(anywhere, game_id) for game_id in ("g1", "g2", "g3")]
    for entry in first:
        catalog.commit(anywhere, entry)
    assert refresh_index(anywhere) == 3
    changed = publishable(anywhere, "g2", rows=200)
    catalog.commit(anywhere, Entry(**{**vars_of(changed), "inputs_sha256": "b"}))
    anywhere.remove("catalog/2024-25/g3.json")
    catalog.commit(anywhere, publishable(anywhere, "g0", "2023-24"))
    found = {(e.season, e.game_id): e.main_view_rows for e in catalog.entries(anywhere)}
    assert found == {("2023-24", "g0"): 100, ("2024-25", "g1"): 100, ("2024-25", "g2"): 200}
    assert [e.game_id for e in catalog.entries(anywhere, "2023-24")] == ["g0"]


def test_what_the_copy_holds_is_what_the_catalog_says(anywhere):
    """Also of a game with a stored answer, and of one whose objects do not name their columns."""
    for game_id, season in [("g2", "2024-25"), ("g1", "2024-25"), ("g3", "2023-24")]:
        entry = publishable(anywhere, game_id, season, inputs=game_id)
        catalog.commit(anywhere, entry)
    entry = publishable(anywhere, "g4")
    games = entry.tables["games"]
    unnamed = replace(games, path=f"{games.path.rpartition('/')[0]}/{games.sha256[:24]}.parquet")
    answer = replace(games, table="marks", path=games.path.replace("/games/", "/marks/", 1))
    catalog.commit(
        anywhere, replace(entry, tables={**entry.tables, "games": unnamed, "marks-12": answer})
    )
    said = catalog.entries(anywhere)
    told = (catalog.table_files(anywhere, said), catalog.object_sizes(said), {""})
    assert catalog.published_files(anywhere) == told
    assert refresh_index(anywhere) == 4
    assert (len(read_listed(anywhere, None)[0]), len(read_listed(anywhere, "2024-25")[0])) == (4, 3)
    assert catalog.entries(anywhere) == said
    assert catalog.published_files(anywhere) == told


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"game_id": "../g1"}, id="a game that leaves its folder"),
        pytest.param({"sha256": "../../../x"}, id="an object that leaves its folder"),
        pytest.param({"sha256": None}, id="no object"),
        pytest.param({"name": "../games"}, id="a table that leaves its folder"),
    ],
)
def test_a_copy_that_names_other_places_is_not_read(archive, caplog, change):
    catalog.commit(archive, publishable(archive))
    refresh_index(archive)
    path = archive.path(layout.CATALOG_COPY)
    (game,) = pq.read_table(path).to_pylist()
    assert game["game_id"] == "g1"
    tables = [table | {k: v for k, v in change.items() if k in table} for table in game["tables"]]
    game |= {name: value for name, value in change.items() if name in game} | {"tables": tables}
    pq.write_table(pa.Table.from_pylist([game], SCHEMA), path)
    assert [entry.game_id for entry in catalog.entries(archive)] == ["g1"]
    assert "index/catalog.parquet: damaged" in caplog.text
    assert len(read_listed(archive, None)[0]) == 0


def test_a_copy_of_another_version_is_made_anew(archive, caplog):
    catalog.commit(archive, publishable(archive))
    pq.write_table(pa.table({"path": ["x"]}), archive.path("") + "/old.parquet")
    archive.write(layout.CATALOG_COPY, archive.read("old.parquet"))
    assert [entry.game_id for entry in catalog.entries(archive)] == ["g1"]
    assert not caplog.text
    refresh_index(archive)
    assert len(read_listed(archive, None)[0]) == 1


def vars_of(entry):
    return {name: getattr(entry, name) for name in entry.__slots__}
