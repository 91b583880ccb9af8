"""The entry point: dispatch, help, errors, streams."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from holdfast.cli.main import main
from holdfast.cli.table import GROUPS, every_command, group_commands, plain_commands
from tests.support.index_server import hanging, serving
from tests.support.packages import read_releases
from tests.support.project import Project


def run(*words: str, **environment: str) -> tuple[int, str, str]:
    """Run a command line: (exit code, stdout, stderr)."""
    out, err = io.StringIO(), io.StringIO()
    return main(words, environment, out, err), out.getvalue(), err.getvalue()


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_the_overview_lists_every_command(words: list[str]) -> None:
    """Without a command, help is what one gets."""
    code, out, _ = run(*words)
    assert code == 0
    for command in plain_commands():
        assert f"  {command.name} " in out
        assert command.summary in out


@pytest.mark.parametrize("name", [command.name for command in every_command()])
def test_every_command_has_help(name: str) -> None:
    """Help names every flag, its twin in the environment and its choices; nothing else is run."""
    command = next(command for command in every_command() if command.name == name)
    code, out, err = run(*name.split(), "--help")
    assert (code, err) == (0, "")
    assert out == run("help", *name.split())[1]
    for one in command.parameters:
        for word in (*one.flags, *one.choices, one.environment, one.metavar):
            assert word in out


@pytest.mark.parametrize("group", sorted(GROUPS))
@pytest.mark.parametrize("words", [("{}",), ("{}", "--help"), ("help", "{}")])
def test_a_group_lists_its_commands(group: str, words: tuple[str, ...]) -> None:
    """`holdfast key` is help, not an error."""
    code, out, _ = run(*[word.format(group) for word in words])
    assert code == 0
    for command in group_commands(group):
        assert f"  {command.name} " in out


def test_the_version_is_named() -> None:
    """`--version` is the version of the distribution."""
    from importlib.metadata import version

    assert run("--version") == (0, f"holdfast {version('holdfast')}\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lokc"], "hint: did you mean lock?"),
        (["help", "chekc"], "hint: did you mean check?"),
        (["--frobnicate"], "hint: see `holdfast --help`"),
        (["key", "genrate"], "hint: did you mean key generate?"),
        (["xyzzy"], "hint: see `holdfast --help`"),
    ],
)
def test_an_unknown_command_names_the_nearest(words: list[str], said: str) -> None:
    """Exit code 2 and a way on."""
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert said in err


def test_common_flags_may_stand_before_the_command(tmp_path: Path) -> None:
    """`holdfast --project web check` is `holdfast check --project web`."""
    code, _, err = run("--project", str(tmp_path / "nowhere"), "check")
    assert code == 2
    assert "there is no such folder" in err


def test_errors_of_the_command_line_come_in_the_format_asked_for() -> None:
    """A machine that asked for JSON gets JSON, also for a flag that does not exist."""
    code, out, err = run("check", "--frobnicate", "--format=json")
    assert code == 2
    assert '"kind": "UsageError"' in out
    assert err == ""


def test_colour_follows_the_usual_rules(tmp_path: Path) -> None:
    """Never to a file, always when asked; `NO_COLOR` and a dumb terminal turn it off."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def coloured(*words: str, **environment: str) -> bool:
        err = Terminal()
        main([*words], environment, io.StringIO(), err)
        return "\x1b[" in err.getvalue()

    asked = ("check", "--project", str(tmp_path))
    assert coloured(*asked)
    assert not coloured(*asked, NO_COLOR="1")
    assert not coloured(*asked, TERM="dumb")
    assert not coloured(*asked, "--color", "never")
    assert coloured(*asked, "--color=always", NO_COLOR="1")
    assert "\x1b[" not in run(*asked)[2]


def test_nobody_reads_any_more(tmp_path: Path) -> None:
    """`holdfast | head -1` ends without a word of complaint."""

    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    err = io.StringIO()
    assert main([], {}, Closed(), err) == 0
    assert err.getvalue() == ""


def test_a_fault_of_ours_says_so_and_shows_its_trace_with_v(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback unless asked for."""
    import holdfast.cli.commands.check as command

    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(command, "open_project", broken)
    code, _, err = run("check")
    assert code == 3
    assert "error: internal error: ZeroDivisionError: by zero" in err
    assert "Traceback" not in err
    assert "Traceback" in run("check", "-v")[2]


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_ends_a_command_that_waits_for_the_network(tmp_path: Path) -> None:
    """Exit code 130, one line, at once, and the project as it was."""
    with serving(read_releases("flask 3.0.0")) as server:
        server.faults["/simple/flask/"] = [hanging()]
        project = Project(tmp_path, ["flask"], server.url)
        words = [sys.executable, "-c", "from holdfast.cli.main import run; run()", "lock"]
        process = subprocess.Popen(
            [*words, "--project", str(project.folder)],
            env={**os.environ, **project.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not server.asked:
            assert process.poll() is None
            time.sleep(0.01)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert time.monotonic() - begun < 2
    assert (process.returncode, out, err) == (130, "", "interrupted; nothing was changed\n")
    assert not project.lock.exists()
