"""The routes of the studio's pages, their files and headers, and the worked questions."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from playerid.docs.questions import questions
from playerid.serve.app import make_app
from playerid.serve.studio_pages import PAGES
from tests.playerid.report.night import FILMED, make_night

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    archive = make_night(tmp_path_factory.mktemp("night"))
    with TestClient(make_app(archive), base_url="http://127.0.0.1") as client:
        yield client


def test_the_worked_questions_are_listed(client):
    rows = client.get("/v1/questions").json()["rows"]
    assert [row["name"] for row in rows] == [question.name for question in questions()]
    assert all(row["query"] and row["title"] for row in rows)


@pytest.mark.parametrize("path", [*PAGES, "/studio/main.js", "/studio/studio.css"])
def test_pages_run_no_text_as_a_script(client, path):
    answer = client.get(path.format(game_id=FILMED))
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script>" not in answer.text


@pytest.mark.parametrize("path", ["/studio/../app.py", "/studio/%2e%2e/app.py", "/studio/"])
def test_no_other_file_is_served(client, path):
    assert client.get(path).status_code == 404


def test_a_wheel_holds_the_studio(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {"studio.html", "studio.css", "main.js", "vendor/preact.js", "vendor/LICENSE-htm"}
    assert {f"playerid/serve/studio/{name}" for name in wanted} <= packed


def test_the_server_starts_without_what_only_reports_and_runs_need():
    """Plots, pictures, models and the pipeline took 10 s to import before the first answer."""
    code = "import sys, playerid.serve.app; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"matplotlib", "supervision", "prefect", "torch", "onnxruntime", "cv2"} & set(loaded)
