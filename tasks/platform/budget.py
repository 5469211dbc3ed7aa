"""What the runs of games spent, and whether more may be spent."""

from collections.abc import Iterable, Mapping
from typing import Any

from playerid.archive.archive import Archive


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
        spent_s = sum(float(r.get("cost", {}).get("gpu_s", 0)) for r in new)
        return spent_s < self._hours * 3600

    def _records(self) -> dict[str, Mapping[str, Any]]:
        return {} if self._hours is None else run_records(self._archive, self._game_ids)


def run_records(archive: Archive, game_ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Game -> how its last run went; games without a run are left out."""
    there = set(archive.names("runs", ".json"))
    return {
        game_id: archive.read_json(f"runs/{game_id}.json")
        for game_id in game_ids
        if f"{game_id}.json" in there
    }
