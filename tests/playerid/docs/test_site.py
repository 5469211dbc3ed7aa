"""The pages of the schema say what the warehouse holds; the worked questions are answered."""

import html
import json
import re
from pathlib import Path

import pytest

from playerid.archive.archive import Archive
from playerid.docs.answer_plots import draw_answer
from playerid.docs.questions import questions, read_question
from playerid.docs.reading import MAP, NEEDED_FIRST
from playerid.docs.site import PAGES, faults, security, unit_of, write_site
from playerid.errors import TableError
from playerid.queries import checks, parse_macros, views
from playerid.tables import PUBLIC_TABLES
from playerid.warehouse.warehouse import connect
from tests.playerid.report.night import make_night


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_night(tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="module")
def site(archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    write_site(folder, archive)
    return {page: (folder / f"{page}.html").read_text("utf-8") for page in PAGES}


def section(page, name):
    return re.search(rf'<h2 id="{name}">(.*?)(?=<h2|\Z)', page, re.DOTALL)[1]


def test_every_column_of_the_warehouse_is_on_a_page_with_its_type_and_comment(site):
    columns = (
        connect({})
        .sql("""
        select table_name, column_name, comment from duckdb_columns()
        where schema_name = 'main' and table_name <> 'leagues' and not internal
    """)
        .fetchall()
    )
    assert len(columns) > 150
    for table, column, comment in columns:
        page = site["views" if table in {view.name for view in views()} else "tables"]
        told = section(page, table)
        assert f"<code>{column}</code>" in told
        assert html.escape(comment).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in told


def test_every_macro_of_the_warehouse_is_on_its_page_with_its_meaning(site):
    made = (
        connect({})
        .sql("""
        select function_name from duckdb_functions()
        where function_type in ('macro', 'table_macro') and schema_name = 'main' and not internal
    """)
        .fetchall()
    )
    told = re.findall(r'<tr id="(\w+)">.*?<td>(.+?)</td></tr>', site["macros"], re.DOTALL)
    assert {name for (name,) in made} == {name for name, _ in told}


def test_a_comment_holds_up_to_the_next():
    script = "-- Of all.\n\n-- Of both,\n-- each.\n" + "\n".join([
        "create or replace macro a(x) as x / 2;", "create or replace macro b() as if(", "    1,",
        "    2", ");", "-- Of c.", "create or replace macro c() as 3;", "",
        "create or replace macro d() as 4;",
    ])  # fmt: skip
    found = [(macro.name, macro.value, macro.about) for macro in parse_macros(script)]
    assert found == [
        ("a(x)", "x / 2", "Of both, each."),
        ("b()", "if( 1, 2 )", "Of both, each."),
        ("c()", "3", "Of c."),
        ("d()", "4", ""),
    ]


def test_every_check_has_a_section(site):
    assert re.findall(r'<h2 id="(\w+)">', site["checks"]) == [check.name for check in checks()]


@pytest.mark.parametrize("part", security(), ids=lambda part: part["name"])
def test_the_tests_of_the_page_of_security_are_there(site, part):
    told = html.unescape(site["security"])
    assert part["trusted"] in told
    assert part["untrusted"] in told
    assert_tests_are_there(part["tests"], told)


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault["wrong"][:30])
def test_every_fault_of_the_first_version_has_tests_that_are_there(site, fault):
    told = html.unescape(site["security"])
    assert fault["wrong"] in told
    assert_tests_are_there(fault["tests"], told)


def assert_tests_are_there(tests, told):
    assert tests
    for test in tests:
        file, _, name = test.partition("::")
        assert f"\ndef {name}(" in (Path(__file__).parents[3] / file).read_text("utf-8"), test
        assert test in told


def test_links_between_the_pages_lead_somewhere(site):
    for page in site.values():
        for target, anchor in re.findall(r'href="(\w+)\.html(?:#(\w+))?"', page):
            assert target in site
            assert not anchor or f'id="{anchor}"' in site[target]


@pytest.mark.parametrize(
    ("column", "unit"),
    [("court_x_m", "metres"), ("mean_speed_mps", "metres a second"), ("player_id", "")],
)
def test_a_unit_is_the_end_of_the_name(column, unit):
    assert unit_of(column) == unit


def test_views_come_in_the_order_in_which_people_need_them(site):
    shown = re.findall(r'<h2 id="(\w+)">', site["views"])
    assert shown[:3] == ["minutes", "observed_time", "player_distance"]
    assert set(NEEDED_FIRST) <= {view.name for view in views()}
    layers = {view.name: view.layer for view in views()}
    others = [layers[name] for name in shown if name not in NEEDED_FIRST]
    assert others == sorted(others, key=["stats", "base", "agreement"].index)


def test_the_columns_of_a_join_are_in_both_tables(site):
    columns = {table.name: set(table.schema.names) for table in PUBLIC_TABLES}
    for name, place in MAP.items():
        for other, joined in place.joins:
            assert set(joined.split(", ")) <= columns[name] & columns[other]
    assert all(f'href="tables.html#{name}"' in site["reading"] for name in columns)


def test_the_grades_are_explained_and_the_court_has_its_corners(site):
    (view,) = [view for view in views() if view.name == "three_second_violations"]
    for grade in ("clear", "technical", "possible"):
        assert grade in dict(view.columns)["grade"]
        assert f"<td>{grade}</td>" in site["reading"]
    assert "(14.33, -7.62)" in site["reading"]  # half of 94 and of 50 feet


def test_everything_can_be_searched_for_on_every_page(site):
    for page in site.values():
        text = re.search(r'<script type="application/json" id="names">(.*?)</script>', page)[1]
        found = {item["name"]: item for item in json.loads(text)}
        assert found["lane_time.offence_lane_s"]["page"] == "views"
        for item in found.values():
            assert f'id="{item["anchor"]}"' in site[item["page"]]


def test_the_sql_of_a_question_is_open(site):
    assert site["questions"].count("<details open>") == len(questions())


def test_there_are_ten_questions():
    assert len(questions()) == 10
    assert all(question.title.endswith("?") for question in questions())


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_a_question_answers_its_columns(question):
    answer = connect({}).sql(question.query)
    assert answer.columns == [name for name, _ in question.columns]
    assert answer.fetchall() == []
    assert draw_answer(question, connect({}).sql(question.query).to_arrow_table()) == ""


def test_answers_are_shown_with_their_plots(site):
    told = section(site["questions"], "01_time_in_the_lane")
    assert "<svg" in told
    # Two games of nine seconds with 4.0 and 1.0 s in the lane, a frame of 0.1 s more each; the
    # main view ends after 8.5 s.
    assert re.search(r"<td>0\.3\d</td><td>1[67]\.\d\d</td>", told)
    assert "No archive" in section(site["questions"], "06_shots_and_defenders")


def test_without_an_archive_questions_are_unanswered(tmp_path):
    write_site(tmp_path, None)
    assert "<svg" not in (tmp_path / "questions.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("line", "message"), [("", "expected a line"), ("-- Plot: bars, a, c\n--\n", "plots \\['c'\\]")]
)
def test_a_question_without_its_plot_is_refused(line, message):
    with pytest.raises(TableError, match=message):
        read_question("q", f"-- How?\n--\n{line}-- a  A.\n-- b  B.\nselect 1 as a, 2 as b")


def test_an_empty_archive_is_an_error(tmp_path):
    with pytest.raises(Exception, match="no published game"):
        write_site(tmp_path, Archive(str(tmp_path / "none")))
