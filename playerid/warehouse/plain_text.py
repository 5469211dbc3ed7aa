"""Text that others wrote, shown as text: no terminal obeys it, no spreadsheet computes it.

Names, ids and reasons come from files of other people.
"""

import re
import unicodedata
from typing import Any

import pyarrow as pa

KEPT = {"\n", "\t"}
TURNS = {"\N{ARABIC LETTER MARK}", "\N{LEFT-TO-RIGHT MARK}", "\N{RIGHT-TO-LEFT MARK}"}
TURNS |= {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""Characters that turn the direction of what follows."""

SUSPECT = r"[\x00-\x1f\x7f-\x{9f}\x{61c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]|^[=+@-]"


def visible(text: str) -> str:
    r"""Text without characters that a terminal obeys: each is written as Python would, as \x1b."""
    if text.isprintable() and not TURNS & set(text):
        return text
    return "".join(character if _is_shown(character) else _escaped(character) for character in text)


def _is_shown(character: str) -> bool:
    is_control = unicodedata.category(character) in {"Cc", "Cs"}
    return character in KEPT or not (is_control or character in TURNS)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def without_keys(text: str) -> str:
    """Text whose URLs have lost who asks, and what they ask for, so that no key of theirs shows."""
    text = re.sub(r"://[^\s'\"]*@", "://...@", text)
    return re.sub(r"(://[^\s'\"?]*)\?[^\s'\"]*", r"\1?...", text)


def for_spreadsheets(rows: pa.Table) -> pa.Table:
    """Rows for CSV: text that a spreadsheet would run as a formula begins with an apostrophe.

    That is text that begins with =, +, - or @ and is no number; control characters are escaped.
    """
    import pyarrow.compute as pc  # noqa: PLC0415, slow, and whoever wants no CSV needs none

    for place, field in enumerate(rows.schema):
        if not pa.types.is_string(field.type):
            continue
        if pc.any(pc.match_substring_regex(rows[place], SUSPECT)).as_py():
            cells = [_cell(value) for value in rows[place].to_pylist()]
            rows = rows.set_column(place, field.name, pa.array(cells, pa.string()))
    return rows


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    text = visible(str(value))
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
