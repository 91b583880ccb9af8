"""Peer sets that could be walked in more ways than anybody waits for: they are placed at once, or refused by name."""

import pytest

from holdfast_resolver.placement.explain import explain
from holdfast_resolver.placement.patience import Patience
from holdfast_resolver.placement.port import ENTANGLED
from tests.support.npm_universe import Throw, Universe, names, placed, refused, run, universe


def _clique(size: int) -> Universe:
    """Each is the peer of all others, in three versions."""
    lines = []
    for one in range(size):
        for major in (1, 2, 3):
            lines.append(f"q{one} {major}.0.0")
            lines += [f" q{other} ^{major} ; peer" for other in range(size) if other != one]
    return universe("\n".join(lines))


def _round(size: int) -> Universe:
    """Each wants the next three in versions that suit none of them."""
    lines = ["host 1.0.0", " c0 *"]
    for one in range(size):
        for major in (1, 2, 3):
            lines.append(f"c{one} {major}.0.0")
            lines += [f" c{(one + step) % size} ^{(major + step) % 3 + 1} ; peer" for step in (1, 2, 3)]
    return universe("\n".join(lines))


def _ladder(levels: int) -> Universe:
    """Two on each level want both of the next, and contradict each other."""
    lines = ["host 1.0.0", " x0 ^1", " y0 ^1"]
    for level in range(levels):
        for major in (1, 2):
            for letter, wanted in (("x", major), ("y", 3 - major)):
                lines.append(f"{letter}{level} {major}.0.0")
                if level < levels - 1:
                    lines += [f" x{level + 1} ^{wanted} ; peer", f" y{level + 1} ^{wanted} ; peer"]
    return universe("\n".join(lines))


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The steps that were spent, as they are spent."""
    spent: list[int] = []
    real = Patience.spend

    def spend(self: Patience, edge: object, guest: object, steps: int = 1) -> None:
        spent.append(steps)
        real(self, edge, guest, steps)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(Patience, "spend", spend)
    return spent


@pytest.mark.parametrize("wish", ["*", "^2", "^1"])
def test_a_set_whose_members_all_want_each_other_is_placed_at_once(wish: str, steps: list[int]) -> None:
    """In the version that is asked for, with steps as the cube of its size and not as its faculty."""
    major = {"*": 3, "^2": 2, "^1": 1}[wish]
    placement = placed(_clique(25), f"q0 {wish}")
    assert names(placement) == {(f"q{one}", f"{major}.0.0") for one in range(25)}
    assert sum(steps) < 25**3


def test_two_members_of_one_set_in_two_versions_are_refused() -> None:
    """The project cannot have one set in two versions."""
    outcome = refused(_clique(12), "q0 ^1\nq1 ^2")
    assert outcome.problems[0].reason == "peer-conflict"


def test_a_set_that_meets_another_version_of_itself_goes_deeper() -> None:
    """What a package asks for stands inside it, whole, where the project has the set in another version."""
    world = _clique(12)
    for name, release in universe("host 1.0.0\n q0 ^1").releases["host"].items():
        world.add("host", release._replace(version=name))
    placement = placed(world, "q0 ^2\nhost *")
    inside = {node.name for node in placement.nodes if node.path.startswith("node_modules/host/")}
    assert inside == {f"q{one}" for one in range(12)}


@pytest.mark.parametrize("levels", [8, 18, 30])
def test_levels_that_contradict_each_other_do_not_double_the_work(levels: int, steps: list[int]) -> None:
    """What a peer would rather have is looked at without its own peers."""
    refused(_ladder(levels), "host *")
    assert sum(steps) < 2_100_000
    assert len(steps) < 60_000


def test_what_would_take_too_long_is_refused_with_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says which packages: the count is of steps, so that it is the same on every machine."""
    monkeypatch.setattr(Patience.__init__, "__defaults__", (5_000,))
    outcome = refused(_round(20), "host *")
    problem = outcome.problems[0]
    assert problem.reason == ENTANGLED
    sentence = explain(outcome)[-1]
    assert "ask for each other in more ways, or over more steps, than are tried: c" in sentence
    assert sentence.endswith("others")
    assert refused(_round(20), "host *") == outcome


def test_pins_are_freed_once_where_patience_ends(monkeypatch: pytest.MonkeyPatch, steps: list[int]) -> None:
    """Not one name after the other: each try may take as long as the first."""
    monkeypatch.setattr(Patience.__init__, "__defaults__", (5_000,))
    refused(_round(20), "host *", pins={f"c{one}": ("1.0.0",) for one in range(20)})
    assert sum(steps) < 3 * 5_000


@pytest.mark.parametrize("seed", range(60))
def test_random_trees_of_peers_take_few_steps(seed: int, steps: list[int]) -> None:
    """The worlds that are compared with npm's own answers stay far below the bound."""
    throw = Throw(seed)
    run(throw.request(), throw.world)
    assert sum(steps) < 50_000
