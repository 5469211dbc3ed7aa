"""Which of several catalog entries of a game holds: it stood in another season before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.errors import ArchiveError


def superseded_paths(archive: Archive, paths: Iterable[str], season: str | None) -> set[str]:
    """Entries of games that have another one, in the season that their game file names."""
    places = defaultdict(list)
    for path in {*paths, *(_paths_elsewhere(archive, season) if season else ())}:
        places[path.rpartition("/")[2]].append(path)
    return {
        path
        for several in places.values()
        if len(several) > 1
        for path in several
        if path != path_in_force(archive, several)
    }


def _paths_elsewhere(archive: Archive, season: str) -> list[str]:
    folders = [layout.season_folder(other) for other in archive.seasons() if other != season]
    with ThreadPoolExecutor(16) as readers:
        listed = readers.map(lambda folder: archive.names(folder, ".json"), folders)
        return [
            f"{folder}/{n}" for folder, names in zip(folders, listed, strict=True) for n in names
        ]


def path_in_force(archive: Archive, paths: Sequence[str]) -> str:
    """Of several entries of a game, that of the season of its file; without a file, the last."""
    game_id = PurePosixPath(paths[0]).stem
    try:
        season = archive.read_json(layout.game_file(game_id)).get("season")
    except ArchiveError:
        season = None
    named = [path for path in paths if PurePosixPath(path).parent.name == season]
    return named[0] if named else max(paths)
