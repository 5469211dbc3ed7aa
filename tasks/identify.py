"""All evidence of a game + its rosters -> identities."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive.store import Manifest
from playerid.game.inputs import GameInputs
from playerid.game.play_by_play import read_called_events
from playerid.identify import resolution
from playerid.identify.called_lineups import find_lineups
from tasks.platform.here import task
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings
from tasks.platform.step import Step, Work

SEEN = (
    tables.TRACKED_BOXES,
    tables.NUMBER_READINGS,
    tables.TEAM_CROPS,
    tables.COURT_VIEWS,
)
IDENTIFY = Step(
    "identify",
    11,
    reads=(*SEEN, tables.CLOCK_FRAMES),
    writes=(tables.ATOM_BOXES, tables.IDENTITIES),
)


@task(task_run_name="identify-{inputs.game.game_id}", **EXPENSIVE)
def identify_players(
    inputs: GameInputs, evidence: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """Decide who each tracklet of a game is.

    The line-ups of the game file hold; where it has none, those of its play-by-play.
    """
    game = inputs.game

    def make(work: Work) -> Mapping[str, pa.Table]:
        known = game
        if inputs.play_by_play_sha256 and not game.lineups:
            called = read_called_events(settings.archive, game)
            lineups = find_lineups(game, called, work.rows(tables.CLOCK_FRAMES))
            known = game.model_copy(update={"lineups": lineups})
        seen = resolution.GameEvidence(*(work.rows(table) for table in SEEN))
        said, threshold = inputs.corrections.items, settings.identity_threshold
        resolved = resolution.identify_players(known, seen, threshold, said)
        return {"atom_boxes": resolved.atom_boxes, "identities": resolved.identities}

    return IDENTIFY.run(
        game.game_id,
        evidence,
        settings,
        make,
        game=inputs.sha256,
        identity_threshold=settings.identity_threshold,
        corrections=inputs.corrections.sha256,
        play_by_play=inputs.play_by_play_sha256,
    )
