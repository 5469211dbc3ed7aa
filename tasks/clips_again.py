"""Labelled games of an archive, decided again from their working tables."""

from math import isnan
from pathlib import Path
from typing import Any

from playerid.archive import catalog
from playerid.archive.archive import Archive
from playerid.errors import LabelsError
from playerid.evaluate.archive_scores import labelled_games
from playerid.evaluate.clip_ladder import LabelledClip, climb_clip
from playerid.evaluate.label_formats import read_label_file
from playerid.evaluate.labels import LabelScores
from playerid.evaluate.observed_looks import observe
from playerid.evaluate.ratios import add_counts
from playerid.evaluate.seconds_seen import name_after, name_clip_after
from playerid.game.inputs import stored_game
from tasks.decided_again import evidence_of, read_seen


def climb_clips(archive: Archive, folder: Path) -> list[dict[str, Any]]:
    """Decide labelled games again, with more and more of the evidence; no model runs.

    Args:
        archive: where the games are published.
        folder: as `playerid.evaluate.archive_scores.score_clips` takes it.

    Returns:
        A row per game and step of `playerid.evaluate.clip_ladder.climb_clip`, and one per step for
        all games together: clip, step, precision, coverage, coverage of those who can be read.

    Raises:
        ArchiveError: The working tables of a game are gone.
        LabelsError: No game is labelled there, or one is not published.
    """
    together: dict[str, list[LabelScores]] = {}
    rows = []
    for game_id, file in labelled_games(folder).items():
        for step, scores in climb_clip(_read_clip(archive, game_id, file)).items():
            together.setdefault(step, []).append(scores)
            rows.append(_clip_row(game_id, step, scores))
    return rows + [_clip_row("all", step, add_counts(each)) for step, each in together.items()]


def follow_seconds(archive: Archive, folder: Path) -> list[dict[str, Any]]:
    """Names of labelled games by the seconds of play that were seen; no model runs.

    Returns:
        A row per game, kind (real, as long as it lasts; or made up of what was read there) and
        number of seconds: clip, kind, seconds, precision, coverage.

    Raises:
        ArchiveError: The working tables of a game are gone.
        LabelsError: No game is labelled there, or one is not published.
    """
    rows = []
    for game_id, file in labelled_games(folder).items():
        clip = _read_clip(archive, game_id, file)
        kinds = {
            "real": name_clip_after(clip),
            "made up": name_after(clip.game, people) if (people := observe(clip)) else [],
        }
        for kind, named in kinds.items():
            for row in named:
                known = {name: None if isnan(value) else value for name, value in row.items()}
                rows.append({"clip": game_id, "kind": kind, **known})
    return rows


def _read_clip(archive: Archive, game_id: str, file: Path) -> LabelledClip:
    game = stored_game(archive, game_id)
    entry = catalog.find_entry(archive, game.season, game_id)
    if entry is None:
        raise LabelsError(f"game {game_id} is not published; process it first")
    seen = read_seen(archive, evidence_of(archive, entry))
    return LabelledClip(game, seen, read_label_file(file, game))


def _clip_row(clip: str, step: str, counts: LabelScores) -> dict[str, Any]:
    scores = counts.scores()
    names = ("identity_precision", "identity_coverage", "identity_coverage_readable")
    kept = {name: None if isnan(scores[name]) else scores[name] for name in names}
    return {"clip": clip, "step": step, **kept}
