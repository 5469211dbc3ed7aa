"""Corrections by hand -> the names of a game decided again, and published; no model runs."""

import threading
from collections.abc import Callable, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive import store
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.archive.step_records import StepRecord, find_records
from playerid.errors import ArchiveError
from playerid.game.corrections import Correction
from playerid.game.inputs import stored_game
from playerid.identify import resolution
from tasks.decided_again import evidence_of, read_seen, record_of
from tasks.identify import with_lineups
from tasks.platform.settings import Settings


class DecidesByHand:
    """Decides published games of an archive with other corrections; the last one is at hand.

    Args:
        archive: where the games are.
        process: processes a game under settings.
    """

    def __init__(self, archive: Archive, process: Callable[[str, Settings], Entry]) -> None:
        self._archive, self._process = archive, process
        self._lock = threading.Lock()
        self._records: dict[str, StepRecord] = {}
        self._last: tuple[str, resolution.GameEvidence, pa.Table] | None = None

    def decide(self, entry: Entry, corrections: Sequence[Correction]) -> resolution.Resolved:
        """Decide a game from what the models saw in it when it was published.

        Raises:
            ArchiveError: No record tells what that was, as after an import.
        """
        with self._lock:
            seen, clock = self._evidence(entry)
        game = stored_game(self._archive, entry.game_id)
        game = with_lineups(self._archive, game, lambda: clock)
        threshold = float(self._record(entry).facts["identity_threshold"])
        return resolution.identify_players(game, seen, threshold, corrections)

    def corrections_sha256(self, entry: Entry) -> str | None:
        """SHA-256 of the corrections with which a game was decided; None if there were none."""
        sha256: str | None = self._record(entry).facts["corrections"]
        return sha256

    def publish(self, entry: Entry) -> Entry:
        """Process a game with the pack that it was published with, as `playerid process` does.

        Raises:
            ArchiveError: That would ask its models again, because the pack changed since.
        """
        row = store.read(self._archive, tables.GAMES, entry.tables[tables.GAMES.name])
        settings = Settings(archive_url=self._archive.url, pack=row["pack"][0].as_py())
        known = {job: model.digest for job, model in settings.models.items()}
        for record in find_records(self._archive, entry.game_id).values():
            asked = record.facts.get("models", {})
            if changed := [job for job, digest in asked.items() if known.get(job) != digest]:
                raise ArchiveError(
                    f"game {entry.game_id}: the {changed[0]} of pack {settings.pack} is another one"
                    " since; playerid process asks it again"
                )
        return self._process(entry.game_id, settings)

    def _record(self, entry: Entry) -> StepRecord:
        decided = entry.tables[tables.IDENTITIES.name].sha256
        if decided not in self._records:
            self._records = {decided: record_of(self._archive, entry)}
        return self._records[decided]

    def _evidence(self, entry: Entry) -> tuple[resolution.GameEvidence, pa.Table]:
        tag = entry.evidence_sha256
        if self._last is None or self._last[0] != tag:
            manifests = evidence_of(self._archive, entry)
            clock = store.read_all(self._archive, tables.CLOCK_FRAMES, manifests)
            self._last = tag, read_seen(self._archive, manifests), clock
        return self._last[1:]
