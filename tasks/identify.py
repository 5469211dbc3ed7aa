"""All evidence of a game + its rosters -> identities."""

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive.archive import Archive
from playerid.archive.store import Manifest
from playerid.game.inputs import GameInputs
from playerid.game.play_by_play import read_called_events
from playerid.game.roster import Game
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
    15,
    reads=(*SEEN, tables.CLOCK_FRAMES),
    writes=(tables.ATOM_BOXES, tables.IDENTITIES),
)


def with_lineups(archive: Archive, game: Game, clock_frames: Callable[[], pa.Table]) -> Game:
    """A game with its line-ups: of its file, or where that has none, of its play-by-play.

    Args:
        archive: where the play-by-play is.
        game: the game.
        clock_frames: reads the rows of `clock_frames`, where they are needed.
    """
    if not game.play_by_play or game.lineups:
        return game
    called = read_called_events(archive, game)
    return game.model_copy(update={"lineups": find_lineups(game, called, clock_frames())})


@task(task_run_name="identify-{inputs.game.game_id}", **EXPENSIVE)
def identify_players(
    inputs: GameInputs, evidence: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """Decide who each tracklet of a game is."""
    game = inputs.game

    def make(work: Work) -> Mapping[str, pa.Table]:
        known = with_lineups(settings.archive, game, lambda: work.rows(tables.CLOCK_FRAMES))
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
