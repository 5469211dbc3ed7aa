"""What machines cost."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from playerid.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of machines, in the currency of the price table.

    Attributes:
        gpu_machine_hour: an hour of a machine with a GPU.
        cpu_machine_hour: an hour of one without.
    """

    gpu_machine_hour: float
    cpu_machine_hour: float

    def of(self, wall_s: float, gpu_s: float) -> float:
        """Price of a stretch of time, of which `gpu_s` on a machine with a GPU."""
        with_gpu = gpu_s * self.gpu_machine_hour
        return (with_gpu + max(wall_s - gpu_s, 0) * self.cpu_machine_hour) / 3600


@cache
def load_prices(choice: str) -> Prices:
    """Read prices.

    Args:
        choice: a section of the price table that comes with the package, or `FILE:SECTION`.

    Raises:
        ArchiveError: There is no such file or section, or it lacks a price.
    """
    file, _, section = choice.rpartition(":")
    source = Path(file) if file else resources.files("playerid.operate") / "prices.toml"
    try:
        table = tomllib.loads(source.read_text("utf-8"))
        return Prices(**{name: float(value) for name, value in table[section].items()})
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ArchiveError(
            f"prices {choice!r}: {error!r}; expected a section with gpu_machine_hour and"
            " cpu_machine_hour of playerid/operate/prices.toml, or of FILE as FILE:SECTION"
        ) from error
