"""What the wishes of a lock reach, on which targets, and which pin an edge means."""

import time

from hypothesis import given

from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock, Pin
from holdfast_resolver.values.requirements import Requirement, parse_entry
from holdfast_resolver.versions.grid import Grid
from tests.lockfile.exports.small_locks import TARGETS, lock, locks, pin

WINDOWS = 0b1000_1000  # in both minors of TARGETS, windows-x86_64 is the last platform
LINUX = 0b0011_0011


def graph_of(made: Lock) -> LockGraph:
    return LockGraph(made, Grid(made.scope.targets))


def reached(made: Lock) -> dict[str, int]:
    pins = graph_of(made).reach(made.inputs)
    return {f"{made.packages[i].name} {made.packages[i].version}": mask for i, mask in pins.items()}


def plainly_reached(made: Lock) -> dict[int, int]:
    """The oracle: one target at a time, by the definition."""
    grid = Grid(made.scope.targets)
    masks: dict[int, int] = {}
    for bit in range(len(made.scope.targets)):
        seen: set[tuple[int, str]] = set()
        todo = [(wish, "") for part in made.inputs for wish in part.requires]
        while todo:
            requirement, extra = todo.pop()
            if not grid.condition(requirement.marker, extra) >> bit & 1:
                continue
            for index in reversed(range(len(made.packages))):
                candidate = made.packages[index]
                if candidate.name == requirement.name and grid.condition(candidate.when) >> bit & 1:
                    for asked in ("", *requirement.extras):
                        if (index, asked) not in seen:
                            seen.add((index, asked))
                            todo += [(edge, asked) for edge, _ in candidate.dependencies]
                    break
        for index, _ in seen:
            masks[index] = masks.get(index, 0) | 1 << bit
    return masks


def test_markers_narrow_along_a_path() -> None:
    """A pin is reached where every marker on some path to it holds."""
    made = lock(
        pin("click", "8.1", "colorama ; sys_platform == 'win32'"),
        pin("colorama", "0.4", "deep ; sys_platform == 'linux'"),
        pin("deep", "1"),
        pin("unused", "1"),
        project=("click",),
    )
    assert reached(made) == {"click 8.1": 0xFF, "colorama 0.4": WINDOWS}


def test_extras_activate_the_edges_that_name_them() -> None:
    """`celery[redis]` brings the edges of celery whose marker asks for the extra, only where it is asked."""
    made = lock(
        pin("celery", "5", "vine", "redis ; extra == 'redis'", "gevent ; extra == 'gevent'"),
        pin("gevent", "1"),
        pin("redis", "1", "celery[gevent] ; sys_platform == 'win32'"),
        pin("vine", "1"),
        project=("celery", "celery[redis] ; sys_platform != 'darwin'"),
    )
    assert reached(made) == {
        "celery 5": 0xFF,
        "vine 1": 0xFF,
        "redis 1": WINDOWS | LINUX,
        "gevent 1": WINDOWS,
    }


def test_self_referencing_extras_are_followed() -> None:
    """An extra that asks for another extra of the same package activates it."""
    made = lock(
        pin("tool", "1", "tool[one] ; extra == 'all'", "deep ; extra == 'one'"),
        pin("deep", "1"),
        project=("tool[all]",),
    )
    assert reached(made)["deep 1"] == 0xFF


def test_forks_are_told_apart_by_when() -> None:
    """Of a package in several versions, an edge means the one whose `when` holds on the target."""
    made = lock(
        pin("django", "5.2", when="python_version < '3.12'"),
        pin("django", "6.1", when="python_version >= '3.12'"),
        project=("django",),
    )
    assert reached(made) == {"django 5.2": 0x0F, "django 6.1": 0xF0}
    graph = graph_of(made)
    django = parse_entry("pypi:django")
    assert [resolved(graph, django, bit) for bit in (0, 7)] == ["5.2", "6.1"]


def resolved(graph: LockGraph, requirement: Requirement, bit: int, chosen: str = "") -> str:
    found: Pin | None = graph.resolve(requirement, bit, chosen)
    return found.version if found else ""


def test_overlapping_forks_mean_the_highest_or_the_chosen() -> None:
    """Where two versions hold, an edge means the highest, unless it names another with `=>`."""
    graph = graph_of(lock(pin("a", "1"), pin("a", "2", when="sys_platform == 'win32'")))
    wish = parse_entry("pypi:a")
    assert graph.placements(wish) == ((1, WINDOWS), (0, 0xFF & ~WINDOWS))
    assert resolved(graph, wish, 3, "1") == "1"
    assert resolved(graph, parse_entry("other:a"), 3) == ""


def test_constraints_reach_nothing() -> None:
    """A constraint or an override is no wish."""
    made = lock(pin("a", "1"), project=("a",))
    part = made.inputs[0]._replace(kind="constraint")
    assert graph_of(made).reach((part,)) == {}


def test_edges_hold_where_the_pin_is_reached() -> None:
    """`edges` gives the requirements that hold somewhere, each with its targets."""
    made = lock(
        pin("a", "1", "b ; sys_platform == 'win32'", "c", "d ; extra == 'x'", "e ; extra == 'y'"),
        project=("a[x] ; python_version < '3.12'",),
    )
    graph = graph_of(made)
    walk = graph.walk(made.inputs)
    edges = graph.edges(0, walk.pins[0], walk.extras[0])
    assert [(edge.requirement.name, edge.mask) for edge in edges] == [("b", 0x08), ("c", 0x0F), ("d", 0x0F)]


@given(locks())
def test_reach_is_the_walk_of_each_target(made: Lock) -> None:
    """All targets at once give what the definition gives for one target after the other."""
    assert graph_of(made).reach(made.inputs) == plainly_reached(made)


def test_a_large_lock_is_walked_quickly() -> None:
    """377 pins with 1,900 edges on 20 targets take milliseconds (the bound here is for slow machines)."""
    targets = tuple(target._replace(python=(3, minor)) for minor in range(9, 14) for target in TARGETS[:4])
    pins = []
    for number in range(377):
        later = [f"p{(number + step * step) % 377:03}" for step in range(1, 6)]
        pins.append(pin(f"p{number:03}", "1", *later[:4], f"{later[4]} ; sys_platform == 'win32'"))
    made = lock(*pins, project=("p000",), targets=targets)
    grid = Grid(made.scope.targets)
    best = 1.0
    for _ in range(5):
        start = time.perf_counter()
        assert len(LockGraph(made, grid).reach(made.inputs)) == 377
        best = min(best, time.perf_counter() - start)
    assert best < 0.1
