"""Why npm packages have no tree, and which single change would help: each change is tried before it is offered.

    package.json:8 asks for react ^17.0.0    -->    "react": "^18.3.1" (package.json:8)

Knows problems and the room that tries again; fetches what trying takes. Loaded only where there is no tree.
"""

from __future__ import annotations

from difflib import get_close_matches

from holdfast_resolver.errors import RegistryError
from holdfast_resolver.placement.explain import explain, sentences_of
from holdfast_resolver.placement.port import (
    NO_MATCH,
    NO_TAG,
    NOT_FOUND,
    PEER_CONFLICT,
    NoPackage,
    Placement,
    Problem,
    Step,
    Unplaceable,
)
from holdfast_resolver.resolve.npm import NpmImpossible, NpmRequest, Shelves, placed
from holdfast_resolver.resolve.request import Suggestion
from holdfast_resolver.values.npm import NpmManifest, NpmRequirement, NpmWish
from holdfast_resolver.values.npm_names import is_npm_name
from holdfast_resolver.values.wishes import Wish

MOST_TRIES = 4
ANY = "*"
ALIAS = "npm:"


def refusal(request: NpmRequest, shelves: Shelves, outcome: Unplaceable) -> NpmImpossible:
    """Return the refusal in sentences, with the changes of one wish that were tried and work.

    Where no such change helps peers, the override that does.
    """
    sentences = list(explain(outcome))
    first = outcome.problems[0]
    member = _member(request, first.package)
    if member is not None:
        fact = sentences_of(first)[-1]
        place = sentences.index(fact) if fact in sentences else len(sentences)
        text = f"the workspace {member.name} ({member.path}) is {member.version or 'without a version'}"
        sentences.insert(place, text)
    if first.reason == NOT_FOUND:
        source = shelves.source(first.package)
        if not is_npm_name(first.package):
            sentences.append(f"no registry can have the name {first.package!a}, and none was asked")
        elif source.url:
            sentences.append(f"{source.name} ({source.url}) says so, as registries also do to those without access")
    if first.reason == NOT_FOUND or (first.reason == NO_MATCH and not first.available):
        near = _near(request, shelves, first.package) if member is None else ""
        if near:
            sentences.append(f"did you mean {near}?")
    return NpmImpossible(tuple(sentences), tuple(_suggestions(request, shelves, first)), outcome.problems)


def _member(request: NpmRequest, name: str) -> NpmManifest | None:
    """The workspace of a name."""
    return next((member for member in request.importers[1:] if member.name == name), None)


def _suggestions(request: NpmRequest, shelves: Shelves, problem: Problem) -> list[Suggestion]:
    found = []
    for wish in _wishes_behind(request, problem)[:MOST_TRIES]:
        for spec in _specs(request, problem, wish):
            suggestion = _tried(request, shelves, wish, spec)
            if suggestion is not None:
                found.append(suggestion)
                break
    if not found and problem.reason == PEER_CONFLICT:
        from holdfast_resolver.resolve.npm_overruling import overruling  # start-up: the last resort

        suggestion = overruling(request, shelves, problem)
        if suggestion is not None:
            found.append(suggestion)
    return found


def _specs(request: NpmRequest, problem: Problem, wish: NpmWish) -> tuple[str, ...]:
    """What may stand in the place of a wish, the best first: what a peer asks for, what a workspace is, any version."""
    if problem.reason == PEER_CONFLICT:
        last = problem.chain[-1]
        is_contested = wish.name == last.name and last.spec and not last.spec.startswith(ALIAS)
        return (last.spec, ANY) if is_contested else (ANY,)
    member = _member(request, wish.name)
    if member is not None and member.version and problem.reason in (NOT_FOUND, NO_MATCH):
        return (f"^{member.version}",)
    return (ANY,) if problem.reason in (NO_MATCH, NO_TAG) else ()


def _near(request: NpmRequest, shelves: Shelves, name: str) -> str:
    """A package that may have been meant: the same in small letters, if its registry has it, or one much alike."""
    small = name.lower()
    if small != name and is_npm_name(small):
        try:
            shelves.fetch((small,), ())
        except RegistryError:
            return ""
        if not isinstance(shelves.record(small), NoPackage):
            return small
    asked = [wish.name for manifest in request.importers for wish in manifest.wishes]
    others = [other for other in (*shelves.names_seen(name), *asked) if other != name]
    return next(iter(get_close_matches(name, others, 1, 0.8)), "")


def _wishes_behind(request: NpmRequest, problem: Problem) -> list[NpmWish]:
    """The project's own wishes that lead to a problem, the directest first."""
    steps = [step for chain in (problem.chain, problem.other) for step in chain[:1] if step.path]
    steps.sort(key=lambda step: len(problem.chain) if step in problem.chain else len(problem.other))
    found: dict[NpmWish, None] = {}
    for step in steps:
        for manifest in request.importers:
            found.update({wish: None for wish in manifest.wishes if _is_of(wish, step)})
    return list(found)


def _is_of(wish: NpmWish, step: Step) -> bool:
    return (wish.path, wish.name, wish.line) == (step.path, step.name, step.line)


def _tried(request: NpmRequest, shelves: Shelves, wish: NpmWish, spec: str) -> Suggestion | None:
    """The wish for a wider range, if that has a tree: narrowed down to what was chosen then."""
    alias = wish.spec[len(ALIAS) :].rpartition("@")[0] if wish.spec.startswith(ALIAS) else ""
    prefix = f"{ALIAS}{alias}@" if alias else ""
    if wish.spec == prefix + spec:
        return None
    importers = tuple([_with_spec(manifest, wish, prefix + spec) for manifest in request.importers])
    try:
        outcome = placed(request._replace(importers=importers), shelves)
    except RegistryError:
        return None
    if not isinstance(outcome, Placement):
        return None
    version = _chosen(outcome, wish)
    if not version:
        return None
    spec = f"{prefix}^{version}"
    requirement = NpmRequirement("npm", alias or wish.name, (), wish.spec)
    text = f"{wish.path}:{wish.line}: {wish.name} {spec} in place of {wish.spec}"
    return Suggestion(text, Wish(requirement, wish.kind, "", wish.path, wish.line), spec)


def _with_spec(manifest: NpmManifest, wish: NpmWish, spec: str) -> NpmManifest:
    if manifest.path != wish.path:
        return manifest
    wishes = [one._replace(spec=spec) if one == wish else one for one in manifest.wishes]
    return manifest._replace(wishes=tuple(wishes))


def _chosen(placement: Placement, wish: NpmWish) -> str:
    folder = wish.path.rpartition("/")[0]
    for importer in placement.importers:
        if importer.path == folder:
            for requirement, end in importer.edges:
                if end is not None and requirement.alias == wish.name:
                    return placement.nodes[end].version
    return ""
