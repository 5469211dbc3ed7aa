"""Corrections through the server: what they would change, two people at once, and publishing."""

import time

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from flows.process_game import process_game
from playerid.serve.access import Access, Visitor, token_digest
from playerid.serve.app import make_app
from tasks.by_hand import DecidesByHand
from tasks.platform.here import run

GAME = "/v1/games/g1"
ANNA, BERT = ({"Authorization": f"Bearer {name}"} for name in ("anna", "bert"))


@pytest.fixture
def client(archive, settings, add_game):
    """A server of a game of 20 tracklets, ten people in each of two segments, 10 boxes each."""
    run(process_game, add_game("g1"), settings)
    people = {token_digest(name): Visitor(name, "correct") for name in ("anna", "bert")}
    decider = DecidesByHand(archive, lambda game, given: run(process_game, game, given))
    app = make_app(archive, Access(people), decider)
    with TestClient(app, base_url="http://games.example", headers=ANNA) as client:
        yield client


def identities(client):
    rows = client.get(f"{GAME}/identities").json()["rows"]
    return {row["tracklet_id"]: row for row in rows}


def said(kind, version="", **about):
    return {"said": [{"kind": kind, **about}], "version": version}


def as_described(client, path, content):
    """The answer of a POST, which has the form that OpenAPI says."""
    answer = client.post(f"{GAME}{path}", json=content)
    is_as_described(client, answer, path, str(answer.status_code))
    return answer.json()


def is_as_described(client, answer, path, status):
    """Whether the answer of a POST has the form that OpenAPI says."""
    routes = client.get("/v1/openapi.json").json()["paths"]
    told = routes[f"/v1/games/{{game_id}}{path}"]["post"]["responses"][status]["content"]
    Draft202012Validator(told["application/json"]["schema"]).validate(answer.json())


def working_tables(archive):
    found = archive.find("interim")
    return {path for path in found if path.endswith(".parquet")}


def test_a_correction_is_looked_at_saved_and_published_and_no_model_runs(client, archive):
    before, made = client.get(GAME), working_tables(archive)
    statements = [
        {"kind": "player", "tracklet_id": 1, "who": "home-3"},
        {"kind": "player", "tracklet_id": 5, "who": "home-4"},
    ]
    both = {"said": statements, "version": ""}
    preview = as_described(client, "/corrections/preview", both)
    for tracklet, who in ((1, "home-3"), (5, "home-4")):
        assert change(preview, tracklet) == (None, who, 10, 0.0, 0.9)
    assert preview["gained"] >= 20
    assert (preview["lost"], preview["renamed"]) == (0, 0)
    assert not archive.exists("corrections/g1.json")

    kept = client.post(f"{GAME}/corrections", json=both)
    assert kept.status_code == 201
    first, second = kept.json()["corrections"]
    assert (first["player_id"], first["said_by"]) == ("home-3", "anna")
    assert first["said_at"].endswith("Z")
    assert ([first["tracklet_ids"], second["tracklet_ids"]]) == [[1], [5]]
    assert kept.json()["is_published"] is False
    assert identities(client)[1]["player_id"] is None

    assert client.post(f"{GAME}/publication").json()["state"] in {"waiting", "running"}
    ended = until_published(client)
    row = identities(client)[1]
    assert (row["player_id"], row["source"], row["identity_prob"]) == ("home-3", "by hand", 1.0)
    assert ended["publication"] != before.json()["publication"]
    assert client.get(f"{GAME}/corrections").json()["is_published"] is True
    again = client.get(GAME, headers={"If-None-Match": before.headers["etag"]})
    assert again.status_code == 200
    new = {path.split("/")[2] for path in working_tables(archive) - made}
    assert new <= {"atom_boxes", "identities"}
    rows = client.get(f"{GAME}/frames?from=0&to=10").json()["rows"]
    named = sum(row["player_id"] is not None for row in rows)
    assert named == preview["gained"]
    turn_what_is_named(client, kept.json()["version"])


