"""Why there is no tree, in a few short sentences: who asks, over whom, for what, and what there is instead.

    package.json:7 asks for next ^13.0.0
    next@13.5.11 needs react ^18.2.0 beside it
    package.json:8 asks for react ^17.0.0
    so react would have to be 17.0.2 and in ^18.2.0 at once

Knows words; builds nothing. Shorter ways to say it, and what to do, are for whoever tells the user.
"""

from __future__ import annotations

from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.placement.port import (
    ENTANGLED,
    NO_MATCH,
    NO_TAG,
    NOT_FOUND,
    OVERRIDE_CONFLICT,
    PEER_CONFLICT,
    Problem,
    Step,
    Unplaceable,
)
from holdfast_resolver.placement.specs import ANY, foreign_kind
from holdfast_resolver.versions.semver_ranges import compile_range

MOST_SENTENCES = 6
_MOST_STEPS = 3  # of a chain that are told
_MOST_LETTERS = 120  # of a spec

_FOREIGN = {
    "git": "is a git repository, which has no release to pin",
    "tarball": "is a tarball outside of the registry",
    "folder": "is a folder",
    "alias": "names no package of the registry",
    "protocol": "is nothing that npm can fetch",
}


def explain(outcome: Unplaceable) -> tuple[str, ...]:
    """Return the first problem in sentences, the last of which says how many more there are; at most six."""
    first, others = outcome.problems[0], outcome.problems[1:]
    sentences = list(sentences_of(first))
    if others:
        names = list(dict.fromkeys(problem.package for problem in others))
        shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
        sentences = sentences[: MOST_SENTENCES - 1]
        sentences.append(f"{len(others)} more {'problem' if len(others) == 1 else 'problems'} of this kind: {shown}")
    return tuple(sentences)


def sentences_of(problem: Problem) -> tuple[str, ...]:
    """Return one problem in at most six sentences."""
    told = _chain(problem.chain)
    last = problem.chain[-1]
    if problem.reason == PEER_CONFLICT:
        return (*told, *_clash(problem, last, len(told)))
    return (*told, _fact(problem, last))


def _fact(problem: Problem, last: Step) -> str:
    name, spec = problem.package, _shown(last.spec)
    if problem.reason == NOT_FOUND:
        return f"there is no package {name} in its registry"
    if problem.reason == NO_TAG:
        return f"{name} has no dist-tag {spec}: it has {_some(problem)}"
    if problem.reason == NO_MATCH:
        if not problem.available:
            whole = "its registry lists none that is whole, with a version of SemVer (unpublished, perhaps)"
            return f"{name} has no release that can be locked: {whole}"
        if _is_empty(last.spec):
            return f"no version of anything lies in {spec}: {name} has {_some(problem)}"
        return f"{name} has no version in {spec}: it has {_some(problem)}"
    if problem.reason == ENTANGLED:
        whole = f"{name} and its peers ask for each other in more ways, or over more steps, than are tried"
        return f"{whole}: {_some(problem)}"
    if problem.reason == OVERRIDE_CONFLICT:
        return f"the override {name} -> {_shown(problem.found)} contradicts it: change one of them"
    return f"{spec} {_FOREIGN[foreign_kind(last.spec)]}"


def _clash(problem: Problem, last: Step, room: int) -> list[str]:
    name = last.name
    other = [sentence for sentence in _chain(problem.other) if sentence][-max(1, MOST_SENTENCES - 1 - room) :]
    if problem.found:
        end = f"so {name} would have to be {problem.found} and in {_shown(last.spec)} at once"
    else:
        end = f"so {name} {_shown(last.spec)} has no place beside what else is wanted"
    return [*other, end]


def _chain(steps: tuple[Step, ...]) -> list[str]:
    """One sentence a step; the middle of a long chain in one."""
    told = [_told(step) for step in steps]
    if len(told) > _MOST_STEPS:
        left = len(told) - _MOST_STEPS + 1
        told = [told[0], f"over {left} more packages it leads to {steps[-1].asker}", told[-1]]
    return told


def _told(step: Step) -> str:
    wanted = f"{step.name} {_shown(step.spec)}"
    if step.path:
        return f"{step.path}{f':{step.line}' if step.line else ''} asks for {wanted}"
    if step.kind.startswith("peer"):
        return f"{step.asker or 'the project'} needs {wanted} beside it"
    return f"{step.asker or 'the project'} requires {wanted}"


def _shown(spec: str) -> str:
    spec = spec or ANY
    return spec if len(spec) <= _MOST_LETTERS else f"{spec[: _MOST_LETTERS - 3]}..."


def _some(problem: Problem) -> str:
    """`4.17.20, 4.17.21`, `5.0.0, 5.0.2 and 260 others`."""
    there, others = problem.there, problem.available - len(problem.there)
    if not there:
        return "none"
    if others > 0:
        return f"{', '.join(there)} and {others} {'other' if others == 1 else 'others'}"
    return ", ".join(there)


def _is_empty(text: str) -> bool:
    """Whether a range has no room for any version: `>=17.0.0 <17.0.0`."""
    try:
        found = compile_range(text, loose=True)
    except InvalidRange:
        return False
    return not found.releases and not found.everything
