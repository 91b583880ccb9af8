"""Who signs for a command: the key file of `--key`, or a key that the ssh-agent holds, `--agent`.

A passphrase comes from the terminal or from a file that only its owner can read; never from a flag's value or the
environment, where others can read it.
"""

import os
import sys
from collections.abc import Mapping

from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.trust.errors import KeyUnreadable
from holdfast.trust.signing import Signer


def open_signer(arguments: Arguments, environment: Mapping[str, str]) -> Signer:
    """Return the signer that the command line names: `--key FILE` (with `--passphrase-file FILE`), or `--agent ID`.

    Raises `UsageError`, `KeyUnreadable`, `KeyRefused`.
    """
    path, wanted = arguments.text("key"), arguments.text("agent")
    if bool(path) == bool(wanted):
        found = "both" if path else "neither"
        raise UsageError("--key FILE or --agent ID", found, "`holdfast key generate` makes a key")
    if wanted:
        from holdfast.trust.ssh_agent import agent_signer

        return agent_signer(environment, wanted)
    from holdfast.trust.key_files import load_key, read_passphrase

    place = os.path.expanduser(path)
    named = arguments.text("passphrase-file")
    return load_key(place, lambda: read_passphrase(os.path.expanduser(named)) if named else _asked(place))


def _asked(path: str) -> bytes:
    if not sys.stdin.isatty():
        raise KeyUnreadable(
            path,
            "it is encrypted, and there is no terminal to ask for its passphrase",
            "add it to the ssh-agent with `ssh-add` and name it with --agent, or use --passphrase-file",
        )
    import getpass

    return getpass.getpass(f"passphrase of {path}: ").encode()
