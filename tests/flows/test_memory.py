"""A game takes the same memory however long its video is."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PEAK_KB = """
import resource, sys
from playerid.archive.archive import Archive
from tests.flows.victims import publish

publish(Archive(sys.argv[1]), sys.argv[2], sys.argv[3])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for its peak of memory")
def test_ten_times_the_video_takes_no_more_memory(archive, settings, add_game):
    """To hold the pictures of the longer one alone would take 370 MB more."""
    peaks_mb = []
    for game_id, frames in (("short", 120), ("long", 1200)):
        shots = [(frames, (120, 90, 60)), (frames // 2, (0, 0, 0)), (frames // 2, (60, 120, 90))]
        command = [sys.executable, "-c", PEAK_KB, archive.url, add_game(game_id, shots)]
        done = subprocess.run(
            [*command, settings.pack], cwd=ROOT, capture_output=True, text=True, check=True
        )
        peaks_mb.append(int(done.stdout.split()[-1]) / 1024)
        assert archive.exists(f"catalog/2024-25/{game_id}.json")
    assert peaks_mb[1] < peaks_mb[0] + 120
