"""Walking through what waits: each entry is decided once, and a decision can be taken back."""

from holdfast.approvals.judge import SecurityWaiting, Waiting
from holdfast.model.review import Review, ReviewGroup
from holdfast.workflows.choosing import Chosen
from holdfast.workflows.review_walk import Walk
from tests.support.approvals import security
from tests.support.review_items import items, review_world


def waiting(source: str, name: str) -> Waiting:
    """What waits, of which only the name counts here."""
    return Waiting(source, name, (), (), (), (), (), "", 1, (), "")


CHOSEN = Chosen(
    tuple(waiting(*item.key) for item in items()), SecurityWaiting((), (), None, security("alice"), "", 1, (), "")
)


def names(chosen: Chosen) -> list[str]:
    """The packages, and "configuration"."""
    return [one.name for one in chosen.waiting] + (["configuration"] if chosen.security else [])


def test_every_entry_is_decided_once() -> None:
    """Approved, rejected by reason, skipped; what is not reached is none of them."""
    walk = Walk(review_world().entries)
    walk.reject("swapped bytes")  # swapped
    walk.skip()  # click
    walk.approve()  # the configuration
    walk.reject("who is that")  # left
    walk.approve()  # the group
    walk.reject("swapped bytes")  # flask
    assert walk.place == (7, 7)
    assert names(walk.approved(CHOSEN)) == ["acme-core", "acme-network-utilities", "acme-web", "configuration"]
    assert [(reason, names(what)) for reason, what in walk.rejected(CHOSEN)] == [
        ("swapped bytes", ["flask", "swapped"]),
        ("who is that", ["left"]),
    ]
    assert [one.name for one in walk.items("skip")] == ["click"]
    assert walk.security("approve")
    assert not walk.security("reject")


def test_a_group_opens_and_its_packages_are_decided_one_by_one() -> None:
    """The count of entries grows; opening what is no group does nothing."""
    group = next(one for one in review_world().entries if isinstance(one, ReviewGroup) and len(one.items) > 1)
    walk = Walk((group,))
    assert walk.place == (1, 1)
    assert walk.open()
    assert walk.place == (1, 3)
    assert not walk.open()
    walk.approve()
    walk.skip()
    walk.reject("no")
    assert walk.current is None
    assert names(walk.approved(CHOSEN)) == ["acme-core"]
    assert [names(what) for _, what in walk.rejected(CHOSEN)] == [["acme-web"]]


def test_a_decision_is_taken_back() -> None:
    """The entry is at hand again, as it was; before the first there is none."""
    walk = Walk(review_world().entries)
    assert not walk.back()
    first = walk.current
    walk.approve()
    assert walk.back()
    assert walk.current == first
    assert walk.decisions == []
    assert names(walk.approved(CHOSEN)) == []


def test_at_the_end_nothing_more_is_decided() -> None:
    """A key too many decides nothing."""
    walk = Walk(Review(()).entries)
    walk.approve()
    assert walk.current is None
    assert not walk.open()
    assert walk.decisions == []
    assert not walk.security("approve")


def test_the_configuration_can_be_rejected() -> None:
    """With a reason of its own."""
    walk = Walk(review_world().entries[2:3])
    walk.reject("too few")
    ((reason, what),) = walk.rejected(CHOSEN)
    assert (reason, names(what)) == ("too few", ["configuration"])
