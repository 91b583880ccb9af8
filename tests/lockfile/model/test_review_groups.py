"""What is one decision, and in which order: alarms first, forty packages of one known publisher together."""

import pytest

from holdfast.model.review import (
    Rejected,
    ReviewGroup,
    ReviewItem,
    SecurityItem,
    Support,
    arrange,
    opened,
    signed_by_all,
)
from tests.support.approvals import make_pin
from tests.support.review_items import SECURITY, SUPPORT, items, review_world


def named(item: ReviewItem, name: str) -> ReviewItem:
    """The same under another name."""
    return item._replace(name=name)


ITEMS = {item.name: item for item in items()}
CORE = ITEMS["acme-core"]


def test_the_order_is_by_gravity() -> None:
    """Alarms, then the configuration, then the rest; a group before what stands alone."""
    told = [
        "configuration" if isinstance(entry, SecurityItem) else [item.name for item in entry.items]
        for entry in review_world().entries
    ]
    assert told == [
        ["swapped"],
        ["click"],
        "configuration",
        ["left"],
        ["acme-core", "acme-network-utilities", "acme-web"],
        ["flask"],
        ["gone"],
    ]


def test_forty_packages_of_one_known_publisher_are_one_decision() -> None:
    """And one of another kind of change is another."""
    forty = tuple(named(CORE, f"acme-{number}") for number in range(40))
    (group,) = arrange(forty, None).entries
    assert isinstance(group, ReviewGroup)
    assert len(group.items) == 40
    assert len(arrange((*forty, ITEMS["flask"]), None).entries) == 2


APART: dict[str, ReviewItem] = {
    "unsigned": ITEMS["flask"],
    "an alarm": ITEMS["click"]._replace(signed=True, familiar=True),
    "a signer that nobody knows": CORE._replace(familiar=False),
    "not all files signed": CORE._replace(signed=False),
    "rejected before": CORE._replace(
        support=SUPPORT._replace(rejected=(Rejected("bob", "2026-11-01T00:00:00Z", "no windows"),))
    ),
}


@pytest.mark.parametrize("row", APART)
def test_what_stands_alone(row: str) -> None:
    """Two alike are two decisions where grouping them would hide something."""
    one = APART[row]
    assert len(arrange((one, named(one, "other")), None).entries) == 2


DIFFERENT: dict[str, ReviewItem] = {
    "another signer": CORE._replace(signers_after=ITEMS["click"].signers_after),
    "another signer before": CORE._replace(signers_before=()),
    "another class": CORE._replace(changes=tuple([one._replace(kind="artifact-added") for one in CORE.changes])),
    "approved by somebody": CORE._replace(support=Support("1 of 2 approvers", 2, ("bob",), "")),
}


@pytest.mark.parametrize("row", DIFFERENT)
def test_what_differs_is_another_decision(row: str) -> None:
    """Signers, classes, and who has to approve: all of it is equal in a group."""
    assert len(arrange((CORE, named(DIFFERENT[row], "other")), None).entries) == 2


def test_a_group_opens_into_its_packages() -> None:
    """Each is a group of its own then."""
    group = ReviewGroup((CORE, named(CORE, "other")))
    assert opened(group) == (ReviewGroup((CORE,)), ReviewGroup((named(CORE, "other"),)))


def test_items_and_configuration_are_found_again() -> None:
    """A review knows its packages and its configuration, in the order of the screens."""
    review = review_world()
    assert {one.name for one in review.items} == set(ITEMS)
    assert review.security == SECURITY
    assert arrange((), None).security is None


def test_no_pin_is_signed_by_nobody() -> None:
    """All of nothing is not signed."""
    assert not signed_by_all(())
    assert signed_by_all((make_pin("a", signers=["ed25519:aa"]),))
    assert not signed_by_all((make_pin("a", signers=["ed25519:aa"]), make_pin("b")))
