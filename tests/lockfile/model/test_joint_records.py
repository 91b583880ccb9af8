"""Records of older locks, in which what one identity says in several ways stands side by side."""

import pytest

from holdfast.model.joint_records import is_joint, joined, stands_for, values
from holdfast.model.lock import Signer

ID = "github:101/a.yml"


def record(label: str = "acme/tool", **attributes: str) -> Signer:
    """A record of one identity."""
    return Signer(ID, label, tuple(sorted((name.replace("_", "-"), text) for name, text in attributes.items())))


JOINT = record("acme/ng | acme/tool", context="ref=main | ref=tag", owner_id="7")


def test_records_are_joined_value_by_value() -> None:
    """What differs stands side by side, sorted and each once; what is already joint is taken apart."""
    parts = record(context="ref=tag", owner_id="7"), record("acme/ng", context="ref=main", owner_id="7")
    assert joined(parts) == joined(reversed(parts)) == joined([JOINT, *parts]) == JOINT
    assert joined(parts[:1]) == parts[0]
    assert joined([record(context="ref=tag"), record()]) == record(context="ref=tag")
    assert [is_joint(one) for one in (JOINT, *parts, record(context="a | b"))] == [True, False, False, True]
    assert values("a | b") == {"a", "b"}
    assert values("") == frozenset()


@pytest.mark.parametrize(
    ("signer", "expected"),
    [
        (record(context="ref=tag", owner_id="7"), True),
        (record("acme/ng", context="ref=main", owner_id="7"), True),
        (JOINT, True),
        (record(context="ref=other", owner_id="7"), False),
        (record("evil/tool", context="ref=tag", owner_id="7"), False),
        (record(context="ref=tag", owner_id="66"), False),
        (record(context="ref=tag", owner_id="7", role="x"), False),
        (record(context="ref=tag", owner_id="7")._replace(id="github:102/a.yml"), False),
    ],
)
def test_whom_a_joint_record_stands_for(signer: Signer, expected: bool) -> None:
    """One whose every field is among the values of the record, by the same id."""
    assert stands_for(JOINT, signer) is expected
