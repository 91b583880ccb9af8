"""A checker of refusals, independent of the search: every leaf is true of the world, every step follows."""

from holdfast_resolver.solver.port import Clause, NoSolution
from tests.support.toy import ToyWorld


def check_proof(world: ToyWorld, refusal: NoSolution) -> None:
    """Assert that the proof derives the empty clause from clauses that hold in the toy world."""
    seen: set[Clause] = set()
    _check((), world, refusal, seen, frozenset())
    assert () in refusal.proof


def _check(clause: Clause, world: ToyWorld, refusal: NoSolution, seen: set[Clause], above: frozenset[Clause]) -> None:
    if clause in seen:
        return
    assert clause not in above, "a clause must not follow from itself"
    antecedents = refusal.proof.get(clause)
    if antecedents is None:
        _check_leaf(clause, world, refusal)
    else:
        assert _follows(clause, antecedents, world)
        for antecedent in antecedents:
            _check(antecedent, world, refusal, seen, above | {clause})
    seen.add(clause)


def _check_leaf(clause: Clause, world: ToyWorld, refusal: NoSolution) -> None:
    kind = refusal.leaves[clause].kind if clause in refusal.leaves else "requires"
    if kind == "wish":
        number = refusal.leaves[clause].number
        ((node, mask),) = clause
        forbidden = [(n, world.start(n) ^ a) for n, a in world.allowed(world.toy.wishes[number])]
        assert any(n == node and mask & ~f == 0 for n, f in forbidden)
    elif kind == "excluded":
        ((node, mask),) = clause
        assert world.start(node) & mask == 0
    elif kind == "unusable":
        ((node, mask),) = clause
        for index in _bits(mask):
            assert (world.names[node][0], index + 1) in world.toy.unusable
    else:
        target, forbidden_mask = clause[-1]
        package, candidates = clause[-2] if len(clause) > 1 else clause[0]
        source = clause[0][0] if len(clause) == 3 else package
        for index in _bits(candidates):
            edges = world.edges(source, index)
            assert edges is not None
            assert any(e.node == target and e.allowed & forbidden_mask == 0 for e in edges)


def _follows(clause: Clause, antecedents: tuple[Clause, ...], world: ToyWorld) -> bool:
    """Whether the negation of `clause` and all antecedents contradict by unit propagation alone."""
    domains = {node: world.start(node) | (2 << world.size(node)) - 1 for node in range(len(world.names))}
    for node, mask in clause:
        domains[node] &= mask
    changed = True
    while changed:
        changed = False
        for antecedent in antecedents:
            open_terms = [(node, mask) for node, mask in antecedent if domains[node] & ~mask]
            if not open_terms:
                return True
            if len(open_terms) == 1:
                node, mask = open_terms[0]
                after = domains[node] & ~mask
                if after != domains[node]:
                    domains[node] = after
                    changed = True
                if not after:
                    return True
    return False


def _bits(mask: int) -> list[int]:
    return [index for index in range(mask.bit_length()) if mask >> index & 1]
