"""A published game as its catalog entry says it: which objects it is, and what it was made from."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from playerid.archive import layout
from playerid.archive.archive import parse_json
from playerid.archive.store import Manifest, read_manifest
from playerid.errors import ArchiveError, DamagedError


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
        league: whose rules it is played by; "" if an older version wrote the entry.
    """

    game_id: str
    season: str
    inputs_sha256: str
    evidence_sha256: str
    main_view_rows: int
    identity_coverage: float
    tables: Mapping[str, Manifest]
    league: str = ""

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
            "league": self.league,
        }


FACTS = {field.name for field in fields(Entry)}


def parse_entry(path: str, content: bytes | str) -> Entry:
    """An entry as it stands in the catalog, believed only about objects of its own game.

    Raises:
        DamagedError: It is torn, or names another game or objects that are not of this one.
        ArchiveError: It is of a newer version.
    """
    raw = parse_json(path, content)
    try:
        return _checked(path, raw)
    except DamagedError as error:
        raise DamagedError(f"{path}: damaged: {error}; publish the game again") from error
    except ArchiveError as error:
        raise ArchiveError(f"{path}: {error}; use that version") from error


def _checked(path: str, raw: Mapping[str, Any]) -> Entry:
    if missing := sorted(FACTS - raw.keys() - {"league"}):
        raise DamagedError(f"{missing[0]} is missing")
    if newer := sorted(raw.keys() - FACTS):
        raise ArchiveError(f"written by a newer version of playerid, which knows {newer[0]!r}")
    texts = [raw[name] for name in ("game_id", "season", "inputs_sha256", "evidence_sha256")]
    texts.append(raw.get("league", ""))
    numbers = [raw[name] for name in ("main_view_rows", "identity_coverage")]
    if not all(isinstance(text, str) for text in texts) or not all(
        isinstance(number, int | float) for number in numbers
    ):
        raise DamagedError("a fact of another type")
    game_id, season = str(raw["game_id"]), str(raw["season"])
    if path != layout.catalog_entry(season, game_id):
        raise DamagedError(f"it is of game {game_id!r} of season {season!r}")
    if not isinstance(raw["tables"], dict):
        raise DamagedError("tables: expected an object")
    folder_of = partial(layout.published_folder, season=season, game_id=game_id)
    tables = {name: read_manifest(each, folder_of) for name, each in raw["tables"].items()}
    for name, manifest in tables.items():
        if name.partition("-")[0] != manifest.table:
            raise DamagedError(f"{name}: is table {manifest.table!r}")
    return Entry(**{**raw, "tables": tables})
