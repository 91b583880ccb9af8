"""What the commands of a registry share: its folder, its keys, its inbox, the clock; and the words for what it refuses.

Only commands of `holdfast registry` come here.
"""

import os
import time
from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.distrust import finding_of
from holdfast.cli.messages import message
from holdfast.cli.passphrases import passphrase_of
from holdfast.cli.registry_words import sentence_of
from holdfast.cli.words import Arguments
from holdfast.errors import HoldfastError, UsageError
from holdfast.publish.registry.desk import Desk
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.signers import Keyring
from holdfast.trust.errors import TrustError
from holdfast.trust.signing import Signer
from holdfast_resolver.errors import ResolverError


def open_desk(arguments: Arguments, environment: Mapping[str, str], console: Console, *, protect: bytes = b"") -> Desk:
    """Return the desk of the registry that the command line names. No file is read yet."""
    folder = RegistryFolder(os.path.expanduser(arguments.text("folder")))
    place = arguments.text("keys")
    keys = os.path.expanduser(place) if place else folder.path + ".keys"
    _outside(folder, keys, "keys")
    ring = Keyring(keys, lambda path: _passphrase(path, arguments), lambda: _agent(environment), protect)
    return Desk(folder, ring, now_text(), lambda: console.note("waiting for another process that has this registry"))


def inbox_of(arguments: Arguments, desk: Desk) -> str:
    """Return the inbox's folder."""
    place = arguments.text("inbox")
    inbox = os.path.expanduser(place) if place else desk.folder.path + ".inbox"
    _outside(desk.folder, inbox, "inbox")
    return inbox


def now_text() -> str:
    """Return the time, as documents have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def why(error: HoldfastError | ResolverError) -> str:
    """Return in one line why something was refused."""
    if isinstance(error, TrustError):
        finding = finding_of(error)
        if finding is not None:
            return f"expected {finding.expected}, found {finding.found} ({finding.code})"
    return sentence_of(error) or message(error).sentence


def _outside(folder: RegistryFolder, path: str, what: str) -> None:
    """Refuse a folder that would be served with the registry."""
    if os.path.join(os.path.realpath(path), "").startswith(os.path.join(folder.path, "")):
        raise UsageError(f"a folder for --{what} outside of the registry, which everybody may read", path)


def _passphrase(path: str, arguments: Arguments) -> bytes:
    ask = passphrase_of(path, arguments)
    return ask()


def _agent(environment: Mapping[str, str]) -> tuple[Signer, ...]:
    if not environment.get("SSH_AUTH_SOCK"):
        return ()
    from holdfast.trust.ssh_agent import agent_signers  # start-up: only where there is an agent

    return agent_signers(environment)
