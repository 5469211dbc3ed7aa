"""Many games: backfills, budgets, crashes, repairs, and what people see of them."""

import datetime as dt
import json

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactCollectionFilter, ArtifactCollectionFilterKey
from prefect.states import Crashed, Running, State
from typer.testing import CliRunner

from flows.backfill import backfill
from flows.nightly import nightly
from flows.process_game import process_game
from flows.reconcile import reconcile
from playerid.archive import catalog
from playerid.cli.main import app
from playerid.errors import ArchiveError, GameError
from playerid.operate import quarantine
from playerid.operate.attempts import Attempt
from playerid.operate.overview import overview
from tasks.inspect import inspect_game
from tasks.platform.elsewhere import wait_for
from tasks.platform.launch import launch
from tasks.platform.repair import REPAIRED

pytestmark = pytest.mark.usefixtures("orchestrator")


LONGER = ((45, (120, 90, 60)), (30, (0, 0, 0)), (45, (60, 120, 90)))


def change_game(archive, game_id, **facts):
    """Rewrite facts of a game file."""
    path = f"games/{game_id}/game.json"
    archive.write(path, json.dumps(archive.read_json(path) | facts).encode())


def test_a_backfill_takes_the_days_and_the_season_it_is_given(archive, settings, add_game):
    for day in (1, 2, 3):
        change_game(archive, add_game(f"g{day}"), date=f"2025-01-0{day}")
    change_game(archive, add_game("old"), season="2023-24", date="2024-01-02")
    days = {"first_day": dt.date(2025, 1, 2), "last_day": dt.date(2025, 1, 3)}
    assert backfill(**days, settings=settings) == {"g2": None, "g3": None}
    assert backfill("2023-24", settings=settings) == {"old": None}
    assert backfill("2024-25", settings=settings) == {"g1": None}
    assert backfill(settings=settings) == {}


def test_a_spent_budget_starts_no_further_game(archive, settings, add_game):
    for name in ("g1", "g2"):
        add_game(name)
    assert backfill(gpu_hours=0.0, settings=settings) == {}
    assert backfill(gpu_hours=1.0, settings=settings) == {"g1": None, "g2": None}


def test_no_more_games_go_on_than_are_allowed():
    started = []

    def start(game_id):
        started.append(game_id)
        return State(type="COMPLETED")

    assert list(launch("abc", start, may_start=lambda: len(started) < 2)) == ["a", "b"]


def test_nobody_waits_for_a_run_that_is_cancelled_without_a_worker(settings):
    with get_client(sync_client=True) as client:
        run = client.create_flow_run(process_game, parameters={"game_id": "g1"})
        client.set_flow_run_state(run.id, State(type="CANCELLING"), force=True)
        assert wait_for(run).is_cancelling()
        assert launch(["g1"], lambda _: run)["g1"].is_cancelling()
        client.delete_flow_run(run.id)


def test_a_game_that_kills_its_process_is_set_aside(archive, settings, add_game):
    add_game("g1")
    digest = settings.digest_of(inspect_game.fn("g1", settings))
    for n in range(4):
        Attempt(archive, "g1", f"killed-{n}").begin(digest)
    with pytest.raises(GameError, match="4 runs ended without a word"):
        process_game("g1", settings)
    assert "4 runs ended" in quarantine.find(archive, "g1").reason
    add_game("g1", LONGER)  # another game: another chance
    process_game("g1", settings)
    assert quarantine.find(archive, "g1") is None
    assert archive.names("interim/g1/unfinished") == []


