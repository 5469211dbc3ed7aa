"""A model pack: which backend does which job, with which weights and parameters."""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec

from playerid.archive.archive import holds_key
from playerid.archive.local_files import sha256_of
from playerid.errors import WeightsError
from playerid.leagues import sport_names

JOBS = (
    "detector",
    "mask_head",
    "tracker",
    "team_embedder",
    "number_reader",
    "torso_reader",
    "court",
    "text_reader",
)

STARTER = "starter"
"""The pack that comes with the package and asks for nothing."""
SPORT = "sport"
"""Entry of a pack: the sport whose people and court it knows, where it is for one only."""

Parameter = str | int | float | bool | list[float]
OnBytes = Callable[[int, int | None], None]
"""Is told how many bytes have come, and of how many, if that is known."""

SHA256 = re.compile(r"[0-9a-f]{64}")
CARD = re.compile(r"(package:|\w+://)?(?!/)((?!\.\./)[^/]+/)*[^/]+\.md")

WEIGHTS_CACHE = Path(".cache/weights")
"""Where fetched weights are kept unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Model:
    """One job of a pack.

    Attributes:
        job: one of `JOBS`.
        backend: name in `playerid.models.registry.BACKENDS`.
        weights: `package:<file>` (inside `playerid/models/packs`) or an fsspec URL, for example
            `hf://<owner>/<name>@<revision>/<file>` on the model hub; "" where the backend needs
            none.
        sha256: of the weights file; "" where there is none.
        parameters: keyword arguments of the backend.
        card: where its card is, in the form of `weights`; "" where it lies beside the weights.
    """

    job: str
    backend: str
    weights: str
    sha256: str
    parameters: Mapping[str, Parameter]
    card: str = ""

    @property
    def digest(self) -> str:
        """What a result depends on: backend, weights and parameters. Part of every cache key."""
        facts = [self.backend, self.sha256, sorted(self.parameters.items())]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]

    def path(self, cache: Path) -> Path | None:
        """Where the weights are on this machine, or will be once they are fetched."""
        if not self.weights:
            return None
        return _packaged(self.weights) or cache / self.sha256 / Path(self.weights).name

    def local_weights(
        self, cache: Path, on_bytes: OnBytes = lambda done, total: None
    ) -> Path | None:
        """The weights as a local file, fetched once into `cache` and verified each time.

        Raises:
            WeightsError: The file is missing, is not the one the pack names, or the pack does
                not say which one it must be.
        """
        path = self.path(cache)
        if path is None:
            return None
        if not self.sha256:
            raise WeightsError(
                f"the pack names no SHA-256 for the weights of the {self.job}, {self.weights}:"
                " fetch the file once from a source you trust, run sha256sum on it, and write"
                f' sha256 = "..." under [{self.job}] in your copy of the pack'
            )
        if not path.exists() and not _packaged(self.weights):
            _fetch(self, path, on_bytes)
        _verify(path, self.job, self.sha256)
        return path

    def read_card(self) -> str:
        """The model card, as Markdown.

        Raises:
            WeightsError: The model has none, or it cannot be read.
        """
        if not (self.card or self.weights):
            raise WeightsError(f"the {self.job} ({self.backend}) has no weights and no card")
        source = self.card or self.weights.rpartition(".")[0] + ".md"
        try:
            with fsspec.open(str(_packaged(source) or source), "rt", encoding="utf-8") as file:
                return str(file.read())
        except (OSError, ValueError, ImportError) as error:
            raise WeightsError(f"no card of the {self.job} at {source}: {error}") from error


def _packaged(uri: str) -> Path | None:
    """The file behind `package:<file>`, None for what lies elsewhere."""
    name = uri.removeprefix("package:")
    return None if name == uri else Path(str(resources.files("playerid.models.packs") / name))


def _fetch(model: Model, path: Path, on_bytes: OnBytes) -> None:
    """Bring weights into the cache; what is not the named file is refused and not kept."""

    def check(fetched: Path) -> None:
        _verify(fetched, model.job, model.sha256, model.weights)

    fetch_file(model.weights, path, check, on_bytes)


def fetch_file(
    source: str, path: Path, check: Callable[[Path], None], on_bytes: OnBytes, size: int = 0
) -> None:
    """Bring a file here, in one step; what `check` refuses is not kept.

    Args:
        source: fsspec URL.
        path: where to.
        check: raises WeightsError if the fetched file is not the right one.
        on_bytes: is told how far it is.
        size: of the file, where it is known beforehand; 0 asks the source.

    Raises:
        WeightsError: It cannot be had, or is not the right one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        with fsspec.open(source, "rb") as remote, partial.open("wb") as target:
            total = size or getattr(remote, "size", None)
            while block := remote.read(1 << 20):
                target.write(block)
                on_bytes(target.tell(), total)
    except (OSError, ValueError, ImportError) as error:
        raise WeightsError(f"weights {source} cannot be fetched: {error}") from error
    try:
        check(partial)
    except WeightsError:
        partial.unlink()
        raise
    partial.replace(path)


