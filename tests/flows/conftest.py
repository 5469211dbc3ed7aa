"""A tiny game in an archive, and a pack whose backends need no weights."""

import shutil

import pytest

from flows.process_game import process_game
from playerid.models import registry as backends
from playerid.operate.compare import published_rows
from tasks.platform.settings import Settings
from tests.flows.blank import NAMES, PACK, write_game
from tests.flows.faulty import forget
from tests.flows.object_store import Server

pytest.register_assert_rewrite("tests.flows.victims")


@pytest.fixture
def settings(archive, tmp_path, monkeypatch):
    """Settings with the blank backends."""
    for name, class_name in NAMES.items():
        monkeypatch.setitem(backends.BACKENDS, name, f"tests.flows.blank:{class_name}")
    pack = tmp_path / "blank.toml"
    pack.write_text(PACK)
    return Settings(archive_url=archive.url, pack=str(pack), weights_cache=tmp_path / "weights")


@pytest.fixture
def add_game(archive, make_video):
    """Put a game into the archive: call it with its id and the shots of its video."""

    def add(game_id, shots=((30, (120, 90, 60)), (30, (0, 0, 0)), (30, (60, 120, 90)))):
        path = make_video(f"{game_id}.mp4", list(shots))
        write_game(archive, game_id, path.read_bytes())
        return game_id

    return add


@pytest.fixture
def undisturbed(archive, settings, add_game):
    """Rows of the game when nothing goes wrong; what was made is cleared away afterwards."""
    process_game(add_game("g1"), settings)
    rows = published_rows(archive, "g1")
    forget(archive)
    return rows


@pytest.fixture(scope="session")
def weed(tmp_path_factory):
    """One object store for all tests of a process; modules take it by `server`."""
    found = Server(tmp_path_factory.mktemp("s3"))
    found.start()
    yield found
    found.kill()
    shutil.rmtree(found.folder)


@pytest.fixture(scope="module")
def server(weed):
    """The object store, named by the environment."""
    with weed.in_environment():
        yield weed
