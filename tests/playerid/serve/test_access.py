"""Who may ask the server, from where, and how much; what is refused is refused with its reason."""

import json

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from playerid.cli.main import app as command
from playerid.errors import DeploymentError
from playerid.serve.access import make_access, read_tokens
from playerid.serve.app import make_app
from tests.playerid.report.night import FILMED

READS, CORRECTS = "reads-" + 20 * "r", "corrects-" + 20 * "c"
SAID = {"said": [{"kind": "nobody", "tracklet_id": 1}], "version": ""}
CORRECTIONS = f"/v1/games/{FILMED}/corrections"


@pytest.fixture(scope="module")
def tokens(tmp_path_factory):
    path = tmp_path_factory.mktemp("tokens") / "tokens"
    path.write_text(f"# who\nvera read {READS}\n\ncora correct {CORRECTS}\n")
    return path


@pytest.fixture(scope="module")
def at_home(archive):
    """A server of this machine."""
    with TestClient(make_app(archive), base_url="http://127.0.0.1:8765") as client:
        yield client


@pytest.fixture(scope="module")
def away(archive, tokens):
    """A server with tokens."""
    access = make_access("0.0.0.0", tokens, "", ())
    with TestClient(make_app(archive, access), base_url="http://games.example") as client:
        yield client


def bearing(token):
    return {"Authorization": f"Bearer {token}"}


def test_it_does_not_start_where_others_could_ask(archive):
    result = CliRunner().invoke(command, ["serve", "--archive", archive.url, "--host", "0.0.0.0"])
    assert (result.exit_code, "--token-file" in result.output) == (1, True)


@pytest.mark.parametrize(
    "text", ["", "vera read short", f"vera admin {READS}", f"vera {READS}", "# nobody\n"]
)
def test_a_file_of_tokens_is_checked_and_no_token_is_shown(tmp_path, text):
    path = tmp_path / "tokens"
    path.write_text(text)
    with pytest.raises(DeploymentError) as error:
        read_tokens(path)
    assert READS not in str(error.value)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        (bearing("wrong" + READS), 401),
        (bearing(""), 401),
        ({"Authorization": f"Basic {READS}"}, 401),
        ({"Cookie": "playerid_token=wrong"}, 401),
        (bearing(READS), 200),
        (bearing(CORRECTS), 200),
        ({"Cookie": f"playerid_token={READS}"}, 200),
    ],
)
def test_only_known_tokens_are_answered(away, headers, status):
    for url in ("/v1/games", f"/v1/games/{FILMED}/video", "/v1/openapi.json", CORRECTIONS):
        answer = away.get(url, headers=headers)
        assert answer.status_code == status, url
        assert status == 200 or "token" in answer.json()["detail"]


def test_who_may_only_read_corrects_nothing(away, archive):
    for url in (CORRECTIONS, f"{CORRECTIONS}/preview"):
        answer = away.post(url, json=SAID, headers=bearing(READS))
        assert (answer.status_code, "role correct" in answer.json()["detail"]) == (403, True)
    assert away.post(f"/v1/games/{FILMED}/publication", headers=bearing(READS)).status_code == 403
    assert not archive.exists(f"corrections/{FILMED}.json")


def test_a_session_keeps_the_token_from_the_pages(away):
    assert away.get("/v1/session").json()["name"] is None
    assert away.post("/v1/session", json={"token": "wrong"}).status_code == 401
    answer = away.post("/v1/session", json={"token": READS})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert (away.get("/v1/session").json()["name"], away.get("/v1/games").status_code) == (
        "vera", 200,
    )  # fmt: skip
    away.delete("/v1/session")
    assert away.get("/v1/games").status_code == 401


def test_the_proxy_says_who_asks(archive):
    access = make_access("0.0.0.0", None, "X-User", ["cora"])
    with TestClient(make_app(archive, access), base_url="http://games.example") as client:
        assert client.get("/v1/games").status_code == 401
        assert client.get("/v1/games", headers={"X-User": "vera"}).status_code == 200
        roles = [
            client.get("/v1/session", headers={"X-User": name}).json()["role"]
            for name in ("vera", "cora")
        ]
    assert roles == ["read", "correct"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "http://evil.example"}, id="another site"),
        pytest.param({"Origin": "null"}, id="a page without a site"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="as the browser says"),
        pytest.param({"Origin": "http://127.0.0.1:9999"}, id="another port"),
    ],
)
def test_pages_of_other_sites_change_nothing(at_home, archive, headers):
    answer = at_home.post(CORRECTIONS, json=SAID, headers=headers)
    assert (answer.status_code, "another site" in answer.json()["detail"]) == (403, True)
    assert not archive.exists(f"corrections/{FILMED}.json")


def test_a_form_of_another_site_is_no_correction(at_home):
    """A browser sends a form without asking first; it cannot send JSON so."""
    text = {"Content-Type": "text/plain"}
    answer = at_home.post(CORRECTIONS, content=json.dumps(SAID), headers=text)
    assert answer.status_code == 422


def test_a_name_that_was_turned_to_this_machine_is_not_its_name(at_home):
    assert at_home.get("/v1/games", headers={"Host": "evil.example"}).status_code == 421
    assert at_home.get("/v1/games", headers={"Host": "localhost:8765"}).status_code == 200


def test_a_body_of_ten_megabytes_is_refused(at_home):
    answer = at_home.post(CORRECTIONS, content=b"x" * 10_000_000)
    assert (answer.status_code, "1048576 bytes" in answer.json()["detail"]) == (413, True)
    pieces = (b"x" * 100_000 for _ in range(100))  # no length is told
    answer = at_home.post(CORRECTIONS, content=pieces, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_browsers_are_told_what_they_may_do(at_home):
    for url in ("/", "/v1/games", "/v1/games/nobody", "/nothing"):
        headers = at_home.get(url).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
