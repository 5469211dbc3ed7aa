"""What a game consists of: its file and the contents it names, checked before anything is spent."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.errors import ArchiveError, GameError
from playerid.frames.main_view import VideoSource
from playerid.game.corrections import Corrections, read_corrections
from playerid.game.play_by_play import check_play_by_play
from playerid.game.roster import Game, read_game
from playerid.queries import materialised_digest


@dataclass(frozen=True, slots=True)
class GameInputs:
    """A game's file and the contents it names.

    Attributes:
        game: the game file, checked.
        sha256: SHA-256 of the game file.
        videos_sha256: of each video, in order of play; an ETag where the store has one.
        corrections: what was said by hand.
        play_by_play_sha256: of the play-by-play; "" where the game has none.
    """

    game: Game
    sha256: str
    videos_sha256: tuple[str, ...]
    corrections: Corrections
    play_by_play_sha256: str = ""

    def digest(self, models: Mapping[str, str], settings: Mapping[str, float]) -> str:
        """What a game is made from: its files, corrections and queries, models and settings.

        Args:
            models: job -> digest of its model.
            settings: name -> value of each setting that a published row depends on.
        """
        files = [self.sha256, self.videos_sha256, self.corrections.sha256, self.play_by_play_sha256]
        facts = [files, dict(models), dict(settings), materialised_digest()]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def videos(self, archive: Archive) -> list[VideoSource]:
        """The videos, in order of play, ready to be opened."""
        return video_sources(archive, self.game)


def read_inputs(archive: Archive, game_id: str) -> GameInputs:
    """Check the game file and the corrections, and digest the videos.

    Raises:
        GameError: A file has mistakes, or names a video that is not there.
    """
    path = layout.game_file(game_id)
    if not archive.exists(path):
        raise GameError(f"{path}: missing; a game is a folder with game.json and its videos")
    text = archive.read(path)
    game = read_game(text, path)
    if game.game_id != game_id:
        raise GameError(f"{path}: game_id: expected {game_id!r}, its folder, got {game.game_id!r}")
    contents = tuple(_content(archive, game_id, name) for name in game.videos)
    called = check_play_by_play(archive, game)
    corrections = read_corrections(archive, game)
    return GameInputs(game, hashlib.sha256(text).hexdigest(), contents, corrections, called)


def stored_game(archive: Archive, game_id: str) -> Game:
    """The game file as it is in the archive now.

    Raises:
        ArchiveError: There is none.
        GameError: It has mistakes.
    """
    path = layout.game_file(game_id)
    return read_game(archive.read(path), path)


def video_sources(archive: Archive, game: Game) -> list[VideoSource]:
    """The videos of a game, in order of play, ready to be opened."""
    paths = [layout.source_file(game.game_id, name) for name in game.videos]
    return [VideoSource(path, partial(archive.open, path)) for path in paths]


def _content(archive: Archive, game_id: str, name: str) -> str:
    path = layout.source_file(game_id, name)
    try:
        tag = archive.filesystem.info(archive.path(path)).get("ETag")
        if tag:
            return str(tag).strip('"')
        digest = hashlib.sha256()
        with archive.open(path) as source:
            while block := source.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()
    except (FileNotFoundError, ArchiveError) as error:
        raise GameError(
            f"{layout.game_file(game_id)}: videos: {name!r} is not in the folder"
        ) from error
