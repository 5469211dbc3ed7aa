"""Score bug: found once per video, read part by part, decoded for the whole game."""

from collections.abc import Iterator, Sequence
from typing import Any

from prefect import task

from playerid import tables
from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.clock import bug_finder, bug_readings, decoder
from playerid.frames.main_view import read_main_view
from playerid.frames.segments import Part, segments_from
from playerid.league import load_league
from tasks.inspect import GameInputs
from tasks.platform.caching import digests, remembered
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings

FIND_STEP, READ_STEP, DECODE_STEP = "find_score_bug-1", "read_score_bug-1", "decode_clock-1"

Manifests = Sequence[Manifest]


def _facts(inputs: GameInputs, sampled: Manifests, settings: Settings) -> dict[str, Any]:
    return {
        "videos": inputs.videos_sha256,
        "sampled": digests(sampled, "segments", "sampled_frames"),
        "text_reader": settings.models["text_reader"].digest,
    }


@task(task_run_name="find-score-bug-{inputs.game.game_id}", **EXPENSIVE)
def find_score_bug(inputs: GameInputs, sampled: Manifests, settings: Settings) -> list[Manifest]:
    """Find the score bug in each video of a game."""
    archive, game = settings.archive, inputs.game
    teams = [[team.team_id, team.name] for team in game.teams]
    facts = _facts(inputs, sampled, settings) | {"teams": teams, "league": game.league}

    def make() -> Iterator[Manifest]:
        segments = segments_from(store.read_all(archive, tables.SEGMENTS, sampled))
        frames = store.read_all(archive, tables.SAMPLED_FRAMES, sampled)
        videos, reader = inputs.videos(archive), settings.load("text_reader")
        rows = bug_finder.find_score_bugs(game, videos, segments, frames, reader)
        yield store.write(archive, tables.SCORE_BUG, game.game_id, rows)

    return remembered(archive, game.game_id, FIND_STEP, facts, make)


@task(task_run_name="read-score-bug-{part.game_id}-{part.index}", **EXPENSIVE)
def read_score_bug(
    part: Part, inputs: GameInputs, sampled: Manifests, bug: Manifests, settings: Settings
) -> list[Manifest]:
    """Read the score bug in the frames of one part."""
    archive = settings.archive
    facts = _facts(inputs, sampled, settings) | {
        "part": [part.first_segment, part.last_segment],
        "bug": digests(bug, "score_bug"),
    }

    def make() -> Iterator[Manifest]:
        segments = part.of(segments_from(store.read_all(archive, tables.SEGMENTS, sampled)))
        frames = bug_readings.thin_out(store.read_all(archive, tables.SAMPLED_FRAMES, sampled))
        places = store.read_all(archive, tables.SCORE_BUG, bug)
        boxes = bug_finder.boxes_in_video(places, segments[0].video_index)
        images = read_main_view(inputs.videos(archive), segments if boxes else [], frames)
        rows = bug_readings.read_score_bug(
            part.game_id, images, boxes, settings.load("text_reader")
        )
        yield store.write(archive, tables.CLOCK_READINGS, part.game_id, rows)

    return remembered(archive, part.game_id, READ_STEP, facts, make)


@task(task_run_name="decode-clock-{inputs.game.game_id}", **EXPENSIVE)
def decode_clock(
    inputs: GameInputs, sampled: Manifests, readings: Manifests, settings: Settings
) -> list[Manifest]:
    """Decode the readings of a game into its clock and scores."""
    archive, game = settings.archive, inputs.game
    facts = {
        "league": game.league,
        "sampled": digests(sampled, "sampled_frames"),
        "readings": digests(readings, "clock_readings"),
    }

    def make() -> Iterator[Manifest]:
        frames = store.read_all(archive, tables.SAMPLED_FRAMES, sampled)
        read = store.read_all(archive, tables.CLOCK_READINGS, readings)
        rows = decoder.decode_clock(game.game_id, frames, read, load_league(game.league).clock)
        yield store.write(archive, tables.CLOCK_FRAMES, game.game_id, rows)

    return remembered(archive, game.game_id, DECODE_STEP, facts, make)
