"""The chain of roots: pinned bytes, rotations, missed rotations, keys counted as raw bytes, recovery."""

import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, SSlibKey

from holdfast.trust.errors import RegistryDistrust, RegistryRollback, RegistryRootRefused, RegistryTampered
from holdfast.trust.registry_client import RegistryView
from holdfast.trust.registry_state import StateFloor
from holdfast.trust.registry_store import RegistryStore
from tests.support.registry_clients import GUARDS, look, opened, small_world
from tests.support.tuf_worlds import NOW, Network, TufWorld, tuf_signer


def _twin(name: str) -> CryptoSigner:
    """The key of a name, under another id."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    key = tuf_signer(name).public_key
    return CryptoSigner(private, SSlibKey("f" * 64, key.keytype, key.scheme, dict(key.keyval)))


def _keys(*names: str) -> list[CryptoSigner]:
    return [tuf_signer(name) for name in names]


def test_a_root_of_two_of_three_keys_is_rotated_by_old_and_new_keys(tmp_path: Path) -> None:
    """A root whose keys change one by one is followed, by a client that saw each state and by one that saw none."""
    world = small_world(root_keys=3)
    assert world.roles["root"].signed.roles["root"].threshold == 2
    look(world, tmp_path / "old")
    world.rotate("root", _keys("root 1", "root 2", "root 3"), threshold=2)
    _, state = look(world, tmp_path / "old")
    assert state.root == 2
    world.rotate("root", _keys("root 3", "root 4", "root 5"), threshold=2)
    assert look(world, tmp_path / "old")[1].root == 3
    assert look(world, tmp_path / "new")[1].root == 3
    assert look(world, tmp_path / "new", offline=True)[1].root == 3


def test_a_client_that_missed_three_rotations_catches_up(tmp_path: Path) -> None:
    """Roots are fetched one after the other from the last one kept, and never again."""
    world = small_world(root_keys=3)
    look(world, tmp_path)
    for number in range(3):
        world.rotate("root", _keys(*[f"next {number} {place}" for place in range(3)]), threshold=2)
    network = Network(world.files)
    assert look(world, tmp_path, network=network)[1].root == 4
    assert [path for path in network.asked if "root" in path] == [f"metadata/{n}.root.json" for n in (2, 3, 4, 5)]
    network = Network(world.files)
    look(world, tmp_path, network=network)
    assert network.asked == ["metadata/5.root.json", "metadata/timestamp.json"]


ROTATED = [
    ("by new keys only", ["new 0", "new 1", "new 2"]),
    ("by old keys only", ["root 0", "root 1", "root 2"]),
    ("by one old key of the two needed", ["root 0", "new 0", "new 1"]),
    ("by one new key of the two needed", ["root 0", "root 1", "new 0"]),
    ("by nobody", []),
]


@pytest.mark.parametrize("signers", [case[1] for case in ROTATED], ids=[case[0] for case in ROTATED])
def test_a_root_that_is_not_signed_by_both_is_refused(tmp_path: Path, signers: list[str]) -> None:
    """A new root needs the threshold of the old keys and of its own."""
    world = small_world(root_keys=3)
    look(world, tmp_path)
    world.rotate("root", _keys("new 0", "new 1", "new 2"), threshold=2, signers=_keys(*signers))
    with pytest.raises(RegistryTampered) as refused:
        look(world, tmp_path)
    assert refused.value.document == "root"


def test_an_older_root_in_the_place_of_the_next_is_a_rollback(tmp_path: Path) -> None:
    """A server that answers with a root from before is named so."""
    world = small_world()
    world.rotate("root", _keys("root 0", "root 1"), threshold=1)
    look(world, tmp_path)
    world.files["metadata/3.root.json"] = world.files["metadata/2.root.json"]
    with pytest.raises(RegistryTampered):
        look(world, tmp_path)
    world.files["metadata/3.root.json"] = world.root
    with pytest.raises(RegistryRollback) as refused:
        look(world, tmp_path)
    assert refused.value.document == "root"


def test_a_root_that_was_seen_and_is_withheld_is_a_rollback(tmp_path: Path) -> None:
    """A server that hides the newest root from a machine without a store is noticed by the committed floor."""
    world = small_world()
    first = dict(world.files)
    world.rotate("root", _keys("root 0", "root 1"), threshold=1)
    _, state = look(world, tmp_path / "a")
    world.files = first
    with pytest.raises(RegistryRollback) as refused:
        look(world, tmp_path / "b", floor=state)
    assert refused.value.document == "root"


def _open(world: TufWorld, store: Path, root: bytes, digest: str) -> RegistryView:
    return RegistryView.open("acme", root, digest, store=str(store), get=Network(world.files), now=NOW)


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def test_a_root_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    """Other bytes, even of white space, another digest, or another registry's root: nothing is asked for."""
    world = small_world()
    for root, digest in ((world.root + b" ", world.digest), (b"", world.digest), (world.root, "sha256:" + "0" * 64)):
        with pytest.raises(RegistryRootRefused):
            _open(world, tmp_path, root, digest)


