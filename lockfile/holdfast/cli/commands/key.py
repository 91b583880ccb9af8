"""`key generate`, `show`, `fingerprint`. Needs no project; a private key is never shown."""

import os
from collections.abc import Mapping, Sequence

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.passphrases import new_passphrase, passphrase_of
from holdfast.cli.words import Arguments
from holdfast.reports.findings_json import write
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA
from holdfast.workflows import keys
from holdfast.workflows.keys import AGENT, ShownKey


def generate(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Make a key."""
    path = os.path.expanduser(arguments.text("path"))
    passphrase = new_passphrase(path, arguments)
    key = keys.generate(path, arguments.text("form", "openssh"), passphrase, arguments.text("comment"))
    if not passphrase:
        console.note(f"note: {path} is not encrypted; --passphrase-file FILE or a terminal gives it a passphrase")
    if console.form == "json":
        _document(console, (key,), private=path, public=path + ".pub")
        return CLEAN
    console.line(f"wrote {path} (keep it secret) and {path}.pub")
    _block(console, key)
    return CLEAN


def show(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show the key of a file, or those of the agent."""
    found = _found(arguments, environment)
    if console.form == "json":
        _document(console, found)
        return CLEAN
    if not found:
        console.note("the ssh-agent holds no Ed25519 key; `ssh-add PATH` adds one")
    for key in found:
        _block(console, key)
    return CLEAN


def fingerprint(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Print the id alone, one line a key."""
    found = _found(arguments, environment)
    if console.form == "json":
        _document(console, found)
        return CLEAN
    for key in found:
        console.result((key.public.ssh_fingerprint if arguments.switch("ssh") else key.public.id) + "\n")
    return CLEAN


def _found(arguments: Arguments, environment: Mapping[str, str]) -> tuple[ShownKey, ...]:
    named = arguments.text("path")
    place = named if named == AGENT else os.path.expanduser(named)
    return keys.keys_at(place, environment, passphrase_of(place, arguments))


def _block(console: Console, key: ShownKey) -> None:
    console.result(plain(f"{key.public.text} {key.comment}".rstrip()) + "\n")
    console.result(f"    id   {key.public.id}\n    ssh  {key.public.ssh_fingerprint}\n")


def _document(console: Console, found: Sequence[ShownKey], **more: str) -> None:
    rows = [
        {
            "key": key.public.text,
            "id": key.public.id,
            "ssh": key.public.ssh_fingerprint,
            "comment": key.comment,
        }
        for key in found
    ]
    console.result(write({"version": SCHEMA, "command": console.command, **more, "keys": rows}))
