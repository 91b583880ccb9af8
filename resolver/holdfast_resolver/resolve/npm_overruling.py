"""Which override would let a package of the project have the peers that are there: it is tried before it is offered.

    old-addon needs react ^16 beside it, the project asks for react ^18
                                                    -->    "overrides": {"old-addon": {"react": "$react"}}

Knows problems and the room that tries again. Loaded only where no change of a single wish helps.
"""

from __future__ import annotations

from json import dumps

from holdfast_resolver.errors import RegistryError
from holdfast_resolver.placement.port import PEER_CONFLICT, Placement, Problem
from holdfast_resolver.resolve.npm import NpmRequest, Shelves, placed
from holdfast_resolver.resolve.request import Suggestion
from holdfast_resolver.values.npm import PEER, PEER_OPTIONAL, NpmManifest, NpmOverride

MOST_TRIES = 6  # and peers of one change


def overruling(request: NpmRequest, shelves: Shelves, problem: Problem) -> Suggestion | None:
    """Return the override that decides a conflict of peers, and those that come up behind it; None where none does."""
    root, members = request.importers[0], request.importers[1:]
    told: dict[str, dict[str, str]] = {}
    while sum(map(len, told.values())) < MOST_TRIES:
        last = problem.chain[-1]
        asker = last.asker.rpartition("@")[0]
        if problem.reason != PEER_CONFLICT or last.path or not asker or last.name in told.get(asker, ()):
            return None
        written, spec = _value(root, problem)
        if not spec:
            return None
        told.setdefault(asker, {})[last.name] = written
        root = root._replace(overrides=(*root.overrides, NpmOverride(((asker, ""),), last.name, "", spec)))
        try:
            outcome = placed(request._replace(importers=(root, *members)), shelves)
        except RegistryError:
            return None
        if isinstance(outcome, Placement):
            return Suggestion(f'{root.path}: "overrides": {dumps(told)}', None, "")
        problem = outcome.problems[0]
    return None


def _value(root: NpmManifest, problem: Problem) -> tuple[str, str]:
    """What the override says, as written and as read: what the project itself asks for, else the version there is."""
    name = problem.chain[-1].name
    for wish in root.wishes:
        if wish.name == name and wish.kind not in (PEER, PEER_OPTIONAL):
            return f"${name}", wish.spec
    return problem.found, problem.found
