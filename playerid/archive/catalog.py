"""Which objects are the published games. Replacing a game's one small file is the only commit.

What stands there is believed only about the game of its place. An entry that is damaged is left
out of what is asked of all games, and replaced when its game is published again.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import PurePosixPath

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.catalog_copy import read_texts
from playerid.archive.conditional import read_version, swap
from playerid.archive.entry import Entry, parse_entry
from playerid.archive.store import is_intact
from playerid.errors import ArchiveError, DamagedError
from playerid.leagues import load_league
from playerid.queries import stored_name, views
from playerid.tables import MATERIALISED, PUBLIC_TABLES


@dataclass(frozen=True, slots=True)
class Published:
    """What a catalog says.

    Attributes:
        entries: of the published games, one of each, by season and game.
        damaged: path of an entry that cannot be believed -> what is wrong with it.
        superseded: paths of entries of games that stand in another season since.
    """

    entries: list[Entry]
    damaged: Mapping[str, str]
    superseded: Sequence[str]


def find_entry(archive: Archive, season: str, game_id: str) -> Entry | None:
    """The published game, or None.

    Raises:
        DamagedError: The catalog entry is torn, or is not of this game.
        ArchiveError: It is of a newer version.
    """
    path = layout.catalog_entry(season, game_id)
    content, _ = read_version(archive, path)
    return parse_entry(path, content) if content is not None else None


def commit(archive: Archive, entry: Entry, *, may_lose: bool = False, tries: int = 10) -> Entry:
    """Publish a game by replacing its catalog entry.

    Of several workers that publish the same game at once, one replaces the entry at a time, and
    each compares its own with the one that it replaces.

    Args:
        archive: where the objects of the entry already are.
        entry: what to publish.
        may_lose: allow fewer rows or a lower coverage than what is published.
        tries: how often others may be quicker.

    Returns:
        What is published now: the entry, or that of another worker who published the same.

    Raises:
        ArchiveError: The entry knows less than what it would replace, lacks a table, or others
            were quicker every time.
    """
    missing = {table.name for table in PUBLIC_TABLES} - set(entry.tables)
    if missing:
        raise ArchiveError(f"game {entry.game_id}: tables {sorted(missing)} are not there")
    path = layout.catalog_entry(entry.season, entry.game_id)
    content = (json.dumps(entry.to_json(), indent=1, sort_keys=True) + "\n").encode()
    for _ in range(tries):
        before, version = read_version(archive, path)
        published = _unless_damaged(path, before) if before is not None else None
        if published and _is_the_same(archive, published, entry):
            _retire_elsewhere(archive, published)
            return published
        if published and not may_lose:
            _refuse_loss(published, entry)
        if swap(archive, path, content, version):
            _retire_elsewhere(archive, entry)
            return entry
    raise ArchiveError(f"{path}: {tries} times another worker was quicker; try again")


def find_same(
    archive: Archive, season: str, game_id: str, inputs_sha256: str, evidence_sha256: str
) -> Entry | None:
    """The published game if it is whole and made from just these; None if it is to be published."""
    path = layout.catalog_entry(season, game_id)
    content, _ = read_version(archive, path)
    entry = _unless_damaged(path, content) if content is not None else None
    if (
        entry is None
        or not entry.is_made_from(inputs_sha256, evidence_sha256)
        or not is_intact(archive, entry.tables.values())
    ):
        return None
    _retire_elsewhere(archive, entry)
    return entry


def _retire_elsewhere(archive: Archive, entry: Entry) -> None:
    """Remove entries of the game of other seasons: its file said otherwise once."""
    for season in archive.seasons():
        if season != entry.season:
            archive.remove(layout.catalog_entry(season, entry.game_id))


def _unless_damaged(path: str, content: bytes) -> Entry | None:
    try:
        return parse_entry(path, content)
    except DamagedError as error:
        logging.getLogger(__name__).warning("%s; it is replaced", error)
        return None


def _is_the_same(archive: Archive, published: Entry, entry: Entry) -> bool:
    return (
        published.is_made_from(entry.inputs_sha256, entry.evidence_sha256)
        and set(published.tables) == set(entry.tables)
        and is_intact(archive, published.tables.values())
    )


def _refuse_loss(published: Entry, entry: Entry) -> None:
    for what, before, now, slack in (
        ("rows of the main view", published.main_view_rows, entry.main_view_rows, 0.98),
        ("identity coverage", published.identity_coverage, entry.identity_coverage, 0.95),
    ):
        if now < slack * before:
            raise ArchiveError(
                f"game {entry.game_id}: {what} would fall from {before:g} to {now:g};"
                " --replace-anyway publishes all the same"
            )


def entries(archive: Archive, season: str | None = None) -> list[Entry]:
    """Published games of one season, or of all, by season and game.

    Those whose entry is damaged are left out, and named in the log.
    """
    found = read_catalog(archive, season)
    for problem in found.damaged.values():
        logging.getLogger(__name__).warning("left out: %s", problem)
    if found.damaged:
        count = len(found.damaged)
        logging.getLogger(__name__).warning(
            "%d of %d published games are left out", count, count + len(found.entries)
        )
    return found.entries


def read_catalog(archive: Archive, season: str | None = None) -> Published:
    """What the catalog says of one season, or of all; a damaged entry stops nobody."""
    texts = read_texts(archive, season)
    superseded = _superseded(archive, texts, season)
    found, damaged = [], dict[str, str]()
    for path, (_, text) in sorted(texts.items()):
        if path in superseded:
            continue
        try:
            found.append(parse_entry(path, text))
        except ArchiveError as error:
            damaged[path] = str(error)
    return Published(found, damaged, sorted(superseded))


def _superseded(archive: Archive, texts: Iterable[str], season: str | None) -> set[str]:
    """Entries of games that have another one, in the season that their game file names."""
    places = defaultdict(list)
    for path in {*texts, *(_paths_elsewhere(archive, season) if season else ())}:
        places[path.rpartition("/")[2]].append(path)
    return {
        path
        for paths in places.values()
        if len(paths) > 1
        for path in paths
        if path != _in_force(archive, paths)
    }


def _paths_elsewhere(archive: Archive, season: str) -> list[str]:
    folders = [layout.season_folder(other) for other in archive.seasons() if other != season]
    with ThreadPoolExecutor(16) as readers:
        listed = readers.map(lambda folder: archive.names(folder, ".json"), folders)
        return [
            f"{folder}/{n}" for folder, names in zip(folders, listed, strict=True) for n in names
        ]


def _in_force(archive: Archive, paths: Sequence[str]) -> str:
    """Of several entries of a game, that of the season of its file; without a file, the last."""
    game_id = PurePosixPath(paths[0]).stem
    try:
        season = archive.read_json(layout.game_file(game_id)).get("season")
    except ArchiveError:
        season = None
    named = [path for path in paths if PurePosixPath(path).parent.name == season]
    return named[0] if named else max(paths)


def table_files(archive: Archive, games: Iterable[Entry]) -> dict[str, Sequence[str]]:
    """Name of each public table -> full paths of its objects, one per game.

    A materialised view is among them if every one of the games that play its sport has its rows,
    made by the queries as they are now; else it is computed.
    """
    chosen, root = list(games), archive.root
    sports = {name: load_league(name).sport.name for name in {e.league for e in chosen} - {""}}
    played = {v.name: [e for e in chosen if sports.get(e.league) in {v.sport, None} or not v.sport]
              for v in views()}  # fmt: skip
    stored = {table.name: table.name for table in PUBLIC_TABLES}
    answers = {name: stored_name(name) for name in MATERIALISED}
    stored |= {n: key for n, key in answers.items() if all(key in e.tables for e in played[n])}
    return {
        name: [f"{root}/{entry.tables[key].path}" for entry in chosen if key in entry.tables]
        for name, key in stored.items()
    }


def find_game(archive: Archive, game_id: str) -> Entry:
    """The catalog entry of a game, whatever its season.

    Raises:
        DamagedError: The entry is torn, or is not of this game.
        ArchiveError: The game is not published.
    """
    seasons = archive.seasons()
    paths = [layout.catalog_entry(season, game_id) for season in seasons]
    there = {path: content for path in paths if (content := read_version(archive, path)[0])}
    if not there:
        raise ArchiveError(f"{archive.url}: game {game_id} is not published; process it first")
    path = _in_force(archive, list(there)) if len(there) > 1 else next(iter(there))
    return parse_entry(path, there[path])
