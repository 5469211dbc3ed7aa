"""Scores against frames that were labelled by hand, for the command."""

from pathlib import Path
from typing import Any

from playerid.archive.archive import Archive
from playerid.cli.options import only_game
from playerid.errors import LabelsError
from playerid.evaluate.archive_scores import score_clips, score_labels
from tasks.clips_again import climb_clips


def score_labelled(
    archive: Archive, games: list[str] | None, labels: Path, *, ladder: bool
) -> dict[str, Any]:
    """Scores of one game against labelled frames, or of every game of a folder of such."""
    if labels.is_dir():
        return {"clips": (climb_clips if ladder else score_clips)(archive, labels)}
    if ladder:
        raise LabelsError("--ladder with labels takes a folder of labelled games")
    return score_labels(archive, only_game(games), labels)
