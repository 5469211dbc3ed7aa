"""The deployment files say what Prefect, the flows and the images understand; all offline."""

import asyncio
import re
import subprocess
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from prefect.client.schemas.schedules import CronSchedule
from prefect.events.schemas.automations import AutomationCore
from prefect.flows import load_flow_from_entrypoint

from playerid.errors import DeploymentError
from tasks.platform.elsewhere import PROCESS_GAME
from tasks.platform.pools import POOLS, WORKERS, deployments_folder, job_template, read_yaml
from tasks.platform.repair import REPAIRED
from tasks.platform.server_objects import for_kind
from tasks.track_elsewhere import TRACK_GAME

pytestmark = pytest.mark.usefixtures("orchestrator")
FOLDER = deployments_folder()
DEPLOYMENTS = read_yaml("prefect.yaml")["deployments"]
PLATFORM = read_yaml("platform.yaml")
JOB = {"command": "prefect flow-run execute", "name": "process-g1", "labels": {}, "env": {}}


def id_of(deployment):
    return deployment["entrypoint"].rsplit(":", 1)[1] + "/" + deployment["name"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=id_of)
def test_a_deployment_names_a_flow_a_pool_and_a_queue_that_exist(deployment, monkeypatch):
    monkeypatch.chdir(FOLDER.parent)
    flow = load_flow_from_entrypoint(deployment["entrypoint"], use_placeholder_flow=False)
    assert set(deployment.get("parameters", {})) <= set(flow.parameters.properties)
    pool = deployment["work_pool"]
    assert pool["work_queue_name"] in PLATFORM["pools"][pool["name"]]["queues"]
    for schedule in deployment.get("schedules", ()):
        ZoneInfo(schedule["timezone"])
        CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])
        assert schedule["slug"]


def test_flows_start_deployments_that_exist():
    names = set()
    for deployment in DEPLOYMENTS:
        flow = load_flow_from_entrypoint(str(FOLDER.parent / deployment["entrypoint"]))
        names.add(f"{flow.name}/{deployment['name']}")
    assert {PROCESS_GAME, TRACK_GAME} <= names


def test_only_runs_that_nobody_waits_for_are_repaired():
    repaired = {id_of(d) for d in DEPLOYMENTS if REPAIRED in d["tags"]}
    assert repaired == {"nightly/nightly", "backfill/backfill", "process_game/games"}


def test_nightly_games_go_before_backfills_on_every_pool():
    for pool in PLATFORM["pools"].values():
        queues = pool["queues"]
        assert queues["nightly"]["priority"] < queues["backfill"]["priority"]


@pytest.mark.parametrize("kind", WORKERS)
@pytest.mark.parametrize("automation", PLATFORM["automations"], ids=lambda a: a["name"])
def test_an_automation_is_one_of_prefects(automation, kind):
    actions = [
        {**{k: v for k, v in action.items() if k != "block"}}
        | (
            {"block_document_id": "00000000-0000-0000-0000-000000000001"}
            if "block" in action
            else {}
        )
        for action in automation["actions"]
    ]
    AutomationCore.model_validate(for_kind({**automation, "actions": actions}, kind))


def trigger_of(name):
    (found,) = [a for a in PLATFORM["automations"] if a["name"] == name]
    return found["trigger"]


def test_a_silent_run_counts_as_crashed_after_three_heartbeats():
    """Also if it was never heard of after it began."""
    silent = trigger_of("crash-silent-runs")
    heartbeats = re.findall(r"PREFECT_FLOWS_HEARTBEAT_FREQUENCY=(\d+)", everything())
    assert heartbeats
    assert all(silent["within"] >= 3 * int(seconds) for seconds in heartbeats)
    assert {"prefect.flow-run.Running", "prefect.flow-run.heartbeat"} <= set(silent["after"])


def test_a_run_has_time_to_wait_for_a_node_of_the_cluster():
    lost = trigger_of("crash-runs-that-do-not-begin")
    template = yaml.safe_load((deployments_folder() / "pools/kubernetes.yaml").read_text())
    watched_s = re.search(r"pod_watch_timeout_seconds: (\d+)", yaml.dump(template))
    assert lost["within"]["kubernetes"] > int(watched_s[1])


async def render(configuration, kind, pool):
    template = job_template(kind, pool, "registry/playerid", {"PLAYERID_ON_POOLS": "true"})
    values = {"command": JOB["command"], "name": JOB["name"]}
    return await configuration.from_template_and_values(template, values)


@pytest.mark.parametrize("pool", POOLS)
def test_kubernetes_runs_the_image_with_scratch_and_a_deadline(pool):
    from prefect_kubernetes.worker import KubernetesWorkerJobConfiguration

    job = asyncio.run(render(KubernetesWorkerJobConfiguration, "kubernetes", pool))
    spec = job.job_manifest["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    assert spec["activeDeadlineSeconds"] == 21600
    assert {"name": "scratch", "emptyDir": {"sizeLimit": "20Gi"}} in pod["volumes"]
    assert container["volumeMounts"] == [{"name": "scratch", "mountPath": "/scratch"}]
    has_gpu = pool == "gpu-t4"
    assert container["image"] == f"registry/playerid:{'cuda' if has_gpu else 'cpu'}"
    assert container["resources"]["limits"].get("nvidia.com/gpu") == (1 if has_gpu else None)
    selector = pod.get("nodeSelector", {})
    assert selector.get("cloud.google.com/gke-accelerator") == (
        "nvidia-tesla-t4" if has_gpu else None
    )
    assert job.env["PLAYERID_ON_POOLS"] == "true"
    assert (spec["parallelism"], spec["completions"]) == (1, 1)
    assert {"parallelism", "completions"}.isdisjoint(pod)
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] == 1000
    assert container["securityContext"]["readOnlyRootFilesystem"]


