"""The two states that approvals are judged in: that of the folder, and that of a base revision.

Knows which files are acts and when approvals are in force. Reads no file: what the folder and git gave comes in.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from holdfast.approvals.judge import State
from holdfast.configuration.configuration import Configuration
from holdfast.model.approval import SUFFIX
from holdfast.model.lock import Lock, Scope
from holdfast.model.security import Security
from holdfast.trust.approval_files import Acts, BrokenFile, read_acts
from holdfast_resolver.values.tuples import NamedTuple

# What the folder of approvals holds: names to bytes; None is what is no file there, such as a link.
Folder: TypeAlias = Mapping[str, bytes | None]
SecurityOf: TypeAlias = Callable[[Configuration], Security]

BESIDES = (".gitattributes", "README.md")  # files that may lie beside the acts
_DIGITS = frozenset("0123456789abcdef")
_DIGEST = 64  # hexadecimal digits
NO_LOCK = Lock(Scope("", "", "", ()), (), ())


class Base(NamedTuple):
    """What a revision has: the bytes of its lock (None = none), its configuration, its approvals."""

    revision: str  # as the user named it
    commit: str  # its full id
    lock: bytes | None
    configuration: Configuration
    folder: Folder


class States(NamedTuple):
    """What is judged; `base` is None where no base was asked for."""

    head: State
    base: State | None


def in_force(configuration: Configuration, folder: Folder) -> bool:
    """Whether approvals are: the configuration names an approver, or something lies in their folder."""
    return bool(configuration.approvers) or any(name not in BESIDES for name in folder)


def read_states(
    lock: Lock, configuration: Configuration, folder: Folder, base: Base | None, security_of: SecurityOf
) -> States:
    """Return the states with all of their acts verified. Keys of both configurations count as known in both.

    A base is what it approved: its lock is not read, so that a broken one can be mended.
    """
    security = security_of(configuration)
    if base is None:
        return States(_state(lock, security, folder, _keys(security)), None)
    before = security_of(base.configuration)
    keys = _keys(security, before)
    return States(_state(lock, security, folder, keys), _state(NO_LOCK, before, base.folder, keys))


def is_act(name: str) -> bool:
    """Whether a file of the folder is called as an act is: `<64 hex>.json`."""
    stem = name.removesuffix(SUFFIX)
    return stem != name and len(stem) == _DIGEST and _DIGITS.issuperset(stem)


def _state(lock: Lock, security: Security, folder: Folder, keys: tuple[str, ...]) -> State:
    raw = {name: data for name, data in folder.items() if data is not None and is_act(name)}
    acts = read_acts(raw, keys)
    unexpected = [
        BrokenFile(name, "an unexpected file" if data is not None else "not a file")
        for name, data in folder.items()
        if name not in raw and (data is None or name not in BESIDES)
    ]
    if unexpected:
        acts = Acts(acts.acts, tuple(sorted((*acts.broken, *unexpected))))
    return State(lock, security, acts, raw)


def _keys(*securities: Security) -> tuple[str, ...]:
    return tuple(dict.fromkeys([one.key for security in securities for one in security.approvers]))
