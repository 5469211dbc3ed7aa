"""What a query of `sql/` reads, and what is kept on the machine."""

import os
import threading
import time

import pytest

from playerid import kept, queries
from playerid.errors import TableError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The cache of a user of our own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "playerid"


@pytest.mark.parametrize(
    ("query", "read"),
    [
        pytest.param("from games", {"games"}, id="from first"),
        pytest.param("select 1 -- from games\n", set(), id="comment"),
        pytest.param("select 'from games'", set(), id="text"),
        pytest.param("select a is distinct from b from x as a, y as b", {"x", "y"}, id="distinct"),
        pytest.param("with s as (from x) from s join y using (k)", {"x", "y"}, id="steps"),
        pytest.param("select * from x where k in (select k from y)", {"x", "y"}, id="subquery"),
        pytest.param(
            "with s as (from x) from equal_runs('s', a, b, c) union from numbered_runs('y', a, b)",
            {"x", "y"},
            id="named by text",
        ),
        pytest.param(
            "with s as (with recursive t as (from x union all from t join y using (k)) from t)"
            " from s",
            {"x", "y"},
            id="recursion",
        ),
    ],
)
def test_what_a_query_reads(query, read):
    assert queries.sets_read([query]) == [read]


def test_what_is_no_query_is_named():
    with pytest.raises(TableError, match="selekt"):
        queries.sets_read(["from games", "selekt 1"])


def test_views_come_after_what_they_read():
    names = [view.name for view in queries.views()]
    assert names.index("ball_controls") < names.index("team_control") < names.index("touches")
    assert names.index("three_second_violations") < names.index("violation_agreement")


def test_what_is_kept_is_made_once(folder):
    made = []

    def make(path):
        made.append(path)
        path.write_text("rows")

    paths = {kept.keep("a.txt", [b"1", b"2"], make) for _ in range(3)}
    assert (len(paths), len(made)) == (1, 1)
    assert [path.read_text() for path in paths] == ["rows"]
    assert [path.parent for path in paths] == [folder]
    other = kept.keep("a.txt", [b"12"], make)
    assert (other not in paths, len(made)) == (True, 2)


def test_whoever_asks_at_once_gets_a_whole_file(folder):
    def make(path):
        path.write_text("half")
        time.sleep(0.05)
        path.write_text("half and half")

    found = []
    asking = [
        threading.Thread(target=lambda: found.append(kept.keep("a.txt", [b"1"], make).read_text()))
        for _ in range(8)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert found == ["half and half"] * 8
    assert len(list(folder.iterdir())) == 1


def test_what_nobody_asked_for_in_a_month_goes(folder):
    old = kept.keep("a.txt", [b"1"], lambda path: path.write_text("old"))
    used = kept.keep("a.txt", [b"2"], lambda path: path.write_text("used"))
    for path in (old, used):
        os.utime(path, (0, 0))
    kept.keep("a.txt", [b"2"], lambda path: pytest.fail("made again"))
    kept.keep("a.txt", [b"3"], lambda path: path.write_text("new"))
    assert (old.exists(), used.exists()) == (False, True)


def test_without_a_folder_of_the_user_a_file_lasts_as_long_as_the_process(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    path = kept.keep("a.txt", [b"1"], lambda path: path.write_text("rows"))
    assert path.read_text() == "rows"
    assert tmp_path not in path.parents
