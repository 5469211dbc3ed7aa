"""Part -> homographies of its sampled frames, smoothed within each segment."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive.store import Manifest
from playerid.court import registration
from playerid.frames.segments import Part
from playerid.game.inputs import GameInputs
from playerid.leagues import load_league
from tasks.platform.here import task
from tasks.platform.parts import main_view, segments_of
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings
from tasks.platform.step import Step, Work

COURT = Step(
    "court",
    3,
    reads=(tables.SEGMENTS, tables.SAMPLED_FRAMES),
    writes=(tables.COURT_VIEWS,),
    models=("court",),
)


@task(task_run_name="register-court-{part.game_id}-{part.index}", **EXPENSIVE)
def register_court(
    part: Part, inputs: GameInputs, sampled: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """Find the court in the frames of one part."""
    league = inputs.game.league

    def make(work: Work) -> Mapping[str, pa.Table]:
        frames, court = main_view(segments_of(part, work), inputs, work), load_league(league).court
        rows = registration.register_court(part.game_id, frames, work.model("court"), court)
        return {"court_views": rows}

    return COURT.run(
        part.game_id,
        sampled,
        settings,
        make,
        part=part.bounds,
        videos=inputs.videos_sha256,
        league=league,
    )
