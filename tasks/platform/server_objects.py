"""Queues and automations of a Prefect server, as `deployments/platform.yaml` wants them."""

import os
from typing import Any

from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectNotFound
from pydantic import SecretStr


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
