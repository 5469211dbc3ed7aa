"""Make a Prefect server know the project: pools, queues, limits, automations, deployments."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectNotFound
from pydantic import SecretStr

from playerid.errors import DeploymentError
from tasks.pools import deployments_folder, job_template, read_yaml

PASSED = [f"PLAYERID_{n}" for n in ("ARCHIVE_URL", "PACK", "GPU_MACHINES", "PRICES", "PAGES_URL")]


def deploy_all(kind: str, image: str) -> Iterator[str]:
    """Make it so, however often: what is there already is brought up to date.

    Args:
        kind: of the work pools: process, kubernetes, vertex-ai or ecs.
        image: of the workers, without its tag.

    Yields:
        What was done, a line each.

    Raises:
        DeploymentError: No server is named, or a deployment was refused.
    """
    if not os.environ.get("PREFECT_API_URL"):
        raise DeploymentError("PREFECT_API_URL is not set; it names the server to deploy to")
    platform = read_yaml("platform.yaml")
    env = {name: os.environ[name] for name in PASSED if name in os.environ}
    env |= {"PLAYERID_ON_POOLS": "true", "DO_NOT_TRACK": "1"}
    env |= {"PREFECT_CLIENT_RETRY_EXTRA_CODES": "500"}  # a busy server's; Prefect gives up at once
    with get_client(sync_client=True) as client:
        for pool, wanted in platform["pools"].items():
            template = job_template(kind, pool, image, env)
            client.create_work_pool(
                WorkPoolCreate(name=pool, type=kind, base_job_template=template), overwrite=True
            )
            for queue, facts in wanted["queues"].items():
                make_queue(client, pool, queue, facts)
            yield f"pool {pool}: {kind}, queues {', '.join(wanted['queues'])}"
        for name, limit in platform["limits"].items():
            client.upsert_global_concurrency_limit_by_name(name, limit)
            yield f"limit {name}: {limit}"
        for automation in platform["automations"]:
            yield f"automation {automation['name']}: {make_automation(client, automation, kind)}"
    file = deployments_folder() / "prefect.yaml"
    home = os.environ.get("PLAYERID_HOME") or ("." if kind != "process" else str(file.parents[1]))
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", file],
        cwd=file.parents[1], text=True, capture_output=True, check=False,
        env=os.environ | {"PLAYERID_HOME": home},
    )  # fmt: skip
    if done.returncode:
        raise DeploymentError(f"prefect deploy failed:\n{done.stdout}{done.stderr}")
    yield f"deployments of {file.name}"


def make_queue(client: SyncPrefectClient, pool: str, queue: str, facts: dict[str, Any]) -> None:
    """Create a work queue, or bring it up to date."""
    try:
        found = client.read_work_queue_by_name(queue, work_pool_name=pool)
    except ObjectNotFound:
        client.create_work_queue(queue, work_pool_name=pool, **facts)
    else:
        client.update_work_queue(found.id, **facts)


def for_kind(wanted: dict[str, Any], kind: str) -> dict[str, Any]:
    """An automation as it is for pools of a kind."""
    trigger = wanted["trigger"]
    within = trigger["within"]
    seconds = within[kind] if isinstance(within, dict) else within
    return {**wanted, "trigger": {**trigger, "within": seconds}}


def make_automation(client: SyncPrefectClient, wanted: dict[str, Any], kind: str) -> str:
    """Create an automation, or bring it up to date; one that needs a missing block is left out.

    One that is as it should be is left alone: a change makes the server forget what it waits for,
    and runs whose machine is lost would stay silent.
    """
    for action in wanted["actions"]:
        if "block" in action:
            if not (url := os.environ.get("PLAYERID_WEBHOOK_URL")):
                return "left out; set PLAYERID_WEBHOOK_URL to be told"
            name = action.pop("block").removeprefix("webhook/")
            action["block_document_id"] = Webhook(url=SecretStr(url)).save(name, overwrite=True)
    automation = AutomationCore.model_validate(for_kind(wanted, kind))
    found = client.read_automations_by_name(automation.name)
    if not found:
        client.create_automation(automation)
        return "made"
    if any(getattr(found[0], name) != value for name, value in automation):
        client.update_automation(found[0].id, automation)
        return "changed"
    return "up to date"
