"""Which objects are the published games. Replacing a game's one small file is the only commit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playerid.archive import Archive, catalog_path
from playerid.errors import ArchiveError
from playerid.store import Manifest
from playerid.tables import PUBLIC_TABLES


@dataclass(frozen=True, slots=True)
class Entry:
    """A published game.

    Attributes:
        game_id: the game.
        season: its season.
        inputs_sha256: digest of what it was made from: files, models and settings.
        evidence_sha256: digest of the working tables behind it.
        main_view_rows: rows of people in the main view.
        identity_coverage: share of them with a player.
        tables: name of each public table -> its object.
    """

    game_id: str
    season: str
    inputs_sha256: str
    evidence_sha256: str
    main_view_rows: int
    identity_coverage: float
    tables: Mapping[str, Manifest]

    def is_made_from(self, inputs_sha256: str, evidence_sha256: str) -> bool:
        """Whether publishing these inputs and this evidence again would change nothing."""
        return (self.inputs_sha256, self.evidence_sha256) == (inputs_sha256, evidence_sha256)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "game_id": self.game_id,
            "season": self.season,
            "inputs_sha256": self.inputs_sha256,
            "evidence_sha256": self.evidence_sha256,
            "main_view_rows": self.main_view_rows,
            "identity_coverage": self.identity_coverage,
            "tables": {name: manifest.to_json() for name, manifest in self.tables.items()},
        }


def find_entry(archive: Archive, season: str, game_id: str) -> Entry | None:
    """The published game, or None.

    Raises:
        ArchiveError: The catalog entry is damaged, or of another version.
    """
    path = catalog_path(season, game_id)
    if not archive.exists(path):
        return None
    raw = archive.read_json(path)
    try:
        manifests = {name: Manifest(**entry) for name, entry in raw.pop("tables").items()}
        return Entry(tables=manifests, **raw)
    except (KeyError, TypeError) as error:
        raise ArchiveError(
            f"{path}: damaged, or written by another version ({error}); publish the game again"
        ) from error


def commit(archive: Archive, entry: Entry, *, may_lose: bool = False) -> None:
    """Publish a game by replacing its catalog entry.

    Args:
        archive: where the objects of the entry already are.
        entry: what to publish.
        may_lose: allow fewer rows or a lower coverage than what is published.

    Raises:
        ArchiveError: The entry knows less than what it would replace, or lacks a table.
    """
    missing = {table.name for table in PUBLIC_TABLES} - set(entry.tables)
    if missing:
        raise ArchiveError(f"game {entry.game_id}: tables {sorted(missing)} are not there")
    published = find_entry(archive, entry.season, entry.game_id)
    if published and not may_lose:
        _refuse_loss(published, entry)
    archive.write_json(catalog_path(entry.season, entry.game_id), entry.to_json())


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
    """Published games of one season, or of all, by season and game."""
    seasons = [season] if season else archive.seasons()
    return [
        entry
        for name in seasons
        for file in archive.names(f"catalog/{name}", ".json")
        if (entry := find_entry(archive, name, file.removesuffix(".json")))
    ]


def table_files(archive: Archive, games: Iterable[Entry]) -> dict[str, Sequence[str]]:
    """Name of each public table -> full paths of its objects, one per game."""
    chosen = list(games)
    return {
        table.name: [
            archive.path(entry.tables[table.name].path)
            for entry in chosen
            if table.name in entry.tables
        ]
        for table in PUBLIC_TABLES
    }
