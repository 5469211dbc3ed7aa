"""Which objects are the published games. Replacing a game's one small file is the only commit.

What stands there is believed only about the game of its place. An entry that is damaged is left
out of what is asked of all games, and replaced when its game is published again.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.catalog_copy import CopiedGames, read_listed
from playerid.archive.conditional import read_version, swap
from playerid.archive.entry import Entry, parse_entry
from playerid.archive.store import is_intact
from playerid.archive.superseded import path_in_force, superseded_paths
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
    _warn(found.damaged, len(found.entries))
    return found.entries


def _warn(damaged: Mapping[str, str], sound: int) -> None:
    for problem in damaged.values():
        logging.getLogger(__name__).warning("left out: %s", problem)
    if damaged:
        logging.getLogger(__name__).warning(
            "%d of %d published games are left out", len(damaged), len(damaged) + sound
        )


def read_catalog(archive: Archive, season: str | None = None) -> Published:
    """What the catalog says of one season, or of all; a damaged entry stops nobody."""
    copied, changed, damaged, superseded = _read(archive, season)
    by_path = dict(zip(copied.paths(), copied.entries(), strict=True)) | changed
    return Published([by_path[path] for path in sorted(by_path)], damaged, sorted(superseded))


def _read(
    archive: Archive, season: str | None
) -> tuple[CopiedGames, dict[str, Entry], dict[str, str], set[str]]:
    """The catalog of one season, or of all.

    Returns:
        Games that the copy holds; path of each other entry -> it; path of each damaged one ->
        what is wrong; paths of superseded ones.
    """
    copied, texts = read_listed(archive, season)
    superseded = superseded_paths(archive, [*copied.paths(), *texts], season)
    found, damaged = dict[str, Entry](), dict[str, str]()
    for path, (_, text) in texts.items():
        if path in superseded:
            continue
        try:
            found[path] = parse_entry(path, text)
        except ArchiveError as error:
            damaged[path] = str(error)
    return copied.only(lambda path: path not in superseded), found, damaged, superseded


def published_files(
    archive: Archive, season: str | None = None
) -> tuple[dict[str, Sequence[str]], dict[str, int], set[str]]:
    """The files of all published games of one season, or of all, without an object for each.

    Damaged entries are left out, and named in the log.

    Returns:
        As `table_files`; name of each object -> its size; the leagues of the games.
    """
    copied, changed, damaged, _ = _read(archive, season)
    _warn(damaged, len(copied) + len(changed))
    stored, sizes = copied.files()
    for name, paths in _stored_files(changed.values()).items():
        stored.setdefault(name, []).extend(paths)
    leagues = Counter([*copied.leagues(), *(entry.league for entry in changed.values())])
    files = _current_files(archive, stored, leagues)
    return files, sizes | object_sizes(changed.values()), set(leagues)


def table_files(archive: Archive, games: Iterable[Entry]) -> dict[str, Sequence[str]]:
    """Name of each public table -> full paths of its objects, one per game.

    A materialised view is among them if every one of the games that play its sport has its rows,
    made by the queries as they are now; else it is computed.
    """
    chosen = list(games)
    leagues = Counter(entry.league for entry in chosen)
    return _current_files(archive, _stored_files(chosen), leagues)


def object_sizes(games: Iterable[Entry]) -> dict[str, int]:
    """Name of each object of these games -> its size, bytes."""
    return {
        manifest.path.rpartition("/")[2]: manifest.size
        for entry in games
        for manifest in entry.tables.values()
    }


def _stored_files(games: Iterable[Entry]) -> dict[str, list[str]]:
    """Name of each stored table -> paths of its objects."""
    stored: dict[str, list[str]] = {}
    for entry in games:
        for name, manifest in entry.tables.items():
            stored.setdefault(name, []).append(manifest.path)
    return stored


def _current_files(
    archive: Archive, stored: Mapping[str, Sequence[str]], leagues: Mapping[str, int]
) -> dict[str, Sequence[str]]:
    """Of what is stored, that which is read; `leagues` says how many games of each there are."""
    sports = {name: load_league(name).sport.name for name in set(leagues) - {""}}
    names = {table.name: table.name for table in PUBLIC_TABLES}
    for view in views():
        games = sum(
            n for name, n in leagues.items() if view.sport in {"", sports.get(name, view.sport)}
        )
        key = stored_name(view.name)
        if view.name in MATERIALISED and len(stored.get(key, ())) == games:
            names[view.name] = key
    root = archive.root
    return {name: [f"{root}/{path}" for path in stored.get(key, ())] for name, key in names.items()}


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
    path = path_in_force(archive, list(there)) if len(there) > 1 else next(iter(there))
    return parse_entry(path, there[path])
