"""From a set of targets to the shortest marker that selects exactly these among the declared ones.

The inverse of `Grid.condition`. To a marker, targets differ in nothing but the Python minor and the platform,
so a set of targets is a shape in a table of minors by platforms, and a marker is a cover of that shape by
rectangles: a span of minors times some platforms.

              linux  macos  windows
        3.11    x      x       .
        3.12    x      x       x        "python_version >= '3.12' or sys_platform != 'win32'"

What the marker says of environments that are not declared is nobody's business. Writes markers, never reads
any.
"""

from __future__ import annotations

from holdfast.errors import HoldfastError
from holdfast_resolver.values.targets import PLATFORMS, Target
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterable, Iterator

# A machine alone says little (`arm64` on macOS is `aarch64` on Linux): it costs as much as three comparisons
# unless a `sys_platform ==` stands before it.
_LONE_MACHINE = 3
_NEGATION = 8  # `== 'linux'` reads better than `!= 'win32'` where both will do
_SEARCH_LIMIT = 4000  # steps of the exact search; beyond it the best cover found so far stands


class IndistinctTargetsError(HoldfastError):
    """No marker can tell `inside` from `outside`: two targets that differ in nothing but the floor."""

    def __init__(self, inside: str, outside: str) -> None:
        super().__init__(inside, outside)
        self.inside = inside
        self.outside = outside


class _Term(NamedTuple):
    """A condition that holds on the targets of `mask`; sorts by cost, then length, then text."""

    cost: int
    length: int
    text: str
    mask: int


# Packages fork where others do: the same few masks are asked for again and again.
_MARKERS: dict[tuple[int, tuple[Target, ...]], str] = {}


def marker_for(mask: int, grid: Grid) -> str:
    """Return the marker that selects exactly the targets of `mask`: "" for all of them.

    `grid.condition(marker_for(mask, grid)) == mask` for every mask but 0, for which there is no marker
    (`ValueError`). The text is canonical, and the same in whatever order the targets are declared.
    Raises `IndistinctTargetsError` when two targets differ only in their floor and the mask parts them.
    """
    if not mask or mask & ~grid.everything:
        raise ValueError(mask)
    if mask == grid.everything:
        return ""
    known = _MARKERS.get((mask, grid.targets))
    if known is not None:
        return known
    order = sorted(range(len(grid.targets)), key=lambda index: str(grid.targets[index]))
    targets = tuple(grid.targets[index] for index in order)
    found = _shortest(sum((mask >> index & 1) << place for place, index in enumerate(order)), targets)
    _MARKERS[mask, grid.targets] = found
    return found


def _shortest(mask: int, targets: tuple[Target, ...]) -> str:
    _refuse_indistinct(mask, targets)
    pythons = _python_terms(targets)
    platforms = _platform_terms(targets)
    rectangles: list[_Term] = []
    for python in pythons:
        fitting = [term for term in platforms if term.mask & python.mask and not term.mask & python.mask & ~mask]
        parts = [_term(_joined(python, (term,)), python, term) for term in fitting]
        rectangles.extend(parts)
        served = python.mask & _union(parts)
        if python.text and not any(term.mask & served == served for term in parts):
            cut = [term._replace(mask=term.mask & python.mask) for term in fitting]
            chosen = _cover(served, _undominated(cut))
            rectangles.append(_term(_joined(python, chosen), python, *chosen))
    return " or ".join(term.text for term in _cover(mask, _undominated(rectangles)))


def _refuse_indistinct(mask: int, targets: tuple[Target, ...]) -> None:
    seen: dict[tuple[tuple[int, int], str], int] = {}
    for index, target in enumerate(targets):
        other = seen.setdefault((target.python, target.platform), index)
        if (mask >> index ^ mask >> other) & 1:
            inside, outside = (index, other) if mask >> index & 1 else (other, index)
            raise IndistinctTargetsError(str(targets[inside]), str(targets[outside]))


def _python_terms(targets: tuple[Target, ...]) -> list[_Term]:
    """Every span of minors, and every minor but one: `python_version` is compared as a version (PEP 508)."""
    minors = sorted({target.python for target in targets})
    spelled = [f"{major}.{minor}" for major, minor in minors]
    masks = [_mask(target.python == minor for target in targets) for minor in minors]
    everything = (1 << len(targets)) - 1
    terms = [_Term(0, 0, "", everything)]
    last = len(minors) - 1
    for low in range(last + 1):
        for high in range(low, last + 1):
            if (low, high) == (0, last):
                continue
            if low == 0:
                text, cost = f"python_version < '{spelled[high + 1]}'", 1
            elif high == last:
                text, cost = f"python_version >= '{spelled[low]}'", 1
            elif low == high:
                text, cost = f"python_version == '{spelled[low]}'", 1
            else:
                text = f"python_version >= '{spelled[low]}' and python_version < '{spelled[high + 1]}'"
                cost = 2
            terms.append(_Term(cost, len(text), text, sum(masks[low : high + 1])))
    for index in range(1, last):
        text = f"python_version != '{spelled[index]}'"
        terms.append(_Term(1, len(text), text, everything & ~masks[index]))
    return terms


