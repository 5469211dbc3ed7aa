"""Small worlds that several tests share."""

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from playerid.archive.archive import Archive
from playerid.frames.video_writing import write_video

os.environ |= {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}

VideoMaker = Callable[..., Path]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive in a folder of its own."""
    return Archive(str(tmp_path / "archive"))


@pytest.fixture
def make_video(tmp_path: Path) -> VideoMaker:
    """Write a video of plain pictures: frames of each brightness, a bright square moving right.

    Call it with (name, [(frames, (red, green, blue)), ...], rate).
    """

    def make(
        name: str,
        shots: list[tuple[int, tuple[int, int, int]]],
        rate: Fraction = Fraction(30),
        size: tuple[int, int] = (180, 320),
    ) -> Path:
        def frames() -> Iterator[NDArray[np.uint8]]:
            for count, colour in shots:
                for index in range(count):
                    image = np.full((*size, 3), colour, np.uint8)
                    image[20:40, 4 * (index % 60) : 4 * (index % 60) + 20] = 255
                    yield image

        path = tmp_path / name
        write_video(str(path), frames(), rate)
        return path

    return make


@pytest.fixture(scope="session")
def orchestrator() -> Iterator[None]:
    """Prefect with a database of its own, without the second that heartbeats cost each flow."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    calm = temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})
    with prefect_test_harness(server_startup_timeout=180), calm:
        yield
