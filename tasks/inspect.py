"""Read and check what a game consists of, before anything is spent on it."""

import hashlib
import json
from dataclasses import dataclass
from functools import partial

from prefect import task

from playerid.archive.archive import Archive
from playerid.errors import ArchiveError, GameError
from playerid.frames.main_view import VideoSource
from playerid.game.corrections import Corrections, read_corrections
from playerid.game.play_by_play import check_play_by_play
from playerid.game.roster import Game, read_game
from playerid.queries import materialised_digest
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings


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

    def digest(self, settings: Settings) -> str:
        """What a game is made from: its files, models, settings, queries, and corrections."""
        models = {job: model.digest for job, model in settings.models.items()}
        sampling = [settings.samples_per_second, settings.samples_per_number]
        facts = [self.sha256, self.videos_sha256, models, sampling, settings.identity_threshold]
        facts.append(materialised_digest())
        facts += filter(None, [self.corrections.sha256, self.play_by_play_sha256])
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def videos(self, archive: Archive) -> list[VideoSource]:
        """The videos, in order of play, ready to be opened."""
        paths = [f"games/{self.game.game_id}/{name}" for name in self.game.videos]
        return [VideoSource(path, partial(archive.open, path)) for path in paths]


@task(task_run_name="inspect-{game_id}", **EXPENSIVE)
def inspect_game(game_id: str, settings: Settings) -> GameInputs:
    """Check the game file and the corrections, and digest the videos.

    Raises:
        GameError: A file has mistakes, or names a video that is not there.
    """
    archive = settings.archive
    path = f"games/{game_id}/game.json"
    if not archive.exists(path):
        raise GameError(f"{path}: missing; a game is a folder with game.json and its videos")
    text = archive.read(path)
    game = read_game(text, path)
    if game.game_id != game_id:
        raise GameError(f"{path}: game_id: expected {game_id!r}, its folder, got {game.game_id!r}")
    contents = tuple(_content(archive, game_id, name) for name in game.videos)
    sha256 = hashlib.sha256(text).hexdigest()
    called = check_play_by_play(archive, game)
    return GameInputs(game, sha256, contents, read_corrections(archive, game), called)


def _content(archive: Archive, game_id: str, name: str) -> str:
    path = f"games/{game_id}/{name}"
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
            f"games/{game_id}/game.json: videos: {name!r} is not in the folder"
        ) from error
