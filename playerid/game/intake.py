"""Bring a game of one's own into an archive."""

from pathlib import Path

from playerid.archive import layout
from playerid.archive.archive import Archive, holds_key
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
    if holds_key(name):
        raise GameError("a URL with a key in it is no game; logs would show the key")
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
            beside it. A game file with one video may call it by another name: that is its name
            in the archive.
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
    files = _videos_of(game, file, source) | _play_by_play_of(game, file, folder)
    archive.probe()
    for name, local in files.items():
        archive.write_file(f"{layout.game_folder(game.game_id)}/{name}", local)
    archive.write(layout.game_file(game.game_id), file.read_bytes())
    return game.game_id


def _videos_of(game: Game, file: Path, source: Path) -> dict[str, Path]:
    """Name in the archive -> file, of every video; each can be shown."""
    folder = source if source.is_dir() else source.parent
    videos = {name: folder / name for name in game.videos}
    if not source.is_dir() and source.name not in videos:
        if len(videos) > 1:
            raise GameError(
                f"{file}: videos: names {len(videos)} videos, but not {source.name!r}; give the"
                " folder that holds them, or one of them"
            )
        videos = dict.fromkeys(game.videos, source)
    for name, video in videos.items():
        if not video.is_file():
            raise GameError(f"{file}: videos: {name!r} is not in {folder}")
        with video.open("rb") as opened:
            look_at(opened, str(video))
    return videos


def _play_by_play_of(game: Game, file: Path, folder: Path) -> dict[str, Path]:
    """Name in the archive -> file, of the play-by-play if the game has one; it has no mistakes."""
    if game.play_by_play is None:
        return {}
    called = folder / game.play_by_play
    if not called.is_file():
        raise GameError(f"{file}: play_by_play: {game.play_by_play!r} is not in {folder}")
    read_play_by_play(called.read_bytes(), str(called), game.game_id, people_of_game(game))
    return {game.play_by_play: called}
