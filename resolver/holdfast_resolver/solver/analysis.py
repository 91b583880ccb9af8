"""Conflict analysis: from a broken clause to a learned one, and the level where it says something new (docs/solver.md).

Resolving a clause C with the reason R of a narrowing of node n, both as sets of terms that must not all hold:

    C  =  n in x,  A          R  =  n in y,  B          C + R  =  n in (x or y),  A,  B

and a node that stands in both A and B keeps the intersection of its masks.
"""

from holdfast_resolver.solver.port import Clause, Leaf
from holdfast_resolver.solver.trail import Trail


def analyse(trail: Trail, conflict: Clause, leaves: dict[Clause, Leaf]) -> tuple[Clause, tuple[Clause, ...], int]:
    """Return (learned clause, the clauses it follows from, level to go back to).

    The empty clause means that there is no solution. `leaves` gains the exclusions that the proof relies on.
    """
    terms = dict(conflict)
    antecedents = [conflict]
    while True:
        since: dict[int, tuple[int, int]] = {}
        for node in list(terms):
            since[node] = trail.satisfied_at(node, terms[node])
            if since[node][0] < 0:
                _drop_excluded(trail, node, terms, antecedents, leaves)
        if not terms:
            return (), tuple(antecedents), 0
        ordered = sorted(terms, key=lambda node: since[node][0])
        latest = ordered[-1]
        index, level = since[latest]
        before = since[ordered[-2]][1] if len(ordered) > 1 else 0
        reason = trail.entries[index][2]
        if reason is None or (level > before):
            if level > before:
                learned = conflict if len(antecedents) == 1 else tuple(sorted(terms.items()))
                return learned, tuple(antecedents), before
            raise AssertionError("two terms were decided at one level")
        _resolve(trail, terms, latest, reason)
        antecedents.append(reason)


def _drop_excluded(
    trail: Trail, node: int, terms: dict[int, int], antecedents: list[Clause], leaves: dict[Clause, Leaf]
) -> None:
    """A term that held from the start follows from what policy and target exclude."""
    mask = terms.pop(node)
    excluded = trail.full(node) & ~mask
    if excluded:
        clause = ((node, excluded),)
        leaves.setdefault(clause, Leaf("excluded"))
        antecedents.append(clause)


def _resolve(trail: Trail, terms: dict[int, int], node: int, reason: Clause) -> None:
    for other, mask in reason:
        if other == node:
            union = terms[node] | mask
            if union == trail.full(node):
                del terms[node]
            else:
                terms[node] = union
        elif other in terms:
            terms[other] &= mask
        else:
            terms[other] = mask
