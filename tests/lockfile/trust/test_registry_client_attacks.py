"""What a server, a network or a thief of online keys can do to a registry, and what the client says to it."""

import random
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from tuf.api.metadata import MetaFile

from holdfast.trust.errors import RegistryDistrust, RegistryRollback, RegistryStale, RegistryTampered
from holdfast.trust.registry_state import StateFloor
from holdfast_resolver.errors import RegistryUnavailable
from tests.support.registry_clients import BASE, GUARDS, look, small_world
from tests.support.tuf_worlds import PAST, TufWorld, tuf_signer

TIMESTAMP = "metadata/timestamp.json"
Attack = Callable[[TufWorld], None]


def _older_timestamp(world: TufWorld) -> None:
    world.files[TIMESTAMP] = world.files["seen timestamp"]


def _older_snapshot(world: TufWorld) -> None:
    world.change(f"modules/{GUARDS}.json", b"3")
    world.files[world.path("snapshot")] = world.files[world.path("snapshot", 1)]


def _snapshot_of_the_future(world: TufWorld) -> None:
    world.change(f"modules/{GUARDS}.json", b"3")
    world.change(f"modules/{GUARDS}.json", b"4")
    newest = world.files[world.path("snapshot")]
    world.roles["timestamp"].signed.snapshot_meta = MetaFile(world.version("snapshot") - 1)
    world.write("timestamp")
    world.files[world.path("snapshot", world.version("snapshot") - 1)] = newest


def _timestamp_names_an_older_snapshot(world: TufWorld) -> None:
    world.roles["timestamp"].signed.version += 1
    world.roles["timestamp"].signed.snapshot_meta = MetaFile(1)
    world.write("timestamp")


def _snapshot_names_an_older_bin(world: TufWorld) -> None:
    world.publish()
    home = world.home(f"modules/{GUARDS}.json")
    world.roles["snapshot"].signed.meta[f"{home}.json"] = MetaFile(1)
    _write_snapshot(world)


def _snapshot_without_a_bin(world: TufWorld) -> None:
    world.publish()
    del world.roles["snapshot"].signed.meta[f"{world.home(f'modules/{GUARDS}.json')}.json"]
    _write_snapshot(world)


def _write_snapshot(world: TufWorld) -> None:
    world.write("snapshot")
    world.roles["timestamp"].signed.snapshot_meta = world.meta("snapshot")
    world.write("timestamp")


def _older_bin(world: TufWorld) -> None:
    home = world.home(f"modules/{GUARDS}.json")
    world.change(f"modules/{GUARDS}.json", b"3")
    world.files[world.path(home)] = world.files[world.path(home, world.version(home) - 1)]


def _mixed_up_bin(world: TufWorld) -> None:
    mine, other = (world.home(f"modules/{name}.json") for name in (GUARDS, BASE))
    assert mine != other
    world.publish(mine, other)
    while world.version(other) < world.version(mine):  # then only its targets tell it from the right one
        world.publish(other)
    world.files[world.path(mine)] = world.files[world.path(other)]


def _targets_of_another_key(world: TufWorld) -> None:
    world.publish("targets")
    world.files[world.path("targets")] = world.signed("targets", [tuf_signer("mallory")])


def _timestamp_of_another_key(world: TufWorld) -> None:
    world.files[TIMESTAMP] = world.signed("timestamp", [tuf_signer("mallory")])


def _timestamp_without_signature(world: TufWorld) -> None:
    world.files[TIMESTAMP] = world.signed("timestamp", [])


def _altered(path: Callable[[TufWorld], str], change: Callable[[bytes], bytes]) -> Attack:
    def attack(world: TufWorld) -> None:
        world.change(f"modules/{GUARDS}.json", b'{"version": 3}')
        world.files[path(world)] = change(world.files[path(world)])

    return attack


def _missing(path: Callable[[TufWorld], str]) -> Attack:
    def attack(world: TufWorld) -> None:
        world.change(f"modules/{GUARDS}.json", b'{"version": 3}')
        world.publish("targets", "modules", "notices")
        del world.files[path(world)]

    return attack


