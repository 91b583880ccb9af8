"""How the problems of a closure are said: each as a finding with its path, its targets and what mends it.

Loaded only when there is a problem. Judges nothing.
"""

from collections.abc import Callable

from holdfast.drift.closure import NO_PIN, Problem
from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.graph import Edge, LockGraph
from holdfast.model.lock import Lock
from holdfast.model.paths import ShortestPaths
from holdfast.model.words import spell_part, spell_pin, targets_in_words

_Words = tuple[str, str, str, tuple[str, ...]]  # subject, expected, found, dependency path


def spelled(graph: LockGraph, problems: list[Problem], lock_path: str) -> tuple[Finding, ...]:
    """Return one finding per problem, in the same order."""
    paths = ShortestPaths(graph)
    return tuple([_finding(paths, problem, lock_path) for problem in problems])


def _finding(paths: ShortestPaths, problem: Problem, lock_path: str) -> Finding:
    graph = paths.graph
    subject, expected, found, path = _WORDS[problem.code](paths, problem)
    targets = targets_in_words(graph.grid, problem.targets)
    place = problem.part.path if problem.code == "wish-unmet" and problem.part else lock_path
    # `lock` keeps the files that are pinned; taking in others is what `update` is for
    name = graph.lock.packages[problem.pin].name
    mend = f"holdfast update {name}" if problem.code == "target-unserved" else "holdfast lock"
    return Finding(
        problem.code,
        severity(problem.code),
        subject,
        expected,
        found,
        (("targets", targets),) if targets else (),
        path,
        (mend,),
        Place(place),
    )


def _wish(paths: ShortestPaths, problem: Problem) -> _Words:
    edge, part = _of(problem), problem.part
    path = (spell_part(part),) if part else ()
    expected = f"a pin of {_wanted(edge, problem.wanted)}"
    return str(edge.requirement), expected, _met(paths.graph.lock, problem), path


def _edge(paths: ShortestPaths, problem: Problem) -> _Words:
    edge = _of(problem)
    owner = spell_pin(paths.graph.lock.packages[problem.other])
    found = _met(paths.graph.lock, problem)
    path = paths.to(problem.other, problem.targets)
    expected = f"{_wanted(edge, problem.wanted)} for {owner}"
    if problem.pin == NO_PIN:
        return str(edge.requirement), expected, found, path
    return found, expected, found, (*path, found)


def _overlap(paths: ShortestPaths, problem: Problem) -> _Words:
    one, other = paths.graph.lock.packages[problem.pin], paths.graph.lock.packages[problem.other]
    found = f"{spell_pin(one)} and {spell_pin(other)}"
    return spell_pin(one), f"one version of {one.name} per target", found, ()


def _unreachable(paths: ShortestPaths, problem: Problem) -> _Words:
    pin = paths.graph.lock.packages[problem.pin]
    return spell_pin(pin), f"a wish or a pin that requires {pin.name}", "none on any target", ()


def _python(paths: ShortestPaths, problem: Problem) -> _Words:
    pin = paths.graph.lock.packages[problem.pin]
    expected = "a pin whose requires-python admits every target that needs it"
    path = paths.to(problem.pin, problem.targets)
    return spell_pin(pin), expected, f"requires-python {pin.requires_python}", path


def _unserved(paths: ShortestPaths, problem: Problem) -> _Words:
    pin = paths.graph.lock.packages[problem.pin]
    count = len(pin.artifacts)
    found = f"{count} files, none of which does" if count > 1 else "one file, which does not"
    expected = "a wheel that serves every target that needs it, or an sdist"
    path = paths.to(problem.pin, problem.targets)
    return spell_pin(pin), expected, found if count else "no file", path


def _constraint(paths: ShortestPaths, problem: Problem) -> _Words:
    edge, part = _of(problem), problem.part
    name = spell_pin(paths.graph.lock.packages[problem.pin])
    where = f" (a constraint of {part.path})" if part else ""
    path = paths.to(problem.pin, problem.targets)
    return name, f"{edge.requirement.without_source()}{where}", name, path


_WORDS: dict[str, Callable[[ShortestPaths, Problem], _Words]] = {
    "wish-unmet": _wish,
    "edge-unsatisfied": _edge,
    "edge-missing": _edge,
    "pins-overlap": _overlap,
    "pin-unreachable": _unreachable,
    "requires-python-unmet": _python,
    "target-unserved": _unserved,
    "constraint-unmet": _constraint,
}


def _of(problem: Problem) -> Edge:
    assert problem.edge is not None, problem
    return problem.edge


def _wanted(edge: Edge, wanted: str) -> str:
    """`click>=8.1 => 8.1.8`, `click>=8 (an override)`, `@acme/base ^1.2`"""
    overridden = " (an override)" if wanted != edge.requirement.range else ""
    asked = edge.requirement._replace(extras=(), range=wanted, marker="").without_source()
    return f"{asked}{f' => {edge.chosen}' if edge.chosen else ''}{overridden}"


def _met(lock: Lock, problem: Problem) -> str:
    """The pin that an edge met, or what there is instead of one."""
    if problem.pin != NO_PIN:
        return spell_pin(lock.packages[problem.pin])
    requirement = _of(problem).requirement
    named = [pin for pin in lock.packages if pin.name == requirement.name]
    if any(pin.source == requirement.source for pin in named):
        return f"no pin of {requirement.name} for these targets"
    return f"a pin from the source {named[0].source} only" if named else "no pin"
