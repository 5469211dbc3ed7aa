"""What every query of `sql/` keeps to, and what the checks find."""

import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from playerid.queries import checks, parse, sets_read, views
from playerid.tables import PUBLIC_TABLES
from playerid.warehouse import warehouse
from tests.sql.handmade import Game, Person, at, between, handler_and_marker, open_game

TABLES = {table.name for table in PUBLIC_TABLES} | {"leagues"}
ALL = (*views(), *checks())
KEYWORDS = (
    "select|from|where|group by|order by|having|with|as|and|or|not|null|case|when|then|else|end"
    "|inner join|left join|over|partition|window|union|in|between|coalesce|sum|count|lag|lead"
)


def ids(view):
    return f"{view.layer}/{view.name}"


def code_of(view):
    return "\n".join(re.sub(r"--.*", "", line) for line in view.query.splitlines())


@pytest.fixture(scope="module")
def small_warehouse(tmp_path_factory):
    """Six seconds: a handler, a marker, a centre in the lane, a referee, one other segment."""
    people = [
        *handler_and_marker(),
        Person(5, "HOM", between(1.0, 5.0, (12.0, 0.0)), "H5", 0.9),
        Person(31, None, at((0.0, -7.0)), role="referee"),
    ]
    game = Game(people, 7.0, cuts=(6.0,), views=("main", "other"))
    return open_game(tmp_path_factory.mktemp("small"), game)


@pytest.mark.parametrize("view", views(), ids=ids)
def test_header_documents_exactly_the_columns(view, small_warehouse):
    answer = small_warehouse.execute(f"from {view.name}")
    assert [name for name, _ in view.columns] == [column[0] for column in answer.description]
    assert view.about
    assert all(meaning.rstrip(".") for _, meaning in view.columns)


# A view that reads nothing is a constant: fitted weights.
@pytest.mark.parametrize("view", [v for v in views() if sets_read([v.query])[0]], ids=ids)
def test_view_is_empty_without_games(view):
    assert warehouse.connect({}).execute(f"from {view.name}").fetchall() == []


@pytest.mark.parametrize("view", ALL, ids=ids)
def test_one_select_with_explicit_columns_in_lower_case(view):
    code = code_of(view)
    assert ";" not in code
    (tree,) = parse([view.query])
    last = tree["statements"][0]["node"]
    for select in last.get("children", [last]):
        assert {column["class"] for column in select["select_list"]} & {"STAR"} == set()
    assert re.search(rf"\b({KEYWORDS})\b".upper(), code) is None
    assert max(len(line) for line in view.query.splitlines()) <= 100


@pytest.mark.parametrize("view", ALL, ids=ids)
def test_layers_read_the_layers_before(view):
    layers = {"base", "stats"} if view.layer == "agreement" else {"base"}
    before = {v.name for v in views() if v.layer in layers}
    (read,) = sets_read([view.query])
    assert read - (TABLES | before) == set()


def test_every_measured_column_names_its_unit(small_warehouse):
    kinds = small_warehouse.execute(
        "select table_name, column_name from duckdb_columns() "
        "where data_type in ('DOUBLE', 'FLOAT') and table_name in "
        f"({', '.join(repr(v.name) for v in views())})"
    ).fetchall()
    units = r"_(s|m|m2|mps|prob|share|score|points|per_second)$"
    assert [k for k in kinds if not re.search(units, k[1])] == []


def test_a_good_game_passes_every_check(small_warehouse):
    assert {k: n for k, n in warehouse.run_checks(small_warehouse).items() if n} == {}


def test_empty_tables_pass_every_check():
    assert not any(warehouse.run_checks(warehouse.connect({})).values())


def spoil(tmp_path, table, change):
    """Rows offending each check after `change` was made to the Arrow rows of one table."""
    people = [*handler_and_marker(), Person(5, "HOM", at((12.0, 0.0)), "H5", 0.9)]
    open_game(tmp_path, Game(people, 1.0)).close()
    files = {t.name: [str(next(tmp_path.glob(f"{t.name}-*")))] for t in PUBLIC_TABLES}
    rows = pq.read_table(files[table])
    pq.write_table(change(rows), files[table][0])
    counts = warehouse.run_checks(warehouse.connect(files))
    return {name for name, count in counts.items() if count}


