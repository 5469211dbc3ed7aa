"""Part -> homographies of its sampled frames, smoothed within each segment."""

from collections.abc import Iterator, Sequence

from prefect import task

from playerid import tables
from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.court.registration import register_views
from playerid.frames.main_view import read_main_view
from playerid.frames.segments import Part, segments_from
from playerid.league import load_league
from tasks.inspect import GameInputs
from tasks.platform.caching import digests, remembered
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings

STEP = "register_court-2"


@task(task_run_name="register-court-{part.game_id}-{part.index}", **EXPENSIVE)
def register_court(
    part: Part, inputs: GameInputs, sampled: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """Find the court in the frames of one part."""
    facts = {
        "part": [part.first_segment, part.last_segment],
        "videos": inputs.videos_sha256,
        "sampled": digests(sampled, "segments", "sampled_frames"),
        "league": inputs.game.league,
        "court": settings.models["court"].digest,
    }

    def make() -> Iterator[Manifest]:
        archive = settings.archive
        segments = segments_from(store.read_all(archive, tables.SEGMENTS, sampled))
        frames = store.read_all(archive, tables.SAMPLED_FRAMES, sampled)
        images = read_main_view(inputs.videos(archive), part.of(segments), frames)
        court = load_league(inputs.game.league).court
        rows = register_views(part.game_id, images, settings.load("court"), court)
        yield store.write(archive, tables.COURT_VIEWS, part.game_id, rows)

    return remembered(settings.archive, part.game_id, STEP, facts, make)
