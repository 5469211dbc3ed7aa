"""All that was found out about a game -> public tables, checked, then committed."""

from collections.abc import Sequence
from importlib.metadata import version

import pyarrow as pa

from playerid import tables
from playerid.archive import catalog, layout, store
from playerid.archive.entry import Entry
from playerid.archive.store import Manifest
from playerid.errors import GameError
from playerid.game.inputs import GameInputs, read_inputs
from playerid.game.play_by_play import read_called_events
from playerid.game.roster import Game
from playerid.publish.assembly import assemble_game
from playerid.publish.release import release_game, store_game
from tasks.platform.costs import cost_columns, step_costs
from tasks.platform.here import run_logger, task
from tasks.platform.memory import give_back
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings
from tasks.platform.step import Step, Work

PUBLISH = Step(
    "publish",
    2,
    reads=(
        tables.SEGMENTS,
        tables.ATOM_BOXES,
        tables.OBJECT_BOXES,
        tables.COURT_VIEWS,
        tables.CLOCK_FRAMES,
        tables.IDENTITIES,
    ),
    writes=(),  # it commits to the catalog, which remembers it
)


@task(task_run_name="publish-{inputs.game.game_id}", **EXPENSIVE)
def publish_game(
    inputs: GameInputs, evidence: Sequence[Manifest], settings: Settings, replace_anyway: bool
) -> Entry:
    """Write the public tables of a game, check them, and commit them to the catalog.

    A game that is published from the same inputs and evidence in the same way is left as it is.

    Raises:
        TableError: A check found rows that should not exist.
        ArchiveError: The game would know less than what is published.
        GameError: The game changed while it was processed.
    """
    archive, game = settings.archive, inputs.game
    digest = settings.digest_of(inputs)
    evidence_digest = store.digest_of(evidence, PUBLISH.versioned)
    if published := catalog.find_same(archive, game.season, game.game_id, digest, evidence_digest):
        return published
    entry = store_game(archive, _public_rows(game, digest, evidence, settings), evidence_digest)
    give_back()  # the rows: checks and answers read what is stored
    entry = release_game(archive, entry)
    if settings.digest_of(read_inputs(archive, game.game_id)) != digest:
        folder = layout.game_folder(game.game_id)
        raise GameError(f"{folder}: changed while it was processed; process it again")
    entry = catalog.commit(archive, entry, may_lose=replace_anyway)
    run_logger().info("%s: published, %d rows", game.game_id, entry.main_view_rows)
    return entry


def _public_rows(
    game: Game, digest: str, evidence: Sequence[Manifest], settings: Settings
) -> dict[str, pa.Table]:
    """Name of each public table -> the rows of a game, as `store_game` takes them."""
    work = Work(PUBLISH, evidence, settings)
    rows = {table.name: work.rows(table) for table in PUBLISH.reads}
    provenance = cost_columns(step_costs(settings.archive, game.game_id, evidence))
    provenance |= {"inputs_sha256": digest, "pack": settings.pack, "version": version("playerid")}
    public = assemble_game(game, rows, settings.models, provenance)
    public["called_events"] = read_called_events(settings.archive, game)
    return public
