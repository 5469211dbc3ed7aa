"""Commands over an archive: what they say of harm, and what they never say."""

import pytest
from typer.testing import CliRunner

from playerid.archive import catalog
from playerid.cli.main import app
from playerid.operate import quarantine
from tests.playerid.archive.publishable import publishable

PLANTED = "PLANTED/KEY"


def told(*arguments):
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize(
    "command",
    [
        ["status"], ["plan"], ["backfill"], ["nightly"], ["sweep"], ["verify"], ["doctor"],
        ["sql", "-c", "from games"], ["process", "g1"], ["correct", "g1"], ["render", "g1"],
        ["report", "g1"], ["evaluate"], ["export", "g1", "--format", "mot"], ["demo"],
    ],
    ids=lambda command: command[0],
)  # fmt: skip
@pytest.mark.parametrize(
    "url", [f"s3://AKIA123:{PLANTED}@bucket/x", f"s3://bucket/x?sig={PLANTED}"]
)
def test_no_command_takes_or_shows_a_key_in_an_archive_s_url(command, url):
    result = told(*command, "--archive", url)
    assert result.exit_code != 0
    assert "holds a key or a password" in " ".join(result.output.split())
    assert "PLANTED" not in result.output


@pytest.mark.parametrize(
    "command", [["process", "g1"], ["nightly"], ["plan"], ["backfill"], ["doctor"]], ids=" ".join
)
def test_no_command_takes_or_shows_a_key_in_a_pack_s_url(archive, command):
    """In 0.1.0 a game was set aside with it, and Prefect kept it."""
    archive.write("games/g1/game.json", b"{}")
    url = f"s3://AKIA123:{PLANTED}@bucket/pack.toml"
    result = told(*command, "--archive", archive.url, "--pack", url)
    assert result.exit_code != 0
    assert "key" in result.output
    assert "PLANTED" not in result.output
    assert archive.find("quarantine") == {}


def test_verify_says_what_is_damaged_and_ends_with_one(archive):
    entry = catalog.commit(archive, publishable(archive))
    catalog.commit(archive, publishable(archive, "g2"))
    whole = told("verify", "--archive", archive.url)
    assert (whole.exit_code, "2 games" in whole.output, "0 damaged" in whole.output) == (
        0,
        True,
        True,
    )
    archive.write(entry.tables["rosters"].path, b"torn")
    archive.write("catalog/2024-25/g2.json", b"{")
    harmed = told("verify", "--archive", archive.url, "--again-after-h", "0")
    assert harmed.exit_code == 1
    assert entry.tables["rosters"].path in harmed.output.replace("\n", "")
    assert "catalog/2024-25/g2.json: damaged" in harmed.output


def test_status_shows_what_others_wrote_as_text(archive):
    quarantine.set_aside(archive, "g1", "number '[/red]' \x1b[2J", "GameError")
    result = told("status", "--archive", archive.url)
    assert result.exit_code == 0
    assert "number '[/red]' \\x1b[2J" in result.output


@pytest.mark.parametrize("command", ["sweep", "verify", "nightly", "plan"])
def test_a_file_in_the_place_of_an_archive_is_one_line(tmp_path, command):
    (tmp_path / "file").write_text("in the way")
    result = told(command, "--archive", str(tmp_path / "file"))
    assert result.exit_code == 1 or "nothing" in result.output or "0 " in result.output
    assert "Traceback" not in result.output


def test_a_folder_that_cannot_be_written_is_one_line(archive, tmp_path, monkeypatch):
    """Where the command is started, unless PREFECT_HOME says otherwise."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "file" / "prefect"))
    result = told("status", "--archive", archive.url)
    assert result.exit_code == 1
    assert "NotADirectoryError: " in result.output
    assert len(result.output.splitlines()) == 1
