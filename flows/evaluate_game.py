"""Compare a published game with its known truth."""

from typing import Any

from prefect import flow
from prefect.artifacts import create_table_artifact

from playerid.archive import layout
from playerid.evaluate.archive_scores import score_archive
from tasks.platform.artifacts import artifact_key
from tasks.platform.settings import Settings


@flow(flow_run_name="evaluate-{game_id}")
def evaluate_game(game_id: str) -> dict[str, Any]:
    """Score a game; the scores are kept beside its truth.

    Returns:
        Name of each score -> its value, None where there is nothing to score.

    Raises:
        LabelsError: The game is not published, or has no truth.
    """
    archive = Settings().archive
    scores = score_archive(archive, [game_id])
    archive.write_json(layout.truth_scores(game_id), scores)
    rows = [{"score": name, "value": value} for name, value in scores.items()]
    create_table_artifact(rows, key=artifact_key("scores", game_id))
    return scores
