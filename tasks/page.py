"""A published game -> its page, which artifacts link to."""

from playerid.archive import layout
from playerid.archive.entry import Entry
from tasks.platform.here import run_logger, task
from tasks.platform.memory import give_back
from tasks.platform.settings import Settings


@task(task_run_name="write-page-{entry.game_id}", persist_result=False)
def write_page(entry: Entry, settings: Settings) -> str:
    """Write the page of a game, unless there is one of what is published.

    Returns:
        Where people find it.
    """
    archive, record = settings.archive, layout.page_record(entry.game_id)
    shown = {"evidence_sha256": entry.evidence_sha256, "studio_url": settings.studio_url}
    if not (archive.exists(record) and archive.read_json(record) == shown):
        from playerid.report import write_game_page  # noqa: PLC0415, seconds

        give_back()  # what publishing freed, before the clips take theirs
        write_game_page(archive, entry.game_id, settings.studio_url)
        archive.write_json(record, shown)
    return f"{settings.pages_url or archive.url}/{layout.page(entry.game_id)}"


def page_of(entry: Entry, settings: Settings) -> str | None:
    """Where the page is; None if it is not wanted, or could not be written: the game is there."""
    if not settings.writes_pages:
        return None
    try:
        return write_page(entry, settings)
    except Exception:
        run_logger().exception("%s: the page could not be written", entry.game_id)
        return None