def _expired(role: str) -> Attack:
    def attack(world: TufWorld) -> None:
        world.roles[role].signed.expires = PAST
        world.publish(role)

    return attack


def _expired_root(world: TufWorld) -> None:
    world.roles["root"].signed.expires = PAST
    world.roles["root"].signed.version += 1
    world.write_root()


def _index(world: TufWorld) -> str:
    return world.target_path(f"modules/{GUARDS}.json")


def _timestamp(_: TufWorld) -> str:
    return TIMESTAMP


def _bin(world: TufWorld) -> str:
    return world.path(world.home(f"modules/{GUARDS}.json"))


def _role(name: str) -> Callable[[TufWorld], str]:
    return lambda world: world.path(name)


def _doubled(data: bytes) -> bytes:
    return data.replace(b'"signed"', b'"signed": {}, "signed"', 1)


HOME = small_world().home(f"modules/{GUARDS}.json")
DOCUMENT = f"modules/{GUARDS}.json"

CASES: list[tuple[str, Attack, type[RegistryDistrust], str]] = [
    ("an older timestamp", _older_timestamp, RegistryRollback, "timestamp"),
    ("an older snapshot", _older_snapshot, RegistryRollback, "snapshot"),
    ("a snapshot that the timestamp does not name", _snapshot_of_the_future, RegistryTampered, "snapshot"),
    ("a timestamp that names an older snapshot", _timestamp_names_an_older_snapshot, RegistryRollback, "snapshot"),
    ("a snapshot that names an older bin", _snapshot_names_an_older_bin, RegistryRollback, HOME),
    ("a snapshot that lost a bin", _snapshot_without_a_bin, RegistryTampered, "snapshot"),
    ("an older bin beside a newer snapshot", _older_bin, RegistryTampered, HOME),
    ("a bin in the place of another", _mixed_up_bin, RegistryTampered, HOME),
    ("targets signed by a stranger", _targets_of_another_key, RegistryTampered, "targets"),
    ("a timestamp signed by a stranger", _timestamp_of_another_key, RegistryTampered, "timestamp"),
    ("a timestamp that nobody signed", _timestamp_without_signature, RegistryTampered, "timestamp"),
    ("an expired root", _expired_root, RegistryStale, "root"),
    *[
        (f"expired {role}", _expired(role), RegistryStale, role)
        for role in ("timestamp", "snapshot", "targets", "modules", "notices", HOME)
    ],
    ("an altered index document", _altered(_index, lambda data: data.replace(b"3", b"4")), RegistryTampered, DOCUMENT),
    ("a truncated index document", _altered(_index, lambda data: data[:-1]), RegistryTampered, DOCUMENT),
    ("a longer index document", _altered(_index, lambda data: data + b"\n"), RegistryTampered, DOCUMENT),
    ("a truncated timestamp", _altered(_timestamp, lambda data: data[:-9]), RegistryTampered, "timestamp"),
    ("an endless timestamp", _altered(_timestamp, lambda data: data + b" " * 16_384), RegistryTampered, "timestamp"),
    ("an endless snapshot", _altered(_role("snapshot"), lambda data: b" " * 2_000_001), RegistryTampered, "snapshot"),
    ("an endless bin", _altered(_bin, lambda data: b" " * 5_000_001), RegistryTampered, HOME),
    ("a key twice in the timestamp", _altered(_timestamp, _doubled), RegistryTampered, "timestamp"),
    ("a key twice in a bin", _altered(_bin, _doubled), RegistryTampered, HOME),
    ("a bottomless timestamp", _altered(_timestamp, lambda data: b"[" * 9_000), RegistryTampered, "timestamp"),
    ("another role's document", _altered(_timestamp, lambda data: data.replace(b'"timestamp"', b'"snapshot"')),
     RegistryTampered, "timestamp"),
    ("no snapshot", _missing(_role("snapshot")), RegistryTampered, "snapshot"),
    ("no targets", _missing(_role("targets")), RegistryTampered, "targets"),
    ("no modules", _missing(_role("modules")), RegistryTampered, "modules"),
    ("no notices", _missing(_role("notices")), RegistryTampered, "notices"),
    ("no bin", _missing(_bin), RegistryTampered, HOME),
    ("no index document", _missing(_index), RegistryTampered, DOCUMENT),
]  # fmt: skip
# White space that nobody signed is noticed where the snapshot has digests.
HASHED = [
    ("a longer snapshot", _altered(_role("snapshot"), lambda data: data + b" "), RegistryTampered, "snapshot"),
    ("a longer bin", _altered(_bin, lambda data: data + b" "), RegistryTampered, HOME),
]