BAD_ROOTS = [
    ("no JSON", lambda root: b"root"),
    ("a key twice", lambda root: root.replace(b'"signed"', b'"signed":{},"signed"', 1)),
    ("another version than was signed", lambda root: root.replace(b'"version": 1', b'"version": 2')),
    ("a digit of its key changed", lambda root: root.replace(b'"threshold": 1', b'"threshold": 0', 1)),
    ("no consistent snapshots", lambda root: root.replace(b'_snapshot": true', b'_snapshot": false')),
    ("another role", lambda root: root.replace(b'"_type": "root"', b'"_type": "targets"')),
    ("too long", lambda root: root + b" " * 512_000),
]  # fmt: skip


@pytest.mark.parametrize("change", [case[1] for case in BAD_ROOTS], ids=[case[0] for case in BAD_ROOTS])
def test_a_pinned_root_that_no_client_should_start_from_is_refused(tmp_path: Path, change: object) -> None:
    """A digest of the wrong bytes in the configuration does not make them a root."""
    world = small_world()
    assert callable(change)
    root = change(world.root)
    assert root != world.root
    with pytest.raises(RegistryRootRefused):
        _open(world, tmp_path, root, _digest(root))


def _twice_in_the_first_root(world: TufWorld) -> None:
    world.roles["root"].signed.version = 0
    world.rotate("timestamp", [*_keys("online"), _twin("online")], threshold=2)
    world.publish()


def _twice_in_the_next_root(world: TufWorld) -> None:
    world.rotate("timestamp", [*_keys("online"), _twin("online")], threshold=2)
    world.publish()


def _twice_for_the_root(world: TufWorld) -> None:
    world.rotate("root", [*_keys("root 0"), _twin("root 0")], threshold=2)


def _twice_in_targets(world: TufWorld) -> None:
    delegations = world.roles["targets"].signed.delegations
    assert delegations is not None
    delegations.keys["f" * 64] = _twin("modules").public_key
    delegations.roles["modules"].keyids.append("f" * 64)
    delegations.roles["modules"].threshold = 2
    world.signers["modules"].append(_twin("modules"))
    world.publish("targets", "modules")


def _twice_for_bins(world: TufWorld) -> None:
    delegations = world.roles["modules"].signed.delegations
    assert delegations is not None
    assert delegations.succinct_roles is not None
    delegations.keys["f" * 64] = _twin("online").public_key
    delegations.succinct_roles.keyids.append("f" * 64)
    delegations.succinct_roles.threshold = 2
    for role in world.bins.get_roles():
        world.signers[role] = [*_keys("online"), _twin("online")]
    world.publish("modules", *world.bins.get_roles())


TWICE = [
    (_twice_in_the_first_root, RegistryRootRefused, "root"),
    (_twice_in_the_next_root, RegistryTampered, "root"),
    (_twice_for_the_root, RegistryTampered, "root"),
    (_twice_in_targets, RegistryTampered, "targets"),
    (_twice_for_bins, RegistryTampered, "modules"),
]


@pytest.mark.parametrize(("attack", "error", "document"), TWICE, ids=[case[0].__name__[1:] for case in TWICE])
def test_a_threshold_met_by_one_key_under_two_ids_is_refused(
    tmp_path: Path, attack: object, error: type[RegistryDistrust], document: str
) -> None:
    """Keys are counted by their raw bytes; such metadata is well signed as key ids go."""
    world = small_world()
    assert callable(attack)
    attack(world)
    with pytest.raises(error) as refused:
        look(world, tmp_path)
    assert refused.value.document == document
    assert "distinct keys" in refused.value.reason


BAD_KEYS = [
    ("a small-order key", {"public": "01" + "00" * 31}),
    ("a key that is not canonical", {"public": "ef" + "ff" * 30 + "7f"}),
    ("a short key", {"public": "01"}),
    ("upper-case digits", {"public": "AB" * 32}),
    ("no key", {}),
]


@pytest.mark.parametrize("value", [case[1] for case in BAD_KEYS], ids=[case[0] for case in BAD_KEYS])
def test_keys_that_no_honest_registry_has_are_refused_even_unused(tmp_path: Path, value: dict[str, str]) -> None:
    """A root with a key that binds nobody is refused, whatever role it is for."""
    world = small_world()
    key = SSlibKey("e" * 64, "ed25519", "ed25519", {"public": "0" * 64})
    key.keyval = value
    world.roles["root"].signed.keys["e" * 64] = key
    world.roles["root"].signed.version = 2
    world.write_root()
    with pytest.raises(RegistryTampered) as refused:
        look(world, tmp_path)
    assert refused.value.document == "root"


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    """Registries sign with Ed25519 alone."""
    world = small_world()
    world.rotate("timestamp", [CryptoSigner.generate_ecdsa()])
    world.publish()
    with pytest.raises(RegistryTampered) as refused:
        look(world, tmp_path)
    assert "ed25519" in refused.value.reason