def turn_what_is_named(client, version):
    """Previews about a game in which tracklets 1 and 5 are named by hand."""
    url = f"{GAME}/corrections/preview"
    pair = {"kind": "swap", "tracklet_id": 1, "other_id": 5, "from_s": 0.45}
    swapped = {"remove": [0, 1], "said": [pair], "version": version}
    preview = client.post(url, json=swapped).json()
    assert change(preview, 1, "home-4") == ("home-3", "home-4", 5, 0.5, 0.9)
    assert change(preview, 5, "home-3") == ("home-4", "home-3", 5, 0.5, 0.9)
    nobody = {"remove": [0], "said": [{"kind": "nobody", "tracklet_id": 1}], "version": version}
    assert change(client.post(url, json=nobody).json(), 1) == ("home-3", None, 10, 0.0, 0.9)


def change(preview, tracklet, after=...):
    """What becomes of a tracklet: name before and after, rows, first and last time."""
    (found,) = (
        each
        for each in preview["stretches"]
        if each["tracklet_id"] == tracklet and after in {..., each["after"]}
    )
    return tuple(found[name] for name in ("before", "after", "rows", "start_s", "end_s"))


def until_published(client):
    for _ in range(3000):
        found = client.get(f"{GAME}/publication").json()
        if found["state"] in {"published", "failed"}:
            assert found["state"] == "published", found
            return found
        time.sleep(0.1)
    raise AssertionError("it never ended")


def test_of_two_people_neither_loses_work(client):
    first, second = (t for t, row in list(identities(client).items())[:2])
    version = client.get(f"{GAME}/corrections").json()["version"]
    by_anna = said("nobody", version, tracklet_id=first)
    by_bert = said("team", version, tracklet_id=second, who="away")
    assert client.post(f"{GAME}/corrections", json=by_anna).status_code == 201
    late = client.post(f"{GAME}/corrections", json=by_bert, headers=BERT)
    assert late.status_code == 409
    is_as_described(client, late, "/corrections", "409")
    (added,) = late.json()["changed"]["added"]
    assert (added["is_nobody"], added["said_by"]) == (True, "anna")
    assert late.json()["changed"]["removed"] == []
    again = client.post(
        f"{GAME}/corrections", json=by_bert | {"version": late.json()["version"]}, headers=BERT
    )
    is_as_described(client, again, "/corrections", "201")
    assert [c["said_by"] for c in again.json()["corrections"]] == ["anna", "bert"]
    assert again.json()["corrections"][1]["team_id"] == "AWAY"
    undone = {"remove": [0], "version": again.json()["version"]}
    left = client.post(f"{GAME}/corrections", json=undone).json()["corrections"]
    assert [c["said_by"] for c in left] == ["bert"]


def test_statements_that_cannot_be_are_refused(client, archive):
    one, url = 1, f"{GAME}/corrections/preview"
    for wrong in (
        said("player", tracklet_id=one, who="nobody-9"),
        said("player", tracklet_id=one),
        said("player", tracklet_id=1_000_000, who="home-3"),
        said("team", tracklet_id=one, who="home-3"),
        said("swap", tracklet_id=one, other_id=one, from_s=1),
        said("swap", tracklet_id=one, other_id=3, from_s=0.5),  # nobody is named
        said("wrong team", tracklet_id=one),  # nobody knows theirs
        said("home is the other"),
        said("praise", tracklet_id=one),
        said("nobody"),
        {"remove": [7], "version": ""},
    ):
        answer = client.post(url, json=wrong)
        assert (answer.status_code, bool(answer.json()["detail"])) == (422, True), wrong
    assert not archive.exists("corrections/g1.json")


def test_what_helps_most_comes_first(client):
    rows = client.get(f"{GAME}/corrections/suggestions?limit=200").json()["rows"]
    known = identities(client)
    expected = {
        t: row["frames"]
        * (
            1 - row["identity_prob"]
            if row["player_id"]
            else sum(row["player_candidate_probs"] or [0])
        )
        for t, row in known.items()
    }
    assert {r["tracklet_id"]: r["expected_rows"] for r in rows} == {
        t: pytest.approx(gain, abs=1e-3) for t, gain in expected.items() if gain > 0
    }
    gains = [row["expected_rows"] for row in rows]
    assert gains == sorted(gains, reverse=True)
    assert all(row["start_s"] <= row["moment_s"] <= row["end_s"] for row in rows)
    assert client.get(f"{GAME}/corrections/suggestions?limit=3").json()["rows"] == rows[:3]
