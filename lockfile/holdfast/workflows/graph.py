"""The graph of the project's lock, for `tree` and `why`: offline, from the lock alone. Never prints."""

from collections.abc import Iterable

from holdfast.model.graph import LockGraph
from holdfast.workflows.port import Files
from holdfast.workflows.previous import read_lock
from holdfast_resolver.versions.grid import Grid


def locked_graph(files: Files, names: Iterable[str] = ()) -> LockGraph:
    """Return the graph of the lock; `names` (normalised) are those that a person gave.

    Raises `LockMissing`, `LockFormatError`, `FileProblem`; `UsageError` for a name that is not locked, with the
    nearest that are.
    """
    lock = read_lock(files)
    wanted = frozenset(names)
    if wanted:
        known = {pin.name for pin in lock.packages}
        if not wanted <= known:
            from holdfast.workflows.names import refuse_unlocked  # start-up: only to refuse

            refuse_unlocked(wanted, known)
    return LockGraph(lock, Grid(lock.scope.targets, lock.scope.requires_python))
