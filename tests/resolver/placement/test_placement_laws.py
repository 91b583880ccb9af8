"""What holds of every tree, checked on random worlds from the outside: lookup by paths, ranges one at a time."""

from typing import NamedTuple

import pytest

from holdfast_resolver.placement.port import Placement
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER
from tests.support.npm_universe import Throw, names, placed, run, universe

_BLOCKS = range(0, 600, 100)
_LACKING = {(508, "b-b")}  # the only version that fits needs a package that does not exist


class _Thrown(NamedTuple):
    seed: int
    throw: Throw
    tree: Placement


def _trees(block: int) -> list[_Thrown]:
    found = []
    for seed in range(block, block + 100):
        throw = Throw(seed, members=seed % 3 == 0)
        outcome = run(throw.request(), throw.world)
        if isinstance(outcome, Placement):
            found.append(_Thrown(seed, throw, outcome))
    return found


def _lookup(paths: dict[str, int], source: str, name: str) -> int | None:
    """Where node.js finds a name from a folder."""
    folder = source
    while True:
        found = paths.get(f"{folder}/node_modules/{name}" if folder else f"node_modules/{name}")
        if found is not None or not folder:
            return found
        folder = folder.rpartition("/node_modules/")[0] if "/node_modules/" in folder else ""


def _fits(text: str, version: str) -> bool:
    return not text or bool(Candidates.from_versions([version], SEMVER).mask(text))


@pytest.mark.parametrize("block", _BLOCKS)
def test_every_edge_ends_where_lookup_ends_and_is_met(block: int) -> None:
    """Only an optional want may end nowhere, only an overruled peer in a version that it does not want."""
    for seed, _, tree in _trees(block):
        paths = {node.path: number for number, node in enumerate(tree.nodes)}
        sources = [(node.path, node, edges) for node, edges in zip(tree.nodes, tree.edges, strict=True)]
        overruled = {(found.asker, found.requirement) for found in tree.overruled}
        for path, asker, edges in [*sources, *((member.path, None, member.edges) for member in tree.importers)]:
            for wish, to in edges:
                if to is None:
                    assert wish.kind in ("optional", "peer optional"), (seed, path, str(wish))
                    continue
                assert to == _lookup(paths, path, wish.alias), (seed, path, str(wish))
                name = f"{asker.package}@{asker.version}" if asker is not None else ""
                assert _fits(wish.range, tree.nodes[to].version) or (name, wish) in overruled, (seed, path, str(wish))


@pytest.mark.parametrize("block", _BLOCKS)
def test_an_optional_peer_that_ends_nowhere_finds_nothing(block: int) -> None:
    """Node.js does not find another version than the one wanted, where the one wanted can be had."""
    for seed, _, tree in _trees(block):
        paths = {node.path: number for number, node in enumerate(tree.nodes)}
        for node, edges in zip(tree.nodes, tree.edges, strict=True):
            for wish, to in edges:
                if to is None and wish.kind == "peer optional" and (seed, wish.alias) not in _LACKING:
                    assert _lookup(paths, node.path, wish.alias) is None, (seed, node.path, str(wish))


@pytest.mark.parametrize("block", _BLOCKS)
def test_nothing_is_placed_that_nobody_needs(block: int) -> None:
    """From the project, every node can be reached over edges; links lead on to what they link to."""
    for seed, _, tree in _trees(block):
        folders = {member.path: member.edges for member in tree.importers}
        reached: set[int] = set()
        todo = [to for edges in folders.values() for _, to in edges if to is not None]
        while todo:
            number = todo.pop()
            if number not in reached:
                reached.add(number)
                todo += [to for _, to in tree.edges[number] if to is not None]
        left = [
            node.path for number, node in enumerate(tree.nodes) if number not in reached and node.link not in folders
        ]
        inside = {node.path for node in tree.nodes}
        assert all(any(path != other and other.startswith(path) for other in inside) for path in left), (seed, left)


def _pins(tree: Placement) -> dict[str, tuple[str, ...]]:
    pins: dict[str, tuple[str, ...]] = {}
    for node in tree.nodes:
        if not node.link:
            pins[node.package] = (*pins.get(node.package, ()), node.version)
    return pins


def test_pins_bring_a_tree_back() -> None:
    """With its own versions as pins nearly every tree comes out the same, and none is refused.

    Where packages push each other out while a tree is built, knowing the end changes the way: in these worlds, made to
    collide, one in twenty-five.
    """
    thrown = [found for block in _BLOCKS for found in _trees(block)]
    again = [run(throw.request(pins=_pins(tree)), throw.world) for _, throw, tree in thrown]
    assert all(isinstance(outcome, Placement) for outcome in again)
    same = sum(outcome == tree for outcome, (_, _, tree) in zip(again, thrown, strict=True))
    assert same >= len(thrown) * 0.95


def test_pins_hold_against_newer_releases() -> None:
    """Where newer releases have appeared since, a pinned tree has none of them, but where it must."""
    moved = 0
    thrown = [found for block in _BLOCKS for found in _trees(block)]
    for _, throw, tree in thrown:
        pins = _pins(tree)
        for name in pins:
            releases = throw.world.releases[name]
            newest = list(releases)[-1]
            releases[f"{newest}9"] = releases[newest]._replace(version=f"{newest}9", deprecated="")
            throw.world.tags.pop(name, None)
        again = run(throw.request(pins=pins), throw.world)
        assert isinstance(again, Placement)
        moved += not names(again) <= names(tree)
    assert moved <= len(thrown) * 0.02


def test_a_pin_that_stands_in_the_way_is_freed_alone() -> None:
    """What a conflict speaks of is chosen anew; all other pins hold."""
    world = universe("a 1.0.0\na 2.0.0\n b ^2 ; peer\nb 1.0.0\nb 2.0.0\nc 1.0.0\nc 2.0.0")
    pins = {"a": ("1.0.0",), "b": ("1.0.0",), "c": ("1.0.0",)}
    assert names(placed(world, "a ^2\nb *\nc *", pins=pins)) == {("a", "2.0.0"), ("b", "2.0.0"), ("c", "1.0.0")}
