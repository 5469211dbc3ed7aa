"""In an object store one damaged game does not stop questions about the others either."""

import logging

import pytest

from playerid.archive import catalog
from playerid.archive.archive import Archive
from playerid.warehouse.ask import ask, open_warehouse
from playerid.warehouse.warehouse import disconnect
from tests.playerid.report.night import FILMED, IMPORTED, handmade, publish

COUNT = "select game_id, count(*) as n from player_frames group by all order by all"


@pytest.fixture(params=[FILMED, IMPORTED])
def damaged(request, tmp_path):
    """A store of two games, and the entry of one of them, to be damaged."""
    archive = Archive(f"memory://damaged-{tmp_path.name}")
    for game_id in (FILMED, IMPORTED):
        publish(archive, tmp_path, handmade(game_id, 4.0))
    return archive, catalog.find_game(archive, request.param)


@pytest.mark.parametrize("harm", ["missing", "torn"])
def test_a_damaged_game_of_a_store_is_left_out_named_and_counted(damaged, harm, caplog):
    archive, entry = damaged
    whole = ask(archive, COUNT, None, "csv").splitlines()
    path = entry.tables["player_frames"].path
    archive.remove(path) if harm == "missing" else archive.write(path, b"PAR1")
    with caplog.at_level(logging.WARNING):
        told = ask(archive, COUNT, None, "csv").splitlines()
    assert told == [line for line in whole if entry.game_id not in line]
    assert len(told) == 2
    assert f"left out: game {entry.game_id}: {path}" in caplog.text
    assert "1 of 2 published games are left out" in caplog.text


def test_python_opens_what_is_whole(damaged):
    archive, entry = damaged
    archive.remove(entry.tables["games"].path)
    connection = open_warehouse(archive, list_store=True)
    (left,) = connection.execute("select game_id from games").fetchall()
    disconnect(connection)
    assert left != (entry.game_id,)
