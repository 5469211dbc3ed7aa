"""Crops of a game -> the cluster of each crop."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive.store import Manifest
from playerid.teams import team_crops
from tasks.platform.here import task
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings
from tasks.platform.step import Step, Work

TEAMS = Step(
    "teams",
    4,
    reads=(tables.PLAYER_CROPS, tables.TRACKED_BOXES),
    writes=(tables.TEAM_CROPS,),
    models=("team_embedder",),
)


@task(task_run_name="cluster-teams-{game_id}", **EXPENSIVE)
def cluster_teams(game_id: str, tracked: Sequence[Manifest], settings: Settings) -> list[Manifest]:
    """Embed the crops of a game's people and split its players into two clusters."""

    def make(work: Work) -> Mapping[str, pa.Table]:
        crops, boxes = work.in_turn(tables.PLAYER_CROPS), work.rows(tables.TRACKED_BOXES)
        return {"team_crops": team_crops.cluster_teams(crops, boxes, work.model("team_embedder"))}

    return TEAMS.run(game_id, tracked, settings, make)
