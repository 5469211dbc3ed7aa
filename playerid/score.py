"""Published games of an archive, scored against their known truth."""

from collections.abc import Collection
from math import isnan
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from playerid import catalog, store, tables
from playerid.archive import Archive
from playerid.ask import open_warehouse
from playerid.catalog import Entry
from playerid.errors import LabelsError
from playerid.evaluate import (
    GameEvaluation,
    evaluate_game,
    read_labels,
    score_labelled_frames,
    summarise,
)
from playerid.evaluate.people import People
from playerid.roster import Game, read_game
from playerid.truth import has_truth, read_truth

READ = (tables.SEGMENTS, tables.PLAYER_FRAMES, tables.COURT_VIEWS, tables.IDENTITIES)
CLOCKS = "select game_id, frame_index, game_clock_s, clock_running from clock_frames"


def score_archive(archive: Archive, game_ids: Collection[str] | None = None) -> dict[str, Any]:
    """Score the published games whose truth is known, together.

    Args:
        archive: where the games and their truth are.
        game_ids: only these.

    Returns:
        Name of each score -> its value, None where there is nothing to score; see
        `playerid.evaluate.summarise`.

    Raises:
        LabelsError: No published game has a known truth.
    """
    games = known_games(archive, game_ids)
    connection = open_warehouse(archive)
    try:
        found = connection.sql("select * from three_second_violations").to_arrow_table()
        clocks = connection.sql(CLOCKS).to_arrow_table()
    finally:
        connection.close()
    scores: list[GameEvaluation] = []
    for entry in games:
        published = {t.name: store.read(archive, t, entry.tables[t.name]) for t in READ}
        published["clock_frames"] = clocks.filter(pc.equal(clocks["game_id"], entry.game_id))
        of_game = found.filter(pc.equal(found["game_id"], entry.game_id))
        scores.append(evaluate_game(published, of_game, read_truth(archive, entry.game_id)))
    return {"games": len(scores), **_known(summarise(scores))}


def known_games(archive: Archive, game_ids: Collection[str] | None = None) -> list[Entry]:
    """Published games whose truth is known.

    Raises:
        LabelsError: There is none.
    """
    games = [
        entry
        for entry in catalog.entries(archive)
        if (game_ids is None or entry.game_id in game_ids) and has_truth(archive, entry.game_id)
    ]
    if not games:
        raise LabelsError(
            f"{archive.url}: no published game has a truth; it is read from truth/<game_id>/"
        )
    return games


def score_labels(archive: Archive, game_id: str, file: Path) -> dict[str, Any]:
    """Score a published game against frames labelled by hand.

    Args:
        archive: where the game is.
        game_id: the game.
        file: the labels, in the format of `playerid.evaluate.labels`.

    Returns:
        Name of each score -> its value, None where there is nothing to score.

    Raises:
        LabelsError: The game is not published, or the labels have mistakes or name a team or a
            player whom the game does not have.
    """
    path = f"games/{game_id}/game.json"
    game = read_game(archive.read(path), path)
    entry = catalog.find_entry(archive, game.season, game_id)
    if entry is None:
        raise LabelsError(f"game {game_id} is not published; process it first")
    labels = read_labels(file.read_text("utf-8"), str(file))
    _check_names(labels, game, str(file))
    people = store.read(archive, tables.PLAYER_FRAMES, entry.tables[tables.PLAYER_FRAMES.name])
    return _known(score_labelled_frames(people, labels).scores())


def _check_names(labels: People, game: Game, file: str) -> None:
    teams = (game.home, game.away)
    players = {player.player_id for team in teams for player in team.players}
    known = {"", *players, *(team.team_id for team in teams)}
    if strange := {*labels.team_ids.tolist(), *labels.player_ids.tolist()} - known:
        raise LabelsError(f"{file}: not in game {game.game_id}: {', '.join(sorted(strange))}")


def _known(scores: dict[str, float]) -> dict[str, float | None]:
    return {name: None if isnan(value) else value for name, value in scores.items()}
