"""The command line's words against the table."""

import pytest

from holdfast.cli.table import COMMON, find, plain_commands
from holdfast.cli.words import Arguments, parse
from holdfast.errors import UsageError


def read(*words: str, command: str = "export", **environment: str) -> Arguments:
    """The words after a command's name, read."""
    row = find(command)
    assert row is not None
    return parse(row, words, environment)


@pytest.mark.parametrize(
    "words",
    [
        ["pylock", "--output", "out.toml", "--extra", "a", "--extra", "b", "-q"],
        ["--output=out.toml", "--extra=a", "pylock", "--extra=b", "--quiet"],
        ["-qo", "out.toml", "--extra", "a", "--extra", "b", "--", "pylock"],
        ["-q", "-oout.toml", "--extra", "a", "--extra", "b", "pylock"],
    ],
)
def test_the_usual_spellings_mean_the_same(words: list[str]) -> None:
    """Values after a blank, an equals sign or nothing; switches alone or joined; positionals anywhere."""
    arguments = read(*words)
    assert arguments.text("target") == "pylock"
    assert arguments.text("output") == "out.toml"
    assert arguments.texts_of("extra") == ("a", "b")
    assert arguments.switch("quiet")
    assert not arguments.switch("verbose")


def test_words_after_two_dashes_are_never_flags() -> None:
    """`holdfast add -- -odd` asks for a requirement called `-odd`."""
    assert read("--", "-odd", "--quiet", command="add").texts_of("requirements") == ("-odd", "--quiet")


@pytest.mark.parametrize(
    ("command", "words", "expected", "hint"),
    [
        ("lock", ["--dryrun"], "a flag of `holdfast lock`", "did you mean --dry-run?"),
        ("lock", ["-z"], "a flag of `holdfast lock`", "see `holdfast lock --help`"),
        ("lock", ["--exclude-newer"], "DATE after --exclude-newer", "see `holdfast lock --help`"),
        ("lock", ["--exclude-newer", "--quiet"], "DATE after --exclude-newer", "see `holdfast lock --help`"),
        ("lock", ["--quiet=yes"], "--quiet without a value", "see `holdfast lock --help`"),
        ("lock", ["web"], "nothing more after `holdfast lock`", "see `holdfast lock --help`"),
        ("lock", ["--project", "a", "--project", "b"], "--project once", ""),
        ("lock", ["--project="], "DIR for --project", "see `holdfast lock --help`"),
        ("add", [], "REQUIREMENT after `holdfast add`", "see `holdfast add --help`"),
        ("export", ["pylok"], "one of pylock, requirements, package-lock for FORMAT", "did you mean pylock?"),
        ("check", ["--format", "xml"], "one of text, json, sarif, github for --format", ""),
        ("why", ["a", "b"], "nothing more after `holdfast why`", "see `holdfast why --help`"),
    ],
)
def test_wrong_words_are_refused(command: str, words: list[str], expected: str, hint: str) -> None:
    """Each refusal says what was expected and what to do."""
    with pytest.raises(UsageError) as refused:
        read(*words, command=command)
    assert (refused.value.expected, refused.value.hint) == (expected, hint)


@pytest.mark.parametrize(("text", "on"), [("1", True), ("YES", True), ("0", False), ("off", False), ("", False)])
def test_a_switch_has_a_twin_in_the_environment(text: str, on: bool) -> None:
    """`HOLDFAST_OFFLINE=1` is `--offline`."""
    assert read(command="lock", HOLDFAST_OFFLINE=text).switch("offline") == on


def test_the_command_line_wins_over_the_environment() -> None:
    """A value that is given beats its twin; a twin that makes no sense is refused."""
    arguments = read("--exclude-newer", "2025-01-31", command="lock", HOLDFAST_EXCLUDE_NEWER="2024-01-01")
    assert arguments.text("exclude-newer") == "2025-01-31"
    assert read(command="lock", HOLDFAST_EXCLUDE_NEWER="2024-01-01").text("exclude-newer") == "2024-01-01"
    with pytest.raises(UsageError, match="HOLDFAST_OFFLINE"):
        read(command="lock", HOLDFAST_OFFLINE="maybe")
    with pytest.raises(UsageError, match="HOLDFAST_COLOR"):
        read(command="lock", HOLDFAST_COLOR="pink")


def test_no_environment_variable_decides_a_verdict() -> None:
    """What a check is held against, and which changes are accepted, is only ever written on the command line."""
    deciding = {"project", "base", "against", "accept-changed", "format", "dry-run", "from"}
    twins = {one.name for command in plain_commands() for one in command.parameters + COMMON if one.environment}
    assert not deciding & twins


def test_the_table_is_sound() -> None:
    """Flags are unique within a command, kinds are known, positionals have no flags, handlers exist."""
    from importlib import import_module

    for command in plain_commands():
        flags = [flag for one in command.parameters + COMMON for flag in one.flags]
        assert len(flags) == len(set(flags)), command.name
        for one in command.parameters + COMMON:
            assert one.kind in ("switch", "value", "values", "word", "words")
            assert bool(one.flags) == (one.kind in ("switch", "value", "values"))
            assert one.help
            assert not one.help.endswith(".")
            assert one.environment == "" or one.environment.startswith("HOLDFAST_")
        module, _, function = command.handler.partition(":")
        assert callable(getattr(import_module(module), function))
