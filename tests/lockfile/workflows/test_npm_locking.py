"""What a lock says of npm packages, over worlds in memory: written down, and thrown by dice."""

import pytest

from holdfast.drift.npm_closure import find_npm_problems
from holdfast.format.read import read
from holdfast.format.write import write
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock, Pin
from holdfast_resolver.values.npm import NpmManifest
from holdfast_resolver.versions.grid import Grid
from tests.support.npm_locking import lock_of, locked, market_of
from tests.support.npm_universe import Throw, project, universe


def edges(lock: Lock, name: str, version: str = "") -> list[str]:
    """The edges of one pin, as a lock has them."""
    (pin,) = [pin for pin in lock.packages if pin.name == name and version in ("", pin.version)]
    return [f"{need} => {chosen}" if chosen else str(need) for need, chosen in pin.dependencies]


@pytest.mark.parametrize("seed", range(120))
def test_any_world_is_locked_whole_and_locked_again_as_it_is(seed: int) -> None:
    """Property: a lock reads back, has nothing wrong but unmet peers, reaches all it pins, and stays."""
    throw = Throw(seed, members=seed % 3 == 0, overrides=seed % 4 == 0)
    manifests: tuple[NpmManifest, ...] = (throw.root._replace(overrides=throw.overrides), *throw.members)
    market = market_of(throw.world)
    lock = lock_of(market, manifests)
    if not isinstance(lock, Lock):
        return
    assert read(write(lock)) == lock
    assert [problem for problem in find_npm_problems(lock) if problem.code != "peer-unmet"] == []
    graph = LockGraph(lock, Grid(()))
    assert len(graph.walk(lock.inputs).pins) == len(graph.lock.packages)
    assert lock_of(market, manifests, lock) == lock


def test_the_dice_throw_what_is_hard() -> None:
    """Instances, several versions of a name, chosen versions and refusals come up among the worlds above."""
    found = []
    for seed in range(120):
        throw = Throw(seed, members=seed % 3 == 0, overrides=seed % 4 == 0)
        found.append(lock_of(market_of(throw.world), (throw.root._replace(overrides=throw.overrides), *throw.members)))
    locks = [lock for lock in found if isinstance(lock, Lock)]
    assert 20 < len(locks) < 110
    assert sum([bool(lock.instances) for lock in locks]) >= 3
    assert sum([any(chosen for pin in lock.packages for _, chosen in pin.dependencies) for lock in locks]) >= 10


WORLD = """
dep 1.0.0
dep 1.5.0
dep 2.0.0
app 1.0.0
    dep ^1.0.0
    gone ^1.0.0 ; optional
    types * ; peer optional
other 1.0.0
    dep 1.0.0
"""


def test_an_edge_says_its_version_only_where_it_is_not_the_highest_that_fits() -> None:
    """What is optional and not there says so."""
    lock = locked(universe(WORLD), project("app *\nother *\ndep 1.0.0"))
    assert edges(lock, "app") == [
        "npm:dep ^1.0.0",
        "npm:gone ^1.0.0 ; optional => none",
        "npm:types * ; peer optional => none",
    ]
    lock = locked(universe(WORLD), project("app *\nother *\ndep *"))
    assert [pin.version for pin in lock.packages if pin.name == "dep"] == ["1.0.0", "1.5.0", "2.0.0"]


def test_an_old_pin_outweighs_the_latest_until_it_is_freed() -> None:
    """With another wish beside it, so that everything is placed anew."""
    world = universe("a 1.0.0\nb 1.0.0")
    before = locked(world, project("a *"))
    newer = universe("a 1.0.0\na 1.1.0\nb 1.0.0")
    wishes = project("a *\nb *")
    lock = lock_of(market_of(newer), (wishes,), before)
    assert isinstance(lock, Lock)
    assert [(pin.name, pin.version) for pin in lock.packages] == [("a", "1.0.0"), ("b", "1.0.0")]
    lock = lock_of(market_of(newer), (wishes,), before, frozenset({"a"}))
    assert isinstance(lock, Lock)
    assert [(pin.name, pin.version) for pin in lock.packages] == [("a", "1.1.0"), ("b", "1.0.0")]


def test_the_engines_of_the_project_count_at_their_lowest() -> None:
    """A release for a later Node is passed over; without engines of the project it is not."""
    world = "tool 1.0.0 | node >=18\ntool 2.0.0 | node >=22"
    wishes = project("tool *")
    asked = wishes._replace(engines=(("node", "^20.1 || >=24"),))
    assert [pin.version for pin in locked(universe(world), asked).packages] == ["1.0.0"]
    assert [pin.version for pin in locked(universe(world), wishes).packages] == ["2.0.0"]


def test_facts_of_a_pin_that_did_not_move_keep_what_is_unknown() -> None:
    """Keys of a later version of the format stay with their pin."""
    market, wishes = market_of(universe("a 1.0.0\nb 1.0.0")), project("a *")
    before = lock_of(market, (wishes,))
    assert isinstance(before, Lock)
    marked = before._replace(packages=tuple([pin._replace(unknown=(("later", "1"),)) for pin in before.packages]))
    lock = lock_of(market, (project("a *\nb *"),), marked)
    assert isinstance(lock, Lock)
    kept: dict[str, Pin] = {pin.name: pin for pin in lock.packages}
    assert (kept["a"].unknown, kept["b"].unknown) == ((("later", "1"),), ())


SHIELDS = """
yaml 1.0.0
yaml 2.0.0
    reader *
reader 1.0.0
style 1.0.0
    config *
config 1.0.0
    yaml ^2.0.0 ; peer optional
"""


def test_what_keeps_an_optional_peer_from_a_wrong_version_is_locked() -> None:
    """The lock is whole, the same once more, and exports as a tree in which each finds its own."""
    manifest = project("style *\nyaml ^1.0.0")
    lock = locked(universe(SHIELDS), manifest)
    assert edges(lock, "config") == ["npm:yaml ^2.0.0 ; peer optional"]
    assert [f"{pin.name} {pin.version}" for pin in lock.packages if pin.name in ("reader", "yaml")] == [
        "reader 1.0.0",
        "yaml 1.0.0",
        "yaml 2.0.0",
    ]
    assert find_npm_problems(lock) == []
    assert lock_of(market_of(universe(SHIELDS)), (manifest,), lock) == lock
