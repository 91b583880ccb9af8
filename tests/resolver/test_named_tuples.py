"""The fast `NamedTuple` behaves as `typing`'s does."""

import typing
from typing import Any

import pytest

from holdfast_resolver.values.tuples import NamedTuple


class Fast(NamedTuple):
    """A point."""

    x: int
    y: int = 2
    name: str = ""

    def total(self) -> int:
        return self.x + self.y

    @property
    def double(self) -> int:
        return self.x * 2


class Slow(typing.NamedTuple):
    """A point."""

    x: int
    y: int = 2
    name: str = ""


def test_it_is_made_read_and_compared_like_the_other() -> None:
    """Positions, keywords, defaults, equality, hashes, order and unpacking agree."""
    calls: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
        ((1,), {}),
        ((1, 3), {"name": "a"}),
        ((), {"x": 5, "y": 6}),
    )
    for words, names in calls:
        fast: Any = Fast(*words, **names)
        slow: Any = Slow(*words, **names)
        assert tuple(fast) == tuple(slow)
        assert fast == slow
        assert hash(fast) == hash(slow)
        assert (fast.x, fast.y, fast.name) == (slow.x, slow.y, slow.name)
        assert fast._asdict() == slow._asdict()
        assert repr(fast) == repr(slow).replace("Slow", "Fast")
        assert fast._replace(y=9) == slow._replace(y=9)
    assert Fast._fields == Slow._fields
    assert Fast._field_defaults == Slow._field_defaults
    assert Fast.__doc__ == Slow.__doc__
    assert tuple(Fast._make([1, 2, "z"])) == tuple(Slow._make([1, 2, "z"]))


def test_bodies_and_patterns_work() -> None:
    """Methods, properties and class patterns are as in any class."""
    assert Fast(1).total() == 3
    assert Fast(4).double == 8
    match Fast(1, 2, "n"):
        case Fast(x, y, name="n"):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("the pattern must match")


def test_what_the_other_refuses_is_refused() -> None:
    """Missing, surplus and unknown fields, and writing to one, are errors."""
    with pytest.raises(TypeError):
        Fast()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Fast(1, 2, "a", 4)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Fast(1, z=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Fast(1)._replace(z=2)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        Fast(1).x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Fast(1).other = 2  # type: ignore[attr-defined]
