"""Facts, charts and plays -> the page of a game, and of a night that links its games."""

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2.environment import TemplateStream

from playerid.archive import catalog, layout, store
from playerid.archive.archive import Archive
from playerid.archive.catalog import find_game
from playerid.archive.entry import Entry
from playerid.errors import ArchiveError
from playerid.game.inputs import stored_game
from playerid.game.roster import Game
from playerid.operate import quarantine
from playerid.report.contents import contents, count_grades, first, title_of
from playerid.report.facts import GameFacts, read_facts
from playerid.report.plays import read_play
from playerid.report.templates import environment
from playerid.tables import GAMES
from playerid.warehouse.published import open_game


@dataclass(frozen=True, slots=True)
class PageSummary:
    """What the page of a night says about one game."""

    facts: GameFacts
    path: str
    team_names: Mapping[str, str]

    def to_row(self) -> dict[str, Any]:
        """As the template of the night shows it."""
        game = first(self.facts.rows["games"])
        return game | {
            "title": title_of(game, self.team_names),
            "href": str(PurePosixPath(self.path).relative_to(layout.PICTURES)),
            "failed": sum(1 for rows in self.facts.checks.values() if rows),
            "shots": self.facts.rows["shots"].num_rows,
            **dict(count_grades(self.facts.rows["violations"])),
        }


def write_game_page(archive: Archive, game_id: str, studio_url: str = "") -> str:
    """Write `pictures/<game_id>/report.html`.

    Args:
        archive: where the game is.
        game_id: a published game.
        studio_url: of the studio that shows the archive, to which the page links; "" if none.

    Returns:
        Path of the page in the archive's file system.

    Raises:
        ArchiveError: The game is not published.
    """
    entry = find_game(archive, game_id)
    return archive.path(_write_game(archive, entry, studio_url, night_href="").path)


def write_night_page(archive: Archive, date: dt.date | None, studio_url: str = "") -> str:
    """Write the pages of all games of a date, or of all dates, and one that links them.

    It also names the games that were set aside, whatever their date; `studio_url` as above.

    Returns:
        Path of the linking page in the archive's file system.

    Raises:
        ArchiveError: No game of that date is published.
    """
    path = layout.night_page(date)
    name = PurePosixPath(path).name
    entries = [e for e in catalog.entries(archive) if date is None or _date(archive, e) == date]
    if not entries:
        raise ArchiveError(f"{archive.url}: no published game{f' of {date}' if date else ''}")
    pages = [_write_game(archive, entry, studio_url, night_href=f"../{name}") for entry in entries]
    html = environment().get_template("night.html.j2").render(
        heading=f"Games of {date}" if date else "All games",
        games=[page.to_row() for page in pages],
        set_aside=list(quarantine.find_all(archive).values()),
    )  # fmt: skip
    archive.write(path, html.encode())
    return archive.path(path)


def _date(archive: Archive, entry: Entry) -> dt.date:
    date: dt.date = store.read(archive, GAMES, entry.tables[GAMES.name])["date"][0].as_py()
    return date


def _write_game(archive: Archive, entry: Entry, studio_url: str, night_href: str) -> PageSummary:
    game = _game_file(archive, entry.game_id)
    footage = _footage(archive, game) if game else None
    team_names = {team.team_id: team.name for team in game.teams} if game else {}
    with open_game(archive, entry) as connection:
        facts = read_facts(connection, entry)
        violations = facts.rows["violations"].to_pylist()
        plays = (read_play(connection, violation, footage) for violation in violations)
        shown = contents(facts, plays, team_names, studio_url) | {"night_href": night_href}
        path = layout.page(entry.game_id)
        _write(archive, path, environment().get_template("game.html.j2").stream(shown))
    return PageSummary(facts, path, team_names)


def _write(archive: Archive, path: str, page: TemplateStream) -> None:
    """Write a page as it is made: the clips of a whole game would fill memory."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        page.dump(str(file), encoding="utf-8")
        archive.write_file(path, file)


def _game_file(archive: Archive, game_id: str) -> Game | None:
    return stored_game(archive, game_id) if archive.exists(layout.game_file(game_id)) else None


def _footage(archive: Archive, game: Game) -> tuple[Archive, Game] | None:
    there = all(archive.exists(layout.source_file(game.game_id, name)) for name in game.videos)
    return (archive, game) if there else None
