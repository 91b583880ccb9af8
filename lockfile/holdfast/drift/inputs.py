"""Manifest against lock: are the wishes of the project still those that the lock answers?

Knows wishes and the lock's `[[input]]` blocks. Never knows versions: whether a pin meets a wish is
`closure`'s to say.
"""

from __future__ import annotations

from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Wish

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterable

_KINDS = {
    "project": "a dependency of the project",
    "extra": "in the extra",
    "group": "in the dependency group",
    "constraint": "a constraint",
    "override": "an override",
    "module": "a module of the project",
    "dev": "a development dependency of the project",
    "optional": "an optional dependency of the project",
    "peer": "a peer dependency of the project",
}
_Part = tuple[str, str, str]  # (path, kind, name of the extra or group)


class _Change(NamedTuple):
    part: _Part
    wished: Requirement | None
    locked: Requirement | None
    line: int


def compare_inputs(lock: Lock, wishes: Iterable[Wish], lock_path: str = "holdfast.lock") -> tuple[Finding, ...]:
    """Return one `manifest-changed` finding per wish added, removed or edited since the lock was made.

    Where a wish resolves is not compared (`sources` does that). `wishes` are all the wishes of the project,
    constraints and overrides included. Requirements that differ only in the order of their version clauses
    are the same wish.
    """
    wished: dict[_Part, dict[Requirement, int]] = {}
    for wish in wishes:
        wished.setdefault((wish.path, wish.kind, wish.group), {}).setdefault(wish.requirement, wish.line)
    locked = {(one.path, one.kind, one.name): one.requires for one in lock.inputs}
    changes: list[_Change] = []
    for part in sorted(wished.keys() | locked.keys()):
        now, before = wished.get(part, {}), locked.get(part, ())
        if now.keys() != set(before):
            changes.extend(_changes(part, now, before))
    return tuple([_finding(change, lock_path) for change in changes])


def _changes(part: _Part, now: dict[Requirement, int], before: tuple[Requirement, ...]) -> list[_Change]:
    """Pair the wishes of one part: same requirement, then same package, then what is left."""
    answered = {_comparable(requirement) for requirement in before}
    asked = {_comparable(requirement) for requirement in now}
    added = [requirement for requirement in now if _comparable(requirement) not in answered]
    removed = [requirement for requirement in before if _comparable(requirement) not in asked]
    changes = []
    for requirement in added:
        # flask>=3.0 in the lock, flask>=3.1 in the manifest: one edited wish, not one removed and one added
        old = next((one for one in removed if one.name == requirement.name), None)
        if old is not None:
            removed.remove(old)
        changes.append(_Change(part, requirement, old, now[requirement]))
    changes.extend(_Change(part, None, requirement, 0) for requirement in removed)
    return sorted(changes, key=lambda change: (change.wished or change.locked, change.line))


def _comparable(requirement: Requirement) -> Requirement:
    return requirement._replace(source="", range=",".join(sorted(set(requirement.range.split(",")))))


def _finding(change: _Change, lock_path: str) -> Finding:
    from holdfast.findings.codes import severity  # start-up: only when something is found

    path, kind, group = change.part
    wish = change.wished or change.locked
    facts = (("wish", f"{_KINDS.get(kind, kind)} {group}".rstrip()),)
    return Finding(
        "manifest-changed",
        severity("manifest-changed"),
        str(wish),
        f"{change.wished} ({path})" if change.wished else f"no such wish ({path})",
        f"{change.locked} ({lock_path})" if change.locked else f"no such wish ({lock_path})",
        facts,
        hints=("holdfast lock",),
        place=Place(path, change.line),
    )
