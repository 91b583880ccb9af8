"""The two states that approvals are judged in: that of the folder, and that of a base revision.

Knows which files are acts and when approvals are in force. Reads no file: what the folder and git gave comes in.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from holdfast.approvals.judge import State
from holdfast.configuration.configuration import Configuration
from holdfast.model.approval import SUFFIX, SignedAct
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
        raw = _raw(folder)
        return States(_state(lock, security, folder, read_acts(raw, _keys(security)), raw), None)
    before, raws = security_of(base.configuration), (_raw(folder), _raw(base.folder))
    acts = _read_both(*raws, _keys(security, before))
    return States(
        _state(lock, security, folder, acts[0], raws[0]), _state(NO_LOCK, before, base.folder, acts[1], raws[1])
    )


def is_act(name: str) -> bool:
    """Whether a file of the folder is called as an act is: `<64 hex>.json`."""
    stem = name.removesuffix(SUFFIX)
    return stem != name and len(stem) == _DIGEST and _DIGITS.issuperset(stem)


def with_line_ends(data: bytes) -> bytes:
    """Return the bytes of an act with the line ends that it was written with: a checkout may have made them CRLF.

    No act has a line end inside of a value, so this never makes one of another.
    """
    return data.replace(b"\r\n", b"\n")


def _raw(folder: Folder) -> dict[str, bytes]:
    return {name: with_line_ends(data) for name, data in folder.items() if data is not None and is_act(name)}


def _state(lock: Lock, security: Security, folder: Folder, acts: Acts, raw: dict[str, bytes]) -> State:
    unexpected = [
        BrokenFile(name, "an unexpected file" if data is not None else "not a file")
        for name, data in folder.items()
        if name not in raw and (data is None or name not in BESIDES)
    ]
    if unexpected:
        acts = Acts(acts.acts, tuple(sorted((*acts.broken, *unexpected))))
    return State(lock, security, acts, raw)


def _read_both(head: dict[str, bytes], base: dict[str, bytes], keys: tuple[str, ...]) -> tuple[Acts, Acts]:
    """What both folders say, each as if it were read alone; nearly all files are in both, and those are verified once.

    That is the same only where both know the same keys: acts bring those of the configurations that they carry.
    """
    old = read_acts(base, keys)
    known = {*keys, *_carried(old.acts)}
    more = read_acts({name: data for name, data in head.items() if base.get(name) != data}, known)
    kept = [one for one in old.acts if head.get(one.digest + SUFFIX) == base[one.digest + SUFFIX]]
    acts = tuple(sorted([*kept, *more.acts], key=lambda one: one.digest))
    if old.broken or more.broken or {*keys, *_carried(acts)} != known:
        return read_acts(head, keys), old
    return Acts(acts), old


def _carried(acts: Iterable[SignedAct]) -> list[str]:
    return [one.key for each in acts if each.act.security is not None for one in each.act.security.after.approvers]


def _keys(*securities: Security) -> tuple[str, ...]:
    return tuple(dict.fromkeys([one.key for security in securities for one in security.approvers]))
