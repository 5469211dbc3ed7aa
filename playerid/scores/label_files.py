"""Labelled pictures: Parquet, COCO or folders; a fault is named with its file and its column."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from playerid.errors import LabelsError, VideoError
from playerid.frames.crops import decode_jpeg
from playerid.scores.coco_labels import read_coco

Kind = tuple[str, Callable[[pa.DataType], bool]]


def _is_bytes(found: pa.DataType) -> bool:
    return bool(pa.types.is_binary(found) or pa.types.is_large_binary(found))


def _is_text(found: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(found) or types.is_large_string(found) or types.is_null(found))


def _is_list_of_structs(found: pa.DataType) -> bool:
    is_list = pa.types.is_list(found) or pa.types.is_large_list(found)
    return bool(is_list and pa.types.is_struct(found.value_type))


PICTURE: Kind = ("JPEG or PNG as binary", _is_bytes)
TEXT: Kind = ("text", _is_text)
LIST: Kind = ("a list of structs", _is_list_of_structs)


COCO_FILE = "_annotations.coco.json"
"""Name of a COCO file among its pictures, as annotation services export them."""
NO_NUMBER = "none"
"""Folder of crops without a legible number."""
PICTURES = frozenset({".jpg", ".jpeg", ".png"})


def find_labels(folder: Path, name: str) -> Path | None:
    """The labels called `name` in a folder: Parquet, a COCO file, or a folder; None without any."""
    candidates = (folder / f"{name}.parquet", folder / f"{name}.json", folder / name)
    return next((path for path in candidates if path.exists()), None)


def need_labels(folder: Path, name: str) -> Path:
    """As `find_labels`; raises LabelsError where there are none."""
    if (path := find_labels(folder, name)) is None:
        raise LabelsError(f"{folder}: expected {name}.parquet, {name}.json (COCO) or {name}/")
    return path


def digest_labels(path: Path) -> str:
    """SHA-256 of labels: of the file, or of all files of the folder and their names."""
    digest = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(path).as_posix().encode() if file != path else b"")
            digest.update(file.read_bytes())
    return digest.hexdigest()


def read_rows(path: Path, columns: Mapping[str, Kind]) -> list[dict[str, Any]]:
    """Read the named columns of labelled pictures.

    Args:
        path: Parquet, whose other columns are left alone; COCO (`coco_labels.read_coco`), as JSON
            or as a folder with `COCO_FILE`; or a folder with one folder of crops for each number,
            and `NO_NUMBER` for those that show none.
        columns: name -> what it must hold, one of the kinds of this module.

    Returns:
        The rows, at least one.

    Raises:
        LabelsError: It is missing, is none of these, has no rows, or lacks a column.
    """
    if not path.exists():
        raise LabelsError(f"{path}: there is no such file; expected Parquet, COCO or a folder")
    if path.suffix == ".parquet" or (path.is_file() and path.suffix != ".json"):
        rows = _read_parquet(path, columns)
    elif path.is_dir() and not (path / COCO_FILE).exists():
        rows = _read_folders(path)
    else:
        rows = read_coco(path / COCO_FILE if path.is_dir() else path)
    if not rows:
        raise LabelsError(f"{path}: has no rows")
    if missing := columns.keys() - rows[0].keys():
        raise LabelsError(f"{path}: labels of this form have no {sorted(missing)}")
    return rows


def _read_folders(path: Path) -> list[dict[str, Any]]:
    crops = sorted(file for file in path.glob("*/*") if file.suffix.lower() in PICTURES)
    numbers = (None if crop.parent.name == NO_NUMBER else crop.parent.name for crop in crops)
    return [
        {"jpeg": crop.read_bytes(), "number": number}
        for crop, number in zip(crops, numbers, strict=True)
    ]


def _read_parquet(path: Path, columns: Mapping[str, Kind]) -> list[dict[str, Any]]:
    try:
        schema = pq.read_schema(path)
    except (OSError, ValueError) as error:
        raise LabelsError(f"{path}: not a Parquet file: {error}") from error
    for name, (meaning, is_right) in columns.items():
        if name not in schema.names:
            raise LabelsError(f"{path}: lacks the column {name!r}, {meaning}; has {schema.names}")
        if not is_right(found := schema.field(name).type):
            raise LabelsError(f"{path}: column {name!r} must be {meaning}, and is {found}")
    try:
        rows: list[dict[str, Any]] = pq.read_table(path, columns=list(columns)).to_pylist()
    except (OSError, ValueError) as error:
        raise LabelsError(f"{path}: cannot be read: {error}") from error
    return rows


def read_picture(encoded: bytes | None, path: Path, row: int) -> NDArray[np.uint8]:
    """Decode the picture of a row: (height, width, 3) RGB.

    Raises:
        LabelsError: It is no picture; names file and row.
    """
    try:
        return decode_jpeg(encoded or b"")
    except VideoError as error:
        raise LabelsError(f"{path}: column 'jpeg', row {row}: {error}") from error


def read_numbers(values: object, path: Path, where: str, count: int) -> NDArray[np.float64]:
    """Check a list of numbers of a row.

    Args:
        values: as read.
        path: the file.
        where: column and row, for the message.
        count: how many there must be; 0 for any even number of at least six (a polygon).

    Raises:
        LabelsError: They are not that many finite numbers.
    """
    try:
        numbers = np.array(values, np.float64)
    except (TypeError, ValueError) as error:
        raise LabelsError(f"{path}: {where}: not numbers: {error}") from error
    is_right = len(numbers) == count if count else len(numbers) >= 6 and len(numbers) % 2 == 0
    if numbers.ndim != 1 or not is_right or not np.isfinite(numbers).all():
        wanted = f"{count} numbers" if count else "x and y of at least three points"
        raise LabelsError(f"{path}: {where}: expected {wanted}, found {values!r:.80}")
    return numbers
