"""The commands' registry: the help names every command in its module's own words and imports none of them."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest

from clerk_app import commands
from clerk_app.cli import main


def words(names: list[str]) -> dict[str, str | None]:
    """What argparse shows of each, with the modules themselves."""
    parser = argparse.ArgumentParser()
    group: commands.CommandGroup = parser.add_subparsers()
    for name in dict.fromkeys(commands.COMMANDS[each] for each in names):
        commands.module(next(each for each in names if commands.COMMANDS[each] == name)).register(group)
    said = {action.dest: action.help for action in group._choices_actions}
    return {name: said.get(name) or "" for name in group.choices}


def test_the_help_says_of_each_command_what_its_module_says() -> None:
    assert words(list(commands.COMMANDS)) == dict(commands.HELP)


def test_the_help_imports_no_command() -> None:
    told = "import sys; from clerk_app.cli import main; main(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    *help_lines, loaded = done.stdout.splitlines()
    assert [name for name in loaded.split() if name.startswith("clerk_app.commands.")] == ["clerk_app.commands.output"]
    shown = "\n".join(help_lines)
    assert all(name in shown for name, words in commands.HELP.items() if words)


def test_a_word_that_nobody_knows_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shwo"]) == 2
    assert "handover" in capsys.readouterr().err
