"""What is installed, which weights are intact, which device, can the archive be written."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path

from playerid.archive.archive import Archive, holds_key
from playerid.errors import PlayerIdError
from playerid.models import registry as backends
from playerid.models.packs import Model, load_pack

PACKAGES = (
    "prefect", "torch", "rfdetr", "sam2", "transformers", "trackers", "supervision",
    "umap-learn", "scikit-learn", "pyarrow", "duckdb", "fsspec", "av", "scenedetect",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what, how it is, and whether that is good enough."""

    what: str
    state: str
    is_well: bool = True


def examine(archive: Archive, pack: str, weights_cache: Path) -> list[Finding]:
    """Look at everything a run needs."""
    findings = [Finding("python", platform.python_version())]
    findings += [_look(name, partial(metadata.version, name)) for name in PACKAGES]
    findings.append(_look("device", backends.device_name))
    try:
        models = load_pack(pack)
    except PlayerIdError as error:
        models = {}
        name = "pack" if holds_key(pack) else f"pack {pack}"
        findings.append(Finding(name, str(error), is_well=False))
    for job, model in models.items():
        findings.append(_look(f"{job} ({model.backend})", partial(_weights, model, weights_cache)))
    findings.append(_look(f"archive {archive.url}", partial(_archive, archive)))
    return findings


def _look(what: str, how: Callable[[], str]) -> Finding:
    try:
        return Finding(what, how())
    except (PlayerIdError, metadata.PackageNotFoundError, ImportError, OSError) as error:
        return Finding(what, f"{type(error).__name__}: {error}", is_well=False)


def _weights(model: Model, cache: Path) -> str:
    path = model.local_weights(cache)
    return f"{path.name}: intact, {path.stat().st_size / 1e6:.1f} MB" if path else "needs none"


def _archive(archive: Archive) -> str:
    archive.probe()
    return f"can be written, {len(archive.game_ids())} games"
