"""Part -> homographies of its sampled frames, smoothed within each segment."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive.store import Manifest
from playerid.court import registration
from playerid.frames.main_view import SampledFrame
from playerid.frames.segments import Part
from playerid.game.inputs import GameInputs
from playerid.leagues import load_league
from tasks.platform.settings import Settings
from tasks.platform.step import Step, Work

COURT = Step(
    "court",
    3,
    reads=(tables.SEGMENTS, tables.SAMPLED_FRAMES),
    writes=(tables.COURT_VIEWS,),
    models=("court",),
)


def register_court(
    part: Part,
    inputs: GameInputs,
    sampled: Sequence[Manifest],
    settings: Settings,
    look: Callable[[], Iterator[SampledFrame]],
) -> list[Manifest]:
    """Find the court in the frames of one part; arguments as `track_people`."""
    league = inputs.game.league

    def make(work: Work) -> Mapping[str, pa.Table]:
        model, court = work.model("court"), load_league(league).court
        rows = registration.register_court(part.game_id, look(), model, court)
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