def _platform_terms(targets: tuple[Target, ...]) -> list[_Term]:
    """Every condition on `sys_platform` and `platform_machine`; of those that mean the same, the cheapest."""
    rows = [PLATFORMS[target.platform] for target in targets]
    systems = sorted({row.sys_platform for row in rows})
    machines = sorted({row.platform_machine for row in rows})
    system_atoms: list[tuple[str, str]] = [("", "")]
    system_atoms += [(operator, system) for system in systems for operator in ("==", "!=")]
    machine_atoms: list[tuple[str, str]] = [("", "")]
    machine_atoms += [(operator, machine) for machine in machines for operator in ("==", "!=")]
    best: dict[int, _Term] = {}
    for system in system_atoms:
        for machine in machine_atoms:
            mask = _mask(
                _atom_holds(system, row.sys_platform) and _atom_holds(machine, row.platform_machine) for row in rows
            )
            cost = bool(system[0]) + (bool(machine[0]) if system[0] == "==" else _LONE_MACHINE * bool(machine[0]))
            parts = []
            if system[0]:
                parts.append(f"sys_platform {system[0]} '{system[1]}'")
            if machine[0]:
                parts.append(f"platform_machine {machine[0]} '{machine[1]}'")
            text = " and ".join(parts)
            length = len(text) + _NEGATION * text.count("!=")
            term = _Term(cost, length, text, mask)
            if mask and (mask not in best or term < best[mask]):
                best[mask] = term
    return sorted(best.values())


def _atom_holds(atom: tuple[str, str], value: str) -> bool:
    return not atom[0] or (atom[1] == value) == (atom[0] == "==")


def _mask(holds: Iterable[bool]) -> int:
    return sum(1 << index for index, held in enumerate(holds) if held)


def _joined(python: _Term, platforms: tuple[_Term, ...]) -> str:
    """`python and platform`, or `python and (platform or platform)`."""
    texts = [term.text for term in platforms if term.text]
    if not python.text or not texts:
        return python.text or " or ".join(texts)
    inside = " or ".join(texts)
    return f"{python.text} and ({inside})" if len(texts) > 1 else f"{python.text} and {inside}"


def _term(text: str, python: _Term, *platforms: _Term) -> _Term:
    return _Term(python.cost + sum(term.cost for term in platforms), len(text), text, python.mask & _union(platforms))


def _union(terms: list[_Term] | tuple[_Term, ...]) -> int:
    mask = 0
    for term in terms:
        mask |= term.mask
    return mask


def _undominated(terms: list[_Term]) -> list[_Term]:
    """Drop each term that a cheaper or equal one includes; cheapest first."""
    kept: list[_Term] = []
    for term in sorted(terms):
        if not any(not term.mask & ~other.mask for other in kept):
            kept.append(term)
    return kept


def _cover(need: int, terms: list[_Term]) -> tuple[_Term, ...]:
    """Return the cheapest terms that cover `need`, in reading order (exact up to `_SEARCH_LIMIT` steps).

    `terms` cover it and are sorted by cost. Each step takes the lowest target that is not covered yet and
    tries every term that covers it.
    """
    best = _greedy(need, terms)
    best_cost = _cost(best)
    cheapest = terms[0].cost if terms else 0
    steps = 0
    stack: list[tuple[int, tuple[_Term, ...]]] = [(need, ())]
    while stack and steps < _SEARCH_LIMIT:
        steps += 1
        left, chosen = stack.pop()
        if not left:
            if _cost(chosen) < best_cost:
                best, best_cost = chosen, _cost(chosen)
            continue
        lowest = left & -left
        spent = sum(term.cost for term in chosen)
        for term in reversed(terms):  # the cheapest is popped first
            after = left & ~term.mask
            if term.mask & lowest and spent + term.cost + (cheapest if after else 0) <= best_cost[0]:
                stack.append((after, (*chosen, term)))
    return tuple(sorted(best, key=_by_text))


def _by_text(term: _Term) -> tuple[bool, str]:
    """Python conditions before platform ones, then by text."""
    return not term.text.startswith("python"), term.text


def _cost(chosen: tuple[_Term, ...]) -> tuple[int, int, int, list[str]]:
    """Comparisons, then parts of the `or`, then length; the text makes it a total order."""
    texts = sorted(term.text for term in chosen)
    return sum(term.cost for term in chosen), len(chosen), sum(term.length for term in chosen), texts


def _greedy(need: int, terms: list[_Term]) -> tuple[_Term, ...]:
    chosen: list[_Term] = []
    while need:
        term = max(_gains(need, terms))[-1]
        chosen.append(term)
        need &= ~term.mask
    return tuple(chosen)


def _gains(need: int, terms: list[_Term]) -> Iterator[tuple[float, int, _Term]]:
    """Terms by targets gained per comparison, earlier ones first among equals."""
    for place, term in enumerate(terms):
        gained = (need & term.mask).bit_count()
        if gained:
            yield gained / (term.cost + 0.5), -place, term