def _seen(tmp_path: Path, *, hashes: bool) -> TufWorld:
    """A registry in its second state, which the store has seen."""
    world = small_world(hashes=hashes)
    world.change(DOCUMENT, b"2")
    world.files["seen timestamp"] = world.files[TIMESTAMP]
    world.publish()
    look(world, tmp_path / "store")
    return world


@pytest.mark.parametrize(
    ("attack", "error", "document", "hashes"),
    [
        pytest.param(*case[1:], hashes, id=f"{case[0]}, {'with' if hashes else 'no'} digests")
        for hashes, cases in ((True, CASES + HASHED), (False, CASES))
        for case in cases
    ],
)
def test_each_attack_is_refused_by_name(
    tmp_path: Path, attack: Attack, error: type[RegistryDistrust], document: str, hashes: bool
) -> None:
    """Each attack is refused with its own error and document, with and without digests in the snapshot."""
    world = _seen(tmp_path, hashes=hashes)
    attack(world)
    with pytest.raises(error) as refused:
        look(world, tmp_path / "store")
    assert (refused.value.source, refused.value.document) == ("acme", document)
    assert refused.value.reason


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_nothing_of_an_attack_is_kept(tmp_path: Path, case: tuple[str, Attack, type[RegistryDistrust], str]) -> None:
    """After an attack the next honest state is read with the same store, as if nothing had been."""
    world = _seen(tmp_path, hashes=True)
    honest = deepcopy(world)
    case[1](world)
    with pytest.raises(RegistryDistrust):
        look(world, tmp_path / "store")
    for _ in range(5):
        honest.publish("targets", "modules", "notices", *honest.bins.get_roles())
    expected = look(honest, tmp_path / "another")
    assert look(honest, tmp_path / "store") == expected
    assert look(honest, tmp_path / "store", offline=True) == expected


def test_an_older_state_is_noticed_with_an_empty_store_by_the_committed_floor(tmp_path: Path) -> None:
    """A machine that never saw the registry refuses what is older than the committed state, document by document."""
    world = small_world()
    _, state = look(world, tmp_path / "a")
    assert state == StateFloor(1, 1, 1, 1, 1)
    for role in ("root", "timestamp", "snapshot", "targets"):
        with pytest.raises(RegistryRollback) as refused:
            look(world, tmp_path / role, floor=state._replace(**{role: 2}))
        assert refused.value.document == role
        assert "1" in refused.value.reason
        assert "2" in refused.value.reason
    with pytest.raises(RegistryRollback) as refused:
        look(world, tmp_path / "b", floor=state._replace(revocations=2))
    assert refused.value.document == "revocations.json"
    assert look(world, tmp_path / "c", floor=state)[1] == state


def test_an_older_snapshot_without_memory_is_tampering(tmp_path: Path) -> None:
    """Who saw no newer state cannot call a snapshot older, but refuses it: the timestamp names another."""
    world = small_world()
    world.change(DOCUMENT, b"2")
    world.files[world.path("snapshot")] = world.files[world.path("snapshot", 1)]
    with pytest.raises(RegistryTampered) as refused:
        look(world, tmp_path)
    assert refused.value.document == "snapshot"


