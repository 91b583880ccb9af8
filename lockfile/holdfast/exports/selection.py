"""Which pins an export takes, and the marker of each: what the chosen wishes reach, and on which targets.

Knows no format.
"""

from collections.abc import Iterable

from holdfast.errors import UsageError
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Input, Lock, Pin
from holdfast.model.when import marker_for
from holdfast_resolver.values.names import normalize_name
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid


class Selected(NamedTuple):
    """A pin that the selection reaches; `marker` "" = on all targets."""

    pin: Pin
    marker: str


def selected_inputs(lock: Lock, extras: Iterable[str] = (), groups: Iterable[str] = ()) -> tuple[Input, ...]:
    """Return the project's own wishes and those of the extras and groups that are named.

    Raises `UsageError` for an extra or a group that the lock does not have.
    """
    wanted = {("project", "")}
    for kind, names in (("extra", extras), ("group", groups)):
        known = {part.name for part in lock.inputs if part.kind == kind}
        for name in names:
            if normalize_name(name) not in known:
                expected = f"an {kind} of the lock" if kind == "extra" else f"a {kind} of the lock"
                hint = f"known: {', '.join(sorted(known))}" if known else f"the lock has no {kind}"
                raise UsageError(expected, name, hint)
            wanted.add((kind, normalize_name(name)))
    return tuple(part for part in lock.inputs if (part.kind, part.name) in wanted)


def select(
    lock: Lock, extras: Iterable[str] = (), groups: Iterable[str] = (), graph: LockGraph | None = None
) -> tuple[Selected, ...]:
    """Return the pins that the selection reaches, sorted by name and version, each with its marker.

    Raises `UsageError` for an unknown extra or group.
    """
    graph = graph or LockGraph(lock, Grid(lock.scope.targets, lock.scope.requires_python))
    reached = graph.reach(selected_inputs(lock, extras, groups))
    markers: dict[int, str] = {}  # many pins share a mask
    selected = []
    for index in sorted(reached, key=lambda index: (lock.packages[index].name, index)):
        mask = reached[index]
        if mask not in markers:
            markers[mask] = marker_for(mask, graph.grid)
        selected.append(Selected(lock.packages[index], markers[mask]))
    return tuple(selected)
