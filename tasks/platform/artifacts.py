"""What people see of a game and of a night in Prefect: artifacts."""

import hashlib
import re
import time
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.events import emit_event
from prefect.futures import PrefectFutureList, as_completed

from playerid.operate.prices import Prices
from playerid.operate.runs import RunRecord
from tasks.platform.here import Results, is_orchestrated


def report_game(run: RunRecord) -> None:
    """Show how a run of a game went: state, steps made and remembered, cost."""
    if not is_orchestrated():
        return
    lines = [f"# {run.game_id}: {run.state}", ""]
    if run.reason:
        lines += [f"> {run.reason}", ""]
    lines += [f"Wall time {run.wall_s} s, ended {run.at}.", ""]
    made, remembered = run.made or {}, run.remembered or {}
    if stages := sorted({*made, *remembered}):
        lines += ["| stage | parts computed | parts remembered |", "|---|---|---|"]
        lines += [f"| {s} | {made.get(s, 0)} | {remembered.get(s, 0)} |" for s in stages]
    if run.made is not None:
        lines += ["", ", ".join(f"{name} {value}" for name, value in run.cost.items())]
        lines += ["", ", ".join(f"{name} {value:.3f}" for name, value in run.coverage.items())]
    if run.page:
        lines += ["", f"[Page of the game]({run.page})"]
    create_markdown_artifact("\n".join(lines), key=artifact_key("game", run.game_id))


def report_night(name: str, runs: Sequence[RunRecord], prices: Prices) -> None:
    """Show the games of a night or of a backfill as a table.

    Args:
        name: of the table, in lower case.
        runs: the last run of each game.
        prices: of the machines.
    """
    if not is_orchestrated():
        return
    shown = [
        {
            "game": run.game_id,
            "state": run.state,
            "wall_s": run.wall_s,
            "gpu_s": run.cost["gpu_s"],
            "cost": round(prices.of(run.cost["wall_s"], run.cost["gpu_s"]), 4),
            "computed": run.steps_made,
            "remembered": run.steps_remembered,
            "reason": run.reason,
        }
        for run in runs
    ]
    create_table_artifact(shown, key=name)
    if aside := [run.game_id for run in runs if run.state != "published"]:
        resource = {"prefect.resource.id": f"playerid.night.{name}"}
        emit_event("playerid.night.games-set-aside", resource, payload={"games": aside})


def artifact_key(kind: str, game_id: str) -> str:
    """Key of an artifact: lower case letters, digits and dashes; two games never share one."""
    plain = re.sub(r"[^a-z0-9]+", "-", game_id.lower()).strip("-")
    if plain != game_id:
        plain += "-" + hashlib.sha256(game_id.encode()).hexdigest()[:8]
    return f"{kind}-{plain}"


def show_progress(game_id: str, *mapped: Results[Any]) -> None:
    """Show how many of the parts of a game are done, until all are; once a second at most."""
    futures = [future for some in mapped if isinstance(some, PrefectFutureList) for future in some]
    if not futures:
        return
    key = artifact_key("parts", game_id)
    artifact_id = cast(UUID, create_progress_artifact(0.0, key=key))
    shown_s = time.monotonic()
    for done, _ in enumerate(as_completed(futures), start=1):
        if done == len(futures) or time.monotonic() - shown_s >= 1:
            update_progress_artifact(artifact_id, 100 * done / len(futures))
            shown_s = time.monotonic()
