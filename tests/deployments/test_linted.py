"""Linters of others over the recipe of the images and the jobs of a cluster."""

import re
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "deployments"
HADOLINT = Path(sys.executable).with_name("hadolint")
VALUES = {
    "name": "process-g1", "image": "registry/playerid:cpu", "image_pull_policy": "IfNotPresent",
    "command": ["prefect", "flow-run", "execute"], "labels": {"a": "b"}, "annotations": {},
    "env": [{"name": "PLAYERID_ON_POOLS", "value": "true"}], "backoff_limit": 0,
}  # fmt: skip
"""What a worker fills in beside the variables of the pool."""


def test_hadolint_finds_nothing_in_the_recipe_of_the_images():
    """But that packages of Debian have no version: the base image's digest says which they are."""
    command = [HADOLINT, "--ignore", "DL3008", FOLDER / "images" / "Dockerfile"]
    linted = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (linted.returncode, linted.stdout) == (0, "")


def filled(part, values):
    """A part of a template with its places filled, as Prefect fills them."""
    if isinstance(part, dict):
        return {name: filled(value, values) for name, value in part.items()}
    if isinstance(part, list):
        return [filled(value, values) for value in part]
    if not isinstance(part, str):
        return part
    whole = re.fullmatch(r"{{ (\w+) }}", part)
    if whole:
        return values[whole[1]]
    return re.sub(r"{{ (\w+) }}", lambda place: str(values[place[1]]), part)


@pytest.mark.parametrize("pool", ["cpu", "gpu-t4"])
def test_strict_validation_finds_nothing_in_a_kubernetes_job(pool):
    """By the published schemas, in which a field at a wrong place is a mistake."""
    template = yaml.safe_load((FOLDER / "pools" / "kubernetes.yaml").read_text("utf-8"))[pool]
    manifest = filled(template["job_manifest"], VALUES | template["variables"])
    newest = kubernetes_validate.latest_version()
    kubernetes_validate.validate(manifest, newest, strict=True)
    manifest["spec"]["template"]["spec"]["parallelism"] = 1  # as 0.1.0 had it
    with pytest.raises(kubernetes_validate.ValidationError, match="parallelism"):
        kubernetes_validate.validate(manifest, newest, strict=True)
