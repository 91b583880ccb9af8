"""`registry revoke`, `registry advise`. Needs no project."""

import os
from collections.abc import Mapping

from holdfast import files
from holdfast.cli.commands.registry import number, required
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.registry_desk import open_desk
from holdfast.cli.words import Arguments
from holdfast.configuration.instants import EXPECTED, parse_second
from holdfast.errors import UsageError
from holdfast.publish.registry.layout import REVOCATIONS_DAYS
from holdfast.workflows.registry_notices import advise, revocation_of, revoke


def revoke_value(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Revoke a key or a digest."""
    desk = open_desk(arguments, environment, console)
    cause = required(arguments, "cause", "compromise or superseded")
    reason = required(arguments, "reason", "why, in one line")
    effective = time_of(arguments, "effective", desk.now)
    entry = revocation_of(arguments.text("value"), cause, reason, effective)
    issued = revoke(desk, entry, number(arguments, "days", REVOCATIONS_DAYS))
    console.line(f"revoked {entry.value} ({cause}) from {effective} on")
    console.line(f"the list has number {issued.number} and counts until {issued.expires}; `registry refresh` renews it")
    return CLEAN


def advise_file(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Publish an advisory."""
    data = files.read_bytes(os.path.expanduser(arguments.text("advisory")))
    console.line(f"published the advisory {advise(open_desk(arguments, environment, console), data)}")
    return CLEAN


def time_of(arguments: Arguments, name: str, usual: str) -> str:
    """Return a flag's time as documents have it. Raises `UsageError`."""
    text = arguments.text(name)
    found = parse_second(text) if text else usual
    if found is None:
        raise UsageError(f"{EXPECTED} for --{name}", text)
    return found