def test_vertex_gives_a_t4_for_longer_than_an_hour():
    from prefect_gcp.workers.vertex import VertexAIWorkerJobConfiguration

    template = job_template("vertex-ai", "gpu-t4", "registry/playerid", {})
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    account = {
        "type": "service_account",
        "project_id": "league",
        "private_key_id": "1",
        "private_key": key.decode(),
        "client_email": "worker@league.example",
        "client_id": "1",
        "token_uri": "https://oauth2.example/token",
    }
    credentials = {"service_account_info": account}
    values = {"command": JOB["command"], "region": "us-central1", "credentials": credentials}
    job = asyncio.run(VertexAIWorkerJobConfiguration.from_template_and_values(template, values))
    (pool,) = job.job_spec["worker_pool_specs"]
    assert pool["machine_spec"]["accelerator_type"] == "NVIDIA_TESLA_T4"
    assert pool["machine_spec"]["accelerator_count"] == 1
    assert pool["container_spec"]["image_uri"] == "registry/playerid:cuda"
    assert job.job_spec["maximum_run_time_hours"] == 6


def test_ecs_asks_for_a_gpu_where_fargate_has_none():
    from prefect_aws.workers.ecs_worker import ECSJobConfiguration

    job = asyncio.run(render(ECSJobConfiguration, "ecs", "gpu-t4"))
    (container,) = job.task_definition["containerDefinitions"]
    assert container["resourceRequirements"] == [{"type": "GPU", "value": "1"}]
    assert container["image"] == "registry/playerid:cuda"
    assert job.task_run_request["capacityProviderStrategy"][0]["capacityProvider"] == "playerid-t4"


@pytest.mark.parametrize("kind", WORKERS)
@pytest.mark.parametrize("pool", POOLS)
def test_every_kind_of_pool_has_a_template(kind, pool):
    template = job_template(kind, pool, "playerid", {"A": "b"})
    assert template["variables"]["properties"]["env"]["default"] == {"A": "b"}


def test_an_unknown_kind_of_pool_is_named():
    with pytest.raises(DeploymentError, match="expected one of process, kubernetes"):
        job_template("slurm", "cpu", "playerid", {})


def everything():
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    return "\n".join(path.read_text("utf-8") for path in files)


def test_the_images_copy_what_is_there_and_install_from_the_lock():
    recipe = (FOLDER / "images" / "Dockerfile").read_text("utf-8")
    copied = {
        source
        for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", recipe, re.MULTILINE)
        for source in sources.split()
    }
    assert all((FOLDER.parent / source).exists() for source in copied)
    shown = (FOLDER.parent / ".dockerignore").read_text("utf-8").split("\n")
    assert {f"!{source}" for source in copied} == {line for line in shown if line[:1] == "!"}
    assert "--require-hashes" in recipe
    assert re.findall(r"^FROM (\S+) AS (\S+)$", recipe, re.MULTILINE) == [
        ("${PYTHON}", "build"), ("${PYTHON}", "cpu"), ("cpu", "cuda"),
    ]  # fmt: skip
    lock = (FOLDER.parent / "Makefile").read_text("utf-8")
    (python,) = re.findall(r"--python-version (\S+)", lock)
    assert f"ARG PYTHON=python:{python}-slim-bookworm\n" in recipe


def test_the_images_run_without_root_and_without_compilers():
    recipe = (FOLDER / "images" / "Dockerfile").read_text("utf-8")
    final = recipe[recipe.index(" AS cpu") :]
    assert "build-essential" not in final
    assert final.index("USER 1000:1000") < final.index("ENTRYPOINT")
    assert "HEALTHCHECK" in final


def test_an_image_is_started_as_compose_and_a_cluster_start_it():
    """Whatever these take from a container, `make images` takes too."""
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    hardened = compose["x-hardened"]
    script = (FOLDER / "images" / "images.sh").read_text("utf-8")
    options = re.search(r"podman run (.+?) \"\$@\"", script, re.DOTALL)[1]
    assert hardened == {
        "read_only": "--read-only" in options,
        "cap_drop": [name.upper() for name in re.findall(r"--cap-drop (\S+)", options)],
        "security_opt": [f"{name}:true" for name in re.findall(r"--security-opt (\S+)", options)],
        "tmpfs": re.findall(r"--tmpfs (\S+)", options),
    }  # fmt: skip


def test_compose_starts_every_part_and_keeps_no_password():
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    services = compose["services"]
    assert {"postgres", "redis", "storage", "server", "cpu", "gpu-t4"} <= set(services)
    for name, service in services.items():
        assert "image" in service, name
        assert "mem_limit" in service, name
        waits = service.get("depends_on", {})
        for other, wait in waits.items():
            is_once = services[other]["restart"] == "no"
            until = "service_completed_successfully" if is_once else "service_healthy"
            assert wait == {"condition": until}, name
            assert is_once or "healthcheck" in services[other], name
        if service["image"].startswith("playerid:"):
            assert service["read_only"], name
            assert service["cap_drop"] == ["ALL"], name
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|ACCESS_KEY", key):
                assert str(value).startswith("${"), (name, key)


def test_nothing_calls_home():
    text = everything()
    assert text.count("PREFECT_SERVER_ANALYTICS_ENABLED") >= 3  # image, compose file, stack
    starts = re.findall(r"(?:weed\"? server|server -s3)(?:[^\n]*\\\n)*[^\n]*", text)
    assert starts
    assert all("-master.telemetry=false" in start for start in starts)


@pytest.mark.parametrize("script", ["stack.sh", "images/images.sh"])
def test_a_script_is_valid(script):
    subprocess.run(["bash", "-n", str(Path(FOLDER) / script)], check=True)
