"""Which games are due: new, or changed since they were published."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath

from playerid.archive import catalog
from playerid.archive.patience import may_pass
from playerid.archive.verify import is_whole
from playerid.game.inputs import read_inputs
from playerid.game.roster import Game
from tasks.platform.settings import Settings


def due_games(
    settings: Settings, is_wanted: Callable[[Game], bool] = lambda game: True
) -> list[str]:
    """Games of the archive that are new, or changed since they were published.

    A game that cannot be read is due, whatever that causes: processing it says what is wrong, and
    sets it aside. So is one whose published objects are damaged. Only a storage that is away is
    everybody's error.

    Args:
        settings: which archive, and by what games are processed.
        is_wanted: chooses among the games that can be read; not given, unreadable ones count.
    """
    archive = settings.archive
    published = catalog.read_catalog(archive)
    entries = {entry.game_id: entry for entry in published.entries}
    twice = {PurePosixPath(path).stem for path in published.superseded}

    def is_due(game_id: str) -> bool:
        try:
            inputs = read_inputs(archive, game_id)
            entry = entries.get(game_id)
            return is_wanted(inputs.game) and (
                entry is None
                or entry.season != inputs.game.season
                or entry.inputs_sha256 != settings.digest_of(inputs)
                or game_id in twice
                or (archive.is_local and not is_whole(archive, entry))
            )
        except Exception as error:
            if may_pass(error):
                raise
            return True

    game_ids = archive.game_ids()
    with ThreadPoolExecutor(16) as readers:
        return [g for g, due in zip(game_ids, readers.map(is_due, game_ids), strict=True) if due]


def of_season_or_days(
    season: str | None, first_day: dt.date | None, last_day: dt.date | None
) -> Callable[[Game], bool]:
    """Choose games of a season, of a range of days, both inclusive, or of both together."""

    def is_wanted(game: Game) -> bool:
        return (
            (season is None or game.season == season)
            and (first_day is None or game.date >= first_day)
            and (last_day is None or game.date <= last_day)
        )

    return is_wanted
