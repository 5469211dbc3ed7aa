"""A season through the orchestration: what it costs beside the models, and whether all is recorded.

Models are replaced by recorded outputs: a game of 27 parts, as many as one of 2.25 hours has, is
processed once; every other game has its rows under its own name. All else is real: the flows,
the Prefect server, the archive with its records and commits, the checks, the artifacts.
`PLAYERID_SEASON_GAMES=1230` makes it a whole season.
"""

import os
import sys
import time
from functools import partial

import pyarrow as pa
import pytest
from prefect.client.orchestration import get_client

from flows.nightly import nightly
from flows.process_game import process_game
from playerid import tables
from playerid.archive import catalog, store
from playerid.frames.segments import split_parts
from tasks.platform import caching

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("orchestrator")]

GAMES = int(os.environ.get("PLAYERID_SEASON_GAMES", "12"))
PARTS = 27
GPU_S = 30 * 60
TABLES = {table.name: table for table in vars(tables).values() if isinstance(table, tables.Table)}


class Recorder:
    """Takes the place of `remembered`: records what steps make, then makes the same again."""

    def __init__(self):
        self.outputs, self.is_recording = {}, True

    def remembered(self, archive, game_id, step, facts, make):
        of = step, str(facts.get("part"))
        if self.is_recording:
            self.outputs[of] = caching.remembered(archive, game_id, step, facts, make)
            return self.outputs[of]
        again = partial(self.write_again, archive, game_id, self.outputs[of])
        return caching.remembered(archive, game_id, step, facts, again)

    @staticmethod
    def write_again(archive, game_id, manifests):
        for manifest in manifests:
            table = TABLES[manifest.table]
            rows = store.read(archive, table, manifest)
            if "game_id" in rows.column_names:
                place = rows.column_names.index("game_id")
                rows = rows.set_column(place, "game_id", pa.array([game_id] * len(rows)))
            yield store.write(archive, table, game_id, rows)


@pytest.fixture
def recorded(settings, add_game, monkeypatch):
    """A game that was recorded; from here on, models only repeat it."""
    recorder = Recorder()
    monkeypatch.setattr("tasks.platform.step.remembered", recorder.remembered)
    monkeypatch.setattr("tasks.platform.parts.split_parts", partial(split_parts, most_segments=1))
    colours = [(120, 90, 60), (60, 120, 90), (90, 60, 120)]
    add_game("recorded", tuple((20, colours[n % 3]) for n in range(PARTS)))
    process_game("recorded", settings)
    recorder.is_recording = False
    return "recorded"


def copy_game(archive, source, game_id):
    """The same game under another name."""
    archive.write(f"games/{game_id}/video.mp4", archive.read(f"games/{source}/video.mp4"))
    game = archive.read_json(f"games/{source}/game.json") | {"game_id": game_id}
    archive.write_json(f"games/{game_id}/game.json", game)


def completed(client, kind):
    """How many "flow_runs" or "task_runs" of games the server knows as completed."""
    states = {"state": {"type": {"any_": ["COMPLETED"]}}}
    wanted = {"flows": {"name": {"any_": ["process-game"]}}, kind: states}
    return client.request("POST", f"/{kind}/count", json=wanted).json()


def test_a_season_costs_three_percent_of_its_gpu_time_and_is_recorded_completely(
    archive, settings, recorded, capsys
):
    game_ids = [f"season-{number:04d}" for number in range(GAMES)]
    for game_id in game_ids:
        copy_game(archive, recorded, game_id)
    tasks = 2 * PARTS + 7  # inspect, sample, cluster, read, identify, publish, write the page
    with get_client(sync_client=True) as client:
        time.sleep(5)  # the recorded game's own records
        before = {kind: completed(client, kind) for kind in ("flow_runs", "task_runs")}
        start_s, start_cpu_s = time.monotonic(), time.process_time()
        reasons = nightly(settings, game_ids)
        per_game_s = (time.monotonic() - start_s) / GAMES
        cpu_s = (time.process_time() - start_cpu_s) / GAMES
        assert reasons == dict.fromkeys(game_ids)
        assert {entry.game_id for entry in catalog.entries(archive)} == {*game_ids, recorded}
        end_s = time.monotonic() + 120  # the server writes task runs down behind the flow
        while completed(client, "task_runs") - before["task_runs"] < GAMES * tasks:
            assert time.monotonic() < end_s, "task runs are missing on the server"
            time.sleep(1)
        assert completed(client, "flow_runs") - before["flow_runs"] == GAMES
        assert completed(client, "task_runs") - before["task_runs"] == GAMES * tasks
    with capsys.disabled():
        sys.stdout.write(
            f"\n{GAMES} games of {tasks} tasks: {per_game_s:.1f} s a game, {cpu_s:.1f} s of CPU\n"
        )
    assert per_game_s <= 0.03 * GPU_S
