"""Instances of npm releases in a lock: who sees which, what their edges are, and what is wrong with them."""

import pytest

from holdfast.model.instances import Instances, edges_of, faults, reference, release_of
from holdfast.model.lock import Instance, Lock
from tests.lockfile.format.npm_locks import edge, npm_sample

USE_IT = ("npm", "use-it", "1.0.0")


def with_instances(*instances: Instance) -> Lock:
    return npm_sample()._replace(instances=instances)


def instance(number: int, dependents: tuple[str, ...], *edges: str) -> Instance:
    return Instance(*USE_IT, number, dependents, tuple(map(edge, edges)))


def test_a_dependent_sees_its_instance() -> None:
    """Who stands in no `for` sees the pin itself."""
    found = Instances(npm_sample())
    assert found.seen_by("npm:b 1.0.0", USE_IT) == npm_sample().instances[0]
    assert found.seen_by("npm:a 1.0.0", USE_IT) is None
    assert found.seen_by("npm:b 1.0.0", ("npm", "react", "17.0.2")) is None


def test_the_edges_of_an_instance_are_its_pins_but_for_those_it_lists() -> None:
    """One edge leads elsewhere, the others stay."""
    lock = npm_sample()
    pin = next(pin for pin in lock.packages if pin.name == "use-it")
    assert [chosen for _, chosen in edges_of(pin, None)] == ["none", ""]
    assert [chosen for _, chosen in edges_of(pin, lock.instances[0])] == ["none", "17.0.2"]
    assert edges_of(pin, lock.instances[0]._replace(dependencies=())) == pin.dependencies


def test_references() -> None:
    """The first instance is the release itself."""
    assert reference(*USE_IT) == "npm:use-it 1.0.0"
    assert reference(*USE_IT, 3) == "npm:use-it 1.0.0#3"
    assert release_of(npm_sample().instances[0]) == USE_IT


def test_a_right_lock_has_no_faults() -> None:
    """The sample, an instance that an instance sees, and a lock without any."""
    wish = edge("npm:use-it ^1")[0]
    lock = npm_sample()
    inputs = tuple(
        [part._replace(requires=(wish,)) if part.path == "web/package.json" else part for part in lock.inputs]
    )
    assert list(faults(lock._replace(inputs=inputs))) == []
    assert list(faults(lock._replace(instances=()))) == []


@pytest.mark.parametrize(
    ("instances", "said"),
    [
        ([Instance("npm", "use-it", "2.0.0", 2, ("npm:b 1.0.0",))], [("version", "npm:use-it 2.0.0")]),
        ([instance(2, ("npm:gone 1.0.0",))], [("for", "npm:gone 1.0.0")]),
        ([instance(2, ("npm:b 1.0.0#2",))], [("for", "npm:b 1.0.0#2")]),
        ([instance(2, ("gone/package.json",))], [("for", "gone/package.json")]),
        ([instance(2, ("npm:lodash 4.17.21",))], [("for", "npm:lodash 4.17.21")]),
        ([instance(2, ("npm:b 1.0.0",)), instance(3, ("npm:b 1.0.0",))], [("for", "npm:b 1.0.0")]),
        ([instance(2, ("npm:b 1.0.0",), "npm:react ^16 => 17.0.2")], [("dependencies", "npm:react ^16")]),
        (
            [instance(2, ("npm:b 1.0.0",), "npm:react >=16 ; peer => 16.0.0")],
            [("dependencies", "npm:react >=16 ; peer => 16.0.0")],
        ),
        ([instance(2, ("npm:b 1.0.0",), "npm:fsevents ~2.3.2 ; optional => none")], []),
    ],
)
def test_what_a_merge_may_leave_is_named(instances: list[Instance], said: list[tuple[str, str]]) -> None:
    """A release, dependent or version that is gone; two instances for one dependent; an edge of nobody."""
    assert [(one.key, one.found) for one in faults(with_instances(*instances))] == said
