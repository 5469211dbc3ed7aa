"""Make a Prefect server know the project: pools, queues, limits, automations, deployments."""

import os
import subprocess
import sys
from collections.abc import Iterator

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate

from playerid.errors import DeploymentError
from tasks.platform.pools import deployments_folder, job_template, read_yaml
from tasks.platform.server_objects import make_automation, make_queue

PASSED_ON = tuple(
    f"PLAYERID_{name}" for name in ("ARCHIVE_URL", "PACK", "GPU_MACHINES", "PRICES", "PAGES_URL")
)


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
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
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
