"""Trust levels: computed from signers, inherited through dependencies."""

import time
from collections.abc import Iterator, Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.trust.levels import LEVELS, RANKS, LeveledSigner, inherited, level_of, path_from, weakest_links


def by(tier: str = "unverified", role: str = "publisher", name: str = "ed25519:aa") -> LeveledSigner:
    return LeveledSigner(name, role, tier)


@pytest.mark.parametrize(
    ("signers", "trusted", "expected"),
    [
        ([], [], "unsigned"),
        ([], ["ed25519:aa"], "unsigned"),
        ([by(role="vetted")], [], "unsigned"),
        ([by(role="vetted")], ["ed25519:aa"], "unsigned"),
        ([by()], [], "registry-community"),
        ([by("")], [], "registry-community"),
        ([by("verified")], [], "registry-verified"),
        ([by("trusted")], [], "registry-verified"),
        ([by(), by("", "vetted", "ed25519:bb")], [], "registry-verified"),
        ([by(), by("", "vetted", "ed25519:bb")], ["ed25519:bb"], "registry-verified"),
        ([by()], ["ed25519:aa"], "trusted"),
        ([by(), by(name="ed25519:bb")], ["ed25519:bb"], "trusted"),
    ],
)
def test_a_level_comes_of_verified_signers(signers: list[LeveledSigner], trusted: list[str], expected: str) -> None:
    """The project's own trust makes `trusted`; a tier or a co-signer `registry-verified`; no publisher, unsigned."""
    assert level_of(signers, trusted) == expected


def test_a_local_folder_has_the_projects_own_rank() -> None:
    """A folder of the project is local whoever signed it, and lowers nothing that depends on it."""
    assert level_of([], local=True) == "local"
    assert max(LEVELS, key=RANKS.__getitem__) == "local"
    assert inherited({"app": "trusted", "here": "local"}, {"app": ["here"]})["app"] == ("trusted", ("app",))


def test_the_lowest_level_on_any_path_is_inherited() -> None:
    """A trusted package is no better than what it depends on, and the path says through what."""
    levels = {"app": "local", "a": "trusted", "b": "registry-verified", "c": "unsigned"}
    found = inherited(levels, {"app": ["a"], "a": ["b"], "b": ["c"]})
    assert found == {
        "app": ("unsigned", ("app", "a", "b", "c")),
        "a": ("unsigned", ("a", "b", "c")),
        "b": ("unsigned", ("b", "c")),
        "c": ("unsigned", ("c",)),
    }


def test_of_several_paths_the_shortest_then_the_first_by_alphabet_is_told() -> None:
    """Ties are decided at the first step that differs, so the same graph tells the same path."""
    levels = dict.fromkeys("sabcdef", "trusted") | {"y": "unsigned", "z": "unsigned"}
    assert inherited(levels, {"s": "cab", "a": "z", "b": "y", "c": "d", "d": "y"})["s"][1] == ("s", "a", "z")
    assert inherited(levels, {"s": "abz", "a": "y"})["s"][1] == ("s", "z")


def test_cycles_share_their_lowest_level() -> None:
    """Packages that depend on each other inherit the same level."""
    found = inherited({"a": "trusted", "b": "registry-community", "c": "trusted"}, {"a": "b", "b": "c", "c": "ac"})
    assert found == {
        "a": ("registry-community", ("a", "b")),
        "b": ("registry-community", ("b",)),
        "c": ("registry-community", ("c", "a", "b")),
    }


def all_paths(node: int, edges: Mapping[int, list[int]], seen: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    seen = (*seen, node)
    yield seen
    for following in edges.get(node, []):
        if following not in seen:
            yield from all_paths(following, edges, seen)


NODES = st.integers(0, 5)
GRAPHS = st.tuples(
    st.lists(st.sampled_from(LEVELS), min_size=6, max_size=6), st.dictionaries(NODES, st.lists(NODES, max_size=4))
)


@given(GRAPHS)
def test_inheriting_is_what_trying_every_path_gives(graph: tuple[list[str], dict[int, list[int]]]) -> None:
    """For small graphs, cycles included, level and path are those of the best among all simple paths."""
    levels, edges = dict(enumerate(graph[0])), graph[1]
    for node, (level, path) in inherited(levels, edges).items():
        best = min(all_paths(node, edges), key=lambda one: (RANKS[levels[one[-1]]], len(one), one))
        assert (level, path) == (levels[best[-1]], best)
        assert all(after in edges[before] for before, after in pairwise(path))


def test_a_long_chain_and_a_thick_graph_take_linear_time() -> None:
    """A chain of 100,000 packages, and 1,000 that all depend on each other, are done within a second or two."""
    count = 100_000
    chain = dict.fromkeys(range(count), "trusted") | {count - 1: "unsigned"}
    begun = time.perf_counter()
    links = weakest_links(chain, {node: [node + 1] for node in range(count - 1)})
    assert len(path_from(0, links)) == count
    thick = dict.fromkeys(range(1000), "trusted") | {500: "unsigned"}
    assert inherited(thick, {node: range(1000) for node in thick})[7] == ("unsigned", (7, 500))
    assert time.perf_counter() - begun < 5