def test_crashed_runs_start_again_three_times_and_are_then_given_up(
    archive, settings, add_game, monkeypatch
):
    monkeypatch.setenv("PLAYERID_ARCHIVE_URL", archive.url)
    monkeypatch.setenv("PLAYERID_PACK", settings.pack)
    add_game("waits")
    with get_client(sync_client=True) as client:
        for game_id, crashes in (("once", 1), ("often", 4)):
            run = client.create_flow_run(
                process_game, parameters={"game_id": game_id}, tags=[REPAIRED, f"game:{game_id}"],
                name=game_id,
            )  # fmt: skip
            for _ in range(crashes):
                client.set_flow_run_state(run.id, Running(), force=True)
                client.set_flow_run_state(run.id, Crashed(message="machine lost"), force=True)
        repair = reconcile()
        assert (repair.again, repair.given_up) == (["once"], ["often"])
        assert repair.waiting == ["waits"]
        assert "crashed 4 times: machine lost" in quarantine.find(archive, "often").reason
        assert reconcile().given_up == []
        for run in client.read_flow_runs():
            if run.name in {"once", "often"}:
                client.delete_flow_run(run.id)


def test_people_see_games_and_nights(archive, settings, add_game):
    add_game("Game_1")
    archive.write("games/bad/game.json", b"{}")
    nightly(settings)
    with get_client(sync_client=True) as client:
        keys = {
            artifact.key: artifact.data
            for name in ("game-game-1-", "nightly", "parts-game-1-")
            for artifact in client.read_latest_artifacts(
                artifact_filter=ArtifactCollectionFilter(
                    key=ArtifactCollectionFilterKey(like_=f"{name}%")
                )
            )
        }
    game = next(data for key, data in keys.items() if key.startswith("game-game-1-"))
    assert "# Game_1: published" in game
    assert "| track | " in game
    assert f"({archive.url}/pictures/Game_1/report.html)" in game
    assert archive.exists("pictures/Game_1/report.html")
    night = json.loads(keys["nightly"])
    assert {row["game"]: row["state"] for row in night} == {
        "Game_1": "published", "bad": "set aside",
    }  # fmt: skip
    assert any(key.startswith("parts-game-1-") for key in keys)


def test_status_plan_and_sweep_say_how_the_archive_stands(archive, settings, add_game):
    process_game(add_game("g1"), settings)
    first = catalog.find_entry(archive, "2024-25", "g1")
    add_game("g1", LONGER)
    process_game("g1", settings)
    process_game("g1", settings)
    add_game("g2", LONGER)
    archive.write("games/bad/game.json", b"{}")
    nightly(settings, ["bad"])
    states = {game.game_id: game for game in overview(archive)}
    assert [states[name].state for name in ("g1", "g2", "bad")] == ["published", "new", "set aside"]
    assert (states["g1"].made, states["g1"].remembered) == (0, 6)
    assert states["g1"].facts["wall_s"] > 0

    run = CliRunner().invoke
    shown = run(app, ["status", "--archive", archive.url]).output
    assert "set aside" in shown
    arguments = ["plan", "--archive", archive.url, "--pack", settings.pack, "--json"]
    plan = json.loads(run(app, arguments).output)
    # g2 is as long as g1: it is expected to take as long. The bad one will cost nothing.
    assert (plan["games"], plan["measured_games"], plan["video_s"]) == (2, 1, 4.0)
    assert plan["cpu_s"] == pytest.approx(states["g1"].facts["cpu_s"], rel=0.05)

    sweep = ["sweep", "--archive", archive.url, "--min-age-h", "0"]
    old = {m.path for m in first.tables.values()}
    now = {m.path for m in catalog.find_entry(archive, "2024-25", "g1").tables.values()}
    assert "--remove removes them" in run(app, sweep).output
    assert all(archive.exists(path) for path in old)
    assert "objects removed" in run(app, [*sweep, "--remove"]).output
    assert {path for path in old | now if archive.exists(path)} == now
    assert run(app, ["sweep", "--archive", archive.url]).output.startswith("0 objects")


@pytest.mark.parametrize("game_id", ["../g1", "a/b", "", ".x"])
def test_a_game_id_cannot_leave_its_folder(archive, settings, game_id):
    with pytest.raises(ArchiveError):
        process_game(game_id, settings)
    assert not archive.names("quarantine")
    assert not archive.names("runs")
