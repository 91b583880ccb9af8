"""Trust: which keys a project believes for which modules, edited in its configuration and listed.

The edits themselves come in as functions: what they do to a text is `configuration.edit_trust`'s affair. Never
prints; the clock is an argument.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from holdfast.configuration.configuration import Configuration, TrustEntry
from holdfast.errors import FileProblem, UsageError
from holdfast.trust.ed25519 import PublicKey
from holdfast.workflows.port import CONFIGURATION, Files
from holdfast_resolver.values.modules import is_module_pattern
from holdfast_resolver.values.tuples import NamedTuple

OK, EXPIRED, REVOKED = "ok", "expired", "revoked"
_LONGEST_LABEL = 100  # characters

# (text, path of its file) -> the edited text
Edit: TypeAlias = Callable[[str, str], str]
# Reads a configuration through a function that gives the project's files.
ReadConfiguration: TypeAlias = Callable[[Callable[[str], bytes | None]], Configuration]


class Edited(NamedTuple):
    """What came of an edit: the file, the configuration as it is now, and whether anything changed."""

    path: str
    configuration: Configuration
    changed: bool


class KeyState(NamedTuple):
    """An entry and what it is worth: `state` is OK, EXPIRED or REVOKED."""

    entry: TrustEntry
    state: str


def wanted_entry(key: str, names: Sequence[str], label: str = "", until: str = "") -> TrustEntry:
    """Return the entry for a public key in any form that `PublicKey.from_text` reads; `until` is RFC 3339 in UTC.

    Raises `KeyRefused` for a key that must not be used, `UsageError` for names and labels that cannot be.
    """
    public = PublicKey.from_text(key)
    if not names:
        raise UsageError("the modules for which the key is trusted", "none", "add --names '@scope/*'")
    for name in names:
        if not is_module_pattern(name):
            raise UsageError("a module name such as @acme/guards, or a scope such as @acme/*", name)
    if not label.isprintable() or len(label) > _LONGEST_LABEL or label != label.strip():
        raise UsageError(f"a label of at most {_LONGEST_LABEL} printable characters, without blanks around it", label)
    if label.startswith("ed25519:"):
        raise UsageError("a label that cannot be taken for an id", label)
    return TrustEntry(public.text, public.id, tuple(dict.fromkeys(names)), label, until)


def edit_trust(files: Files, read: ReadConfiguration, edit: Edit) -> Edited:
    """Edit the project's configuration, read it again as a whole, and write it; a missing one is begun.

    The caller holds the project's lock. Raises what reading, editing and writing raise; then nothing was written.
    """
    path = read(files.read).path or CONFIGURATION
    data = files.read(path) or b""
    try:
        before = data.decode()
    except UnicodeDecodeError:
        raise FileProblem(path, "read", "it is not UTF-8 text") from None
    after = edit(before, path).encode()
    configuration = read(lambda name: after if name == path else files.read(name))
    if after != data:
        files.write(path, after)
    return Edited(path, configuration, after != data)


def key_states(entries: Sequence[TrustEntry], now: str) -> tuple[KeyState, ...]:
    """Return what each entry is worth at `now` (RFC 3339 in UTC, whole seconds)."""
    return tuple(KeyState(entry, _state(entry, now)) for entry in entries)


def _state(entry: TrustEntry, now: str) -> str:
    if entry.revoked:
        return REVOKED
    return EXPIRED if entry.until and entry.until <= now else OK
