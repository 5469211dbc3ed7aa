"""Small worlds that several tests share."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from playerid.archive import Archive
from playerid.video import write_video

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