def _verify(path: Path, job: str, sha256: str, shown_as: str = "") -> None:
    if not path.is_file():
        raise WeightsError(f"weights of the {job} are missing: {path} does not exist")
    if (found := sha256_of(path)) != sha256:
        raise WeightsError(
            f"weights of the {job}, {shown_as or path.name}: expected SHA-256 {sha256}, found"
            f" {found}; restore the file or name the right checksum in the pack"
        )


def pack_names() -> list[str]:
    """Names of the packs that come with the package."""
    files = resources.files("playerid.models.packs")
    return sorted(f.name.removesuffix(".toml") for f in files.iterdir() if f.name.endswith(".toml"))


def load_pack(name: str) -> dict[str, Model]:
    """Read a pack: a name that comes with the package, or the path of a TOML file.

    Weights and cards that are relative paths are beside the pack's own file.

    Returns:
        Job -> model.

    Raises:
        WeightsError: There is no such pack, it names an unknown job, or a URL holds a key.
    """
    raw, folder = _read(name)
    raw.pop(SPORT, None)
    if unknown := set(raw) - set(JOBS):
        raise WeightsError(f"pack {name!r} names unknown jobs {sorted(unknown)}; jobs are {JOBS}")
    return {job: _model(job, entry, folder, name) for job, entry in raw.items()}


def sport_of(name: str) -> str:
    """The sport whose people and court a pack knows; "" where it does not say.

    Raises:
        WeightsError: There is no such pack, or no such sport.
    """
    sport = _read(name)[0].get(SPORT, "")
    if sport not in {"", *sport_names()}:
        raise WeightsError(f"pack {name!r}: sport {sport!r}: expected of {sport_names()}")
    return str(sport)


def _read(name: str) -> tuple[dict[str, Any], Path]:
    """What a pack says, and the folder beside which its relative paths are."""
    folder = Path()
    if holds_key(name):
        raise WeightsError("a URL with a key in it is no pack; logs would show the key")
    if name in pack_names():
        text = (resources.files("playerid.models.packs") / f"{name}.toml").read_text("utf-8")
    elif Path(name).is_file():
        text, folder = Path(name).read_text("utf-8"), Path(name).parent
    else:
        raise WeightsError(f"no pack {name!r}: expected a TOML file or one of {pack_names()}")
    try:
        raw: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WeightsError(f"pack {name!r} is no TOML file: {error}") from error
    return raw, folder


def _model(job: str, entry: object, folder: Path, pack: str) -> Model:
    if not isinstance(entry, dict) or not isinstance(entry.get("backend"), str):
        raise WeightsError(f"pack {pack!r}: [{job}] names no backend")
    weights, sha256, card = (entry.get(name, "") for name in ("weights", "sha256", "card"))
    parameters = entry.get("parameters", {})
    if not all(isinstance(text, str) for text in (weights, sha256, card)) or not isinstance(
        parameters, dict
    ):
        raise WeightsError(
            f"pack {pack!r}: [{job}]: expected weights, sha256 and card as text, parameters as a"
            " table"
        )
    if holds_key(weights) or holds_key(card):
        raise WeightsError(
            f"pack {pack!r}: [{job}]: a URL holds a key or a password, which messages would show;"
            " give it by the environment instead, as HF_TOKEN"
        )
    if sha256 and not SHA256.fullmatch(sha256):
        raise WeightsError(f"pack {pack!r}: [{job}]: sha256: expected 64 digits of 0-9a-f")
    if card and not CARD.fullmatch(card):
        raise WeightsError(
            f"pack {pack!r}: [{job}]: card {card!r}: expected a .md file beside the pack, or a URL"
        )
    if ".." in PurePosixPath(weights.removeprefix("package:")).parts:
        raise WeightsError(f"pack {pack!r}: [{job}]: weights {weights!r} leave the pack's folder")
    place = partial(_beside, folder)
    return Model(job, entry["backend"], place(weights), sha256, parameters, place(card))


def _beside(folder: Path, uri: str) -> str:
    is_path = uri and "://" not in uri and not uri.startswith("package:")
    return str(folder / uri) if is_path else uri


def model_of(name: str, job: str) -> Model:
    """One job of a pack.

    Raises:
        WeightsError: There is no such pack, or it has no model for the job.
    """
    models = load_pack(name)
    if job not in models:
        what = "model of that name" if holds_key(job) else repr(job)
        raise WeightsError(f"pack {name!r} has no {what}: its jobs are {list(models)}")
    return models[job]
