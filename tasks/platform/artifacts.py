"""What people see of a game and of a night in Prefect: artifacts."""

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.events import emit_event
from prefect.futures import PrefectFuture, as_completed

from playerid.operate.prices import Prices


def report_game(summary: Mapping[str, Any]) -> None:
    """Show how a run of a game went: state, steps made and remembered, cost."""
    game_id = summary["game_id"]
    lines = [f"# {game_id}: {summary['state']}", ""]
    if "reason" in summary:
        lines += [f"> {summary['reason']}", ""]
    lines += [f"Wall time {summary['wall_s']} s, ended {summary['at']}.", ""]
    made, remembered = summary.get("made", {}), summary.get("remembered", {})
    if stages := sorted({*made, *remembered}):
        lines += ["| stage | parts computed | parts remembered |", "|---|---|---|"]
        lines += [f"| {s} | {made.get(s, 0)} | {remembered.get(s, 0)} |" for s in stages]
    if cost := summary.get("cost"):
        lines += ["", ", ".join(f"{name} {value}" for name, value in cost.items())]
    if coverage := summary.get("coverage"):
        lines += ["", ", ".join(f"{name} {value:.3f}" for name, value in coverage.items())]
    if page := summary.get("page"):
        lines += ["", f"[Page of the game]({page})"]
    create_markdown_artifact("\n".join(lines), key=artifact_key("game", game_id))


def report_night(name: str, rows: Sequence[Mapping[str, Any]], prices: Prices) -> None:
    """Show the games of a night or of a backfill as a table.

    Args:
        name: of the table, in lower case.
        rows: records of the runs, as `runs/<game_id>.json` holds them.
        prices: of the machines.
    """
    shown = [
        {
            "game": row["game_id"],
            "state": row["state"],
            "wall_s": row.get("wall_s"),
            "gpu_s": (cost := row.get("cost", {})).get("gpu_s"),
            "cost": round(prices.of(cost.get("wall_s", 0.0), cost.get("gpu_s", 0.0)), 4),
            "computed": sum(row.get("made", {}).values()),
            "remembered": sum(row.get("remembered", {}).values()),
            "reason": row.get("reason", ""),
        }
        for row in rows
    ]
    create_table_artifact(shown, key=name)
    if aside := [row["game_id"] for row in rows if row["state"] != "published"]:
        resource = {"prefect.resource.id": f"playerid.night.{name}"}
        emit_event("playerid.night.games-set-aside", resource, payload={"games": aside})


def artifact_key(kind: str, game_id: str) -> str:
    """Key of an artifact: lower case letters, digits and dashes; two games never share one."""
    plain = re.sub(r"[^a-z0-9]+", "-", game_id.lower()).strip("-")
    if plain != game_id:
        plain += "-" + hashlib.sha256(game_id.encode()).hexdigest()[:8]
    return f"{kind}-{plain}"


def show_progress(game_id: str, futures: Sequence[PrefectFuture[Any]]) -> None:
    """Show how many of the parts of a game are done, until all are; once a second at most."""
    if not futures:
        return
    key = artifact_key("parts", game_id)
    artifact_id = cast(UUID, create_progress_artifact(0.0, key=key))
    shown_s = time.monotonic()
    for done, _ in enumerate(as_completed(list(futures)), start=1):
        if done == len(futures) or time.monotonic() - shown_s >= 1:
            update_progress_artifact(artifact_id, 100 * done / len(futures))
            shown_s = time.monotonic()
