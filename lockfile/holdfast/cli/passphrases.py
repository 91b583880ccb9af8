"""Where a passphrase comes from: a file that the command line names, else the terminal.

Never from a flag or the environment, where others can read it.
"""

import os
import sys

from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.trust.errors import KeyUnreadable
from holdfast.trust.key_files import Passphrase, read_passphrase

_HINT = "name a file with --passphrase-file, or add the key to the ssh-agent with `ssh-add`"


def passphrase_of(path: str, arguments: Arguments) -> Passphrase:
    """Return what gives the passphrase of an existing key at `path` when it is called.

    Calling it raises `KeyUnreadable` where there is neither a file nor a terminal.
    """
    return lambda: _from_file(arguments) or _asked(path)


def new_passphrase(path: str, arguments: Arguments) -> bytes:
    """Return the passphrase for a new key at `path`; b"" = none: an empty answer, or nobody to ask.

    Raises `KeyUnreadable` for the file, `UsageError` for two answers that differ.
    """
    given = _from_file(arguments)
    if given or not sys.stdin.isatty():
        return given
    first = _ask(f"passphrase for {path} (empty for none): ")
    if first and _ask("the same again: ") != first:
        raise UsageError("the same passphrase twice", "two that differ", "run the command again")
    return first


def _from_file(arguments: Arguments) -> bytes:
    named = arguments.text("passphrase-file")
    return read_passphrase(os.path.expanduser(named)) if named else b""


def _asked(path: str) -> bytes:
    if not sys.stdin.isatty():
        raise KeyUnreadable(path, "it is encrypted, and there is no terminal to ask for its passphrase", _HINT)
    return _ask(f"passphrase of {path}: ")


def _ask(prompt: str) -> bytes:
    import getpass  # start-up: only where somebody can answer

    try:
        return getpass.getpass(prompt).encode()
    except EOFError:
        raise KeyboardInterrupt from None
