"""`trust add`, `list`, `remove`, `revoke`: edits of `[[trust]]` in the configuration, in its own style; `suggest`.

Locks nothing and asks no registry: what a change of trust means for the lock is said by `holdfast lock` and `check`.
"""

import time
from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.project import held, open_project
from holdfast.cli.public_keys import public_key_text
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import TrustEntry
from holdfast.configuration.edit_trust import add_trust, remove_trust, revoke_trust
from holdfast.configuration.instants import EXPECTED, parse_second, spelled
from holdfast.configuration.read import read_configuration
from holdfast.errors import UsageError
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA
from holdfast.workflows.trusting import Edit, Edited, KeyState, edit_trust, key_states, wanted_entry


def add(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Trust a key for names."""
    entry = wanted_entry(
        public_key_text(arguments.text("key"), digits=False),
        arguments.texts_of("names"),
        arguments.text("label"),
        _until(arguments),
    )
    edited = _edit(arguments, environment, console, lambda text, path: add_trust(text, entry, path))
    if not edited.changed:
        console.line(f"{edited.path} says that already")
    for one in edited.configuration.trust:
        if one.id == entry.id and set(entry.names) <= set(one.names):
            console.line(f"{_named(one)} is trusted for {_for(one)}")
    return CLEAN


def list_keys(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show the entries and their states."""
    configuration = read_configuration(open_project(arguments).read)
    states = key_states(configuration.trust, _now())
    if console.form == "json":
        from holdfast.reports.findings_json import write

        console.result(write({"version": SCHEMA, "command": console.command, "keys": [_value(one) for one in states]}))
        return CLEAN
    if not states:
        console.line("no key is trusted; `holdfast trust add KEY --names '@scope/*'` trusts one")
    width = max((len(one.entry.label) for one in states), default=0)
    for one in states:
        console.result(plain(f"{one.entry.label:<{width}}  {one.state:<7}  {one.entry.id}".lstrip()) + "\n")
        console.result(plain(f"    for {_for(one.entry)}") + "\n")
        if one.entry.revoked:
            console.result(plain(f"    revoked {_since(one.entry)}") + "\n")
    return CLEAN


def remove(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """No longer trust a key."""
    who, names = arguments.text("who"), arguments.texts_of("names")
    edited = _edit(arguments, environment, console, lambda text, path: remove_trust(text, who, names, path))
    console.line(f"{edited.path} edited: {who} is no longer trusted{f' for {_joined(names)}' if names else ''}")
    for one in edited.configuration.trust:
        if who in (one.id, one.label):
            console.line(f"{_named(one)} is still trusted for {_for(one)}")
    return CLEAN


def revoke(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Mark a key as revoked."""
    who, reason = arguments.text("who"), arguments.text("reason").strip()
    if not reason or not reason.isprintable():
        raise UsageError("why the key is revoked, on one line", reason or "nothing", "add --reason TEXT")
    today = _now()[:10]
    edited = _edit(arguments, environment, console, lambda text, path: revoke_trust(text, who, today, reason, path))
    entry = next(one for one in edited.configuration.trust if one.revoked and who in (one.id, one.label))
    if edited.changed:
        console.line(f"{edited.path} edited: {_named(entry)} is revoked")
    else:
        console.line(f"{_named(entry)} is revoked already, {_since(entry)}")
    return CLEAN


def suggest(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show on whom the lock relies."""
    # start-up: the other commands of the group read no lock
    from holdfast.reports.reliance import render_json, render_text
    from holdfast.workflows.graph import locked_graph
    from holdfast.workflows.trust_suggest import reliances

    graph = locked_graph(open_project(arguments))
    found = reliances(graph)
    if console.form == "json":
        console.result(render_json(graph, found, console.command))
        return CLEAN
    console.result(render_text(found))
    if not found.every:
        console.note("nothing to show: the lock has no packages")
    return CLEAN


def _edit(arguments: Arguments, environment: Mapping[str, str], console: Console, edit: Edit) -> Edited:
    project = open_project(arguments)
    with held(project, arguments, environment, console):
        return edit_trust(project, read_configuration, edit)


def _until(arguments: Arguments) -> str:
    text = arguments.text("until")
    if not text:
        return ""
    second = parse_second(text)
    if second is None:
        raise UsageError(f"{EXPECTED} after --until", text)
    if second <= _now():
        raise UsageError("a time to come after --until", text)
    return second


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _named(entry: TrustEntry) -> str:
    return f"{entry.label} ({entry.id})" if entry.label else entry.id


def _for(entry: TrustEntry) -> str:
    return _joined(entry.names) + (f" until {spelled(entry.until)}" if entry.until else "")


def _since(entry: TrustEntry) -> str:
    return spelled(entry.revoked) + (f": {entry.reason}" if entry.reason else "")


def _joined(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _value(one: KeyState) -> dict[str, object]:
    entry = one.entry
    return {
        "label": entry.label,
        "id": entry.id,
        "key": entry.key,
        "names": list(entry.names),
        "until": entry.until or None,
        "state": one.state,
        "revoked": entry.revoked or None,
        "reason": entry.reason,
    }
