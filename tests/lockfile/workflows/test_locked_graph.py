"""The graph of the lock that `tree` and `why` start from, and the JSON tree against a plain search."""

import json

import pytest
from hypothesis import given

from holdfast.errors import LockMissing, UsageError
from holdfast.format.write import write
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock
from holdfast.reports.tree import render_json
from holdfast.workflows.graph import locked_graph
from holdfast_resolver.versions.grid import Grid
from tests.lockfile.exports.small_locks import locks
from tests.support.lock_scenarios import read_lock


class Folder:
    """A project's folder with one lock."""

    def __init__(self, text: str | None) -> None:
        self._text = text

    def read(self, name: str) -> bytes | None:
        return None if self._text is None else self._text.encode()

    def write(self, name: str, data: bytes) -> None:
        raise AssertionError("a graph writes nothing")


def test_names_must_be_locked() -> None:
    """A known name passes; an unknown one is refused with the nearest; without a lock there is none."""
    folder = Folder(write(read_lock("wish flask\nflask 3.0.0\n")))
    assert len(locked_graph(folder, ["flask"]).lock.packages) == 1
    with pytest.raises(UsageError) as raised:
        locked_graph(folder, ["flaks"])
    assert (raised.value.found, raised.value.hint) == ("flaks", "did you mean flask?")
    with pytest.raises(LockMissing):
        locked_graph(Folder(None))


@given(locks())
def test_the_inverted_document_is_the_other_way_round(lock: Lock) -> None:
    """X is among what leads to Y exactly when Y is among what X reaches."""
    graph = LockGraph(lock, Grid(lock.scope.targets))
    names = sorted({lock.packages[index].name for index in graph.reach(lock.inputs)})

    def listed(name: str, invert: bool) -> set[str]:
        document = json.loads(render_json(graph, names=(name,), invert=invert))
        return {package["name"] for package in document["packages"]}

    assert {(x, y) for x in names for y in listed(x, False)} == {(x, y) for y in names for x in listed(y, True)}
