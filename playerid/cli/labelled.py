"""Scores against frames that were labelled by hand, for the command."""

from pathlib import Path
from typing import Any

from playerid.archive.archive import Archive
from playerid.cli.options import only_game
from playerid.errors import LabelsError
from playerid.evaluate.archive_scores import score_clips, score_labels
from tasks.clips_again import climb_clips, follow_seconds


def score_labelled(
    archive: Archive, games: list[str] | None, labels: Path, *, ladder: bool, seconds: bool
) -> dict[str, Any]:
    """Scores of one game against labelled frames, or of every game of a folder of such."""
    if labels.is_dir() and seconds:
        return {"rows": follow_seconds(archive, labels)}
    if labels.is_dir():
        return {"clips": (climb_clips if ladder else score_clips)(archive, labels)}
    if ladder or seconds:
        raise LabelsError("--ladder and --seconds take a folder of labelled games")
    return score_labels(archive, only_game(games), labels)


def check_together(*, out: Path | None, labels: Path | None, ladder: bool, seconds: bool) -> None:
    """Refuse options that ask for different things.

    Raises:
        LabelsError: Two do.
    """
    if seconds and labels is None:
        raise LabelsError("--seconds is for labelled clips: give --labels FOLDER")
    if out and (ladder or labels):
        raise LabelsError("--out is for scores against the truth, without --ladder or --labels")
