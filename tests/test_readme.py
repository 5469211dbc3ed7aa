import re
from pathlib import Path

import pytest
from typer.main import get_command

from playerid.cli import app
from playerid.docs import with_tables

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


def test_it_has_commands():
    assert "make demo" in README
    assert "make test" in README
    assert len(SHELL.splitlines()) > 5