def overwrite(column, value, where=lambda row: True):
    def change(rows):
        changed = [{**r, column: value} if where(r) else r for r in rows.to_pylist()]
        return pa.Table.from_pylist(changed, rows.schema)

    return change


def of_tracklet(tracklet):
    return lambda row: row["tracklet_id"] == tracklet


@pytest.mark.parametrize(
    ("table", "change", "found"),
    [
        pytest.param(
            "player_frames",
            overwrite("player_id", "H1", of_tracklet(5)),
            {"player_twice_in_frame", "players_teleport"},
            id="one player on two tracklets",
        ),
        pytest.param(
            "player_frames",
            overwrite("team_id", "AWY", lambda r: r["tracklet_id"] == 5 and r["time_s"] < 0.5),
            {"player_on_both_teams", "player_not_of_team"},
            id="a player who changes teams",
        ),
        pytest.param(
            "player_frames",
            overwrite("player_id", "X9", of_tracklet(5)),
            {"player_not_of_team"},
            id="a player who is not on the roster",
        ),
        pytest.param(
            "player_frames",
            overwrite("identity_prob", None, of_tracklet(5)),
            {"name_without_probability"},
            id="a name without its probability",
        ),
        pytest.param(
            "player_frames",
            overwrite("court_x_m", 60.0, of_tracklet(5)),
            {"off_court"},
            id="a third of the positions off the court",
        ),
        pytest.param(
            "player_frames",
            overwrite("court_y_m", None, of_tracklet(5)),
            {"half_a_position"},
            id="half a position",
        ),
        pytest.param(
            "player_frames",
            lambda rows: pa.concat_tables([rows, rows.slice(0, 1)]),
            {"duplicate_key", "player_twice_in_frame"},
            id="a row twice",
        ),
        pytest.param(
            "player_frames",
            overwrite("segment_index", 7, of_tracklet(5)),
            {"frame_outside_segment"},
            id="a segment that is not there",
        ),
        pytest.param(
            "player_frames",
            overwrite("time_s", 0.0, lambda r: r["frame_index"] == 3),
            {"time_not_increasing"},
            id="a time that goes back",
        ),
        pytest.param(
            "games", overwrite("league", "moon"), {"unknown_league"}, id="an unknown league"
        ),
        pytest.param(
            "ball_frames",
            overwrite("holder_tracklet_id", 77),
            {"unknown_holder"},
            id="a holder who is not there",
        ),
    ],
)
def test_check_finds(tmp_path, table, change, found):
    assert spoil(tmp_path, table, change) == found


def test_check_finds_six_of_a_team(tmp_path):
    people = [Person(i, "HOM", at((float(i), 0.0)), f"H{i}", 0.9) for i in range(6)]
    counts = warehouse.run_checks(open_game(tmp_path, Game(people, 1.0)))
    assert {name for name, count in counts.items() if count} == {"too_many_of_a_team"}


def test_check_finds_a_tracklet_in_two_segments(tmp_path):
    rows = [Person(1, "HOM", at((0.0, 0.0)), "H1", 0.9)]
    open_game(tmp_path, Game(rows, 1.0, cuts=(0.5,))).close()
    files = {t.name: [str(next(tmp_path.glob(f"{t.name}-*")))] for t in PUBLIC_TABLES}
    table = pq.read_table(files["player_frames"])
    pq.write_table(overwrite("tracklet_id", 1)(table), files["player_frames"][0])
    counts = warehouse.run_checks(warehouse.connect(files))
    assert {k for k, n in counts.items() if n} >= {"tracklet_in_two_segments"}


def failed(connection):
    return {name for name, count in warehouse.run_checks(connection).items() if count}


@pytest.mark.parametrize(("step_m", "found"), [(3.0, set()), (20.0, {"players_teleport"})])
def test_check_finds_a_player_who_jumps_between_tracklets(tmp_path, step_m, found):
    """Four tracklets of half a second, each `step_m` from the last: three changes in 0.1 s."""
    people = [
        Person(k + 1, "HOM", between(0.6 * k, 0.6 * k + 0.5, (x, 0.0), None), "H1", 0.9)
        for k, x in enumerate((0.0, step_m, 0.0, step_m))
    ]
    game = Game(people, 2.5, holder=lambda _: None)
    assert failed(open_game(tmp_path, game)) - {"off_court"} == found


