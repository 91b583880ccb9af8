"""On whom a lock relies: every publisher by how much of the graph is theirs. Offline, from the lock. Never prints.

    c is A's, b is B's, and a, which is unsigned, requires b, which requires c:
    A has 1 package of 3 and reaches 3; B has 1 and reaches 2; nobody has 1 and reaches 1.

It believes the lock: that its signers hold is what `verify` says. A co-signer is no publisher.
"""

from collections.abc import Iterable, Mapping

from holdfast.model.graph import LockGraph
from holdfast.model.joint_records import joined
from holdfast.model.lock import Signer
from holdfast.model.reliance import Reliance, Reliances
from holdfast.model.signed_files import files_by_signer, unsigned_files
from holdfast.model.signers import publishers, records
from holdfast.workflows.pin_edges import pin_edges

_NOBODY = ""  # beside the ids of signers


def reliances(graph: LockGraph) -> Reliances:
    """Return on whom the packages rely that the wishes lead to: most packages first, then the widest reach.

    Raises `InvalidMarker` for a lock with one.
    """
    lock = graph.lock
    edges = pin_edges(graph, graph.walk(lock.inputs))
    dependents: dict[int, list[int]] = {place: [] for place in edges}
    for place, others in edges.items():
        for other in others:
            dependents[other].append(place)
    whole: dict[str, list[int]] = {_NOBODY: []}
    partly: dict[str, list[int]] = {_NOBODY: []}
    for place in edges:
        pin = lock.packages[place]
        signed, everywhere = files_by_signer(pin), publishers(pin)
        for signer in signed:
            (whole if signer in everywhere else partly).setdefault(signer, []).append(place)
        if not signed:
            whole[_NOBODY].append(place)
        elif unsigned_files(pin):
            partly[_NOBODY].append(place)
    known: dict[str, list[Signer]] = {signer: [] for signer in {*whole, *partly}}
    for record in records(lock).values():
        known.setdefault(record.id, []).append(record)
    rows = [
        _reliance(joined(known[signer] or [Signer(signer)]), whole.get(signer, ()), partly.get(signer, ()), dependents)
        for signer in sorted({*whole, *partly} - {_NOBODY})
    ]
    rows.sort(key=lambda row: (-len(row.packages), -len(row.reach)))
    return Reliances(len(edges), tuple(rows), _reliance(None, whole[_NOBODY], partly[_NOBODY], dependents))


def _reliance(
    publisher: Signer | None, packages: Iterable[int], partly: Iterable[int], dependents: Mapping[int, Iterable[int]]
) -> Reliance:
    theirs, some = tuple(packages), tuple(partly)
    found = {*theirs, *some}
    waiting = list(found)
    for place in waiting:  # grows while it is read
        for user in dependents[place]:
            if user not in found:
                found.add(user)
                waiting.append(user)
    return Reliance(theirs, some, tuple(sorted(found)), publisher)
