"""Rows as JSON or as Arrow, with the tag of the state they are of; 304 for who has them already."""

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from fastapi import Request, Response

from playerid.client import ARROW
from playerid.serve.answer_schemas import PARQUET


class NotModified(Exception):  # noqa: N818, it is an answer, not an error
    """Who asks has the answer already."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


def wants_arrow(request: Request) -> bool:
    """Whether who asks prefers Arrow to JSON."""
    return ARROW in request.headers.get("accept", "")


def wants_parquet(request: Request) -> bool:
    """Whether who asks prefers a Parquet file to JSON."""
    return PARQUET in request.headers.get("accept", "")


def check_tag(request: Request, tag: str) -> str:
    """The ETag of an answer of a state in the form that is asked for.

    Raises:
        NotModified: Who asks has it already.
    """
    form = "arrow" if wants_arrow(request) else "parquet" if wants_parquet(request) else "json"
    whole = f'"{tag}-{form}"'
    asked = request.headers.get("if-none-match", "")
    if whole in [each.strip().removeprefix("W/") for each in asked.split(",")]:
        raise NotModified(whole)
    return whole


def headers(tag: str) -> dict[str, str]:
    """Headers of an answer that holds until its state moves."""
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept, Authorization"}


def answer_json(content: Mapping[str, Any], tag: str) -> Response:
    """An answer as JSON."""
    return Response(as_json(content), headers=headers(tag), media_type="application/json")


def answer_rows(
    request: Request,
    rows: pa.Table,
    tag: str,
    about: Mapping[str, Any] | None = None,
    texts: Sequence[str] = (),
) -> Response:
    """Rows: as JSON `{"rows": [...], ...}`, or as Arrow stream or Parquet to who asks for it.

    Args:
        request: of who asks.
        rows: the rows.
        tag: as `check_tag` gave it.
        about: what else to say; of an Arrow stream it is in the metadata of the schema.
        texts: columns that hold JSON; in JSON they are what they say.
    """
    if wants_parquet(request):
        file = io.BytesIO()
        pq.write_table(rows, file, compression="zstd")
        return Response(file.getvalue(), headers=headers(tag), media_type=PARQUET)
    if not wants_arrow(request):
        plain = plain_rows(rows)
        for row in plain:
            row |= {name: json.loads(row[name]) for name in texts}
        return answer_json({**(about or {}), "rows": plain}, tag)
    buffer = io.BytesIO()
    rows = rows.replace_schema_metadata({"about": json.dumps(about or {}, default=str)})
    with pa.ipc.new_stream(buffer, rows.schema) as writer:
        writer.write_table(rows)
    return Response(buffer.getvalue(), headers=headers(tag), media_type=ARROW)


def plain_rows(rows: pa.Table) -> list[dict[str, Any]]:
    """Rows as JSON knows them: numbers as short as they are exact, nothing that is no number."""
    for place, kept in enumerate(rows.schema):
        if pa.types.is_floating(kept.type):
            values = pc.if_else(pc.is_finite(rows[place]), rows[place], None)
            shortest = values.cast(pa.string()).cast(pa.float64())  # 0.9, not 0.8999999762
            rows = rows.set_column(place, kept.name, shortest)
    plain: list[dict[str, Any]] = rows.to_pylist()
    return plain


def as_json(content: Any) -> bytes:
    """JSON that no browser takes for markup, wherever it is put."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, default=_plain)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value)
