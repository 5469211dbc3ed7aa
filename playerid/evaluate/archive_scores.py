"""Published games of an archive, scored against their known truth."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from math import isnan
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from playerid import tables
from playerid.archive import catalog, store
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.errors import LabelsError
from playerid.evaluate import (
    GameEvaluation,
    count_labels,
    evaluate_game,
    match_labels,
    score_labelled_tracks,
    summarise,
)
from playerid.evaluate.court_points import read_court_points, score_court_points
from playerid.evaluate.label_formats import read_label_file
from playerid.evaluate.official_state import pair_states
from playerid.evaluate.people import PersonRows
from playerid.exchange.game_state_predictions import state_query
from playerid.game.inputs import stored_game
from playerid.game.roster import Game, read_game
from playerid.game.truth import has_truth, read_truth
from playerid.leagues import load_league
from playerid.warehouse.published import connect_games
from playerid.warehouse.warehouse import disconnect

COURT_POINTS = "points.csv"
"""Beside labels of people: points of the court, `playerid.evaluate.court_points`."""
READ = (
    tables.SEGMENTS,
    tables.PLAYER_FRAMES,
    tables.COURT_VIEWS,
    tables.BALL_FRAMES,
    tables.IDENTITIES,
    tables.TEAM_SHAPES,
)
CLIP_SCORES = (
    "identity_precision",
    "identity_coverage",
    "identity_coverage_readable",
    "player_recall",
    "player_precision",
    "team_accuracy",
    "team_coverage",
    "numbers_read",
    "number_accuracy",
    "hota",
    "idf1",
)
VIEWS = {
    "clock_frames": "select game_id, frame_index, game_clock_s, clock_running from clock_frames",
    "minutes": "select game_id, player_id, main_view_s from minutes",
    "three_second_violations": "select * from three_second_violations",
}


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
    return score_games(evaluate_archive(archive, game_ids))


def score_games(games: Mapping[str, GameEvaluation]) -> dict[str, Any]:
    """Scores of games together, None where there is nothing to score."""
    return {"games": len(games), **_known(summarise(list(games.values())))}


def evaluate_archive(
    archive: Archive, game_ids: Collection[str] | None = None
) -> dict[str, GameEvaluation]:
    """Compare each published game whose truth is known with it.

    Raises:
        LabelsError: No published game has a known truth.
    """
    games = known_games(archive, game_ids)
    connection = connect_games(archive, games)
    try:
        views = {name: connection.sql(query).to_arrow_table() for name, query in VIEWS.items()}
        states = {
            entry.game_id: connection.sql(state_query(entry.game_id)).to_arrow_table()
            for entry in games
        }
    finally:
        disconnect(connection)
    evaluated: dict[str, GameEvaluation] = {}
    for entry in games:
        published = {t.name: _stored(archive, t, entry) for t in READ}
        for name, rows in views.items():
            published[name] = rows.filter(pc.equal(rows["game_id"], entry.game_id))
        (game,) = store.read(archive, tables.GAMES, entry.tables[tables.GAMES.name]).to_pylist()
        truth = read_truth(archive, entry.game_id)
        evaluation = evaluate_game(published, truth, load_league(game["league"]).court)
        evaluated[entry.game_id] = replace(
            evaluation, state=pair_states(states[entry.game_id], truth)
        )
    return evaluated


def _stored(archive: Archive, table: tables.Table, entry: Entry) -> pa.Table:
    """Rows of a table of a game; none where an older version published it without."""
    manifest = entry.tables.get(table.name)
    return store.read(archive, table, manifest) if manifest else table.schema.empty_table()


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
    """Score a published game against labelled frames.

    Args:
        archive: where the game is.
        game_id: the game.
        file: the labels, in a format of `playerid.evaluate.label_formats`. Where `COURT_POINTS`
            lies beside it, views of the court are scored too.

    Returns:
        Name of each score -> its value, None where there is nothing to score.

    Raises:
        LabelsError: The game is not published, or the labels have mistakes or name a team or a
            player whom the game does not have.
        TableError: The labels are no MOTChallenge text.
    """
    game = stored_game(archive, game_id)
    entry = catalog.find_entry(archive, game.season, game_id)
    if entry is None:
        raise LabelsError(f"game {game_id} is not published; process it first")
    labels = read_label_file(file, game)
    _check_names(labels, game, str(file))
    people = store.read(archive, tables.PLAYER_FRAMES, entry.tables[tables.PLAYER_FRAMES.name])
    counted = count_labels(match_labels(people, labels)).scores()
    counted |= score_labelled_tracks(people, labels)
    points = file.with_name(COURT_POINTS)
    if points.is_file():
        court = load_league(game.league).court
        marked = read_court_points(points.read_text("utf-8"), str(points), court)
        views = store.read(archive, tables.COURT_VIEWS, entry.tables[tables.COURT_VIEWS.name])
        counted |= score_court_points(views, marked)
    return _known(counted)


def score_clips(archive: Archive, folder: Path) -> list[dict[str, Any]]:
    """Score every labelled game of a folder.

    Args:
        archive: where the games are published.
        folder: with a folder for each game, which holds its `game.json` and `labels.csv`.

    Returns:
        A row per game: `clip`, its id, and the columns of `CLIP_SCORES`, None where there is
        nothing to score.

    Raises:
        LabelsError: No game is labelled there; or as `score_labels`.
    """
    rows: list[dict[str, Any]] = []
    for game_id, file in labelled_games(folder).items():
        scores = score_labels(archive, game_id, file)
        rows.append({"clip": game_id, **{name: scores.get(name) for name in CLIP_SCORES}})
    return rows


def labelled_games(folder: Path) -> dict[str, Path]:
    """Id of each game of a folder of labelled games -> its labels, sorted.

    Raises:
        LabelsError: There is none.
    """
    files = sorted(folder.glob("*/labels.csv"))
    if not files:
        raise LabelsError(f"{folder}: expected folders that hold game.json and labels.csv")
    return {
        read_game((path := file.with_name("game.json")).read_bytes(), str(path)).game_id: file
        for file in files
    }


def _check_names(labels: PersonRows, game: Game, file: str) -> None:
    teams = (game.home, game.away)
    players = {player.player_id for team in teams for player in team.players}
    known = {"", *players, *(team.team_id for team in teams)}
    if strange := {*labels.team_ids.tolist(), *labels.player_ids.tolist()} - known:
        raise LabelsError(f"{file}: not in game {game.game_id}: {', '.join(sorted(strange))}")


def _known(scores: dict[str, float]) -> dict[str, float | None]:
    return {name: None if isnan(value) else value for name, value in scores.items()}
