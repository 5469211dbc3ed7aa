"""Part -> everything that is seen in its frames, in one decoding: people, court, score bug."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context

from playerid import tables
from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.errors import PlayerIdError
from playerid.frames.main_view import SampledFrame, decode_main_view
from playerid.frames.read_ahead import OnePass, Seat
from playerid.frames.segments import Part, segments_from
from playerid.game.inputs import GameInputs
from tasks.clock import read_score_bug
from tasks.court import register_court
from tasks.platform.here import task, together
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings
from tasks.track import track_people

Look = Callable[
    [Part, GameInputs, Sequence[Manifest], Settings, Callable[[], Iterator[SampledFrame]]],
    list[Manifest],
]


@task(task_run_name="look-at-{part.game_id}-{part.index}", **EXPENSIVE)
def look_at_part(
    part: Part, inputs: GameInputs, evidence: Sequence[Manifest], settings: Settings
) -> list[Manifest]:
    """Track the people of a part, find its court, and read its score bug where one was looked for.

    Each is a step with a record of its own: what is remembered does not look again, and where one
    fails, the others are done.
    """

    def decode() -> Generator[SampledFrame]:
        segments, frames = (
            store.read_all(settings.archive, table, evidence)
            for table in (tables.SEGMENTS, tables.SAMPLED_FRAMES)
        )
        return decode_main_view(
            inputs.videos(settings.archive), part.of(segments_from(segments)), frames
        )

    looks: list[Look] = [track_people, register_court]
    if any(manifest.table == tables.SCORE_BUG.name for manifest in evidence):
        looks.append(read_score_bug)

    def take_part(look: Look, seat: Seat[SampledFrame]) -> list[Manifest]:
        try:
            return look(part, inputs, evidence, settings, seat.read)
        finally:
            seat.leave()

    one_pass = OnePass(decode, len(looks))
    with ThreadPoolExecutor(len(looks)) as pool:
        looking = [
            pool.submit(copy_context().run, take_part, look, seat)
            for look, seat in zip(looks, one_pass.seats, strict=True)
        ]
        try:
            wait(looking)
        except BaseException:
            one_pass.stop()  # the pool waits for its threads
            raise
    errors = [error for look in looking if (error := look.exception())]
    for error in sorted(errors, key=lambda error: not isinstance(error, PlayerIdError)):
        raise error  # one that trying again does not mend, if there is one
    return together(look.result() for look in looking)
