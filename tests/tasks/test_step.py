import pyarrow as pa
import pytest
from prefect import flow

from flows.process_game import STEPS
from playerid import tables
from playerid.archive import store
from playerid.errors import WeightsError
from playerid.game.corrections import Corrections
from playerid.game.inputs import GameInputs
from tasks.platform.settings import Settings
from tasks.platform.step import Step, in_order
from tests.playerid.identify.world import make_game

FRAMES = Step("frames", 1, reads=(), writes=(tables.SAMPLED_FRAMES,))
CLOCK = Step("clock", 1, reads=(tables.SAMPLED_FRAMES,), writes=(tables.CLOCK_READINGS,))


def sampled(archive, frame_index):
    row = {"game_id": "g", "frame_index": frame_index, "time_s": 0.0, "segment_index": 0}
    rows = pa.Table.from_pylist([row], tables.SAMPLED_FRAMES.schema)
    return [store.write(archive, tables.SAMPLED_FRAMES, "g", rows)]


def test_the_steps_of_a_game_read_what_was_written():
    assert in_order(*STEPS) == STEPS


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        pytest.param([CLOCK, FRAMES], "clock reads sampled_frames, which no", id="out of order"),
        pytest.param([FRAMES, FRAMES], "frames writes sampled_frames, as frames", id="twice"),
    ],
)
def test_a_chain_that_cannot_work_is_an_error(steps, message):
    with pytest.raises(ValueError, match=message):
        in_order(*steps)


@pytest.mark.usefixtures("orchestrator")
def test_outputs_depend_on_what_is_read_on_facts_and_on_the_version(archive):
    made = []

    def make(work):
        made.append(work.rows(tables.SAMPLED_FRAMES)["frame_index"].to_pylist())
        return {"clock_readings": tables.CLOCK_READINGS.schema.empty_table()}

    settings = Settings(archive_url=archive.url, pack="starter")
    later = Step("clock", 2, CLOCK.reads, CLOCK.writes)

    @flow
    def run(step, frame_index, **facts):
        return step.run("g", sampled(archive, frame_index), settings, make, **facts)

    for step, frame_index, facts in [
        (CLOCK, 7, {}), (CLOCK, 7, {}), (CLOCK, 8, {}), (CLOCK, 8, {"n": 1}), (later, 8, {"n": 1}),
    ]:  # fmt: skip
        (manifest,) = run(step, frame_index, **facts)
        assert manifest.table == "clock_readings"
    assert made == [[7], [8], [8], [8]]


def test_a_step_uses_only_what_it_declares(archive):
    from tasks.platform.step import Work

    work = Work(CLOCK, sampled(archive, 1), Settings(archive_url=archive.url, pack="starter"))
    with pytest.raises(AssertionError, match="does not say that it reads segments"):
        work.rows(tables.SEGMENTS)
    with pytest.raises(AssertionError, match="does not say that it reads segments"):
        work.in_turn(tables.SEGMENTS)
    with pytest.raises(AssertionError, match="does not say that it asks the detector"):
        work.model("detector")


def test_parts_in_turn_are_all_of_a_game(archive):
    from tasks.platform.step import Work

    parts = [*sampled(archive, 1), *sampled(archive, 2)]
    work = Work(CLOCK, parts, Settings(archive_url=archive.url, pack="starter"))
    in_turn = [part["frame_index"].to_pylist() for part in work.in_turn(tables.SAMPLED_FRAMES)]
    assert in_turn == [[1], [2]]
    assert work.rows(tables.SAMPLED_FRAMES)["frame_index"].to_pylist() == [1, 2]


def test_a_game_is_seen_by_the_pack_of_its_sport(tmp_path):
    inputs = GameInputs(make_game("1", "2"), "", (), Corrections())
    assert Settings().of_game(inputs).pack == "starter"
    other = tmp_path / "other.toml"
    other.write_text('sport = "soccer"\n')
    with pytest.raises(WeightsError, match=r"is basketball, and pack .* knows soccer"):
        Settings(pack=str(other)).of_game(inputs)
