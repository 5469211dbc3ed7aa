"""Names that are markup, SQL, formulas, escapes and marks of direction, in the studio."""

import csv
import io

import pytest

from playerid.archive.archive import Archive
from playerid.operate import quarantine
from playerid.warehouse.plain_text import visible
from tests.playerid.browsing import NEEDS_A_BROWSER, complaints, eventually, open_browser, resize
from tests.playerid.report.night import FILMED, HOSTILE, IMPORTED, film, handmade, publish
from tests.playerid.serve.looking import serving

pytestmark = NEEDS_A_BROWSER
PAGES = {
    "archive": ("/", "table.games a"),
    "game": (f"/games/{FILMED}?t=3", ".plan[data-ready=true] .dot"),
    "imported": (f"/games/{IMPORTED}", ".plan[data-ready=true] .dot"),
    "player": ("/players?player=H5&with=player:H1", ".measures button"),
    "team": ("/players?team=HOM", ".measures button"),
}
OBEYED = {"\u202e", "\u2066", "\x1b", "\x07"}


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """Address of two games whose people have such names, and one set aside for such a reason."""
    folder = tmp_path_factory.mktemp("hostile")
    archive = Archive(str(folder / "archive"))
    for game_id in (FILMED, IMPORTED):
        game = handmade(game_id, 4.0)
        for row in game.rosters:
            row["player_name"] = HOSTILE[row["player_id"]]
        publish(archive, folder, game)
    film(archive, folder, FILMED)
    quarantine.set_aside(archive, "0020000003", " ".join(HOSTILE.values()), "GameError")
    with serving(archive, has_sql=True) as address:
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with open_browser(tmp_path_factory.mktemp("profile")) as driver:
        resize(driver, 1200)
        yield driver


@pytest.mark.parametrize("name", PAGES)
def test_hostile_names_are_text_on_every_page(browser, studio, name):
    path, settled = PAGES[name]
    browser.get(studio + path)
    eventually(browser, "return document.querySelector(arguments[0])", settled)
    wanted = HOSTILE["H1"] if name == "archive" else HOSTILE["H5"].split(" ")[0]
    eventually(browser, "return document.body.textContent.includes(arguments[0])", visible(wanted))
    text, labels, markup = browser.execute_script(
        "return [document.body.innerText,"
        " [...document.querySelectorAll('*')].flatMap(e => ['title', 'aria-label', 'alt',"
        "   'placeholder'].map(name => e.getAttribute(name) ?? '')).join(' '),"
        " document.querySelectorAll('main img[src=x], main script').length]"
    )
    assert not OBEYED & set(text)
    assert not OBEYED & set(labels)
    assert markup == 0
    assert "owned" not in browser.title
    assert complaints(browser) == []


def test_a_table_that_is_kept_for_a_spreadsheet_holds_no_formula(browser, studio):
    """The button CSV, as a person presses it; what it would save is read here."""
    browser.get(f"{studio}/ask")
    eventually(
        browser, "return document.querySelector('#query') && document.querySelector('details')"
    )
    browser.execute_script(
        "window.kept = []; const make = URL.createObjectURL;"
        "URL.createObjectURL = (blob) => { window.kept.push(blob); return make.call(URL, blob); };"
    )
    box = browser.find_element("id", "query")
    box.clear()
    box.send_keys(
        "select player_name, '-1.5' as number, '@x' as sum, '+1' as plus from rosters"
        f" where game_id = '{FILMED}' order by player_id"
    )
    browser.find_element("css selector", ".ask form button").click()
    eventually(browser, "return document.querySelectorAll('.answer tbody tr').length === 3")
    assert not OBEYED & set(browser.find_element("tag name", "body").get_attribute("innerText"))
    browser.find_element("xpath", "//button[text()='CSV']").click()
    text = browser.execute_async_script("window.kept[0].text().then(arguments[0])")
    _, *rows = csv.reader(io.StringIO(text, newline=""))
    assert [row[0] for row in rows] == [
        visible(HOSTILE["A1"]),
        visible(HOSTILE["H1"]),
        "'" + visible(HOSTILE["H5"]),
    ]
    assert {tuple(row[1:]) for row in rows} == {("-1.5", "'@x", "+1")}
    assert not OBEYED & set(text)
    assert complaints(browser) == []
