"""What is kept on this machine: it saves requests, is never believed, heals itself and serves many processes."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.trust.errors import RegistryDistrust, RegistryRollback
from holdfast_resolver.errors import CacheUnwritable, OfflineMiss, RegistryUnavailable
from tests.support.registry_clients import BASE, GUARDS, look, opened, small_world
from tests.support.tuf_worlds import Network, TufWorld, tuf_signer

TIMESTAMP = "metadata/timestamp.json"


def _files(store: Path) -> dict[str, bytes]:
    found = {path.relative_to(store).as_posix(): path.read_bytes() for path in store.rglob("*") if path.is_file()}
    found.pop("lock", None)
    return found


def _rotated_world() -> TufWorld:
    world = small_world()
    world.rotate("root", [tuf_signer("root 0"), tuf_signer("root 1")], threshold=1)
    world.publish()
    return world


def test_the_store_has_the_registrys_own_files(tmp_path: Path) -> None:
    """What is kept is what the server has, under the same names; nothing is left half-written."""
    world = _rotated_world()
    look(world, tmp_path)
    kept = _files(tmp_path)
    assert kept.items() <= world.files.items()
    homes = {world.home(f"modules/{name}.json") for name in (GUARDS, BASE)}
    assert {path for path in kept if path.startswith("metadata/")} == {
        TIMESTAMP,
        "metadata/2.root.json",
        *[world.path(role) for role in ("snapshot", "targets", "modules", "notices", *homes)],
    }
    assert len([path for path in kept if path.startswith("targets/")]) == 4


def test_what_is_superseded_is_dropped(tmp_path: Path) -> None:
    """After ten changes of a module the store has one version of each document."""
    world = small_world()
    for number in range(10):
        world.change(f"modules/{GUARDS}.json", str(number).encode())
        look(world, tmp_path)
    assert len(_files(tmp_path)) == 6 + 1 + 4
    assert _files(tmp_path).items() <= world.files.items()


DAMAGES: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("empty", lambda data: b""),
    ("half", lambda data: data[: len(data) // 2]),
    ("a bit flipped", lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]),
    ("noise", lambda data: b"\x00\xff" * 100),
    ("too long", lambda data: data + b" " * 6_000_000),
]


@pytest.mark.parametrize("damage", [case[1] for case in DAMAGES], ids=[case[0] for case in DAMAGES])
def test_each_damaged_file_is_a_miss_and_is_healed(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """Damage to any one file of the store costs a request, and the file is whole afterwards."""
    world = _rotated_world()
    expected = look(world, tmp_path)
    whole = _files(tmp_path)
    for path in whole:
        (tmp_path / path).write_bytes(damage(whole[path]))
        assert look(world, tmp_path) == expected
        assert _files(tmp_path) == whole, path


def test_everything_damaged_at_once_is_healed(tmp_path: Path) -> None:
    """A store of rubbish is as good as none."""
    world = _rotated_world()
    expected = look(world, tmp_path)
    whole = _files(tmp_path)
    for path in whole:
        (tmp_path / path).write_bytes(whole[path][:-10] + b"0" * 10)
    assert look(world, tmp_path) == expected
    assert _files(tmp_path) == whole


def test_documents_of_another_signer_in_the_store_are_never_believed(tmp_path: Path) -> None:
    """Whoever can write the store cannot put a document there: each is verified again from the pinned root."""
    world = _rotated_world()
    expected = look(world, tmp_path)
    whole = _files(tmp_path)
    for role in ("root", "snapshot", "targets", "modules", "notices", world.home(f"modules/{GUARDS}.json")):
        forged = world.signed(role, [tuf_signer("mallory")])
        (tmp_path / world.path(role)).write_bytes(forged)
        assert look(world, tmp_path) == expected
        assert _files(tmp_path) == whole
    (tmp_path / TIMESTAMP).write_bytes(world.signed("timestamp", [tuf_signer("mallory")]))
    assert look(world, tmp_path) == expected
    assert _files(tmp_path) == whole


def test_another_registrys_store_is_no_help_and_no_harm(tmp_path: Path) -> None:
    """A folder that belongs to another root is healed like any damage."""
    other = TufWorld({GUARDS: b"other"})
    other.signers["root"] = [tuf_signer("other")]
    other.rotate("root", [tuf_signer("other")])
    world = _rotated_world()
    look(world, tmp_path)
    (tmp_path / "metadata/2.root.json").write_bytes(other.files["metadata/2.root.json"])
    assert look(world, tmp_path)[0][GUARDS] == b'{"name": "guards"}'


def test_the_network_may_fail_at_any_moment(tmp_path: Path) -> None:
    """Nothing half-trusted is left by a run that broke off: the next one gives what a first one gives."""
    world = _rotated_world()
    expected = look(world, tmp_path / "other")
    for wave in range(1, 20):
        network = Network(world.files)
        network.fail_at = wave
        try:
            assert look(world, tmp_path / str(wave), network=network) == expected
        except RegistryUnavailable:
            assert _files(tmp_path / str(wave)).items() <= world.files.items()
            assert look(world, tmp_path / str(wave)) == expected
            continue
        assert wave > 4
        return
    pytest.fail("a run never ends")


def test_an_interrupted_run_over_an_older_store_keeps_its_memory(tmp_path: Path) -> None:
    """A run that breaks off between two states leaves the older one, complete."""
    world = _rotated_world()
    expected = look(world, tmp_path)
    world.publish("targets", "modules", "notices", *world.bins.get_roles())
    network = Network(world.files)
    network.fail_at = 2
    with pytest.raises(RegistryUnavailable):
        look(world, tmp_path, network=network)
    assert look(world, tmp_path, offline=True) == expected


def test_offline_everything_comes_from_the_store(tmp_path: Path) -> None:
    """Offline, the network is not asked; what was never read is a miss that names it."""
    world = small_world()
    network = Network(world.files)
    with pytest.raises(OfflineMiss) as missed:
        look(world, tmp_path, network=network, offline=True)
    assert missed.value.subject == "timestamp"
    with opened(world, tmp_path) as view:
        view.index_documents([GUARDS])
    with opened(world, tmp_path, network=network, offline=True) as view:
        assert view.index_documents([GUARDS]) == {GUARDS: b'{"name": "guards"}'}
        with pytest.raises(OfflineMiss) as missed:
            view.index_documents([BASE])
        assert missed.value.subject in (world.home(f"modules/{BASE}.json"), f"modules/{BASE}.json")
    assert network.asked == []


def test_a_damaged_store_offline_is_a_miss(tmp_path: Path) -> None:
    """Offline, damage cannot be healed: the answer is a refusal or a miss, never a wrong document or a crash."""
    world = _rotated_world()
    expected = look(world, tmp_path)
    _, floor = expected
    whole = _files(tmp_path)
    for path in whole:
        for name, damage in DAMAGES:
            (tmp_path / path).write_bytes(damage(whole[path]))
            with pytest.raises((OfflineMiss, RegistryDistrust)):
                look(world, tmp_path, offline=True, floor=floor)
            for again in whole:
                (tmp_path / again).write_bytes(whole[again])
            assert look(world, tmp_path, offline=True) == expected, (path, name)


def test_two_clients_share_a_store(tmp_path: Path) -> None:
    """Runs at the same time get their documents, and the store ends up with the newest state."""
    world = small_world()
    look(world, tmp_path)
    states = []
    for number in range(6):
        world.change(f"modules/{GUARDS}.json", str(number).encode())
        states.append(dict(world.files))
    failures: list[BaseException] = []

    def work(files: dict[str, bytes], expected: bytes) -> None:
        try:
            assert look(world, tmp_path, network=Network(files))[0][GUARDS] == expected
        except RegistryRollback:
            pass  # the other one has seen a newer state
        except BaseException as error:  # noqa: BLE001  # handed to the test
            failures.append(error)

    threads = [
        threading.Thread(target=work, args=(files, str(number).encode()))
        for number, files in enumerate(states)
        for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    look(world, tmp_path)
    assert _files(tmp_path)[TIMESTAMP] == world.files[TIMESTAMP]
    assert look(world, tmp_path, offline=True)[0][GUARDS] == b"5"


def test_a_slow_client_does_not_make_the_store_forget(tmp_path: Path) -> None:
    """A run that began before another one ended does not put its older timestamp over the newer one."""
    world = small_world()
    look(world, tmp_path)
    world.publish()
    older = dict(world.files)
    world.publish()
    newer = dict(world.files)

    class Slow(Network):
        def __call__(self, wanted: object) -> dict[str, bytes | None]:
            if self.waves == 1:  # its own timestamp is here, nothing is kept yet
                look(world, tmp_path, network=Network(newer))
            return super().__call__(wanted)  # type: ignore[arg-type] # passed on

    look(world, tmp_path, network=Slow(older))
    assert _files(tmp_path)[TIMESTAMP] == newer[TIMESTAMP]
    with pytest.raises(RegistryRollback):
        look(world, tmp_path, network=Network(older))


def test_a_store_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """What was seen must be remembered: a store that cannot be written is named."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CacheUnwritable):
        look(small_world(), tmp_path / "file" / "store")
