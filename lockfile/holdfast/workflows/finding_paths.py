"""By which path the project comes to what findings speak of: for the findings of a check that name a pin and no path.

A pin that the project asks for itself needs none. Knows the lock's graph; changes nothing but `Finding.path`.
"""

from collections.abc import Iterable

from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock
from holdfast.model.words import spell_pin
from holdfast.workflows.diff import shortest_paths

CODES = frozenset(["change-unapproved", "signature-missing", "capability-denied"])
_DIRECT = 2  # the manifest, and the package


def with_paths(findings: Iterable[Finding], lock: Lock) -> tuple[Finding, ...]:
    """Return the findings, those of `CODES` with the shortest path where others bring the package in.

    A name that several sources have is left alone where the finding does not say which it means.
    """
    pins: dict[str, list[tuple[str, str, str]]] = {}
    for pin in lock.packages:
        pins.setdefault(spell_pin(pin), []).append(pin[:3])
    every = tuple(findings)
    meant = {one: found[0] for one in every if one.code in CODES and (found := _meant(one, pins)) and not one.path}
    paths = shortest_paths(lock, set(meant.values()))
    return tuple([one._replace(path=_told(paths.get(meant[one], ()))) if one in meant else one for one in every])


def _meant(finding: Finding, pins: dict[str, list[tuple[str, str, str]]]) -> list[tuple[str, str, str]]:
    found, source = pins.get(finding.subject, []), dict(finding.facts).get("source")
    same = [one for one in found if one[0] == source] if source else found
    return same if len(same) == 1 else []


def _told(path: tuple[str, ...]) -> tuple[str, ...]:
    return path if len(path) > _DIRECT else ()
