"""Facts of published objects, which never change, are asked of nobody."""

import uuid

import pytest

from playerid.archive.archive import Archive
from playerid.errors import TableError
from playerid.warehouse.published import connect_games
from playerid.warehouse.warehouse import disconnect, run_checks
from tests.flows.faulty import DistantFileSystem
from tests.playerid.archive.publishable import publishable


@pytest.fixture
def asked(monkeypatch):
    """Paths whose facts were asked for."""
    asked = []
    real = DistantFileSystem.info
    monkeypatch.setattr(DistantFileSystem, "request_s", 0.0)
    monkeypatch.setattr(
        DistantFileSystem,
        "info",
        lambda self, path, **o: asked.append(path) or real(self, path, **o),
    )
    return asked


def test_no_fact_of_a_published_object_is_asked_for(asked):
    archive = Archive(f"distant://{uuid.uuid4().hex}")
    entry = publishable(archive)
    asked.clear()
    connection = connect_games(archive, [entry])
    assert set(run_checks(connection).values()) == {0}
    disconnect(connection)
    assert asked == []


def test_an_object_that_is_shorter_than_recorded_is_damaged(asked):
    archive = Archive(f"distant://{uuid.uuid4().hex}")
    entry = publishable(archive)
    archive.write(entry.tables["rosters"].path, b"PAR1")
    with pytest.raises(TableError, match="missing or damaged"):
        connect_games(archive, [entry])
