"""All that was found out about a game -> public tables, checked, then committed."""

from collections.abc import Sequence
from importlib.metadata import version

from prefect import get_run_logger, task

from playerid import tables
from playerid.archive import catalog, store
from playerid.archive.catalog import Entry
from playerid.archive.store import Manifest
from playerid.errors import GameError
from playerid.game.play_by_play import read_called_events
from playerid.publish.answers import store_answers
from playerid.publish.assembly import assemble_game
from playerid.warehouse.published import check_game
from tasks.inspect import GameInputs, inspect_game
from tasks.platform.caching import digest_of
from tasks.platform.costs import cost_columns, step_costs
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings

INPUTS = (
    tables.SEGMENTS,
    tables.ATOM_BOXES,
    tables.OBJECT_BOXES,
    tables.COURT_VIEWS,
    tables.CLOCK_FRAMES,
    tables.IDENTITIES,
)


@task(task_run_name="publish-{inputs.game.game_id}", **EXPENSIVE)
def publish(
    inputs: GameInputs, evidence: Sequence[Manifest], settings: Settings, replace_anyway: bool
) -> Entry:
    """Write the public tables of a game, check them, and commit them to the catalog.

    A game that is published from the same inputs and evidence is left as it is.

    Raises:
        TableError: A check found rows that should not exist.
        ArchiveError: The game would know less than what is published.
        GameError: The game changed while it was processed.
    """
    archive, game = settings.archive, inputs.game
    digest, evidence_digest = inputs.digest(settings), digest_of(evidence)
    published = catalog.find_entry(archive, game.season, game.game_id)
    if (
        published
        and published.is_made_from(digest, evidence_digest)
        and store.is_intact(archive, published.tables.values())
    ):
        return published
    rows = {table.name: store.read_all(archive, table, evidence) for table in INPUTS}
    provenance = cost_columns(step_costs(archive, game.game_id, evidence))
    provenance |= {"inputs_sha256": digest, "pack": settings.pack, "version": version("playerid")}
    public = assemble_game(game, rows, settings.models, provenance)
    public["called_events"] = read_called_events(archive, game)
    entry = Entry(
        game.game_id,
        game.season,
        digest,
        evidence_digest,
        public["player_frames"].num_rows,
        public["games"]["identity_coverage"][0].as_py(),
        {
            t.name: store.write_public(archive, t, game.season, game.game_id, public[t.name])
            for t in tables.PUBLIC_TABLES
        },
    )
    check_game(archive, entry)
    entry = store_answers(archive, entry)
    if inspect_game.fn(game.game_id, settings).digest(settings) != digest:
        raise GameError(f"games/{game.game_id}: changed while it was processed; process it again")
    entry = catalog.commit(archive, entry, may_lose=replace_anyway)
    get_run_logger().info("%s: published, %d rows", game.game_id, entry.main_view_rows)
    return entry
