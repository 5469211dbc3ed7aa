"""The same rows from Python, of a real server."""

import threading
import time
from contextlib import contextmanager

import pyarrow as pa
import pytest
import uvicorn

from playerid.client import Archive as Served
from playerid.errors import ArchiveError, StorageError
from playerid.serve.app import make_app
from tests.playerid.report.night import FILMED


@contextmanager
def serving(archive, **options):
    """A real server of this process on a free port; its address."""
    config = uvicorn.Config(make_app(archive, **options), port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        (port,) = {s.getsockname()[1] for each in server.servers for s in each.sockets}
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def test_three_lines_of_python_give_the_same_rows(archive):
    with serving(archive, has_sql=True) as url:
        served = Served(url)
        rows = served.statistics("lane_time", game_id=FILMED, order="-offence_lane_s")
        assert isinstance(rows, pa.Table)
        frame = rows.to_pandas()
        assert list(frame["player_id"]) == ["H5", "A1", "H1"]
        assert served.seasons()["games"].to_pylist() == [2]
        assert served.games(season="2025-26").num_rows == 2
        assert served.players(name="ann")["player_id"].to_pylist() == ["H5"]
        assert served.game(FILMED)["game"]["league"] == "nba"
        assert served.frames(FILMED, 1.0, 1.2).num_rows == 6
        assert served.segments(FILMED).num_rows == 2
        assert "violation" in served.events(FILMED)["kind"].to_pylist()
        assert served.sql("select 7 as a").to_pylist() == [{"a": 7}]
        assert "lane_time" in served.views()
        assert served.clip(FILMED, 1.0, 2.0)[4:8] == b"ftyp"
        with pytest.raises(ArchiveError, match="404: no statistic"):
            served.statistics("nothing")
        served.close()
    with Served(url) as gone, pytest.raises(StorageError, match="is playerid serve running"):
        gone.seasons()
