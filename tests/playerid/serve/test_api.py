"""The API over two small published games: what it answers, how it pages, what it refuses."""

import io

import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from playerid.queries import views
from playerid.serve.app import make_app
from playerid.serve.event_kinds import EVENTS
from tests.playerid.report.night import FILMED, IMPORTED, NASTY_NAME

ARROW = {"Accept": "application/vnd.apache.arrow.stream"}


@pytest.fixture(scope="module")
def client(archive):
    with TestClient(make_app(archive), base_url="http://127.0.0.1") as client:
        yield client


def test_seasons_games_and_players_are_listed(client):
    (season,) = client.get("/v1/seasons").json()["rows"]
    assert (season["season"], season["games"], season["first_date"]) == ("2025-26", 2, "2026-01-02")
    games = client.get("/v1/games").json()
    assert [row["game_id"] for row in games["rows"]] == [FILMED, IMPORTED]
    players = client.get("/v1/players", params={"name": "ann"}).json()["rows"]
    assert [(row["player_id"], row["player_name"], row["games"]) for row in players] == [
        ("H5", NASTY_NAME, 2)
    ]


def test_pages_say_where_the_next_begins(client):
    first = client.get("/v1/games?limit=1").json()
    assert (first["total"], first["next_offset"]) == (2, 1)
    second = client.get("/v1/games?limit=1&offset=1").json()
    assert second["next_offset"] is None
    assert [first["rows"][0]["game_id"], second["rows"][0]["game_id"]] == [FILMED, IMPORTED]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("season=2025-26", 2),
        ("season=1999-00", 0),
        ("team_id=AWY", 2),
        ("team_id=XXX", 0),
        ("player_id=H5", 2),
        ("player_id=H9", 0),
        ("from_date=2026-01-02&to_date=2026-01-02", 2),
        ("from_date=2026-01-03", 0),
    ],
)
def test_games_are_filtered(client, query, found):
    assert client.get(f"/v1/games?{query}").json()["total"] == found


def test_frames_are_half_open_and_hold_people_ball_and_clock(client):
    answer = client.get(f"/v1/games/{FILMED}/frames?from=1&to=1.2").json()
    assert {row["time_s"] for row in answer["rows"]} == {1.0, 1.1}
    assert len(answer["rows"]) == 2 * 3  # handler, marker and centre
    assert [row["time_s"] for row in answer["ball"]] == [1.0, 1.1]
    assert [row["game_clock_s"] for row in answer["clock"]] == [599.0, 598.9]


def test_arrow_holds_the_same_rows(client):
    url = f"/v1/games/{FILMED}/frames?from=1&to=1.2"
    answer = client.get(url, headers=ARROW)
    rows = pa.ipc.open_stream(io.BytesIO(answer.content)).read_all()
    plain = client.get(url).json()["rows"]
    assert rows["tracklet_id"].to_pylist() == [row["tracklet_id"] for row in plain]
    assert rows.schema.field("identity_prob").type == pa.float32()


def test_every_view_is_answered_with_its_columns(client):
    for view in (view for view in views() if view.sport in {"", "basketball"}):
        answer = client.get(f"/v1/statistics/{view.name}?game_id={FILMED}&limit=2")
        assert answer.status_code == 200, (view.name, answer.text)
        for row in answer.json()["rows"]:
            assert list(row) == [name for name, _ in view.columns]


def test_a_statistic_is_filtered_ordered_and_paged(client):
    url = "/v1/statistics/lane_time?columns=game_id,player_id&order=-player_id"
    whole = client.get(url).json()["rows"]
    assert [row["player_id"] for row in whole] == ["H5", "H5", "H1", "H1", "A1", "A1"]
    paged = [client.get(f"{url}&limit=2&offset={n}").json()["rows"] for n in (0, 2, 4)]
    assert [row for page in paged for row in page] == whole
    only = client.get(f"{url}&player_id=H1&player_id=A1&game_id={IMPORTED}").json()["rows"]
    assert [row["player_id"] for row in only] == ["H1", "A1"]


def test_events_stand_in_the_order_of_time(client):
    events = client.get(f"/v1/games/{FILMED}/events").json()["rows"]
    assert {"violation", "possession", "touch", "lane stay"} <= {row["kind"] for row in events}
    for kind in EVENTS:  # each has the columns that it needs, also where nothing was seen
        assert client.get(f"/v1/games/{FILMED}/events?kind={kind}").status_code == 200, kind
    assert {"screen", "cut", "closeout", "fast break", "defence", "pass"} < set(EVENTS)
    assert [row["start_s"] for row in events] == sorted(row["start_s"] for row in events)
    (violation,) = (row for row in events if row["kind"] == "violation")
    assert (violation["player_name"], violation["details"]["grade"]) == (NASTY_NAME, "clear")


