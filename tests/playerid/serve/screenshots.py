"""Take the pictures of the README: `python -m tests.playerid.serve.screenshots ARCHIVE FOLDER`."""

import base64
import sys
import tempfile
from pathlib import Path

from flows.process_game import process_game
from playerid.archive import catalog
from playerid.archive.archive import Archive
from tasks.by_hand import DecidesByHand
from tasks.platform.here import run
from tests.playerid.browsing import eventually, open_browser, resize
from tests.playerid.serve.looking import serving

WIDTH, HEIGHT = 1120, 760
LARGEST = 100_000
"""Bytes of a picture."""
DRAWN = ".plan[data-ready=true] .dot"
"""What is there once the people of the moment are known; their boxes are drawn with it."""


def pages(game_id, player, other):
    """Name -> address, and steps: what shows that a step may be taken, and its script."""
    game = f"/games/{game_id}"
    return {
        "archive": ("/", ("table.games a", "")),
        "game": (f"{game}?t=4", (DRAWN, "")),
        "player": (f"/players?player={player}&with=player:{other}", (".measures td", "")),
        "correct": (
            f"{game}/correct",
            (".picks li button", "document.querySelector('.picks li button').click()"),
            (".statement", ""),
            (DRAWN, ""),
        ),
        "ask": (
            "/ask",
            ("details", "document.querySelector('.ask form button').click()"),
            (".answer td", ""),
        ),
    }


def settled(browser):
    """Whether nothing is awaited any more: no dots, the picture is there, or no video is."""
    return eventually(
        browser,
        """
        const video = document.querySelector('video');
        return !/…/.test(document.querySelector('main').innerText.replace('somebody else …', ''))
            && (!video || (video.readyState >= 2 && !video.seeking));""",
    )


def take(browser, path):
    for quality in range(85, 20, -5):
        shot = {"format": "jpeg", "quality": quality}
        content = base64.b64decode(browser.execute_cdp_cmd("Page.captureScreenshot", shot)["data"])
        if len(content) <= LARGEST:
            break
    path.write_bytes(content)


def main(url, folder):
    archive = Archive(url)
    entry = catalog.entries(archive)[0]
    decider = DecidesByHand(archive, lambda game, asked: run(process_game, game, asked))
    with (
        serving(archive, has_sql=True, decider=decider) as address,
        tempfile.TemporaryDirectory() as profile,
        open_browser(profile) as browser,
    ):
        resize(browser, WIDTH, HEIGHT)
        browser.get(f"{address}/")
        seen = browser.execute_async_script(
            "fetch('/v1/statistics/observed_time?order=observed_s')"
            ".then((a) => a.json()).then(({ rows }) => arguments[0](rows))"
        )
        longest = {
            row["team_id"]: row["player_id"]
            for row in seen
            if row["player_id"] and row["game_id"] == entry.game_id
        }
        for name, (path, *steps) in pages(entry.game_id, *longest.values()).items():
            browser.get(address + path)
            for there, script in steps:
                eventually(browser, "return document.querySelector(arguments[0])", there)
                settled(browser)
                browser.execute_script(script)
            take(browser, Path(folder) / f"{name}.jpg")


if __name__ == "__main__":
    main(*sys.argv[1:])
