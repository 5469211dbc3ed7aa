"""Processes that read an archive while another publishes its game again and again."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor

import pyarrow as pa

from playerid.archive import catalog, store
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.tables import PUBLIC_TABLES, ROSTERS, SEGMENTS
from playerid.warehouse.ask import open_warehouse
from playerid.warehouse.warehouse import disconnect

SEASON, GAME = "2024-25", "g1"
VERSIONS = """
    select (select any_value(view) from segments), (select any_value(player_name) from rosters)
"""


def one_row(table, **values):
    """A row with these values, and nothing in the other columns."""
    nothing = {pa.string(): "", pa.bool_(): False}
    blank = {field.name: nothing.get(field.type, 0) for field in table.schema}
    return pa.Table.from_pylist([blank | {"game_id": GAME} | values], table.schema)


def publish(archive, version):
    """Publish the game; its tables `segments` and `rosters` both say which version it is."""
    rows = {t.name: t.schema.empty_table() for t in PUBLIC_TABLES}
    rows["segments"] = one_row(SEGMENTS, view=version)
    rows["rosters"] = one_row(ROSTERS, player_name=version)
    tables = {
        t.name: store.write_public(archive, t, SEASON, GAME, rows[t.name]) for t in PUBLIC_TABLES
    }
    catalog.commit(archive, Entry(GAME, SEASON, version, "evidence", 1, 1.0, tables))


def publish_until(url, moving, stop):
    archive, version = Archive(url), 0
    while not stop.is_set():
        version += 1
        publish(archive, str(version))
        moving.set()
    return version


def read_sessions(url, moving):
    """What ten sessions saw, each asked twice, a moment apart: the writer goes on meanwhile."""
    moving.wait()
    seen = []
    for _ in range(10):
        connection = open_warehouse(Archive(url))
        first = connection.execute(VERSIONS).fetchone()
        time.sleep(0.05)
        seen.append([first, connection.execute(VERSIONS).fetchone()])
        disconnect(connection)
    return seen


def test_a_session_sees_one_version_whatever_a_writer_does(archive):
    publish(archive, "0")
    processes = multiprocessing.get_context("spawn")
    with processes.Manager() as manager, ProcessPoolExecutor(3, processes) as pool:
        moving, stop = manager.Event(), manager.Event()
        writer = pool.submit(publish_until, archive.url, moving, stop)
        readers = [pool.submit(read_sessions, archive.url, moving) for _ in range(2)]
        try:
            sessions = [session for reader in readers for session in reader.result()]
        finally:
            stop.set()
        assert writer.result() > 3
    for (segments, rosters), again in sessions:
        assert segments == rosters
        assert again == (segments, rosters)
    assert len({session[0] for session in sessions}) > 1
