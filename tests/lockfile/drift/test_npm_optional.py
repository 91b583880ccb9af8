"""Whether an npm package may be left out is what the edges of its lock say, and no word that somebody writes beside."""

import pytest

from holdfast.drift.npm_closure import find_npm_problems
from holdfast.model.lock import Lock
from tests.support.npm_locking import lock_of, locked, market_of
from tests.support.npm_universe import Throw, project, universe

_WORLD = universe(
    """
app 1.0.0
 watch ^1 ; optional
 log ^1
 types * ; peer optional
watch 1.0.0
 bind ^1
 log ^1
bind 1.0.0
log 1.0.0
types 1.0.0
"""
)


def _problems(lock: Lock) -> list[tuple[str, str]]:
    return [(problem.code, lock.packages[problem.pin].name) for problem in find_npm_problems(lock)]


def _flipped(lock: Lock, name: str) -> Lock:
    packages = [
        pin._replace(npm=pin.npm._replace(optional=not pin.npm.optional)) if pin.name == name and pin.npm else pin
        for pin in lock.packages
    ]
    return lock._replace(packages=tuple(packages))


@pytest.mark.parametrize("name", ["app", "watch", "bind", "log"])
def test_a_flipped_word_is_told_of_that_package_alone(name: str) -> None:
    """Both ways: what is needed and called optional, and what is optional and called needed."""
    lock = locked(_WORLD, project("app *"))
    assert _problems(lock) == []
    assert _problems(_flipped(lock, name)) == [("facts-differ", name)]


def test_lock_writes_what_the_edges_say() -> None:
    """A flipped word does not stand."""
    market, manifest = market_of(_WORLD), project("app *")
    lock = locked(_WORLD, manifest)
    assert lock_of(market, (manifest,), _flipped(lock, "bind")) == lock


def test_a_wish_for_an_optional_package_makes_all_of_it_optional() -> None:
    """Until something else needs it."""
    lock = locked(_WORLD, project("watch * ; optional\nlog *"))
    assert {pin.name: pin.npm.optional for pin in lock.packages if pin.npm} == {
        "bind": True,
        "log": False,
        "watch": True,
    }
    assert _problems(lock) == []


def test_it_is_told_where_an_alias_has_the_name_of_another_package() -> None:
    """An edge that such a package answers says so, and is no edge to the other one."""
    lock = locked(_WORLD, project("app *\nbind npm:log@^1"))
    assert _problems(lock) == []
    assert _problems(_flipped(lock, "watch")) == [("facts-differ", "watch")]


@pytest.mark.parametrize("wild", [False, True])
def test_no_lock_of_ours_is_accused(wild: bool) -> None:
    """Of random worlds, with workspaces, overrides, aliases and dist-tags."""
    seen = 0
    for seed in range(60):
        throw = Throw(seed, members=seed % 2 == 0, overrides=not wild and seed % 3 == 0, wild=wild)
        manifests = (throw.root._replace(overrides=throw.overrides), *throw.members)
        lock = lock_of(market_of(throw.world), manifests)
        if isinstance(lock, Lock):
            seen += any(pin.npm is not None and pin.npm.optional for pin in lock.packages)
            assert "facts-differ" not in {code for code, _ in _problems(lock)}
    assert seen > 5
