"""All evidence of a game + its rosters -> identities."""

from collections.abc import Iterator, Sequence

from prefect import task

from playerid import tables
from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.game.play_by_play import read_called_events
from playerid.identify.called_lineups import find_lineups
from playerid.identify.resolution import GameEvidence, resolve_game
from tasks.inspect import GameInputs
from tasks.platform.caching import digests, remembered
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings

STEP = "identify-6"
INPUTS = (
    tables.TRACKED_BOXES,
    tables.NUMBER_READINGS,
    tables.TEAM_CROPS,
    tables.COURT_VIEWS,
)


@task(task_run_name="identify-{inputs.game.game_id}", **EXPENSIVE)
def identify(
    inputs: GameInputs, evidence: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """Decide who each tracklet of a game is.

    The line-ups of the game file hold; where it has none, those of its play-by-play.
    """
    facts = {
        "game": inputs.sha256,
        "evidence": digests(evidence, *(table.name for table in INPUTS)),
        "identity_threshold": settings.identity_threshold,
        "corrections": inputs.corrections.sha256,
    }
    is_called = bool(inputs.play_by_play_sha256 and not inputs.game.lineups)
    if is_called:
        facts["play_by_play"] = inputs.play_by_play_sha256
        facts["clock"] = digests(evidence, tables.CLOCK_FRAMES.name)
    said = inputs.corrections.items
    game_id, archive = inputs.game.game_id, settings.archive

    def make() -> Iterator[Manifest]:
        game = inputs.game
        if is_called:
            clock = store.read_all(archive, tables.CLOCK_FRAMES, evidence)
            lineups = find_lineups(game, read_called_events(archive, game), clock)
            game = game.model_copy(update={"lineups": lineups})
        seen = GameEvidence(*(store.read_all(archive, table, evidence) for table in INPUTS))
        resolved = resolve_game(game, seen, settings.identity_threshold, said)
        yield store.write(archive, tables.ATOM_BOXES, game_id, resolved.atom_boxes)
        yield store.write(archive, tables.IDENTITIES, game_id, resolved.identities)

    return remembered(archive, game_id, STEP, facts, make)
