"""What was measured of the speed of models, as a file; nothing here needs them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from playerid.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Speed:
    """What one model does on this machine.

    Attributes:
        job: of the pack.
        backend: of the model.
        of: what is counted: "frame" or "crop".
        people: in a frame, for trackers; 0 for others.
        side_px: of the input, for trackers that can choose it; 0 for others.
        per_second: frames or crops.
        megabytes: of the GPU at the most; without one, of the process.
        precision: that it computes in.
        weights: "real", "random", or "none" where it needs none.
    """

    job: str
    backend: str
    of: str
    people: int
    side_px: int
    per_second: float
    megabytes: float
    precision: str
    weights: str


@dataclass(frozen=True, slots=True)
class SpeedTable:
    """The models of a pack on one machine.

    Attributes:
        pack: its name.
        device: the GPU, or the CPU and its threads.
        has_gpu: whether the models ran on a GPU.
        speeds: rows.
    """

    pack: str
    device: str
    has_gpu: bool
    speeds: Sequence[Speed]

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")


def read_speeds(path: Path) -> SpeedTable:
    """Read what `SpeedTable.write` wrote.

    Raises:
        ArchiveError: The file is something else.
    """
    try:
        facts = json.loads(path.read_text("utf-8"))
        facts["speeds"] = [Speed(**row) for row in facts["speeds"]]
        return SpeedTable(**facts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArchiveError(
            f"{path}: no table of speeds ({error}); make one with playerid models speed --out"
        ) from error
