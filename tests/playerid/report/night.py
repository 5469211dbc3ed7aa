"""A night of two handmade games in an archive: one with a video and a violation, one without."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from playerid.archive.archive import Archive
from playerid.exchange import publish_tables
from playerid.frames.video_writing import write_video
from playerid.operate import quarantine
from playerid.tables import PUBLIC_TABLES
from tests.sql.handmade import IN_LANE, Game, Person, between, handler_and_marker, open_game

FILMED, IMPORTED = "0020000001", "0020000002"
NASTY_NAME = "Ann </script><b>$5$</b>"
HOSTILE = {
    "H1": "<img src=x onerror=\"document.title='owned'\">",
    "A1": "'); drop table games; -- {{ 7 * 7 }} ${7 * 7}",
    "H5": "=cmd()|\u202efdp.exe\x1b[2J\x07\u2066 </td></table>"
    "<script>document.title='owned'</script>",
}
"""Markup, SQL, templates, formulas, escapes of a terminal, marks that turn the text around."""
SECONDS, RATE = 9.0, 10


def roster(game_id):
    people = [("H1", "HOM", "Handler", "1"), ("A1", "AWY", "Marker", "11")]
    people.append(("H5", "HOM", NASTY_NAME, "5"))
    names = ("player_id", "team_id", "player_name", "jersey_number")
    return [
        {"game_id": game_id, "active": True} | dict(zip(names, row, strict=True)) for row in people
    ]


def handmade(game_id, seconds_in_lane):
    """The home team's centre stands in the lane from 2 s on; the end is another camera's."""
    centre = Person(5, "HOM", between(2.0, 2.0 + seconds_in_lane, IN_LANE), "H5", 0.95)
    return Game(
        [*handler_and_marker(), centre],
        SECONDS,
        game_id=game_id,
        rosters=roster(game_id),
        cuts=(8.5,),
        views=("main", "other"),
    )


def publish(archive: Archive, folder: Path, game: Game) -> None:
    open_game(folder, game).close()
    publish_tables(
        archive,
        {t.name: pq.read_table(folder / f"{t.name}-{game.game_id}.parquet") for t in PUBLIC_TABLES},
    )


def film(archive: Archive, folder: Path, game_id: str) -> None:
    """Put a game file and a video of plain pictures, brighter from second to second, beside it."""
    teams = {}
    for role, team in (("home", "HOM"), ("away", "AWY")):
        players = [
            {"player_id": r["player_id"], "name": r["player_name"], "number": r["jersey_number"]}
            for r in roster(game_id)
            if r["team_id"] == team
        ]
        teams[role] = {"team_id": team, "name": team, "players": players}
    about = {"game_id": game_id, "season": "2025-26", "date": "2026-01-02", "league": "nba"}
    archive.write_json(f"games/{game_id}/game.json", about | teams | {"videos": ["video.mp4"]})
    frames = round(SECONDS * RATE) + 1
    pictures = (np.full((360, 640, 3), 10 + 2 * index, np.uint8) for index in range(frames))
    write_video(str(folder / "video.mp4"), pictures, Fraction(RATE))
    archive.write(f"games/{game_id}/video.mp4", (folder / "video.mp4").read_bytes())


def make_night(folder: Path) -> Archive:
    archive = Archive(str(folder / "archive"))
    publish(archive, folder, handmade(FILMED, 4.0))
    publish(archive, folder, handmade(IMPORTED, 1.0))
    film(archive, folder, FILMED)
    quarantine.set_aside(archive, "0020000003", "no video", "GameError")
    return archive