def _run_up(world: TufWorld) -> None:
    """What a thief of the online key does: version numbers that leave no room."""
    world.roles["timestamp"].signed.version = 1_000_000
    world.roles["snapshot"].signed.version = 2_000_000
    world.publish()


def test_a_registry_recovers_from_version_numbers_that_were_run_up(tmp_path: Path) -> None:
    """Once the online key is replaced, what it said of versions is forgotten, in the store and by the floor."""
    world = small_world()
    look(world, tmp_path / "store")
    _run_up(world)
    _, state = look(world, tmp_path / "store")
    assert state == StateFloor(1, 1_000_001, 2_000_001, 1, 1)
    world.roles["timestamp"].signed.version = 2
    world.roles["snapshot"].signed.version = 2
    world.publish()
    with pytest.raises(RegistryRollback):
        look(world, tmp_path / "store")
    world.rotate_online("online again")
    _, recovered = look(world, tmp_path / "store", floor=state)
    assert recovered == StateFloor(3, 4, 4, 1, 1)
    assert look(world, tmp_path / "empty", floor=state)[1] == recovered
    assert look(world, tmp_path / "store", floor=recovered, offline=True)[1] == recovered


def test_replacing_the_snapshot_key_alone_is_enough_to_recover(tmp_path: Path) -> None:
    """The timestamp of a thief is still well signed then; it is forgotten all the same (TUF 1.0.33, 5.3.11)."""
    world = small_world()
    _run_up(world)
    _, state = look(world, tmp_path / "store")
    world.signers["snapshot"] = _keys("snapshot again")
    world.rotate("snapshot", _keys("snapshot again"))
    world.roles["timestamp"].signed.version = 2
    world.roles["snapshot"].signed.version = 2
    world.publish()
    assert look(world, tmp_path / "store", floor=state)[1] == StateFloor(2, 3, 3, 1, 1)
    assert look(world, tmp_path / "store")[1] == StateFloor(2, 3, 3, 1, 1)


def test_recovery_survives_a_kill_between_two_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is killed after it kept the new roots has already forgotten what the old key said."""
    world = small_world()
    _run_up(world)
    look(world, tmp_path)
    world.signers["snapshot"] = _keys("snapshot again")
    world.rotate("snapshot", _keys("snapshot again"))
    world.roles["timestamp"].signed.version = 2
    world.roles["snapshot"].signed.version = 2
    world.publish()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RegistryStore, "keep_timestamp", killed)
        with pytest.raises(KeyboardInterrupt):
            look(world, tmp_path)
    assert (tmp_path / "metadata" / "2.root.json").exists()
    assert look(world, tmp_path)[1] == StateFloor(2, 3, 3, 1, 1)


def test_another_root_key_alone_forgets_nothing(tmp_path: Path) -> None:
    """A new root with the same online keys leaves the floor and the store in force."""
    world = small_world()
    world.publish()
    old = world.files["metadata/timestamp.json"]
    world.publish()
    _, state = look(world, tmp_path / "store")
    world.rotate("root", _keys("root 0", "root 1"), threshold=1)
    world.files["metadata/timestamp.json"] = old
    for store, floor in (("store", StateFloor()), ("empty", state)):
        with pytest.raises(RegistryRollback) as refused:
            look(world, tmp_path / store, floor=floor)
        assert refused.value.document == "timestamp"


def test_the_pinned_root_may_be_a_later_one(tmp_path: Path) -> None:
    """A project that pins the third root starts there."""
    world = small_world()
    for number in range(2):
        world.rotate("root", _keys(f"later {number}"))
    root = world.files["metadata/3.root.json"]
    network = Network(world.files)
    view = RegistryView.open("acme", root, _digest(root), store=str(tmp_path), get=network, now=NOW)
    assert view.index_documents([GUARDS])[GUARDS] == b'{"name": "guards"}'
    assert view.state().root == 3
    assert network.asked[0] == "metadata/4.root.json"
    view.close()


def test_a_view_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of a run is gone when the view is closed, and when it could not be opened."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    world = small_world()
    with opened(world, tmp_path / "store") as view:
        view.index_documents([GUARDS])
    world.files["metadata/timestamp.json"] = b"{}"
    with pytest.raises(RegistryTampered):
        look(world, tmp_path / "store")
    assert list((tmp_path / "temporary").iterdir()) == []
