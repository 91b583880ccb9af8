"""The graph of a lock as a tree for people, and as a flat list of nodes and edges in JSON.

    pyproject.toml
    ├── celery[redis] 5.4.0
    │   ├── billiard 4.2.1
    │   └── redis 5.2.0 ; extra == 'redis'
    └── colorama 0.4.6 ; sys_platform == 'win32'

A pin that was shown with its dependencies before carries `(*)` and none. Inverted, the children are those who
require the pin. Nothing here recurses: a chain of a thousand packages is printed like any other.
"""

from collections.abc import Mapping
from types import MappingProxyType

from holdfast.model.graph import WISHING_KINDS, Edge, LockGraph, Walk
from holdfast.model.paths import outgoing
from holdfast.model.words import is_named, spell_part, spell_pin
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA
from holdfast_resolver.values.tuples import NamedTuple

BRANCHES = "│├└─"
_IN_ASCII = str.maketrans(BRANCHES, "||`-")


class Child(NamedTuple):
    """One line below another: a pin (or -1), how it is spelled, and the extras that it was asked with."""

    pin: int
    label: str
    extras: tuple[str, ...] = ()


class _Line(NamedTuple):
    prefix: str  # of the children's lines
    head: str  # of this line
    child: Child
    depth: int


def render_text(
    graph: LockGraph,
    *,
    names: tuple[str, ...] = (),
    invert: bool = False,
    depth: int | None = None,
    notes: Mapping[int, str] = MappingProxyType({}),
) -> str:
    """Return the tree, with a final newline. `notes` are shown behind pins, by their places in the lock.

    `names` are the normalised names to start from: without any, the parts of the manifest (inverted: the pins
    that require nothing). `depth` 0 shows the roots only, None everything.
    """
    walk = graph.walk(graph.lock.inputs)
    users = _users(graph, walk) if invert else {}
    lines: list[str] = []
    shown: set[tuple[int, tuple[str, ...]]] = set()
    repeated = False
    for root, children in _roots(graph, walk, users, names, invert):
        lines.append(plain(root.label) + _note(notes, root.pin))
        stack = _below("", children, 1) if depth is None or depth > 0 else []
        while stack:
            line = stack.pop()
            child = line.child
            key = (child.pin, child.extras)
            below: list[Child] = []
            if child.pin >= 0:
                below = users.get(child.pin, []) if invert else _requires(graph, walk, child)
            star = " (*)" if below and key in shown else ""
            lines.append(f"{line.head}{plain(child.label)}{_note(notes, child.pin)}{star}")
            if star:
                repeated = True
            elif below and (depth is None or line.depth < depth):
                shown.add(key)
                stack.extend(_below(line.prefix, below, line.depth + 1))
    if repeated:
        lines.append("(*) shown in full above")
    return "\n".join(lines) + "\n" if lines else ""


def shown_pins(
    graph: LockGraph, *, names: tuple[str, ...] = (), invert: bool = False, depth: int | None = None
) -> set[int]:
    """Return the places of the pins that a tree of these names, that direction and depth shows."""
    return _kept(graph, graph.walk(graph.lock.inputs), names, invert, depth)


def in_ascii(text: str) -> str:
    """Return a rendered tree with branches that every terminal can show: `|-- click 8.1.8`."""
    return text.translate(_IN_ASCII)


def render_json(
    graph: LockGraph,
    *,
    names: tuple[str, ...] = (),
    invert: bool = False,
    depth: int | None = None,
    more: Mapping[int, Mapping[str, object]] = MappingProxyType({}),
) -> str:
    """Return wishes, nodes and edges as one JSON document. `more` are further keys of nodes, by places in the lock.

    With `names` only what those reach, inverted only what leads to them, with the wishes that do; `depth` counts the
    steps from the names or from the wishes. `targets` is null where all targets are meant.
    """
    from holdfast.reports.findings_json import write  # start-up: json is not needed for the text

    walk = graph.walk(graph.lock.inputs)
    packages = graph.lock.packages
    kept = _kept(graph, walk, names, invert, depth)
    ids = {identity(graph, index) for index in kept}
    wishes = [
        {"part": spell_part(part), **value}
        for part in graph.lock.inputs
        if part.kind in WISHING_KINDS and (invert or not names)
        for edge in graph.wished((part,))
        for value in _edge_values(graph, edge)
        if not invert or value["to"] in ids
    ]
    nodes = [
        {
            "id": identity(graph, index),
            "source": packages[index].source,
            "name": packages[index].name,
            "version": packages[index].version,
            "targets": target_names(graph, walk.pins[index]),
            "extras": sorted(walk.extras.get(index, {})),
            "edges": [
                value
                for edge in outgoing(graph, walk, index)
                for value in _edge_values(graph, edge)
                if not invert or value["to"] in ids
            ],
            **more.get(index, {}),
        }
        for index in sorted(kept)
    ]
    return write({"version": SCHEMA, "wishes": wishes, "packages": nodes})


def identity(graph: LockGraph, index: int) -> str:
    """`pypi:click@8.1.8`"""
    pin = graph.lock.packages[index]
    return f"{pin.source}:{pin.name}@{pin.version}"


def target_names(graph: LockGraph, mask: int) -> list[str] | None:
    """The spelled targets of a mask; None for all of them."""
    return None if mask == graph.grid.everything else list(graph.grid.names(mask))


def _note(notes: Mapping[int, str], pin: int) -> str:
    return f"  [{plain(notes[pin])}]" if pin in notes else ""


