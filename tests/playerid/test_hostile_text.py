"""Text of others in a terminal, in CSV and in the log: it is shown, and obeyed by nobody."""

import io
import logging

import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest
from rich.table import Table

from playerid.archive.archive import Archive
from playerid.cli.options import PlainConsole, PlainLog, end_night, plain_errors
from playerid.errors import ArchiveError, GameError, StorageError
from playerid.warehouse.plain_text import for_spreadsheets, visible, without_keys


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann O'Neil \u2013 \u00e9\u4e2d", "Ann O'Neil \u2013 \u00e9\u4e2d"),
        ("two\nlines\tand more", "two\nlines\tand more"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("back\x08\x7f\x9b", "back\\x08\\x7f\\x9b"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_visible(text, shown):
    assert visible(text) == shown


@pytest.fixture
def screen():
    """A console and what is written to it."""
    file = io.StringIO()
    return PlainConsole(markup=False, emoji=False, file=file, width=100), file


@pytest.mark.parametrize("text", ["[/red]", "[bold]x", ":smile:", "\x1b]0;title\x07", "[link=x]y"])
def test_a_console_shows_markup_and_escapes_as_text(screen, text):
    console, file = screen
    table = Table("game", "number")
    table.add_row("g1", text)
    console.print(f"g1: set aside: {text}")
    console.print(table)
    assert file.getvalue().count(visible(text)) == 2
    assert "\x1b]" not in file.getvalue()


def test_the_log_is_safe_to_be_shown():
    record = logging.LogRecord("x", 30, "", 0, "of %s", ("\x1b[2J",), None)
    assert PlainLog().filter(record)
    assert record.getMessage() == "of \\x1b[2J"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("read_csv('s3://AKIA:HU/SH@b/x.csv')", "read_csv('s3://...@b/x.csv')"),
        ('at "https://games.example/x?sig=HUSH": no', 'at "https://games.example/x?...": no'),
        ("no table 'a?b' at a@b", "no table 'a?b' at a@b"),
    ],
)
def test_errors_of_questions_repeat_no_key(text, shown):
    assert without_keys(text) == shown


def test_spreadsheets_find_no_formula():
    names = ["=1+1", "+1", "-0.5", "@sum(a1)", "-x", "\tx", "Ann", None, "a=b", "\x1b[2J", "=\n"]
    rows = pa.table({"name": names, "n": list(range(11))})
    kept = for_spreadsheets(rows)["name"].to_pylist()
    assert kept == [
        "'=1+1", "+1", "-0.5", "'@sum(a1)", "'-x", "'\tx", "Ann", None, "a=b", "\\x1b[2J", "'=\n",
    ]  # fmt: skip
    written = io.BytesIO()
    pa_csv.write_csv(for_spreadsheets(rows), written)
    assert b"\x1b" not in written.getvalue()


@pytest.mark.parametrize(
    "error",
    [GameError("bad"), StorageError("away"), PermissionError(13, "read-only"), OSError(28, "full")],
)
def test_what_is_wrong_with_a_storage_is_one_line(error, capsys):
    from click.exceptions import Exit

    with pytest.raises(Exit), plain_errors():
        raise error
    out = capsys.readouterr().out
    assert out.startswith(f"{type(error).__name__}: ")
    assert len(out.splitlines()) == 1


def test_schedulers_are_told_that_a_game_is_set_aside():
    from click.exceptions import Exit

    end_night({"g1": None, "g2": "no video"}, fail_on_set_aside=False)
    end_night({"g1": None}, fail_on_set_aside=True)
    with pytest.raises(Exit) as ended:
        end_night({"g1": None, "g2": "no video"}, fail_on_set_aside=True)
    assert ended.value.exit_code == 3


@pytest.mark.parametrize(
    "url",
    [
        "s3://AKIA123:HUSH@bucket/games",
        "s3://AKIA123:HU/SH@bucket/games",
        "https://storage/games?sig=HUSH",
        "https://storage/games?sv=1&SharedAccessSignature=HUSH",
        "https://storage/games?X-Amz-Security-Token=HUSH",
    ],
)
def test_an_archive_s_url_with_a_key_is_refused_without_showing_it(url):
    with pytest.raises(ArchiveError, match="holds a key or a password") as refused:
        Archive(url)
    assert "HU" not in str(refused.value)


@pytest.mark.parametrize("url", ["games?", "games/*", "s3://bucket/[ab]", "games\nx"])
def test_an_archive_s_name_stands_for_nothing_else(url):
    with pytest.raises(ArchiveError, match="cannot hold"):
        Archive(url)


@pytest.mark.parametrize("url", ["games", "/srv/a b/games@2024", "s3://bucket/x", "memory://a"])
def test_other_names_are_fine(url):
    assert Archive(url).url == url
