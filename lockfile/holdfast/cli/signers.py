"""Who signs for a command: the key file of `--key`, or a key that the ssh-agent holds, `--agent`."""

import os
from collections.abc import Mapping

from holdfast.cli.passphrases import passphrase_of
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.trust.signing import Signer

KEY, AGENT = "HOLDFAST_KEY", "HOLDFAST_AGENT"  # the twins, which `words` has put in where the command line is silent


def named_signer(arguments: Arguments, environment: Mapping[str, str]) -> tuple[str, str]:
    """Return the key file and the key of the agent that are named; "" for what is not.

    Of a flag and the other's twin the flag wins, as everywhere.
    """
    path, wanted = arguments.text("key"), arguments.text("agent")
    if path and wanted:
        twins = path == environment.get(KEY, "").strip(), wanted == environment.get(AGENT, "").strip()
        if twins == (True, False):
            return "", wanted
        if twins == (False, True):
            return path, ""
    return path, wanted


def open_signer(arguments: Arguments, environment: Mapping[str, str]) -> Signer:
    """Return the signer that the command line names: `--key FILE` (with `--passphrase-file FILE`), or `--agent ID`.

    Raises `UsageError`, `KeyUnreadable`, `KeyRefused`.
    """
    path, wanted = named_signer(arguments, environment)
    if bool(path) == bool(wanted):
        if path:
            raise UsageError("--key FILE or --agent ID", "both", "name one of them")
        hint = f"name one: --key FILE, --agent ID, or {KEY}; `holdfast key generate PATH` makes one"
        raise UsageError("--key FILE or --agent ID", "neither", hint)
    if wanted:
        from holdfast.trust.ssh_agent import agent_signer  # start-up: either the one or the other

        return agent_signer(environment, wanted)
    from holdfast.trust.key_files import load_key

    place = os.path.expanduser(path)
    return load_key(place, passphrase_of(place, arguments))
