"""Weights that others published: where they are, what they must be, how they come here."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import fsspec

from playerid.errors import WeightsError
from playerid.models.packs import Model, OnBytes, fetch_file

SMALL_FILES = frozenset({".json", ".txt", ".jinja"})
"""Endings of what lies beside weights in a folder of the model hub: configuration, tokenizer."""


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A file of weights that somebody published.

    Attributes:
        name: as `pretrained.toml` calls it.
        url: fsspec URL.
        sha256: of the file; "" where its publisher gives none.
        md5: of the file, where its publisher gives no other.
        bytes: length of the file; 0 where it is not known.
        beside: whether the small files of its folder are needed too.
    """

    name: str
    url: str
    sha256: str = ""
    md5: str = ""
    bytes: int = 0
    beside: bool = False

    @property
    def file_name(self) -> str:
        """Last part of the URL."""
        return self.url.rpartition("/")[2]

    def path(self, cache: Path) -> Path:
        """Where the file is on this machine, or will be once it is fetched."""
        return cache / (self.sha256 or self.md5) / self.file_name

    @property
    def checksum(self) -> str:
        """Which checksum the file must have."""
        return f"SHA-256 {self.sha256}" if self.sha256 else f"MD5 {self.md5}"

    def is_right(self, path: Path) -> bool:
        """Whether a file is this one."""
        return self._digest(path) == (self.sha256 or self.md5)

    def check(self, path: Path) -> None:
        """Raise WeightsError unless a file is this one."""
        if not self.is_right(path):
            raise WeightsError(
                f"{self.file_name}: expected {self.checksum}, {path} has {self._digest(path)}"
            )

    def _digest(self, path: Path) -> str:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256" if self.sha256 else "md5").hexdigest()


@cache
def known_weights() -> dict[str, Pretrained]:
    """Name -> published weights."""
    text = (resources.files("playerid.models") / "pretrained.toml").read_text("utf-8")
    return {name: Pretrained(name, **facts) for name, facts in tomllib.loads(text).items()}


def weights_named(name: str) -> Pretrained:
    """Published weights by their name; raises WeightsError, with the names, if there are none."""
    if name not in known_weights():
        raise WeightsError(f"no published weights {name!r}: expected one of {[*known_weights()]}")
    return known_weights()[name]


def to_fetch(model: Model) -> Pretrained | None:
    """What has to be fetched for a model of a pack: its weights, or those it is trained from.

    Returns:
        None if there is nothing to fetch: it needs no weights, they come with the package, or the
        pack does not say what they must be.
    """
    start = f"rfdetr-{model.parameters.get('variant')}"
    if how_to_make(model, "") and start in known_weights():
        return known_weights()[start]
    if not model.sha256 or not model.weights or model.weights.startswith("package:"):
        return None
    known = (w for w in known_weights().values() if w.sha256 == model.sha256)
    return next(known, Pretrained(model.job, model.weights, model.sha256))


def how_to_make(model: Model, pack: str) -> str:
    """The commands that make the weights of a model that nobody publishes; "" if it has some."""
    if model.weights or model.backend != "rfdetr":
        return ""
    variant = model.parameters.get("variant", "medium")
    return (
        f"playerid train {model.job} --backend rfdetr --variant {variant} --data EXPORT --out RUN\n"
        f"  playerid models promote {model.job} --candidate RUN/{model.job}.safetensors"
        f" --data RUN/export/valid --pack {pack} --to league.toml"
    )


def fetch_pretrained(
    wanted: Pretrained,
    cache: Path,
    files: Path | None = None,
    on_bytes: OnBytes = lambda done, total: None,
) -> Path:
    """Bring published weights into the cache, once, and check them each time.

    Args:
        wanted: what.
        cache: where fetched weights are kept.
        files: folder to take them from, at any depth, instead of where they were published.
        on_bytes: is told how far it is.

    Returns:
        The file, with the small files of its folder beside it where those are needed.

    Raises:
        WeightsError: They cannot be had, or are not the right ones.
    """
    path = wanted.path(cache)
    if path.exists():
        wanted.check(path)
        return path
    try:
        source = str(find_file(wanted, files)) if files else wanted.url
        if wanted.beside:
            _fetch_beside(source, path.parent)
        fetch_file(source, path, wanted.check, on_bytes, wanted.bytes)
    except (OSError, ValueError, ImportError, WeightsError) as error:
        raise WeightsError(
            f"{wanted.name}: {error}; behind a mirror set HF_ENDPOINT, without a network name a"
            f" folder that holds {wanted.file_name}: playerid models fetch --files FOLDER"
        ) from error
    return path


def find_file(wanted: Pretrained, files: Path) -> Path:
    """Published weights in a folder, by their name and what they hold: several share a name.

    Raises:
        WeightsError: They are not there.
    """
    called = sorted(path for path in files.rglob(wanted.file_name) if path.is_file())
    for path in called:
        if wanted.is_right(path):
            return path
    seen = ", ".join(map(str, called)) or "no file of that name"
    raise WeightsError(f"{files} holds no {wanted.file_name} with {wanted.checksum}: {seen}")


def _fetch_beside(source: str, folder: Path) -> None:
    """The small files of the folder that a file lies in: its configuration and tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    system, place = fsspec.core.url_to_fs(source)
    for remote in system.ls(place.rpartition("/")[0], detail=False):
        if Path(remote).suffix in SMALL_FILES:
            (folder / Path(remote).name).write_bytes(system.cat_file(remote))
