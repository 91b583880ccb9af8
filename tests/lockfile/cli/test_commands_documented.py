"""Every command, flag and exit code is in `docs/commands.md`, and nothing else is."""

import re
from pathlib import Path

import pytest

from holdfast.cli import exits
from holdfast.cli.table import COMMON, Command, every_command

COMMANDS = every_command()
DOCUMENT = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## `holdfast ([a-z -]+)`\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL))
COMMONLY = DOCUMENT.partition("## For every command")[2].partition("## `holdfast")[0]


def test_the_sections_are_the_commands() -> None:
    """One section per command, in the order of the table."""
    assert list(SECTIONS) == [command.name for command in COMMANDS]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_flag_is_documented(command: Command) -> None:
    """In the command's own section, or once for all."""
    for one in command.parameters:
        for flag in one.flags:
            assert f"`{flag}" in SECTIONS[command.name] + COMMONLY, flag
        for choice in one.choices:
            assert choice in SECTIONS[command.name] + COMMONLY, choice


def test_common_flags_and_twins_are_documented() -> None:
    """With their variables."""
    for one in (*COMMON, *(one for command in COMMANDS for one in command.parameters)):
        if one in COMMON:
            assert all(f"`{flag}" in COMMONLY for flag in one.flags)
        if one.environment:
            assert f"`{one.environment}`" in COMMONLY


def test_no_flag_is_documented_that_does_not_exist() -> None:
    """What the document names, the table has."""
    known = {flag for command in COMMANDS for one in command.parameters + COMMON for flag in one.flags}
    assert set(re.findall(r"`(--?[a-z][a-z-]*)", DOCUMENT)) <= known


def test_every_exit_code_is_documented() -> None:
    """The table of exit codes is whole."""
    codes = {value for name, value in vars(exits).items() if name.isupper() and isinstance(value, int)}
    table = DOCUMENT.partition("## Exit codes")[2].partition("## `holdfast")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == codes
