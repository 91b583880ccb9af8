"""The graph of the project's lock, for `tree` and `why`: offline, from the lock alone. Never prints."""

from collections.abc import Callable, Iterable

from holdfast.model.graph import LockGraph
from holdfast.workflows.port import Files
from holdfast.workflows.previous import read_lock
from holdfast_resolver.versions.grid import Grid


def locked_graph(files: Files, words: Iterable[str] = (), told: Callable[[str], str] | None = None) -> LockGraph:
    """Return the graph of the lock; `words` are the names that a person gave, `told` says what else one is.

    Raises `LockMissing`, `LockFormatError`, `FileProblem`; `UsageError` for a name that is not locked, with the
    nearest that are.
    """
    lock = read_lock(files)
    wanted = tuple(words)
    if wanted:
        from holdfast.workflows.names import locked_words, nothing  # start-up: only where names are given

        locked_words(wanted, lock.packages, told or nothing)
    return LockGraph(lock, Grid(lock.scope.targets, lock.scope.requires_python))


def locked_names(graph: LockGraph, words: Iterable[str]) -> tuple[str, ...]:
    """Return the names that a person gave as the lock spells them, with the source where they said it."""
    wanted = tuple(words)
    if not wanted:
        return ()
    from holdfast.workflows.names import locked_words  # start-up: only where names are given

    return locked_words(wanted, graph.lock.packages)
