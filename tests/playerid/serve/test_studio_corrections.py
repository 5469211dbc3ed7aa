"""A name is corrected by mouse, as the README walks: rows change, and a re-run keeps them."""

import json
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from flows.process_game import process_game
from playerid import tables
from playerid.archive import catalog, store
from playerid.archive.archive import Archive
from playerid.frames.video_writing import write_video
from playerid.models import registry as backends
from playerid.operate.hand_corrections import list_corrections
from tasks.by_hand import DecidesByHand
from tasks.platform.here import run
from tasks.platform.settings import Settings
from tests.flows.blank import NAMES
from tests.flows.conftest import PACK
from tests.playerid.browsing import (
    NEEDS_A_BROWSER,
    complaints,
    eventually,
    open_browser,
    resize,
)
from tests.playerid.serve.looking import serving

pytestmark = NEEDS_A_BROWSER
README = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
SCRIPT = "<script>document.title = 'taken'</script>"


def pictures():
    for colour in ((120, 90, 60), (0, 0, 0), (60, 120, 90)):
        for index in range(30):
            image = np.full((180, 320, 3), colour, np.uint8)
            image[20:40, 4 * index : 4 * index + 20] = 255
            yield image


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Settings of an archive with a game that was processed with the blank backends."""
    folder = tmp_path_factory.mktemp("corrected")
    archive = Archive(str(folder / "archive"))
    write_video(str(folder / "video.mp4"), pictures(), Fraction(30))
    archive.write("games/g1/video.mp4", (folder / "video.mp4").read_bytes())
    teams = {
        side: {
            "team_id": side.upper(), "name": f"The {side} team",
            "players": [
                {"player_id": f"{side}-{n}", "name": SCRIPT if n == 3 else f"Player {n}",
                 "number": str(n)}
                for n in range(first, first + 8)
            ],
        }
        for side, first in (("home", 0), ("away", 40))
    }  # fmt: skip
    game = {"game_id": "g1", "season": "2024-25", "date": "2025-01-01", "league": "nba"}
    archive.write(
        "games/g1/game.json", json.dumps({**game, **teams, "videos": ["video.mp4"]}).encode()
    )
    (folder / "blank.toml").write_text(PACK)
    with pytest.MonkeyPatch.context() as patch:
        for name, class_name in NAMES.items():
            patch.setitem(backends.BACKENDS, name, f"tests.flows.blank:{class_name}")
        made = Settings(
            archive_url=archive.url, pack=str(folder / "blank.toml"), weights_cache=folder / "w"
        )
        run(process_game, "g1", made)
        yield made


@pytest.fixture(scope="module")
def studio(settings):
    archive = settings.archive
    decider = DecidesByHand(archive, lambda game, asked: run(process_game, game, asked))
    with serving(archive, decider=decider) as address:
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with open_browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


def names(settings):
    """Tracklet -> its player and how the name came about, as published."""
    entry = catalog.find_game(settings.archive, "g1")
    rows = store.read(settings.archive, tables.IDENTITIES, entry.tables["identities"]).to_pylist()
    return {row["tracklet_id"]: (row["player_id"], row["source"]) for row in rows}


def rows_of(settings, player):
    entry = catalog.find_game(settings.archive, "g1")
    rows = store.read(settings.archive, tables.PLAYER_FRAMES, entry.tables["player_frames"])
    return rows["player_id"].to_pylist().count(player)


def click(browser, text):
    """Click the first button or link whose text is this."""
    xpath = f"//*[self::button or self::a][normalize-space()='{text}']"
    eventually(browser, "return document.evaluate(arguments[0], document, null, 9, null)"
                        ".singleNodeValue?.disabled === false || document.evaluate(arguments[0],"
                        " document, null, 9, null).singleNodeValue?.href", xpath)  # fmt: skip
    browser.find_element(By.XPATH, xpath).click()


def shows(browser, place, text):
    told = f"return document.querySelector('{place}')?.innerText.includes(arguments[0])"
    return eventually(browser, told, text)


def test_the_walk_of_the_readme(browser, studio, settings):
    steps = re.search(r"takes\s+three minutes:\n\n(.*?)\n\n", README, re.DOTALL)[1]
    assert re.findall(r"\*([^*]+)\*", steps) == [
        "Archive", "Correct names", "What would help most", "This is", "somebody else …", "Save",
        "undo", "Publish", "Watch the game", "Copy link to this moment",
    ]  # fmt: skip
    resize(browser, 1200)
    browser.get(studio)
    shows(browser, "h1", "Archive")
    click(browser, "The away team at The home team")
    click(browser, "Correct names")
    tracklet = choose_first(browser)
    assert names(settings)[tracklet][1] != "by hand"
    say(browser, "home-3")
    click(browser, "undo")
    eventually(browser, "return document.querySelectorAll('.said li').length === 0")
    say(browser, "home-3")
    before = rows_of(settings, "home-3")
    click(browser, "Publish")
    shows(browser, "[aria-labelledby=said]", "The tables hold all of it")
    assert names(settings)[tracklet] == ("home-3", "by hand")
    assert rows_of(settings, "home-3") > before
    send(browser, studio)
    assert complaints(browser) == []
    # A later run, of a changed game file, holds to it.
    archive = settings.archive
    text = archive.read("games/g1/game.json").decode().replace("2025-01-01", "2025-01-02")
    archive.write("games/g1/game.json", text.encode())
    run(process_game, "g1", settings)
    assert names(settings)[tracklet] == ("home-3", "by hand")


def choose_first(browser):
    """Click the first suggestion; the video stops where its person is seen. Gives the tracklet."""
    shows(browser, "#suggestions", "What would help most")
    first = "section[aria-labelledby=suggestions] li button"
    eventually(browser, "return document.querySelector(arguments[0])", first)
    browser.find_element(By.CSS_SELECTOR, first).click()
    eventually(browser, "return document.querySelector('.dot.chosen')")
    shows(browser, ".statement", "This is")
    return int(re.search(r"tracklet=(\d+)", browser.current_url)[1])


def say(browser, player):
    """Choose somebody else, look at what would change, and save it."""
    Select(browser.find_element(By.CSS_SELECTOR, ".statement select")).select_by_value(player)
    shows(browser, ".preview", "gain a name")
    shows(browser, ".preview", SCRIPT)
    click(browser, "Save")
    eventually(browser, "return document.querySelectorAll('.said li').length === 1")


def send(browser, studio):
    """Watch the game, copy the link to the moment, and open it as somebody else."""
    allowed = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    given = {"permissions": allowed, "origin": studio}
    browser.execute_cdp_cmd("Browser.grantPermissions", given)
    click(browser, "Watch the game")
    moment = "return document.querySelector('.plan[data-ready=true]')?.dataset.time"
    eventually(browser, "return document.querySelector('video')?.readyState >= 2")
    click(browser, "Copy link to this moment")
    shows(browser, ".actions", "Copied")
    link = browser.execute_script("return navigator.clipboard.readText()")
    assert link.startswith(f"{studio}/games/g1?t=")
    shown = eventually(browser, moment)
    browser.get("about:blank")
    browser.get(link)
    eventually(browser, f"{moment} === arguments[0]", shown)
    assert SCRIPT in browser.find_element(By.ID, "page").get_attribute("textContent")
    assert "taken" not in browser.title


def test_two_correct_at_once_and_neither_loses_work(browser, studio, settings):
    """Both opened the page before either saved: the second is told, and saves beside the first."""
    resize(browser, 1200)
    page = f"{studio}/games/g1/correct"
    already = said_in(settings)
    first, second = sorted(set(names(settings)) - {one for item in already for one in item})[:2]
    ours = browser.current_window_handle
    for tracklet in (first, second):
        if tracklet == second:
            browser.switch_to.new_window("tab")
        browser.get(f"{page}?tracklet={tracklet}")
        shows(browser, ".statement", "This is")
        shows(browser, "[aria-labelledby=said]", "undo" if already else "Nothing yet")
    theirs = browser.current_window_handle
    browser.switch_to.window(ours)
    choose_somebody(browser, "nobody of either team")
    click(browser, "Save")
    lists(browser, len(already) + 1)
    browser.switch_to.window(theirs)
    lists(browser, len(already))
    choose_somebody(browser, "of The away team")
    click(browser, "Save")
    shows(browser, "[role=alert]", "somebody else")
    lists(browser, len(already) + 1)
    click(browser, "Save")
    lists(browser, len(already) + 2)
    assert [*said_in(settings)[len(already) :]] == [(first,), (second,)]
    browser.close()
    browser.switch_to.window(ours)


def said_in(settings):
    """Tracklets of each correction that stands."""
    return [item.tracklet_ids for item in list_corrections(settings.archive, "g1")]


def lists(browser, count):
    listed = "return document.querySelectorAll('.said li').length === arguments[0]"
    eventually(browser, listed, count)


def choose_somebody(browser, text):
    """Say so, and wait for what it would change."""
    click(browser, text)
    eventually(browser, "return document.querySelector('.preview b')")


def test_the_page_of_corrections_passes_axe_and_fits_a_phone(browser, studio):
    axe = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
    resize(browser, 390)
    browser.get(f"{studio}/games/g1/correct")
    eventually(browser, "return document.querySelector('.picks li')")
    browser.find_element(By.CSS_SELECTOR, ".picks li button").click()
    eventually(browser, "return document.querySelector('.statement')")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    browser.execute_script(axe)
    found = browser.execute_async_script(
        "axe.run(document).then(({ violations }) => arguments[0](violations.map("
        "v => [v.id, v.nodes.map(n => n.html + n.failureSummary)])))"
    )
    assert found == []
