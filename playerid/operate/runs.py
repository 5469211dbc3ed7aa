"""How the last run of each game went: a record that the next run replaces."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from pydantic import TypeAdapter, ValidationError

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.metering import Cost
from playerid.errors import ArchiveError, DamagedError


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How a run of a game went.

    Attributes:
        game_id: the game.
        state: "published" or "set aside".
        at: when it ended, UTC.
        wall_s: how long it took.
        reason: why the game is set aside.
        season: of the game; None if the run failed before it was known.
        made: stage -> steps that it computed; None if it did not come to an end.
        remembered: stage -> steps that it found made.
        cost: of the steps that it computed.
        coverage: "identity" -> share of the player-frames with a name.
        page: where people find the page of the game.
    """

    game_id: str
    state: str
    at: str
    wall_s: float
    reason: str = ""
    season: str | None = None
    made: Mapping[str, int] | None = None
    remembered: Mapping[str, int] | None = None
    cost: Mapping[str, float] = field(default_factory=lambda: Cost().to_json())
    coverage: Mapping[str, float] = field(default_factory=dict)
    page: str | None = None

    @property
    def steps_made(self) -> int | None:
        """Steps that were computed; None if the run did not come to an end."""
        return None if self.made is None else sum(self.made.values())

    @property
    def steps_remembered(self) -> int | None:
        """Steps that were found made; None if the run did not come to an end."""
        return None if self.remembered is None else sum(self.remembered.values())


RECORD = TypeAdapter(RunRecord)


def write_run(archive: Archive, record: RunRecord) -> None:
    """Replace the record of a game."""
    archive.write_json(layout.run_record(record.game_id), asdict(record))


def read_runs(archive: Archive, game_ids: Iterable[str]) -> dict[str, RunRecord]:
    """Game -> how its last run went; games without a run, or with a damaged record, are left out.

    What is damaged is named in the log; the next run of the game replaces it.
    """
    there = set(archive.names(layout.RUNS, ".json"))
    found = {game_id: _read(archive, game_id) for game_id in game_ids if f"{game_id}.json" in there}
    return {game_id: record for game_id, record in found.items() if record}


def _read(archive: Archive, game_id: str) -> RunRecord | None:
    path = layout.run_record(game_id)
    try:
        record = RECORD.validate_python(archive.read_json(path))
        if record.game_id != game_id:
            raise DamagedError(f"it is of game {record.game_id!r}")
    except (ArchiveError, ValidationError) as error:
        logging.getLogger(__name__).warning("%s: damaged (%s); left out", path, error)
        return None
    return record
