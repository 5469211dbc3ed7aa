"""The tree keeps the rules of CONTRIBUTING: what lies where, and how long it may be."""

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP = {
    "pyproject.toml", "flows", "tasks", "playerid", "tests", "sql", "deployments", "README.md",
    "CONTRIBUTING.md", "Makefile", "LICENSE", "requirements.lock",
}  # fmt: skip
MODULES = sorted(
    p for folder in ("flows", "tasks", "playerid") for p in (ROOT / folder).rglob("*.py")
)
LONGEST = {"flows/": 90, "tasks/platform/": 150, "tasks/": 90, "playerid/": 300}
LONGER_WITH_A_REASON = {
    "playerid/tables.py",  # every column of the project, declared once
    "playerid/training/court_pictures.py",  # everything a painted court may look like
}


def tracked_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return listed.stdout.splitlines()


def test_nothing_else_lies_at_the_top():
    names = {name.split("/")[0] for name in tracked_files()}
    assert {name for name in names if not name.startswith(".")} <= TOP


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_has_one_subject(path):
    relative = str(path.relative_to(ROOT))
    lines = len(path.read_text("utf-8").splitlines())
    limit = next(most for folder, most in LONGEST.items() if relative.startswith(folder))
    assert "utils" not in path.name
    if relative not in LONGER_WITH_A_REASON:
        assert lines <= limit, f"{lines} lines"


KNOWN_HOSTS = {
    "127.0.0.1", "localhost", "server", "storage",  # of this machine, or of a compose file
    "oauth2.example", "hooks.example", "games.example", "videos.example",  # of tests
    "evil.example", "...", "u",  # of tests
    "www.w3.org",  # in the names of XML namespaces
    "www.apache.org", "motchallenge.net", "docs.cvat.ai", "cocodataset.org",  # where formats are
    "storage.googleapis.com",  # where RF-DETR's weights are published
}  # fmt: skip


def test_no_machine_path_and_no_host_is_committed():
    for name in tracked_files():
        if name.endswith((".parquet", ".safetensors", ".png", ".jpg", ".mp4")):
            continue
        if "/vendor/" in name:  # files of others, as they came
            continue
        text = (ROOT / name).read_text("utf-8")
        hosts = set(re.findall(r"https?://([A-Za-z0-9.-]+)", text))
        assert hosts <= KNOWN_HOSTS, name
        assert not re.search(r"index[-]url", text), name
        assert not re.search(r"(?<![\w.}])/(root|home|work|Users)/\w", text), name


def test_no_two_modules_have_one_name():
    names = Counter(path.name for path in MODULES if path.name != "__init__.py")
    assert [name for name, count in names.items() if count > 1] == []


WHERE_SPORTS_ARE_KNOWN = ("playerid/leagues/", "playerid/arena/", "playerid/training/")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_asks_which_sport_it_is(path):
    """What differs between sports is data; a site of that name may be a source."""
    if not str(path.relative_to(ROOT)).startswith(WHERE_SPORTS_ARE_KNOWN):
        text = path.read_text("utf-8").replace("basketball-reference", "")
        assert not re.findall(r"\b(?:basketball|soccer|football)\b", text, re.IGNORECASE)


def test_no_two_public_classes_have_one_name():
    defined = Counter(
        node.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in defined.items() if count > 1] == []


def test_a_listing_fits_a_screen():
    listed = Counter("/".join(name.split("/")[:-1]) for name in tracked_files())
    folders = {folder: count for folder, count in listed.items() if folder.startswith("playerid")}
    rooms = {name.split("/")[1] for name in tracked_files() if name.startswith("playerid/")}
    assert len(rooms - {"__init__.py", "py.typed"}) <= 30
    assert max(folders.values()) <= 45, max(folders, key=folders.get)


CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`(playerid\.[\w.]+\.\w+)`", CONTRIBUTING)))
)
def test_the_walk_of_a_frame_names_what_there_is(name):
    module, _, attribute = name.rpartition(".")
    source = (ROOT / (module.replace(".", "/") + ".py")).read_text("utf-8")
    assert re.search(rf"^(def|class) {attribute}\b", source, re.MULTILINE)


def test_threads_of_arrow_hold_no_file_of_python():
    """They may let it go when the interpreter has ended: the command then aborts, now and then."""
    read = [
        name
        for name in tracked_files()
        if name.startswith(("playerid/", "tasks/", "flows/")) and name.endswith(".py")
        if re.search(r"read_table\(io\.", (ROOT / name).read_text("utf-8"))
    ]
    assert read == []