def test_a_registry_that_is_not_there_is_no_tampering(tmp_path: Path) -> None:
    """A wrong address has no timestamp: that is an answer missing, not an attack."""
    world = small_world()
    world.files = {}
    root = small_world().files
    world.files["metadata/1.root.json"] = root["metadata/1.root.json"]
    with pytest.raises(RegistryUnavailable):
        look(world, tmp_path)


def test_documents_must_be_in_time_by_the_clock_that_was_handed_in(tmp_path: Path) -> None:
    """What is in time by the machine's clock and not by the command's is refused: root, timestamp, bins."""
    for role in ("root", "timestamp", "snapshot", "targets", "modules", "notices", HOME):
        world = small_world()
        world.roles[role].signed.expires = world.roles[role].signed.expires.replace(year=2098)
        if role == "root":
            world.roles[role].signed.version += 1
            world.write_root()
        else:
            world.publish(role)
        look(world, tmp_path / role, now="2097-12-31T23:59:59Z")
        for _ in ("warm", "offline"):
            with pytest.raises(RegistryStale) as refused:
                look(world, tmp_path / role, now="2098-01-01T00:00:00Z", offline=_ == "offline")
            assert refused.value.document == role
            assert "2098-01-01T00:00:00Z" in refused.value.reason


def test_a_flipped_bit_anywhere_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    """Whatever byte a server changes, the answer is the honest one or a refusal of the registry's kind."""
    world = small_world(hashes=False)
    honest = dict(world.files)
    expected = look(world, tmp_path / "honest")
    chosen = random.Random(7)
    refused = 0
    for number in range(120):
        path = chosen.choice(sorted(set(honest) - {"metadata/1.root.json"}))
        data = bytearray(honest[path])
        data[chosen.randrange(len(data))] ^= 1 << chosen.randrange(8)
        world.files = {**honest, path: bytes(data)}
        try:
            assert look(world, tmp_path / str(number)) == expected
        except RegistryDistrust:
            refused += 1
    assert refused > 60


def test_a_revocation_list_is_required(tmp_path: Path) -> None:
    """A registry whose signed metadata names no revocation list is refused."""
    world = small_world()
    del world.roles["notices"].signed.targets["revocations.json"]
    world.publish("notices")
    with pytest.raises(RegistryTampered) as refused:
        look(world, tmp_path)
    assert refused.value.document == "revocations.json"


def test_publishers_must_be_signed_offline(tmp_path: Path) -> None:
    """A list of publishers that another role than the top-level targets names does not count."""
    world = small_world()
    delegations = world.roles["targets"].signed.delegations
    assert delegations is not None
    delegations.roles["notices"].paths.append("publishers.json")
    moved = world.roles["targets"].signed.targets.pop("publishers.json")
    world.roles["notices"].signed.targets["publishers.json"] = moved
    world.publish("targets", "notices")
    with pytest.raises(RegistryTampered) as refused:
        look(world, tmp_path)
    assert refused.value.document == "publishers.json"


ODD_TARGETS: list[tuple[str, dict[str, object]]] = [
    ("no sha256", {"hashes": {"sha512": "0" * 128}}),
    ("a digest that is a path", {"hashes": {"sha256": "../../metadata/1.root"}}),
    ("an unknown digest beside", {"hashes": {"sha256": "0" * 64, "whirl": "0"}}),
    ("too long", {"length": 4 * 1024 * 1024 + 1}),
    ("an absurd length", {"length": 2**50}),
]


@pytest.mark.parametrize("change", [case[1] for case in ODD_TARGETS], ids=[case[0] for case in ODD_TARGETS])
def test_odd_descriptions_of_a_module_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    """What a thief of the online key can write of a target leads to a refusal that names it, never further."""
    world = small_world()
    target = world.roles[HOME].signed.targets[DOCUMENT]
    for name, value in change.items():
        setattr(target, name, value)
    world.publish(HOME)
    with pytest.raises(RegistryTampered) as refused:
        look(world, tmp_path)
    assert refused.value.document == DOCUMENT
