"""The layout of an archive is spelled in one module, and no name leaves its place."""

import ast
import datetime as dt
import re
from pathlib import Path

import pytest

from playerid.archive import layout
from playerid.errors import ArchiveError

ROOT = Path(__file__).parents[3]
FOLDERS = (
    "games", "tables", "catalog", "index", "interim", "runs", "quarantine", "corrections", "truth",
    "pictures",
)  # fmt: skip
ASKED = {
    "names", "find", "versions", "exists", "read", "read_json", "write", "write_json", "open",
    "remove", "path",
}  # fmt: skip
"""Methods of an archive that take a path first."""


def spelled_paths(source):
    """Texts of a module that begin like a path of an archive, or are handed to one as a folder."""
    tree = ast.parse(source)
    documents = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            begins = re.match(rf"({'|'.join(FOLDERS)})/", node.value)
            if begins and id(node) not in documents:
                yield node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            first = node.args[0] if node.args else None
            is_folder = isinstance(first, ast.Constant) and first.value in FOLDERS
            if node.func.attr in ASKED and is_folder:
                yield first.value


def test_only_the_layout_spells_the_paths_of_an_archive():
    found = {
        str(path.relative_to(ROOT)): texts
        for folder in ("playerid", "tasks", "flows", "deployments")
        for path in (ROOT / folder).rglob("*.py")
        if (texts := list(spelled_paths(path.read_text("utf-8"))))
    }
    assert list(found) == ["playerid/archive/layout.py"]


@pytest.mark.parametrize("source", ['f"games/{g}/game.json"', 'archive.names("runs", ".json")'])
def test_a_path_that_is_spelled_is_seen(source):
    assert list(spelled_paths(source))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (layout.game_file("g1"), "games/g1/game.json"),
        (layout.source_file("g1", "first.mp4"), "games/g1/first.mp4"),
        (layout.catalog_entry("2024-25", "g1"), "catalog/2024-25/g1.json"),
        (
            layout.published_folder("games", "2024-25", "g1"),
            "tables/games/season=2024-25/game_id=g1",
        ),
        (layout.working_table("segments", "g1"), "interim/g1/segments"),
        (layout.step_record("g1", "track-1-ab.json"), "interim/g1/cache/track-1-ab.json"),
        (layout.marks_folder("g1"), "interim/g1/unfinished"),
        (layout.run_record("g1"), "runs/g1.json"),
        (layout.quarantine_record("g1"), "quarantine/g1.json"),
        (layout.corrections_file("g1"), "corrections/g1.json"),
        (layout.truth_table("g1", "people"), "truth/g1/people.parquet"),
        (layout.page("g1"), "pictures/g1/report.html"),
        (layout.annotated_video("g1"), "pictures/g1/annotated.mp4"),
        (layout.night_page(dt.date(2024, 10, 22)), "pictures/night-2024-10-22.html"),
        (layout.night_page(None), "pictures/index.html"),
    ],
)
def test_places(path, expected):
    assert path == expected


@pytest.mark.parametrize("name", ["../other", "a/b", "", ".hidden", "a\nb", "a b"])
@pytest.mark.parametrize(
    "place",
    [
        layout.game_file, layout.working_folder, layout.run_record, layout.quarantine_record,
        layout.corrections_file, layout.page,
        lambda name: layout.source_file("g1", name),
        lambda name: layout.catalog_entry("2024-25", name),
        lambda name: layout.catalog_entry(name, "g1"),
    ],
)  # fmt: skip
def test_names_cannot_leave_their_folder(place, name):
    with pytest.raises(ArchiveError, match="expected letters"):
        place(name)
