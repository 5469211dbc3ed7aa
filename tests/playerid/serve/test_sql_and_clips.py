"""Questions in SQL, clips, and how the archive stands."""

import io
from dataclasses import replace

import av
import pytest
from starlette.testclient import TestClient

from playerid.serve import sql_routes
from playerid.serve.app import make_app
from tests.playerid.report.night import FILMED, IMPORTED


@pytest.fixture(scope="module")
def client(archive):
    app = make_app(archive, has_sql=True)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def ask(client, query, **more):
    return client.post("/v1/sql", json={"query": query, **more})


def test_sql_is_off_unless_it_is_wanted(archive):
    with TestClient(make_app(archive), base_url="http://127.0.0.1") as client:
        assert ask(client, "select 1").status_code in {404, 405}
        assert client.get("/v1/session").json()["has_sql"] is False


def test_questions_are_answered_and_cut(client):
    answer = ask(client, "select player_id from lane_time where offence_lane_s > 4 order by 1")
    assert answer.json() == {"is_cut": False, "rows": [{"player_id": "H5"}]}
    cut = ask(client, "select range as n from range(5)", limit=2).json()
    assert cut == {"is_cut": True, "rows": [{"n": 0}, {"n": 1}]}
    own = ask(client, "select distinct game_id from games", game_id=IMPORTED).json()
    assert own["rows"] == [{"game_id": IMPORTED}]


@pytest.mark.parametrize(
    "query",
    [
        "copy games to '{folder}/stolen.csv'",
        "select * from read_csv('/etc/passwd')",
        "from read_text('{archive}/games/0020000001/game.json')",
        "from '{folder}/secret.csv'",
        "create table t as select 1; copy t to '{archive}/tables/t.parquet'",
        "attach '{folder}/new.duckdb' as other",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "reset lock_configuration",
        "explain analyze copy games to '{folder}/stolen.csv'",
        "from read_csv('https://games.example/x.csv')",
        "export database '{folder}/all'",
        "selekt 1",
        "",
    ],
)
def test_questions_reach_nothing_else(client, archive, tmp_path, query):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    before = sorted(archive.find(""))
    text = query.format(folder=tmp_path, archive=archive.url)
    answer = ask(client, text)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]
    assert sorted(archive.find("")) == before


def test_a_question_cannot_take_all_memory(client):
    query = "select count(distinct repeat('x', 1000) || range) from range(5000000)"  # 5 GB
    heavy = ask(client, query)
    assert heavy.status_code == 422
    assert "Out of Memory" in heavy.json()["detail"]


def test_a_question_that_takes_too_long_may_be_asked_again(client, monkeypatch):
    monkeypatch.setattr(sql_routes, "LIMITS", replace(sql_routes.LIMITS, seconds=0.3))
    slow = ask(client, "select count(*) from range(100000000000) where range % 7 = 1")
    assert (slow.status_code, slow.headers["retry-after"]) == (503, "30")
    assert "longer than 0.3 s" in slow.json()["detail"]
    assert ask(client, "select 1 as a").json()["rows"] == [{"a": 1}]


def test_a_question_of_one_is_not_seen_by_the_next(client):
    assert ask(client, "create table mine as select 1 as a; from mine").status_code == 200
    assert ask(client, "from mine").status_code == 422


def test_a_clip_is_the_stretch_that_was_asked_for(client):
    """The video has 10 frames a second, brighter from frame to frame by 2, from 10 on."""
    answer = client.get(f"/v1/games/{FILMED}/clip?from=2&to=3.5")
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content)) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
        assert float(container.streams.video[0].average_rate) == 10
    assert len(frames) == 15
    assert frames[0].mean() == pytest.approx(10 + 2 * 20, abs=3)
    assert frames[-1].mean() == pytest.approx(10 + 2 * 34, abs=3)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        (f"/v1/games/{FILMED}/clip?from=2&to=63", 422),
        (f"/v1/games/{FILMED}/clip?from=3&to=2", 422),
        (f"/v1/games/{FILMED}/clip?from=500&to=501", 404),
        (f"/v1/games/{IMPORTED}/clip?from=1&to=2", 404),
        ("/v1/games/nobody/clip?from=1&to=2", 404),
        (f"/v1/games/{FILMED}/clip", 422),
    ],
)
def test_a_clip_that_is_not_there_is_refused(client, url, status):
    assert client.get(url).status_code == status


def test_every_game_stands_somewhere(client):
    rows = {row["game_id"]: row for row in client.get("/v1/status").json()["rows"]}
    assert {name: row["state"] for name, row in rows.items()} == {
        FILMED: "published", IMPORTED: "published", "0020000003": "set aside",
    }  # fmt: skip
    assert (rows["0020000003"]["reason"], rows[FILMED]["reason"]) == ("no video", "")
    aside = client.get("/v1/status", params={"state": "set aside"}).json()["rows"]
    assert [row["game_id"] for row in aside] == ["0020000003"]
