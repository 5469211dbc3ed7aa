"""Looking at a video: all looks in one pass, beside a pass each, and beside decoding alone."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pyarrow as pa
import pytest

from playerid.arena.broadcast import plan_broadcast
from playerid.court.registration import register_court
from playerid.frames.main_view import VideoSource, decode_main_view
from playerid.frames.read_ahead import OnePass
from playerid.frames.segments import Segment
from playerid.frames.video_writing import write_video
from playerid.leagues import load_league
from playerid.models import registry as backends
from playerid.models.packs import WEIGHTS_CACHE, load_pack
from playerid.tables import SAMPLED_FRAMES
from playerid.track.part_tracker import PartTracker

pytestmark = pytest.mark.slow

SECONDS, FPS = 8, 20


@pytest.fixture(scope="module")
def look(tmp_path_factory):
    """Opens eight seconds of a rendered broadcast, 20 frames a second at 1280x720."""
    path = tmp_path_factory.mktemp("video") / "broadcast.mp4"
    broadcast = plan_broadcast(4_300_000, "broadcast", duration_s=20.0, fps=FPS)
    frames = range(FPS * SECONDS)
    write_video(str(path), (broadcast.frame(index).image for index in frames), broadcast.fps)
    segment = Segment(0, 0, 0.0, 0, len(frames), 0.0, SECONDS, "main")
    chosen = np.arange(0, len(frames), 2, dtype=np.int32)
    rows = {
        "game_id": ["g1"] * len(chosen),
        "frame_index": chosen,
        "time_s": chosen / FPS,
        "segment_index": np.zeros(len(chosen), np.int32),
    }
    sampled = pa.table(rows).cast(SAMPLED_FRAMES.schema)
    video = VideoSource(path.name, lambda: path.open("rb"))
    return lambda: decode_main_view([video], [segment], sampled)


def measured(run):
    """Wall and CPU seconds of one run."""
    process = psutil.Process()
    wall_s, before = time.perf_counter(), process.cpu_times()
    run()
    after = process.cpu_times()
    cpu_s = after.user + after.system - before.user - before.system
    return np.array([time.perf_counter() - wall_s, cpu_s])


def test_one_pass_beside_a_pass_for_each_look(look, record_property, capsys):
    pack, court = load_pack("starter"), load_league("nba").court
    detector, tracker, model = (
        backends.load(pack[job], WEIGHTS_CACHE) for job in ("detector", "tracker", "court")
    )

    def track(frames):
        part = PartTracker("g1", detector, tracker, samples_per_second=FPS / 2, samples_per_torso=2)
        assert len(list(part.track(frames))) == SECONDS * FPS // 2

    def register(frames):
        assert len(register_court("g1", frames, model, court)) == SECONDS * FPS // 2

    def one_pass():
        seats = OnePass(look, 2).seats
        with ThreadPoolExecutor(2) as pool:
            looking = [
                pool.submit(lambda take=take, seat=seat: take(seat.read()))
                for take, seat in zip((track, register), seats, strict=True)
            ]
        for each in looking:
            each.result()

    def a_pass_each():
        track(look())
        register(look())

    ways = {"one pass": one_pass, "a pass each": a_pass_each, "decoding": lambda: list(look())}
    best = {
        name: np.min([measured(run) for _ in range(3)], axis=0) / SECONDS
        for name, run in ways.items()
    }
    told = {name: tuple(map(float, seconds.round(3))) for name, seconds in best.items()}
    record_property("seconds, and of processors, for a second of play", told)
    with capsys.disabled():
        sys.stdout.write(f"\nwall and CPU seconds for a second of play: {told}\n")
    assert best["one pass"][1] < best["a pass each"][1]
    assert best["one pass"][0] < 0.95 * best["a pass each"][0]
    assert best["one pass"][1] < 30 * best["decoding"][1]