def _below(prefix: str, children: list[Child], depth: int) -> list[_Line]:
    """The lines of some children, last first: they are taken from the end."""
    lines = [
        _Line(prefix + "│   ", prefix + "├── ", child, depth)
        if position < len(children) - 1
        else _Line(prefix + "    ", prefix + "└── ", child, depth)
        for position, child in enumerate(children)
    ]
    return lines[::-1]


def _roots(
    graph: LockGraph, walk: Walk, users: dict[int, list[Child]], names: tuple[str, ...], invert: bool
) -> list[tuple[Child, list[Child]]]:
    packages = graph.lock.packages
    if not names and not invert:
        return [
            (Child(-1, spell_part(part)), [child for edge in graph.wished((part,)) for child in _children(graph, edge)])
            for part in graph.lock.inputs
            if part.kind in WISHING_KINDS
        ]
    chosen = [index for index in sorted(walk.pins) if is_named(packages[index], names)]
    if not names:
        leaves = [index for index in sorted(walk.pins) if not any(True for _ in outgoing(graph, walk, index))]
        chosen = leaves or sorted(walk.pins)
    return [
        (
            Child(index, _pin_label(graph, index)),
            users.get(index, []) if invert else _requires(graph, walk, Child(index, "", _active(walk, index))),
        )
        for index in chosen
    ]


def _active(walk: Walk, index: int) -> tuple[str, ...]:
    return tuple(sorted(walk.extras.get(index, {})))


def _requires(graph: LockGraph, walk: Walk, child: Child) -> list[Child]:
    active = walk.extras.get(child.pin, {})
    extras = {extra: active[extra] for extra in child.extras if extra in active}
    edges = graph.edges(child.pin, walk.pins.get(child.pin, 0), extras)
    return [one for edge in edges for one in _children(graph, edge)]


def _children(graph: LockGraph, edge: Edge) -> list[Child]:
    """The pins that an edge leads to; a line without a pin where it leads nowhere."""
    requirement = edge.requirement
    condition = f" ; {requirement.marker}" if requirement.marker else ""
    extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
    children, left = [], edge.mask
    placements = [(index, when) for index, when in graph.placements(requirement, edge.chosen) if when & left]
    for index, when in placements:
        left &= ~when
        pin = graph.lock.packages[index]
        fork = f" (where {pin.when})" if pin.when else ""
        children.append(Child(index, f"{pin.name}{extras} {pin.version}{condition}{fork}", requirement.extras))
    if left:
        children.append(Child(-1, f"{requirement.name}{extras}{condition} (not pinned)"))
    return children


def _pin_label(graph: LockGraph, index: int) -> str:
    pin = graph.lock.packages[index]
    return spell_pin(pin) + (f" (where {pin.when})" if pin.when else "")


def _users(graph: LockGraph, walk: Walk) -> dict[int, list[Child]]:
    """For each pin, who requires it: pins, and parts of the manifest."""
    users: dict[int, list[Child]] = {}
    for part in graph.lock.inputs:
        for edge in graph.wished((part,)):
            _use(
                graph,
                edge,
                Child(-1, f"{spell_part(part)} (wishes {edge.requirement.without_source()})"),
                users,
            )
    for index in sorted(walk.pins):
        label = _pin_label(graph, index)
        for edge in outgoing(graph, walk, index):
            _use(graph, edge, Child(index, f"{label} (requires {edge.requirement.without_source()})"), users)
    return users


def _use(graph: LockGraph, edge: Edge, user: Child, users: dict[int, list[Child]]) -> None:
    for index, when in graph.placements(edge.requirement, edge.chosen):
        if when & edge.mask:
            users.setdefault(index, []).append(user)


def _edge_values(graph: LockGraph, edge: Edge) -> list[dict[str, object]]:
    values: list[dict[str, object]] = []
    left = edge.mask
    for index, when in graph.placements(edge.requirement, edge.chosen):
        if when & left:
            to = identity(graph, index)
            targets = target_names(graph, when & edge.mask)
            values.append({"requirement": str(edge.requirement), "to": to, "targets": targets})
            left &= ~when
    if left:
        values.append({"requirement": str(edge.requirement), "to": None, "targets": target_names(graph, left)})
    return values


def _kept(graph: LockGraph, walk: Walk, names: tuple[str, ...], invert: bool, depth: int | None) -> set[int]:
    """The pins within `depth` steps of the names, or of the manifest; inverted, against the edges."""
    after: dict[int, set[int]] = {}
    for index in walk.pins:
        for edge in outgoing(graph, walk, index):
            for other in _pinned(graph, edge):
                one, two = (other, index) if invert else (index, other)
                after.setdefault(one, set()).add(two)
    if names:
        level = {index for index in walk.pins if is_named(graph.lock.packages[index], names)}
    elif invert:
        level = {index for index in walk.pins if not any(True for _ in outgoing(graph, walk, index))} or set(walk.pins)
    else:
        level = {other for edge in graph.wished(graph.lock.inputs) for other in _pinned(graph, edge)}
        if depth is not None:  # the wishes are the roots, as in the text
            depth -= 1
    found: set[int] = set()
    while level and (depth is None or depth >= 0):
        found |= level
        level = {other for index in level for other in after.get(index, ())} - found
        depth = None if depth is None else depth - 1
    return found


def _pinned(graph: LockGraph, edge: Edge) -> list[int]:
    return [index for index, when in graph.placements(edge.requirement, edge.chosen) if when & edge.mask]
