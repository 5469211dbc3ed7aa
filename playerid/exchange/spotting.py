"""Spotted events as predictions of the SoccerNet action spotting challenge."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from playerid.game.play_by_play.spotting_labels import ACTIONS

logger = logging.getLogger(__name__)

EVENTS = """
select kind, spotted_events.time_s, spotted_events.period, game_clock_s, spot_prob,
    segments.video_index, spotted_events.time_s - segments.video_start_s as video_s,
    len(games.videos) as videos, periods,
    if(spotted_events.period > periods, overtime_s, period_s) as period_s
from spotted_events
inner join segments using (game_id, segment_index)
inner join games using (game_id)
inner join leagues using (league)
order by event_index
"""


def write_spotting(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write `<game_id>/results_spotting.json`: a prediction per spotted event.

    A position is time of the video of its half, as in the labels, if the game has one for each
    half; else it is time on the clock, and events before a clock was read are left out. It cannot
    hold: team, player, place, and what is none of the 17 classes.
    """
    game_id = str(connection.sql("select game_id from games").fetchall()[0][0])
    labels = {kind: label for label, kind in ACTIONS.items()}
    predictions, lost = [], 0
    for row in connection.sql(EVENTS).to_arrow_table().to_pylist():
        placed = _position(row)
        if placed is None or row["kind"] not in labels:
            lost += 1
            continue
        half, position_s = placed
        predictions.append({
            "gameTime": f"{half} - {int(position_s // 60):02d}:{int(position_s % 60):02d}",
            "label": labels[row["kind"]], "position": str(round(1000 * position_s)),
            "half": str(half), "confidence": round(float(row["spot_prob"]), 3),
        })  # fmt: skip
    if lost:
        logger.warning("%s: left out %d events whose half is not known", game_id, lost)
    target = folder / game_id / "results_spotting.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    content = {"UrlLocal": game_id, "predictions": predictions}
    target.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return [target]


def _position(row: Mapping[str, Any]) -> tuple[int, float] | None:
    """Half and seconds into it; None if nobody knows."""
    if row["videos"] == row["periods"]:
        return int(row["video_index"]) + 1, max(float(row["video_s"]), 0.0)
    if row["period"] is None or row["game_clock_s"] is None:
        return None
    return int(row["period"]), max(float(row["period_s"] - row["game_clock_s"]), 0.0)
