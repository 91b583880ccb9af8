"""What is asked for, when; and that answers do not depend on it."""

from collections.abc import Iterable

import pytest

from holdfast_resolver.placement.build import place
from holdfast_resolver.placement.port import Need, Placement, PlacementRequest
from tests.support.npm_universe import MemoryRecord, Throw, project, run, universe


def _rounds(text: str, wishes: str) -> list[Need]:
    """The needs of a project that has nothing yet."""
    needs: list[Need] = []

    def late(need: Need) -> Iterable[str]:
        needs.append(need)
        return (*need.now, *need.ahead)

    outcome = run(PlacementRequest((project(wishes),)), universe(text), late)
    assert isinstance(outcome, Placement)
    return needs


def test_all_that_is_wanted_at_one_depth_is_asked_for_at_once() -> None:
    """The rounds of a cold run are as many as the graph is deep, however wide it is."""
    wide = [f"a{number} 1.0.0\n b{number} *\nb{number} 1.0.0\n c{number} *\nc{number} 1.0.0" for number in range(9)]
    needs = _rounds("\n".join(wide), "\n".join(f"a{number} *" for number in range(9)))
    assert [sorted((*need.now, *need.ahead)) for need in needs] == [
        [f"{letter}{number}" for number in range(9)] for letter in "abc"
    ]


def test_every_name_is_asked_for_once() -> None:
    """Whatever leads to it."""
    needs = _rounds("a 1.0.0\n c *\nb 1.0.0\n c ^1\n d * ; optional\nc 1.0.0\n a *", "a *\nb *")
    asked = [name for need in needs for name in (*need.now, *need.ahead)]
    assert sorted(asked) == ["a", "b", "c", "d"]


def test_nothing_is_asked_for_that_is_here() -> None:
    """With all records at hand, the generator returns at once."""
    world = universe("a 1.0.0\n b *\nb 1.0.0")
    with pytest.raises(StopIteration):
        next(place(PlacementRequest((project("a *"),)), world.record))


def test_what_is_only_foreseen_may_stay_unanswered() -> None:
    """`ahead` is a wish: a run whose wishes are never heard asks for everything in its turn."""
    world = universe("a 1.0.0\n b *\nb 1.0.0\n c *\nc 1.0.0")
    heard = run(PlacementRequest((project("a *"),)), world)
    assert run(PlacementRequest((project("a *"),)), world, lambda need: need.now) == heard


@pytest.mark.parametrize("block", range(0, 200, 50))
def test_the_answer_does_not_depend_on_what_was_here_when(block: int) -> None:
    """All at once, as asked for, or one name at a time: the same tree or the same refusal."""
    for seed in range(block, block + 50):
        throw = Throw(seed, overrides=seed % 2 == 0)
        at_once = run(throw.request(), throw.world)
        assert run(throw.request(), throw.world, lambda need: (*need.now, *need.ahead)) == at_once, seed
        assert run(throw.request(), throw.world, lambda need: need.now) == at_once, seed


def test_no_record_is_read_twice_for_the_same_release() -> None:
    """A release is taken from its record once, however many want it."""
    world = universe("a 1.0.0\n c *\nb 1.0.0\n c *\nc 1.0.0")
    taken: list[tuple[str, int]] = []

    class Counting(MemoryRecord):
        def release(self, index: int):  # type: ignore[no-untyped-def]  # the parent's
            taken.append((self.table.versions[index], index))
            return super().release(index)

    def listing(name: str) -> MemoryRecord:
        return Counting(world.releases[name].values(), {}, frozenset())

    with pytest.raises(StopIteration):
        next(place(PlacementRequest((project("a *\nb *"),)), listing))
    assert len(taken) == 3