def test_who_has_an_answer_is_told_so(client):
    first = client.get(f"/v1/games/{FILMED}")
    again = client.get(f"/v1/games/{FILMED}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    as_arrow = {"If-None-Match": first.headers["etag"], **ARROW}
    assert client.get(f"/v1/games/{FILMED}/segments", headers=as_arrow).status_code == 200


def test_no_answer_can_be_taken_for_markup(client):
    for url in ("/v1/players", f"/v1/games/{FILMED}", f"/v1/games/{FILMED}/events"):
        assert b"<" not in client.get(url).content


def test_a_video_is_read_in_ranges(client, archive):
    whole = archive.read(f"games/{FILMED}/video.mp4")
    url = f"/v1/games/{FILMED}/video"
    assert client.get(url).content == whole
    for asked, expected in (("0-9", whole[:10]), ("10-", whole[10:]), ("-7", whole[-7:])):
        answer = client.get(url, headers={"Range": f"bytes={asked}"})
        assert (answer.status_code, answer.content) == (206, expected)
    assert client.head(url).headers["content-length"] == str(len(whole))


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=5-2", "bytes=-", "lines=1-2"])
def test_a_range_that_is_not_there_is_refused(client, archive, asked):
    answer = client.get(f"/v1/games/{FILMED}/video", headers={"Range": asked})
    size = len(archive.read(f"games/{FILMED}/video.mp4"))
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{size}")


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/v1/games/nobody", 404),
        ("/v1/games/..%2f..%2fetc%2fpasswd", 404),
        ("/v1/games/%2e%2e/video", 404),
        (f"/v1/games/{IMPORTED}/video", 404),
        (f"/v1/games/{FILMED}/video?index=1", 404),
        (f"/v1/games/{FILMED}/video?index=-1", 422),
        (f"/v1/games/{FILMED}/frames?from=5&to=1", 422),
        (f"/v1/games/{FILMED}/frames?to=601", 422),
        (f"/v1/games/{FILMED}/events?kind=goal", 422),
        (f"/v1/games/{FILMED}/segments?limit=1", 422),
        ("/v1/games?limit=0", 422),
        ("/v1/games?sason=2025-26", 422),
        ("/v1/statistics/nothing", 404),
        ("/v1/statistics/lane_time?player=H1", 422),
        ("/v1/statistics/lane_time?order=player_id;drop", 422),
        ("/v1/statistics/lane_time?columns=*", 422),
        ("/v1/statistics/lane_time?observed_s=much", 422),
        ("/v1/statistics/lane_time?game_id=nobody", 404),
        ("/studio/../../pyproject.toml", 404),
    ],
)
def test_what_cannot_be_answered_says_why(client, url, status):
    answer = client.get(url)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_every_answer_is_as_it_is_described(client):
    """Every route says what it returns; what it returns has these columns and types, no others."""
    described = client.get("/v1/openapi.json").json()["paths"]
    good = {path: {way: {int(code): answer for code, answer in each["responses"].items()
                         if code.startswith("2")} for way, each in ways.items()}
            for path, ways in described.items() if path.startswith("/v1")}  # fmt: skip
    for path, ways in good.items():
        for way, answers in ways.items():
            for code, answer in answers.items():
                forms = answer.get("content", {}).values()
                assert all(form["schema"] for form in forms), (path, way)
                assert forms or code == 204, (path, way)
    asked = 0
    for path, ways in good.items():
        for game in (FILMED, IMPORTED):
            url = path.format(game_id=game, view="lane_time")
            answer = client.get(url, params={"from": 1, "to": 2} if "/frames" in url else {})
            form = ways.get("get", {}).get(200, {}).get("content", {}).get("application/json")
            if form and answer.status_code == 200:
                Draft202012Validator(form["schema"]).validate(answer.json())
                asked += 1
    assert asked >= 2 * 14


def test_the_api_is_described(client):
    paths = client.get("/v1/openapi.json").json()["paths"]
    assert "/v1/games/{game_id}/frames" in paths
    assert all(way["description"] for ways in paths.values() for way in ways.values())
