import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from playerid.cli.main import app
from playerid.docs.readme import with_tables
from tests.playerid.report.night import FILMED, make_night

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))


def test_its_tables_are_those_of_the_code():
    assert with_tables(README) == README, "run: make tables"


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z-]+)", README))))
def test_its_make_targets_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("line", sorted(set(re.findall(r"^playerid .*$", SHELL, re.MULTILINE))))
def test_its_commands_and_options_exist(line):
    command = get_command(app)
    words = re.findall(r"(?:\"[^\"]*\"|'[^']*'|\S+)", line)[1:]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    options |= {option for parameter in command.params for option in parameter.secondary_opts}
    used = {word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word)}
    assert used <= options | {"--help"}


ASKING = [
    line
    for line in sorted(set(re.findall(r"^playerid .*--archive demo.*$", SHELL, re.MULTILINE)))
    # They need a rendered game, and weights; or go on until they are stopped.
    if line.split()[1] not in {"evaluate", "doctor", "serve"}
]


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    return make_night(tmp_path_factory.mktemp("night"))


@pytest.mark.parametrize("line", ASKING)
def test_its_questions_to_the_demo_are_answered(line, night, tmp_path):
    words = shlex.split(line.replace("GAME", FILMED))[1:]
    words = [night.url if word == "demo" else word for word in words]
    words = [str(tmp_path / word) if word.startswith("demo/") else word for word in words]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert result.output.strip()


def test_it_has_commands():
    assert "make demo" in README
    assert "make test" in README
    assert len(SHELL.splitlines()) > 5
