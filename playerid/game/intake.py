"""Bring a game of one's own into an archive."""

import shutil
from pathlib import Path

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.errors import GameError
from playerid.frames.look import look_at
from playerid.game.play_by_play import people_of_game, read_play_by_play
from playerid.game.roster import Game, read_game


def find_game(archive: Archive, name: str, game_file: Path | None = None) -> str:
    """A game of the archive by its id, or a game of one's own, which is brought in first.

    Raises:
        GameError: It is neither; or as `add_game` says.
    """
    if game_file or Path(name).exists():
        return add_game(archive, Path(name), game_file)
    if name not in archive.game_ids():
        raise GameError(f"{name}: neither a game of the archive {archive.url} nor a file or folder")
    return name


def add_game(archive: Archive, source: Path, game_file: Path | None = None) -> str:
    """Copy a game into the archive; what is there already is replaced by equal content.

    Nothing is replaced before the game file is checked, every video can be opened and the
    archive can be written.

    Args:
        archive: where to.
        source: a folder with `game.json` and its videos, or a video with `<name>.game.json`
            beside it.
        game_file: the game file, where it is elsewhere.

    Returns:
        The game's id.

    Raises:
        GameError: There is no game file, it or its play-by-play has mistakes, or a file that it
            names is missing.
        VideoError: A file cannot be opened as a video.
        ArchiveError: The archive cannot be written.
    """
    folder = source if source.is_dir() else source.parent
    beside = folder / "game.json" if source.is_dir() else source.with_suffix(".game.json")
    file = game_file or beside
    if not file.is_file():
        raise GameError(f"{file}: missing; it names the game, its teams and its videos")
    game = read_game(file.read_bytes(), str(file))
    _check_videos(game, file, folder)
    _check_play_by_play(game, file, folder)
    archive.probe()
    filesystem, target = archive.filesystem, archive.path(layout.game_folder(game.game_id))
    if not (archive.is_local and Path(target).resolve() == folder.resolve()):
        filesystem.makedirs(target, exist_ok=True)
        for name in [*game.videos, *filter(None, [game.play_by_play])]:
            with (
                (folder / name).open("rb") as local,
                filesystem.open(f"{target}/{name}", "wb") as remote,
            ):
                shutil.copyfileobj(local, remote, 1 << 20)
    archive.write(layout.game_file(game.game_id), file.read_bytes())
    return game.game_id


def _check_videos(game: Game, file: Path, folder: Path) -> None:
    for name in game.videos:
        video = folder / name
        if not video.is_file():
            raise GameError(f"{file}: videos: {name!r} is not in {folder}")
        with video.open("rb") as source:
            look_at(source, str(video))


def _check_play_by_play(game: Game, file: Path, folder: Path) -> None:
    if game.play_by_play is None:
        return
    called = folder / game.play_by_play
    if not called.is_file():
        raise GameError(f"{file}: play_by_play: {game.play_by_play!r} is not in {folder}")
    read_play_by_play(called.read_bytes(), str(called), game.game_id, people_of_game(game))
