"""How deep packages lie and how many there are, against `max-depth` and `max-packages`."""

from typing import Any

from hypothesis import given

from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock
from holdfast.model.paths import ShortestPaths
from holdfast.model.policy import Policy
from holdfast.policy.graph_limits import depths, judge_limits
from holdfast_resolver.versions.grid import Grid
from tests.lockfile.exports.small_locks import lock, locks, pin

CHAIN = lock(
    pin("alpha", "1", "beta"),
    pin("beta", "1", "gamma", "delta ; sys_platform == 'win32'"),
    pin("delta", "1", "epsilon"),
    pin("epsilon", "1"),
    pin("gamma", "1"),
    project=("alpha", "epsilon ; sys_platform == 'linux'"),
)


def graph_of(made: Lock) -> LockGraph:
    return LockGraph(made, Grid(made.scope.targets))


def found(made: Lock, **limits: Any) -> list[tuple[str, str, str, tuple[str, ...]]]:
    policy = Policy()._replace(**limits)
    findings = judge_limits(made, Grid(made.scope.targets), policy, "holdfast.toml", "holdfast.lock")
    return [(one.code, one.subject, one.found, one.path) for one in findings]


@given(locks())
def test_a_depth_is_the_length_of_the_shortest_path(made: Lock) -> None:
    """On every target, for every pin: as many steps as the path has that `why` shows first."""
    graph = graph_of(made)
    paths = ShortestPaths(graph)
    known = depths(graph)
    for index in range(len(made.packages)):
        for bit in range(len(made.scope.targets)):
            path = paths.to(index, 1 << bit)
            here = [one.steps for one in known.get(index, ()) if one.targets >> bit & 1]
            assert here == ([len(path) - 1] if path else [])


def test_what_lies_too_deep_is_named_with_its_path() -> None:
    """Only those right below the limit: what hangs on them is counted."""
    alpha, beta = ("pyproject.toml", "alpha 1"), ("pyproject.toml", "alpha 1", "beta 1")
    assert found(CHAIN, max_depth=2) == [
        ("policy-depth", "delta 1", "3 steps", (*beta, "delta 1")),
        ("policy-depth", "gamma 1", "3 steps", (*beta, "gamma 1")),
    ]
    assert found(CHAIN, max_depth=1) == [("policy-depth", "beta 1", "2 steps", (*alpha, "beta 1"))]
    deep = judge_limits(CHAIN, Grid(CHAIN.scope.targets), Policy(max_depth=1), "holdfast.toml", "holdfast.lock")
    assert deep[0].facts == (("still deeper", "3"),)
    assert deep[0].hints == ("holdfast why beta",)
    assert deep[0].expected == "at most 1 step from the project (max-depth of [policy] in holdfast.toml)"


def test_the_deepest_target_counts() -> None:
    """A package that is near on one target and far on another is too deep on the other, and that is said."""
    assert [subject for _, subject, _, _ in found(CHAIN, max_depth=3)] == ["epsilon 1"]
    (deep,) = judge_limits(CHAIN, Grid(CHAIN.scope.targets), Policy(max_depth=3), "holdfast.toml", "holdfast.lock")
    assert deep.facts == (("targets", "cp311 windows-x86_64, cp312 windows-x86_64"),)
    assert deep.path == ("pyproject.toml", "alpha 1", "beta 1", "delta 1", "epsilon 1")
    assert found(CHAIN, max_depth=4) == []


def test_a_ring_of_targets_hides_nothing() -> None:
    """Two packages of which each lies deeper on the other's target are both named."""
    ring = lock(
        pin("alpha", "1", "beta ; sys_platform == 'win32'", "gamma ; sys_platform != 'win32'"),
        pin("beta", "1", "gamma ; sys_platform == 'win32'"),
        pin("gamma", "1", "beta ; sys_platform != 'win32'"),
        project=("alpha",),
    )
    assert [subject for _, subject, _, _ in found(ring, max_depth=1)] == ["beta 1", "gamma 1"]


def test_too_many_packages_are_one_finding() -> None:
    """Packages are counted, not pins of forks; the wishes that bring in the most are named."""
    assert found(CHAIN, max_packages=5) == []
    (many,) = judge_limits(CHAIN, Grid(CHAIN.scope.targets), Policy(max_packages=4), "holdfast.toml", "holdfast.lock")
    assert (many.code, many.found, many.hints) == ("policy-count", "5 packages", ("holdfast tree",))
    assert many.facts == (("brings", "alpha: 5"), ("brings", "epsilon: 1"))
    fork = lock(
        pin("alpha", "1", when="sys_platform == 'win32'"),
        pin("alpha", "2", when="sys_platform != 'win32'"),
        project=("alpha",),
    )
    assert found(fork, max_packages=1) == []
