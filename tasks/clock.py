"""Score bug: found once per video, read part by part, decoded for the whole game."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import pyarrow as pa

from playerid import tables
from playerid.archive.store import Manifest
from playerid.clock import bug_finder, bug_readings, decoder
from playerid.frames.main_view import SampledFrame
from playerid.frames.segments import Part, segments_from
from playerid.game.inputs import GameInputs
from playerid.leagues import load_league
from tasks.platform.here import task
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings
from tasks.platform.step import Step, Work

SAMPLED = (tables.SEGMENTS, tables.SAMPLED_FRAMES)
FIND = Step("find_score_bug", 6, SAMPLED, (tables.SCORE_BUG,), ("text_reader",))
READ = Step(
    "read_score_bug", 2, (*SAMPLED, tables.SCORE_BUG), (tables.CLOCK_READINGS,), ("text_reader",)
)
DECODE = Step(
    "decode_clock", 2, (tables.SAMPLED_FRAMES, tables.CLOCK_READINGS), (tables.CLOCK_FRAMES,)
)


@task(task_run_name="find-score-bug-{inputs.game.game_id}", **EXPENSIVE)
def find_score_bug(
    inputs: GameInputs, sampled: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """Find the score bug in each video of a game."""
    game = inputs.game

    def make(work: Work) -> Mapping[str, pa.Table]:
        segments = segments_from(work.rows(tables.SEGMENTS))
        frames = work.rows(tables.SAMPLED_FRAMES)
        videos, reader = inputs.videos(settings.archive), work.model("text_reader")
        return {"score_bug": bug_finder.find_score_bug(game, videos, segments, frames, reader)}

    return FIND.run(
        game.game_id,
        sampled,
        settings,
        make,
        videos=inputs.videos_sha256,
        teams=[[team.team_id, team.name] for team in game.teams],
        league=game.league,
    )


def read_score_bug(
    part: Part,
    inputs: GameInputs,
    evidence: Sequence[Manifest],
    settings: Settings,
    look: Callable[[], Iterator[SampledFrame]],
) -> list[Manifest]:
    """Read the score bug in some frames of one part; arguments as `track_people`."""

    def make(work: Work) -> Mapping[str, pa.Table]:
        segments = part.of(segments_from(work.rows(tables.SEGMENTS)))
        boxes = bug_finder.boxes_in_video(work.rows(tables.SCORE_BUG), segments[0].video_index)
        frames: Iterable[SampledFrame] = ()
        if boxes:
            chosen = bug_readings.thin_out(work.rows(tables.SAMPLED_FRAMES))["frame_index"]
            wanted = set(chosen.to_pylist())
            frames = (frame for frame in look() if frame.frame_index in wanted)
        reader = work.model("text_reader")
        return {"clock_readings": bug_readings.read_score_bug(part.game_id, frames, boxes, reader)}

    return READ.run(
        part.game_id, evidence, settings, make, part=part.bounds, videos=inputs.videos_sha256
    )


@task(task_run_name="decode-clock-{inputs.game.game_id}", **EXPENSIVE)
def decode_clock(
    inputs: GameInputs, evidence: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """Decode the readings of a game into its clock and scores."""
    game = inputs.game

    def make(work: Work) -> Mapping[str, pa.Table]:
        frames, readings = (work.rows(table) for table in DECODE.reads)
        rules = load_league(game.league).clock
        return {"clock_frames": decoder.decode_clock(game.game_id, frames, readings, rules)}

    return DECODE.run(game.game_id, evidence, settings, make, league=game.league)
