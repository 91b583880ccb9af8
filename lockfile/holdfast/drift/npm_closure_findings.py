"""How the problems of npm packages are said: each as a finding with its path and what mends it.

Loaded only when there is a problem. Judges nothing.
"""

from __future__ import annotations

from holdfast.drift.npm_closure import NpmProblem
from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock
from holdfast.model.npm_pins import NOWHERE
from holdfast.model.paths import ShortestPaths
from holdfast.model.words import spell_part, spell_pin
from holdfast_resolver.versions.grid import Grid

_Words = tuple[str, str, str, tuple[str, ...]]  # subject, expected, found, dependency path


def spelled(lock: Lock, problems: list[NpmProblem], lock_path: str) -> tuple[Finding, ...]:
    """Return one finding per problem, in the same order."""
    paths = ShortestPaths(LockGraph(lock, Grid(())))
    return tuple(dict.fromkeys([_finding(lock, paths, problem, lock_path) for problem in problems]))


def _finding(lock: Lock, paths: ShortestPaths, problem: NpmProblem, lock_path: str) -> Finding:
    subject, expected, found, path = _words(lock, paths, problem)
    place = problem.part.path if problem.part is not None else lock_path
    hints = ("holdfast lock",)
    known = next((place for place in (problem.pin, problem.other) if place != NOWHERE), NOWHERE)
    if problem.code == "peer-unmet" and known != NOWHERE:
        hints = (f"holdfast why {lock.packages[known].name}",)
    return Finding(
        problem.code, severity(problem.code), subject, expected, found, path=path, hints=hints, place=Place(place)
    )


def _words(lock: Lock, paths: ShortestPaths, problem: NpmProblem) -> _Words:
    met = spell_pin(lock.packages[problem.pin]) if problem.pin != NOWHERE else "no pin"
    fault, requirement = problem.fault, problem.requirement
    if fault is not None:
        instance = fault.instance
        subject = f"{instance.name} {instance.version}#{instance.number}"
        return subject, f"{fault.key}: {fault.expected}", fault.found, ()
    if problem.code == "facts-differ":
        pin = lock.packages[problem.pin]
        is_marked = pin.npm is not None and pin.npm.optional
        expected, found = ("no", "yes") if is_marked else ("yes, all that leads to it is optional", "no")
        return met, f"optional: {expected}", found, paths.to(problem.pin, 1)
    if requirement is None:
        name = lock.packages[problem.pin].name
        return met, f"a wish or a pin that requires {name}", "none", ()
    if problem.part is not None:
        wanted = f"a pin of {requirement.without_source()}"
        return str(requirement), wanted, met, (spell_part(problem.part),)
    owner = spell_pin(lock.packages[problem.other])
    arrow = f" => {problem.chosen}" if problem.chosen else ""
    expected = f"{requirement.without_source()}{arrow} for {owner}"
    way = paths.to(problem.other, 1)
    if problem.pin == NOWHERE:
        return str(requirement), expected, met, way
    return met, expected, met, (*way, met)
