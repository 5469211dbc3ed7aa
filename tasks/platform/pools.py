"""Base job templates of the work pools: Prefect's own, and what `deployments/pools` changes."""

import importlib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from playerid.errors import DeploymentError

WORKERS = {
    "process": "prefect.workers.process:ProcessWorker",
    "kubernetes": "prefect_kubernetes.worker:KubernetesWorker",
    "vertex-ai": "prefect_gcp.workers.vertex:VertexAIWorker",
    "ecs": "prefect_aws.workers.ecs_worker:ECSWorker",
}
POOLS = ("cpu", "gpu-t4")
IMAGES = {"cpu": "cpu", "gpu-t4": "cuda"}


def deployments_folder() -> Path:
    """Where the deployment files are: beside the package, inside it when installed."""
    package = Path(str(resources.files("playerid")))
    beside = package.parent / "deployments"
    return beside if (beside / "prefect.yaml").is_file() else package / "deployments"


def read_yaml(name: str) -> dict[str, Any]:
    """Read a file of the deployments."""
    loaded = yaml.safe_load((deployments_folder() / name).read_text("utf-8"))
    assert isinstance(loaded, dict), name
    return loaded


def job_template(kind: str, pool: str, image: str, env: Mapping[str, str]) -> dict[str, Any]:
    """Make the base job template of a pool.

    Args:
        kind: of infrastructure, a key of `WORKERS`.
        pool: "cpu" or "gpu-t4".
        image: of the workers, without its tag; processes have none.
        env: variables that every job gets; no secrets, the server shows them.

    Returns:
        Prefect's template of that kind with the changes of `deployments/pools/<kind>.yaml`: the
        defaults of its variables, and parts of the job that are replaced whole.

    Raises:
        DeploymentError: Unknown kind, a package is missing, or a change that the kind lacks.
    """
    template = _default_template(kind)
    changes = read_yaml(f"pools/{kind}.yaml")[pool]
    variables = dict(changes.pop("variables", {})) | {"env": dict(env)}
    if kind != "process":
        variables["image"] = f"{image}:{IMAGES[pool]}"
    properties = template["variables"]["properties"]
    for name, value in variables.items():
        if name not in properties:
            raise DeploymentError(f"pools/{kind}.yaml: {pool}: no variable {name!r}")
        properties[name]["default"] = value
    required = set(template["variables"].get("required", ())) - set(variables)
    template["variables"]["required"] = sorted(required)
    for name, value in changes.items():
        if name not in template["job_configuration"]:
            raise DeploymentError(f"pools/{kind}.yaml: {pool}: no part {name!r} of the job")
        template["job_configuration"][name] = value
    return template


def _default_template(kind: str) -> dict[str, Any]:
    if kind not in WORKERS:
        raise DeploymentError(f"pools {kind!r}: expected one of {', '.join(WORKERS)}")
    module_name, class_name = WORKERS[kind].split(":")
    try:
        worker = getattr(importlib.import_module(module_name), class_name)
    except ImportError as error:
        raise DeploymentError(
            f"pools {kind!r} need {error.name!r}: pip install 'playerid[pools]'"
        ) from error
    template: dict[str, Any] = worker.get_default_base_job_template()
    return template
