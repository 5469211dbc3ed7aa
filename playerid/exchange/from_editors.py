"""What somebody changed in an editor -> corrections of the game, kept with the others."""

import re
from pathlib import Path

from playerid.archive.archive import Archive
from playerid.archive.catalog import find_game
from playerid.errors import TableError
from playerid.exchange.cvat import read_cvat
from playerid.exchange.editors import corrections_said, first_frames
from playerid.exchange.label_studio import read_label_studio
from playerid.game.corrections import Correction, read_corrections, write_corrections
from playerid.operate.hand_corrections import read_boxes
from playerid.warehouse.published import open_game

VIDEO = re.compile(r"-(\d+)\.cvat\.xml")


def add_from_editor(
    archive: Archive, game_id: str, path: Path, said_by: str | None = None
) -> list[Correction]:
    """Keep as corrections what an export of CVAT (XML) or Label Studio (JSON) says otherwise.

    Of CVAT, the file is named as it was written, `...-<video>.cvat.xml`; any other name is of the
    first video.

    Raises:
        ArchiveError: The game is not published, or somebody else changed its corrections.
        TableError: The file is no such export.
        GameError: It contradicts what was said before.
    """
    entry = find_game(archive, game_id)
    with open_game(archive, entry) as connection:
        firsts = first_frames(connection)
    if path.suffix == ".xml":
        named = VIDEO.search(path.name)
        video = int(named[1]) if named else 0
        if video not in firsts:
            raise TableError(f"{path}: of video {video}; game {game_id} has {len(firsts)}")
        said = read_cvat(path, firsts[video])
    elif path.suffix == ".json":
        said = read_label_studio(path, firsts)
    else:
        raise TableError(f"{path}: expected .xml of CVAT or .json of Label Studio")
    seen = read_boxes(archive, game_id, entry)
    before = read_corrections(archive, seen.game)
    made = corrections_said(seen, before.items, said, said_by)
    if made:
        write_corrections(archive, seen.game, [*before.items, *made], before)
    return made
