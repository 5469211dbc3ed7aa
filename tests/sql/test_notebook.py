"""The notebook runs from its first cell to its last, and asks what it says."""

import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from ipykernel.kernelspec import make_ipkernel_cmd
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from tests.playerid.report.night import make_night

NOTEBOOK = Path(__file__).parents[2] / "sql" / "questions" / "tour.ipynb"


class ThisPython(AsyncKernelManager):
    """Starts the kernel with the interpreter of the test, whatever kernels are installed."""

    @property
    def kernel_spec(self):
        return KernelSpec(argv=make_ipkernel_cmd(), display_name=sys.executable, language="python")


@pytest.mark.filterwarnings("ignore")
def test_the_notebook_runs(tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "PLAYERID_ARCHIVE_URL", make_night(tmp_path).url)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "commit it without outputs"
    client = NotebookClient(notebook, timeout=600, kernel_manager_class=ThisPython)
    client.execute(cwd=str(tmp_path))
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/svg+xml" in output.get("data", {}) for output in outputs) >= 4
    texts = "".join(output.get("data", {}).get("text/plain", "") for output in outputs)
    assert "2 players, in Arrow, pandas and polars alike" in texts  # who attacks
    strict, loose = map(float, re.search(r"([\d.]+) of ([\d.]+) player-seconds", texts).groups())
    assert loose > 40  # three players, 8.5 s in each of two games
    assert strict / loose == pytest.approx(2 / 3, abs=0.01)  # one of them is 0.95 sure
