"""What reading a registry costs in requests, round trips and time, and what its documents are."""

from pathlib import Path

import pytest

from holdfast.trust.registry_client import RegistryView
from holdfast_resolver.errors import InvalidModuleName
from tests.support.registry_clients import BASE, GUARDS, look, opened, small_world
from tests.support.tuf_worlds import NOW, Network, TufWorld

DEPTH = 8  # of the graph; 25 modules on each level


@pytest.fixture(scope="module")
def large() -> TufWorld:
    """A registry of 600 modules in 256 bins."""
    return TufWorld({f"@acme/m{number}": f"document {number}".encode() for number in range(600)}, bits=8)


def _lock(view: RegistryView, names: list[str]) -> None:
    for level in range(DEPTH):
        wanted = names[level::DEPTH]
        documents = view.index_documents(wanted)
        assert documents == {name: f"document {name[7:]}".encode() for name in wanted}
    view.state()


def test_a_cold_lock_of_200_modules_takes_few_requests(large: TufWorld, tmp_path: Path) -> None:
    """200 modules in a graph eight deep: at most 500 requests, none twice, in at most 3 round trips a level."""
    names = [f"@acme/m{number}" for number in range(0, 600, 3)]
    network = Network(large.files)
    with opened(large, tmp_path, network=network, names=names[::DEPTH]) as view:
        _lock(view, names)
        assert (view.requests, view.waves) == (len(network.asked), network.waves)
    assert len(set(network.asked)) == len(network.asked) <= 500
    assert network.waves <= 2 + 2 * DEPTH <= 3 * DEPTH
    again = Network(large.files)
    with opened(large, tmp_path, network=again, names=names[::DEPTH]) as view:
        _lock(view, names)
    assert again.asked == ["metadata/2.root.json", "metadata/timestamp.json"]
    assert again.waves == 1


def test_a_changed_module_costs_what_changed(large: TufWorld, tmp_path: Path) -> None:
    """After one publication a warm lock reads timestamp, snapshot, one bin and one document anew."""
    names = [f"@acme/m{number}" for number in range(40)]
    with opened(large, tmp_path, names=names) as view:
        view.index_documents(names)
    home = large.put("modules/@acme/m7.json", b"document 7")
    large.publish(home)
    network = Network(large.files)
    with opened(large, tmp_path, network=network, names=names) as view:
        assert view.index_documents(names)["@acme/m7"] == b"document 7"
    assert network.asked == [
        "metadata/2.root.json",
        "metadata/timestamp.json",
        large.path("snapshot"),
        large.path(home),
    ]


def test_a_module_that_is_not_there_is_known_not_to_be(tmp_path: Path) -> None:
    """The absence of a module is verified; a name that is none is refused before anything is asked."""
    world = small_world()
    with opened(world, tmp_path) as view:
        assert view.index_documents(["@acme/nothing", GUARDS])["@acme/nothing"] is None
        for name in ("guards", "@acme/../root", "@acme/Guards", "@acme/guards.json", ""):
            with pytest.raises(InvalidModuleName):
                view.index_documents([name])


def test_publishers_revocations_and_advisories_are_read(tmp_path: Path) -> None:
    """The documents beside the modules come verified, in their own types; odd names among advisories are left."""
    world = small_world(number=7)
    world.put("advisories/ACME-2026-1.json", b'{"id": "ACME-2026-1"}')
    world.put("advisories/ACME-2026-2.json", b'{"id": "ACME-2026-2"}')
    world.put("advisories/.hidden.json", b"{}")
    world.publish("notices")
    with opened(world, tmp_path) as view:
        assert view.publishers().registry[0].label == "registry"
        assert view.revocations().number == 7
        assert view.revocation_text().encode() == world.files[world.target_path("revocations.json")]
        assert view.state().revocations == 7
        assert view.advisories() == {
            "ACME-2026-1": b'{"id": "ACME-2026-1"}',
            "ACME-2026-2": b'{"id": "ACME-2026-2"}',
        }
    with opened(world, tmp_path, offline=True) as view:
        assert len(view.advisories()) == 2


def test_nothing_is_asked_for_on_the_word_of_an_unverified_document(tmp_path: Path) -> None:
    """A timestamp by a stranger leads to no further request."""
    world = small_world()
    network = Network({**world.files, "metadata/timestamp.json": world.signed("timestamp", [])})
    with pytest.raises(Exception, match="timestamp"):
        RegistryView.open("acme", world.root, world.digest, store=str(tmp_path), get=network, now=NOW)
    assert network.asked == ["metadata/2.root.json", "metadata/timestamp.json"]


def test_every_request_is_bounded(tmp_path: Path) -> None:
    """Each path comes with the most bytes it may have; of a target that is its signed length."""
    world = small_world()
    bounds: dict[str, int] = {}

    class Bounded(Network):
        def __call__(self, wanted: object) -> dict[str, bytes | None]:
            assert isinstance(wanted, dict)
            bounds.update(wanted)
            return super().__call__(wanted)

    look(world, tmp_path, network=Bounded(world.files))
    assert bounds["metadata/2.root.json"] == 512_000
    assert bounds["metadata/timestamp.json"] == 16_384
    assert bounds["metadata/1.snapshot.json"] == 2_000_000
    assert bounds["metadata/1.modules.json"] == 5_000_000
    assert bounds[world.target_path(f"modules/{BASE}.json")] == len(b'{"name": "base"}')
