"""Pictures that a process renders beside a training."""

import multiprocessing
import time

import pytest

from playerid.errors import LabelsError
from playerid.training.supplies import supplied


def write_one_and_break(folder, seed):
    (folder / f"{seed}.npz").touch()
    raise ValueError("operands could not be broadcast together")


def break_at_once(folder, seed):
    raise ValueError("operands could not be broadcast together")


def write_all(folder, seed):
    (folder / f"{seed}.npz").touch()


@pytest.mark.parametrize(("fill", "is_said"), [(write_one_and_break, True), (write_all, False)])
def test_rendering_that_breaks_off_is_said_when_the_training_ends(tmp_path, caplog, fill, is_said):
    with supplied(fill, tmp_path, 3, "*.npz"):
        assert (tmp_path / "3.npz").exists()
        while multiprocessing.active_children():
            time.sleep(0.1)
    assert ("rendering broke off" in caplog.text) == is_said


def test_a_training_does_not_begin_without_a_picture(tmp_path):
    with (
        pytest.raises(LabelsError, match="nothing could be rendered"),
        supplied(break_at_once, tmp_path, 3, "*.npz"),
    ):
        pass
