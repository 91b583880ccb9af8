"""The entry point: words in, an exit code out.

`run` is the console script; `main` is the same without ending the process, for tests. Of the commands only
the invoked one's module is imported.
"""

from __future__ import annotations

import io
import os
import sys

from holdfast.cli.console import Console
from holdfast.cli.table import COMMON, FORMATS, GROUPS, Command, find, group_commands, plain_commands
from holdfast.cli.words import Arguments, parse
from holdfast.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping, Sequence
    from typing import NoReturn, TextIO


def run() -> NoReturn:
    """Run the command line and end the process.

    A short-lived process gains by never collecting garbage, and by not tearing down what the system frees
    anyway: once the streams are flushed it ends at once, whatever threads are still waiting for the network.
    """
    import gc

    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what an old terminal cannot show must not end a command
            stream.reconfigure(errors="backslashreplace")
    code = main(sys.argv[1:], os.environ, sys.stdout, sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # nobody reads any more
            continue
    os._exit(code)


def main(words: Sequence[str], environment: Mapping[str, str], out: TextIO, err: TextIO) -> int:
    """Run one command and return its exit code. Nothing is raised."""
    console = Console(out, err, environment)
    try:
        code = _dispatch(list(words), environment, console)
        console.flush()
    except BrokenPipeError:  # `holdfast tree | head`: who has read enough needs no complaint
        _silence(out)
        return 0
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the outermost shell
        return _failed(error, console)
    finally:
        modules = sys.modules.get("holdfast.cli.module_wiring")
        if modules is not None:
            modules.close_registries()
    return code


def _dispatch(words: list[str], environment: Mapping[str, str], console: Console) -> int:
    leading = _leading_flags(words)
    if not words:
        if "--version" in leading or "-V" in leading:
            from importlib.metadata import version  # start-up: 30 ms

            console.result(f"holdfast {version('holdfast')}\n")
            return 0
        from holdfast.cli.help import overview  # start-up: only for help

        unknown = [flag for flag in leading if flag not in ("--help", "-h")]
        if unknown:
            raise UsageError("a command", unknown[0], "see `holdfast --help`")
        console.result(overview())
        return 0
    name, rest = words[0], words[1:]
    if name in GROUPS:
        if not rest or rest[0].startswith("-"):
            return _help([name], console)
        name, rest = f"{name} {rest[0]}", rest[1:]
    command = find(name)
    if command is None:
        if name == "help":
            return _help(rest[:2], console)
        raise _unknown(name)
    console.command = name
    console.form = _form_asked(rest)
    arguments = parse(command, [*leading, *rest], environment)
    if arguments.switch("help"):
        return _help([name], console)
    form = arguments.text("format", "text")
    console.set_up(
        form=form if form in FORMATS else "text",  # errors have no other form
        color=arguments.text("color", "auto"),
        quiet=arguments.switch("quiet"),
        verbose=arguments.switch("verbose"),
    )
    return _handle(command, arguments, environment, console)


def _handle(command: Command, arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    module_name, _, function = command.handler.partition(":")
    __import__(module_name)
    code: int = getattr(sys.modules[module_name], function)(arguments, environment, console)
    return code


def _leading_flags(words: list[str]) -> list[str]:
    """Take the flags that stand before the command off `words`: `holdfast --project web lock`."""
    with_value = {flag for one in COMMON if one.kind == "value" for flag in one.flags}
    leading: list[str] = []
    while words and words[0].startswith("-"):
        leading.append(words.pop(0))
        if leading[-1] in with_value and words:
            leading.append(words.pop(0))
    return leading


def _form_asked(words: Sequence[str]) -> str:
    """The format in which errors of the command line itself are told, as far as it can be seen."""
    for place, word in enumerate(words):
        flag, equals, value = word.partition("=")
        if flag == "--format":
            form = value if equals else "".join(words[place + 1 : place + 2])
            return form if form in ("json", "sarif", "github") else "text"
    return "text"


def _help(names: Sequence[str], console: Console) -> int:
    from holdfast.cli.help import of_command, of_group, overview  # start-up: only for help

    if not names:
        console.result(overview())
        return 0
    name = " ".join(names)
    if name in GROUPS:
        console.result(of_group(name))
        return 0
    command = find(name) or find(names[0])
    if command is None:
        raise _unknown(name)
    console.result(of_command(command))
    return 0


def _unknown(name: str) -> UsageError:
    from holdfast.cli.words import nearest

    group = name.partition(" ")[0]
    known = (
        [one.name for one in group_commands(group)]
        if group in GROUPS
        else [*GROUPS, *[one.name for one in plain_commands()]]
    )
    hint = nearest(name, known)
    return UsageError("a command", name, hint or "see `holdfast --help`")


def _failed(error: BaseException, console: Console) -> int:
    from holdfast.cli.exits import exit_code  # start-up: only when something went wrong

    code = exit_code(error)
    try:
        if "holdfast.trust.errors" in sys.modules:  # else nothing can have been refused
            from holdfast.cli.distrust import tell
            from holdfast.trust.errors import TrustError

            told = tell(error, console) if isinstance(error, TrustError) else None
            if told is not None:
                console.flush()
                return told
        console.fail(error, code)
        console.flush()
    except OSError:  # nobody reads any more
        return code
    return code


def _silence(out: TextIO) -> None:
    """Let what is still buffered go nowhere, so that the interpreter does not complain at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
    except (OSError, ValueError):
        return