@pytest.mark.parametrize(("wrong", "found"), [(4, set()), (5, {"numbers_against_teams"})])
def test_check_finds_numbers_that_nobody_of_the_team_wears(tmp_path, wrong, found):
    """Ten tracklets of HOM with a number: `wrong` of them show one that only AWY wears."""
    people = [
        Person(1, "HOM", at((0.0, 0.0)), "H1", 0.9), Person(11, "AWY", at((1.0, 0.0)), "A1", 0.9),
    ]  # fmt: skip
    open_game(tmp_path, Game(people, 1.0)).close()
    files = {t.name: [str(next(tmp_path.glob(f"{t.name}-*")))] for t in PUBLIC_TABLES}
    table = next(t for t in PUBLIC_TABLES if t.name == "identities")
    rows = [
        {
            "game_id": "0020000001", "tracklet_id": k, "segment_index": 0, "start_s": 0.0,
            "end_s": 1.0, "role": "player", "team_id": "HOM", "readings_for": 3,
            "readings_against": 0, "jersey_number": "11" if k < wrong else "1",
        }
        for k in range(10)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, table.schema), files["identities"][0])
    assert failed(warehouse.connect(files)) == found


@pytest.mark.parametrize(
    ("played_s", "found"),
    [
        pytest.param((20.0, 10.0), set(), id="as seen"),
        pytest.param((12.0, 18.0), {"minutes_against_box_score"}, id="the other way round"),
        pytest.param((None, None), set(), id="no box score"),
    ],
)
def test_check_finds_minutes_that_the_box_score_has_not(tmp_path, played_s, found):
    """H1 is seen for two thirds of HOM's time, H2 for one; 0.27 of it would have to be H2's."""
    people = [
        Person(1, "HOM", between(0, 2, (5.0, 5.0), None), "H1", 0.9),
        Person(2, "HOM", between(0, 1, (2.0, 5.0), None), "H2", 0.9),
    ]
    rosters = [
        {
            "game_id": "0020000001", "player_id": f"H{k}", "team_id": "HOM", "player_name": "x",
            "jersey_number": str(k), "active": True, "played_s": seconds,
        }
        for k, seconds in zip((1, 2), played_s, strict=True)
    ]  # fmt: skip
    game = Game(people, 2.0, holder=lambda _: None, rosters=rosters)
    assert failed(open_game(tmp_path, game)) == found


@pytest.fixture(scope="module")
def with_and_without_bystanders(tmp_path_factory):
    """The same game twice: once with people in the lane and beside the ball who do not play."""
    acts = ("in-possession", "jump-shot", "shot-block")
    strangers = [
        Person(40 + seat, None, at((12.0 - seat, 0.5)), role="other", action=lambda _, a=act: a)
        for seat, act in enumerate(acts)
    ]
    players = [
        *handler_and_marker(),
        Person(5, "HOM", between(1.0, 5.0, (12.0, 0.0)), "H5", 0.9),
        Person(15, "AWY", at((11.0, 1.0)), "A5", 0.9),
        Person(31, None, at((0.0, -7.0)), role="referee"),
    ]
    shots = {"holder": lambda t: 1 if t < 4.0 else None, "scored": lambda t: 4.8 <= t <= 5.0}
    return [
        open_game(tmp_path_factory.mktemp("game"), Game(people, 7.0, **shots))
        for people in (players, [*players, *strangers])
    ]


READ_PEOPLE = [
    view for view in (*views(), *checks()) if re.search(r"\bplayer_frames\b", code_of(view))
]
"""Every other one reads people through these."""


@pytest.mark.parametrize("view", READ_PEOPLE, ids=ids)
def test_who_does_not_play_is_in_no_view(view, with_and_without_bystanders):
    """Nobody of role "other" is taken for a player or a referee, whatever he seems to do."""
    seen = [
        sorted(map(repr, opened.execute(f"from ({view.query})").fetchall()))
        for opened in with_and_without_bystanders
    ]
    if view.name == "players":
        seen = [[row for row in rows if "'other'" not in row] for rows in seen]
    assert seen[1] == seen[0]


def test_people_have_their_role(with_and_without_bystanders):
    _, opened = with_and_without_bystanders
    counts = opened.execute("select role, count(*) from players group by role order by role")
    assert counts.fetchall() == [("other", 213), ("player", 284), ("referee", 71)]
