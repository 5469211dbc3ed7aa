"""The pages in a headless Chromium: on a phone, on a desk, in print."""

import base64
import datetime as dt
import io

import pytest
from selenium.webdriver.common.by import By

from playerid.archive.archive import Archive
from playerid.operate import quarantine
from playerid.report import write_night_page
from playerid.warehouse.plain_text import visible
from tests.playerid.browsing import (
    NEEDS_A_BROWSER,
    complaints,
    eventually,
    open_browser,
    resize,
)
from tests.playerid.report.night import FILMED, HOSTILE, IMPORTED, handmade, make_night, publish

pytestmark = NEEDS_A_BROWSER


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    archive = make_night(tmp_path_factory.mktemp("night"))
    return write_night_page(archive, dt.date(2026, 1, 2))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with open_browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def page(browser, night):
    """The page of the filmed game, reached by its link from the night, on a desk."""
    resize(browser, 1200)
    browser.get(f"file://{night}")
    browser.find_element(By.CSS_SELECTOR, f"a[href*='{FILMED}']").click()
    assert f"{FILMED}/report.html" in browser.current_url
    yield browser
    assert complaints(browser) == []


def test_the_clip_plays_and_moves_the_dots(page):
    page.execute_script("document.querySelector('video').play()")
    eventually(page, "return document.querySelector('video').currentTime > 0.5")
    eventually(page, "return Number(document.querySelector('.play input').value) > 1.5")
    assert page.execute_script("return document.querySelector('video').videoWidth") == 640
    length_s = page.execute_script("return document.querySelector('video').duration")
    assert length_s == pytest.approx(6.1, abs=0.15)


@pytest.mark.parametrize(
    ("time_s", "place_m"),
    [
        pytest.param(1.5, (6, 6), id="before: outside, on the near side"),
        pytest.param(4.0, (12, 0), id="during: in the lane"),
    ],
)
def test_the_slider_moves_the_offender(page, time_s, place_m):
    page.execute_script(
        "const slider = document.querySelector('.play input'); slider.value = arguments[0];"
        "slider.dispatchEvent(new Event('input'))",
        time_s,
    )
    moved = page.find_element(By.CSS_SELECTOR, ".offender .dot").get_attribute("transform")
    assert tuple(map(float, moved[len("translate(") : -1].split(","))) == place_m
    eventually(
        page, f"return Math.abs(document.querySelector('video').currentTime - {time_s - 1}) < 0.06"
    )


def test_every_chart_is_drawn_and_the_name_is_text(page):
    sizes = page.execute_script(
        "return [...document.querySelectorAll('figure svg')]"
        ".map(chart => chart.getBoundingClientRect().height)"
    )
    assert len(sizes) >= 6
    assert min(sizes) > 50
    assert "</script><b>$5$</b>" in page.find_element(By.ID, "violation-1").text
    assert page.find_elements(By.CSS_SELECTOR, "table b, h3 b") == []


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("name", ["game", "night"])
def test_a_screen_is_as_wide_as_the_page(page, night, width, name):
    if name == "night":
        page.get(f"file://{night}")
    resize(page, width)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width
    letters = page.execute_script(
        "return parseFloat(getComputedStyle(document.querySelector('td')).fontSize)"
    )
    assert letters >= 14


def test_print_has_paths_and_no_player_controls(page):
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = page.execute_script(
        "return ['video', 'input', 'nav', '.plan'].map("
        "s => getComputedStyle(document.querySelector(s)).display !== 'none')"
    )
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert shown == [False, False, False, True]
    pdf = base64.b64decode(page.execute_cdp_cmd("Page.printToPDF", {})["data"])
    assert pdf.startswith(b"%PDF")
    assert 1 <= io.BytesIO(pdf).read().count(b"/Type /Page\n") <= 12


def test_back_to_the_night_and_on_to_a_game_without_a_video(page):
    page.find_element(By.CSS_SELECTOR, "nav a").click()
    page.find_element(By.CSS_SELECTOR, f"a[href*='{IMPORTED}']").click()
    assert page.find_elements(By.TAG_NAME, "video") == []
    assert "None was found" in page.find_element(By.TAG_NAME, "body").text


def test_hostile_names_are_text_in_a_browser(browser, tmp_path):
    """On the page of a game, in its tables, titles and charts, and on that of a night."""
    archive = Archive(str(tmp_path / "archive"))
    game = handmade(FILMED, 4.0)
    for row in game.rosters:
        row["player_name"] = HOSTILE[row["player_id"]]
    publish(archive, tmp_path, game)
    quarantine.set_aside(archive, "0020000003", " ".join(HOSTILE.values()), "GameError")
    night = write_night_page(archive, dt.date(2026, 1, 2))
    resize(browser, 1200)
    for address in (night, archive.path(f"pictures/{FILMED}/report.html")):
        browser.get(f"file://{address}")
        shown = browser.find_element(By.TAG_NAME, "body").get_attribute("innerText")
        assert visible(HOSTILE["H5"]).split("</td>")[0] in shown
        assert not {"\u202e", "\u2066", "\x1b", "\x07"} & set(browser.page_source)
        assert browser.find_elements(By.CSS_SELECTOR, "img[src='x']") == []
        assert "owned" not in browser.title
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
