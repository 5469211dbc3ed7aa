"""A model pack: which backend does which job, with which weights and parameters."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import fsspec

from playerid.errors import WeightsError

JOBS = ("detector", "tracker", "team_embedder", "number_reader", "court")

Parameter = str | int | float | bool | list[float]


@dataclass(frozen=True, slots=True)
class Model:
    """One job of a pack.

    Attributes:
        job: one of `JOBS`.
        backend: name in `playerid.backends.BACKENDS`.
        weights: `package:<file>` (inside `playerid/packs`) or an fsspec URL, for example
            `hf://<owner>/<name>@<revision>/<file>` on the model hub; "" where the backend needs
            none.
        sha256: of the weights file; "" where there is none.
        parameters: keyword arguments of the backend.
    """

    job: str
    backend: str
    weights: str
    sha256: str
    parameters: Mapping[str, Parameter]

    @property
    def digest(self) -> str:
        """What a result depends on: backend, weights and parameters. Part of every cache key."""
        facts = [self.backend, self.sha256, sorted(self.parameters.items())]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]

    def local_weights(self, cache: Path) -> Path | None:
        """The weights as a local file, fetched once into `cache` and verified each time.

        Raises:
            WeightsError: The file is missing, is not the one the pack names, or the pack does
                not say which one it must be.
        """
        if not self.weights:
            return None
        if not self.sha256:
            raise WeightsError(
                f"the pack names no SHA-256 for the weights of the {self.job}, {self.weights}:"
                " fetch the file once from a source you trust, run sha256sum on it, and write"
                f' sha256 = "..." under [{self.job}] in your copy of the pack'
            )
        if self.weights.startswith("package:"):
            name = self.weights.removeprefix("package:")
            path = Path(str(resources.files("playerid") / "packs" / name))
        else:
            path = cache / self.sha256 / Path(self.weights).name
            if not path.exists():
                _fetch(self.weights, path)
        _verify(path, self.job, self.sha256)
        return path


def _fetch(url: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    try:
        with fsspec.open(url, "rb") as source, partial.open("wb") as target:
            while block := source.read(1 << 20):
                target.write(block)
    except (OSError, ValueError) as error:
        raise WeightsError(f"weights {url} cannot be fetched: {error}") from error
    partial.replace(path)


def _verify(path: Path, job: str, sha256: str) -> None:
    if not path.is_file():
        raise WeightsError(f"weights of the {job} are missing: {path} does not exist")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise WeightsError(
            f"weights of the {job}, {path.name}: expected SHA-256 {sha256}, found {found};"
            " restore the file or name the right checksum in the pack"
        )


def pack_names() -> list[str]:
    """Names of the packs that come with the package."""
    files = resources.files("playerid") / "packs"
    return sorted(f.name.removesuffix(".toml") for f in files.iterdir() if f.name.endswith(".toml"))


def load_pack(name: str) -> dict[str, Model]:
    """Read a pack: a name that comes with the package, or the path of a TOML file.

    Returns:
        Job -> model.

    Raises:
        WeightsError: There is no such pack, or it names an unknown job.
    """
    if name in pack_names():
        text = (resources.files("playerid") / "packs" / f"{name}.toml").read_text("utf-8")
    elif Path(name).is_file():
        text = Path(name).read_text("utf-8")
    else:
        raise WeightsError(f"no pack {name!r}: expected a TOML file or one of {pack_names()}")
    raw = tomllib.loads(text)
    if unknown := set(raw) - set(JOBS):
        raise WeightsError(f"pack {name!r} names unknown jobs {sorted(unknown)}; jobs are {JOBS}")
    return {
        job: Model(
            job,
            entry["backend"],
            entry.get("weights", ""),
            entry.get("sha256", ""),
            entry.get("parameters", {}),
        )
        for job, entry in raw.items()
    }


def model_of(name: str, job: str) -> Model:
    """One job of a pack.

    Raises:
        WeightsError: There is no such pack, or it has no model for the job.
    """
    models = load_pack(name)
    if job not in models:
        raise WeightsError(f"pack {name!r} has no {job!r}: its jobs are {list(models)}")
    return models[job]
