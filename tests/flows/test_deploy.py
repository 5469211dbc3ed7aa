"""`playerid deploy` against a real server: twice the same, and no secret anywhere."""

import json

import pytest
from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.deployments import run_deployment
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_API_URL

from flows.nightly import nightly
from playerid.errors import ArchiveError
from tasks.platform.deployment import deploy_all
from tasks.platform.elsewhere import PROCESS_GAME
from tasks.platform.pools import read_yaml
from tasks.platform.settings import Settings
from tasks.track_elsewhere import queue_of_flow

pytestmark = pytest.mark.usefixtures("orchestrator")

SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "aws-5ecret",
    "PLAYERID_WEBHOOK_URL": "https://hooks.example/hook-5ecret",
    "PREFECT_API_KEY": "prefect-5ecret",
}
DEPLOYED = (
    "work_pools", "work_queues", "v2/concurrency_limits", "automations", "deployments",
    "block_documents",
)  # fmt: skip
TOLD = (*DEPLOYED, "flow_runs", "task_runs", "artifacts", "logs")
PASSING = {"id", "created", "updated", "last_polled", "status"}


@pytest.fixture
def client(monkeypatch, tmp_path):
    """The server that PREFECT_API_URL names; its deployments are gone afterwards."""
    monkeypatch.setenv("PREFECT_API_URL", PREFECT_API_URL.value())
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with get_client(sync_client=True) as found:
        yield found
        for deployment in found.read_deployments():
            found.delete_deployment(deployment.id)


def read_all(client, route):
    """Everything that the server shows of a kind."""
    return client.request("POST", f"/{route}/filter", json={"limit": 200}).json()


def read_lasting(client):
    """Kind -> id -> what is deployed, without what changes by itself."""
    return {
        route: {item["id"]: lasting(item) for item in read_all(client, route)} for route in DEPLOYED
    }


def lasting(shown):
    """Without times, and without the ids of schedules, which are made anew."""
    if isinstance(shown, list):
        return [lasting(item) for item in shown]
    if not isinstance(shown, dict):
        return shown
    return {key: lasting(value) for key, value in shown.items() if key not in PASSING}


def names(deployed):
    return {item["name"] for item in deployed.values()}


def test_deploying_twice_is_deploying_once_and_tells_no_secret(
    client, archive, settings, add_game, caplog
):
    done = [list(deploy_all("process", "playerid"))]
    before, watching = read_lasting(client), read_all(client, "automations")
    done.append(list(deploy_all("process", "playerid")))
    assert read_lasting(client) == before
    assert read_all(client, "automations") == watching  # changed ones forget what they wait for
    platform = read_yaml("platform.yaml")
    assert names(before["work_pools"]) >= set(platform["pools"])
    wanted = {automation["name"] for automation in platform["automations"]}
    assert names(before["automations"]) == wanted
    assert len(before["deployments"]) == len(read_yaml("prefect.yaml")["deployments"])

    add_game("g1")
    archive.write("games/bad/game.json", b"{}")
    nightly(settings)
    told = json.dumps([done, *(read_all(client, route) for route in TOLD)]) + caplog.text
    told += "".join(archive.read(path).decode("latin-1") for path in archive.find(""))
    assert "process-g1" in told
    assert "5ecret" not in told


def test_an_archive_url_with_a_password_is_refused_and_not_repeated():
    with pytest.raises(ArchiveError, match="environment") as error:
        Settings(archive_url="s3://key:5ecret@bucket/league")
    assert "5ecret" not in str(error.value)


def test_the_gpu_half_of_a_game_waits_in_the_queue_of_the_game(client):
    list(deploy_all("process", "playerid"))
    parameters = {"game_id": "g1"}
    run = run_deployment(PROCESS_GAME, parameters=parameters, work_queue_name="backfill", timeout=0)

    @flow
    def ask(game_id):
        return task(queue_of_flow)()

    assert run_flow(ask, flow_run=client.read_flow_run(run.id), parameters=parameters) == "backfill"
