"""Crops of a game -> the cluster of each crop."""

from collections.abc import Iterator, Sequence

from prefect import task

from playerid import tables
from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.teams.team_crops import cluster_crops
from tasks.platform.caching import digests, remembered
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings

STEP = "cluster_teams-2"


@task(task_run_name="cluster-teams-{game_id}", **EXPENSIVE)
def cluster_teams(game_id: str, tracked: Sequence[Manifest], settings: Settings) -> list[Manifest]:
    """Embed the crops of a game's people and split its players into two clusters."""
    facts = {
        "tracked": digests(tracked, "player_crops", "tracked_boxes"),
        "team_embedder": settings.models["team_embedder"].digest,
    }

    def make() -> Iterator[Manifest]:
        archive = settings.archive
        crops = store.read_all(archive, tables.PLAYER_CROPS, tracked)
        boxes = store.read_all(archive, tables.TRACKED_BOXES, tracked)
        rows = cluster_crops(crops, boxes, settings.load("team_embedder"))
        yield store.write(archive, tables.TEAM_CROPS, game_id, rows)

    return remembered(settings.archive, game_id, STEP, facts, make)
