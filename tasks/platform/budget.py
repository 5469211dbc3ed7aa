"""What the runs of games spent, and whether more may be spent."""

from collections.abc import Iterable

from playerid.archive.archive import Archive
from playerid.operate.runs import RunRecord, read_runs


class GpuBudget:
    """GPU hours that a backfill may spend; games that have begun are finished."""

    def __init__(self, archive: Archive, game_ids: Iterable[str], hours: float | None) -> None:
        self._archive, self._game_ids, self._hours = archive, list(game_ids), hours
        self._before = self._records()

    def is_left(self) -> bool:
        """Whether the games that ended since the start spent less than the budget."""
        if self._hours is None:
            return True
        new = [r for r in self._records().values() if r not in self._before.values()]
        return sum(record.cost["gpu_s"] for record in new) < self._hours * 3600

    def _records(self) -> dict[str, RunRecord]:
        return {} if self._hours is None else read_runs(self._archive, self._game_ids)
