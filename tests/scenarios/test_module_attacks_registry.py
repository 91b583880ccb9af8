"""What a server, a network or a thief of a registry's keys does to its documents, and how each command stops it."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.publish.registry.layout import PUBLISHERS, REVOCATIONS, index_target
from holdfast.trust.revocations import RevocationList
from tests.support.attack_cases import ALL, Attack, assert_stopped
from tests.support.loopback import Reply
from tests.support.module_project import DAY, NOW, ModuleProject, ago, module_project, new_registry
from tests.support.registry_thieves import (
    forge_document,
    forge_index,
    forge_publishers,
    forge_revocations,
    forge_role,
    forge_root,
    under_another_id,
)

TIMESTAMP = "metadata/timestamp.json"
GUARDS = "targets/modules/@acme/*.guards.json"
ABOUT = "acme modules/@acme/guards.json"
Act = Callable[[ModuleProject], object]


def altered(pattern: str, change: Callable[[bytes], bytes], *, fresh: bool = True) -> Act:
    """The server answers with other bytes, to a client that has none of them yet."""

    def attack(world: ModuleProject) -> None:
        world.server.alter(pattern, change)
        if fresh:
            world.forget()

    return attack


def answered(pattern: str, reply: Reply, *, fresh: bool = True) -> Act:
    def attack(world: ModuleProject) -> None:
        world.server.answer_with(pattern, reply)
        if fresh:
            world.forget()

    return attack


def _replayed(*patterns: str) -> Act:
    """The server shows an older state, or a part of it, than the project has seen."""

    def attack(world: ModuleProject) -> None:
        old = world.served()
        world.registry.publish("@acme/base", "1.2.1", now=NOW)
        world.must("update")
        world.must("install")
        world.server.replay({path: data for path, data in old.items() if Path(path).match(patterns[0])})

    return attack


def _replayed_to_a_new_machine(world: ModuleProject) -> None:
    _replayed("metadata/timestamp.json")(world)
    world.forget()


def _older_snapshot_under_its_new_name(world: ModuleProject) -> None:
    number = world.registry.state.number
    old = world.server.read(f"metadata/{number}.snapshot.json")
    world.registry.publish("@acme/base", "1.2.1", now=NOW)
    world.must("update")
    world.must("install")
    world.registry.publish("@acme/base", "1.2.2", now=NOW)
    world.server.replay({f"metadata/{number + 2}.snapshot.json": old})


def _older_bin(world: ModuleProject) -> None:
    """A bin of before under the name of the newest: mix and match."""
    role, version = _home(world)
    old = world.server.read(f"metadata/{version}.{role}.json")
    world.registry.publish("@acme/guards", "2.2.0", now=NOW)
    world.server.replay({f"metadata/{version + 1}.{role}.json": old})
    world.forget()


def _bin_of_another(world: ModuleProject) -> None:
    role, version = _home(world)
    other = next(path for path in world.served() if path.startswith(f"metadata/{version}.bin-") and role not in path)
    world.server.replay({f"metadata/{version}.{role}.json": world.server.read(other)})
    world.forget()


def _home(world: ModuleProject) -> tuple[str, int]:
    state = world.registry.state
    role = next(name for name in _bins(world) if index_target("@acme/guards") in state.role(name).signed.targets)
    return role, state.version(role)


def _bins(world: ModuleProject) -> list[str]:
    return [f"bin-{number:02x}" for number in range(256)]


def _another_registry(world: ModuleProject) -> None:
    """A whole other registry at the same address, well signed by its own keys."""
    from tests.support.module_registry import make_registry

    other = make_registry(world.folder.parent / "other", fresh=True, founded=NOW, acme=("@acme/*",))
    world.server.folder = other.path
    world.forget()


def _frozen(world: ModuleProject) -> None:
    """Nobody renewed the timestamp for longer than it counts; or somebody holds the newer ones back."""
    world.registry.refresh(now=ago(8 * DAY))


def _frozen_for_a_new_machine(world: ModuleProject) -> None:
    _frozen(world)
    world.forget()


def _stale_revocations(world: ModuleProject) -> None:
    world.registry.revoke("sha256:" + "0" * 64, days=1, now=ago(2 * DAY))
    world.registry.publish("@umbrella/skill", "0.3.1", now=NOW)


def _lower_revocations(world: ModuleProject) -> None:
    world.registry.revoke("sha256:" + "0" * 64, now=NOW)
    world.registry.publish("@acme/base", "1.2.1", now=NOW)
    world.must("update")
    world.must("install")
    forge_revocations(world.registry, RevocationList(1, ago(DAY), ago(-DAY)))


def _forged(target: str, change: Callable[[bytes], bytes]) -> Act:
    """Whoever has the keys signs a document as no registry writes it."""

    def attack(world: ModuleProject) -> None:
        forge_document(world.registry, target, change(world.registry.state.required(target)))

    return attack


def _doubled(key: str) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b"{", b'{"%s": 1,' % key.encode(), 1)


def _fields(**fields: object) -> Callable[[bytes], bytes]:
    return lambda data: json.dumps({**json.loads(data), **fields}).encode()


def _listed(key: str, value: object) -> Act:
    return lambda world: forge_index(world.registry, "@acme/guards", lambda index: index.update({key: value}))


def _released(key: str, value: object) -> Act:
    return lambda world: forge_index(
        world.registry, "@acme/guards", lambda index: index["releases"][0].update({key: value})
    )


def _twice(world: ModuleProject) -> None:
    forge_index(world.registry, "@acme/guards", lambda index: index["releases"].append(index["releases"][0]))


def _root_by_strangers(world: ModuleProject) -> None:
    other = new_registry(world.folder.parent / "other")
    other.rotate("root", now=NOW)
    root = json.loads(other.folder.read("metadata/2.root.json") or b"{}")
    root["signatures"] = [{**one, "sig": "0" * 128} for one in root["signatures"]]
    world.server.replay({"metadata/2.root.json": json.dumps(root).encode()})


def _one_key_twice(world: ModuleProject) -> None:
    """The timestamp asks for two keys, and one key stands there under two ids."""

    def change(root: object) -> None:
        role = root.roles["timestamp"]  # type: ignore[attr-defined]  # python-tuf's Root
        key = root.keys[role.keyids[0]]  # type: ignore[attr-defined]
        again = under_another_id(key)
        root.keys[again.keyid] = again  # type: ignore[attr-defined]
        role.keyids.append(again.keyid)
        role.threshold = 2

    forge_root(world.registry, change)


def _no_root(world: ModuleProject) -> None:
    (world.folder / ".holdfast" / "roots" / "acme.json").unlink()


def _other_root(world: ModuleProject) -> None:
    place = world.folder / ".holdfast" / "roots" / "acme.json"
    place.write_bytes(place.read_bytes() + b"\n")


def _publishers_from_the_notices(world: ModuleProject) -> None:
    """The key of the notices, which is online, names the publishers."""

    def take(signed: object) -> None:
        signed.targets.pop(PUBLISHERS)  # type: ignore[attr-defined]  # python-tuf's Targets

    forge_role(world.registry, "targets", take)


def _small_order_publisher(world: ModuleProject) -> None:
    import base64
    import struct

    wire = struct.pack(">I", 11) + b"ssh-ed25519" + struct.pack(">I", 32) + bytes(32)
    text = "ssh-ed25519 " + base64.b64encode(wire).decode()
    data = json.loads(world.registry.state.required(PUBLISHERS))
    data["publishers"][0]["keys"][0]["key"] = text
    forge_document(world.registry, PUBLISHERS, json.dumps(data).encode())


def _revoked_by_nobody(world: ModuleProject) -> None:
    """A list whose signers do not reach the threshold that the publishers' document asks for."""
    forge_publishers(world.registry, lambda by: by._replace(revocation_threshold=2))


TAMPERED, ROLLBACK, STALE = "registry-tampered", "registry-rollback", "registry-stale"
MALFORMED = "document-malformed"

CASES: tuple[Attack, ...] = (
    # A server in between, or the network.
    Attack("an altered index document", TAMPERED, altered(GUARDS, lambda data: data.replace(b"2.1", b"2.0")), ALL,
     (ABOUT,), heals=True),
    Attack("a truncated index document", TAMPERED, altered(GUARDS, lambda data: data[:-1]), ALL, (ABOUT, "length"),
     heals=True),
    Attack("a longer index document", TAMPERED, altered(GUARDS, lambda data: data + b"\n"), ALL, (ABOUT, "longer"),
     heals=True),
    Attack("no index document", TAMPERED, answered(GUARDS, Reply(404)), ALL, (ABOUT, "missing"), heals=True),
    Attack("a page in the place of a timestamp", TAMPERED, altered(TIMESTAMP, lambda data: b"<html>hello</html>"),
     ALL, ("acme timestamp",), heals=True),
    Attack("a truncated timestamp", TAMPERED, altered(TIMESTAMP, lambda data: data[:-9]), ALL, ("acme timestamp",),
     heals=True),
    Attack("a key twice in the timestamp", TAMPERED, altered(TIMESTAMP, _doubled("signed")), ALL, ("acme timestamp",
     "signed"), heals=True),
    Attack("an altered snapshot", TAMPERED,
     altered("metadata/*.snapshot.json", lambda data: data.replace(b'"version":1', b'"version":2')), ALL,
     ("acme snapshot",), heals=True),
    Attack("an altered list of publishers", TAMPERED,
     altered("targets/*.publishers.json", lambda data: data.replace(b"acme", b"evil")), ALL, ("publishers.json",),
     heals=True),
    Attack("an altered revocation list", TAMPERED,
     altered("targets/*.revocations.json", lambda data: data.replace(b"A", b"B")), ALL, ("revocations.json",),
     heals=True),
    Attack("a bottomless timestamp", TAMPERED, altered(TIMESTAMP, lambda data: b"[" * 9_000), ALL,
     ("acme timestamp",), heals=True),
    Attack("another registry in its place", TAMPERED, _another_registry, ALL, ("acme",)),
    Attack("an older timestamp", ROLLBACK, _replayed("metadata/timestamp.json"), ALL, ("acme timestamp", "version"),
     heals=True),
    Attack("an older timestamp on a machine that has seen nothing", ROLLBACK, _replayed_to_a_new_machine, ALL,
     ("acme timestamp",)),
    Attack("an older snapshot under its new name", ROLLBACK, _older_snapshot_under_its_new_name, ALL,
     ("acme snapshot",), heals=True),
    Attack("an older bin beside a newer snapshot", TAMPERED, _older_bin, ALL, ("acme bin-",), heals=True),
    Attack("a bin in the place of another", TAMPERED, _bin_of_another, ALL, ("acme bin-",), heals=True),
    Attack("an expired timestamp", STALE, _frozen, ALL, ("acme timestamp", "ended")),
    Attack("an expired timestamp on a machine that has seen nothing", STALE, _frozen_for_a_new_machine, ALL,
     ("acme timestamp",)),
    Attack("a registry that is not there", "", answered(TIMESTAMP, Reply(404)), ALL, ("acme", "timestamp"),
     "RegistryUnavailable", heals=True),
    Attack("a registry that fails", "", answered("*", Reply(503, headers={"Retry-After": "0"})), ALL, ("acme",
     "503"), "RegistryUnavailable", heals=True),
    Attack("a registry that asks for a password", "", answered("*", Reply(401)), ALL, ("acme", "401"),
     "RegistryRefused", heals=True),
    Attack("a redirect to another scheme", "",
     answered(TIMESTAMP, Reply(302, headers={"Location": "ftp://elsewhere.example/"})), ALL, ("acme", "redirect"),
     "RegistryRefused", heals=True),
    Attack("a redirect to a file", "", answered(TIMESTAMP, Reply(302, headers={"Location": "file:///etc/hostname"})),
     ("lock",), ("acme", "redirect"), "RegistryRefused", heals=True),
    Attack("a download that is cut short", "", answered(TIMESTAMP, Reply(200, bytes(2_000), cut=1_000)), ("lock",),
     ("acme",), "RegistryUnavailable", heals=True),
    Attack("an endless timestamp", "", altered(TIMESTAMP, lambda data: data + b" " * 16_384), ALL, ("acme", "16384"),
     "AnswerTooLong", heals=True),
    Attack("a timestamp that unpacks to far more", "",
     answered(TIMESTAMP, Reply(200, gzip.compress(bytes(5_000_000)), {"Content-Encoding": "gzip"})), ALL, ("acme",),
     "AnswerTooLong", heals=True),
    # The root of trust.
    Attack("no root of trust", "registry-root-refused", _no_root, ALL, (".holdfast/roots/acme.json", "no such file")),
    Attack("another root than the pinned one", "registry-root-refused", _other_root, ALL, ("acme", "digest",
     "sha256:")),
    Attack("a next root signed by strangers", TAMPERED, _root_by_strangers, ALL, ("acme root",), heals=True),
    Attack("a threshold of two met by one key under two ids", TAMPERED, _one_key_twice, ALL, ("acme root", "key")),
    # Some of the registry's keys.
    Attack("an old number of the revocation list", ROLLBACK, _lower_revocations, ALL, ("acme revocations.json",
     "number 1")),
    Attack("a revocation list whose time is over", STALE, _stale_revocations, ALL, ("acme revocations.json",)),
    Attack("revocations by fewer keys than must sign", "threshold-unmet", _revoked_by_nobody, ALL,
     ("revocations.json",)),
    Attack("a revocation list of odd form", "signature-malformed", _forged(REVOCATIONS, _doubled("payload")), ALL,
     ("revocations.json", "payload")),
    Attack("publishers that the offline key does not name", TAMPERED, _publishers_from_the_notices, ALL,
     ("publishers.json",)),
    Attack("a key twice in the list of publishers", MALFORMED, _forged(PUBLISHERS, _doubled("format")), ALL,
     ("publishers.json", "format")),
    Attack("an unknown critical field in the list of publishers", MALFORMED, _forged(PUBLISHERS,
     _fields(critical=["quota"])), ALL, ("publishers.json", "quota")),
    Attack("a publisher's key of small order", MALFORMED, _small_order_publisher, ALL, ("publishers.json",
     "small order")),
    Attack("a key twice in an index document", MALFORMED, _forged(index_target("@acme/guards"), _doubled("name")),
     ALL, (ABOUT, "name")),
    Attack("an unknown critical field in an index document", MALFORMED, _listed("critical", ["quota"]), ALL, (ABOUT,
     "quota")),
    Attack("the index document of another module", MALFORMED, _listed("name", "@acme/base"), ALL, (ABOUT,
     "@acme/base")),
    Attack("an index document of another format", MALFORMED, _listed("format", 2), ALL, (ABOUT, "format")),
    Attack("a version that is none", MALFORMED, _released("version", "2.1"), ALL, (ABOUT, "releases[0].version")),
    Attack("one version twice", MALFORMED, _twice, ALL, (ABOUT, "2.1.0")),
    Attack("a dependency with look-alike characters", MALFORMED,
     _released("dependencies", {"@\u0430cme/base": "^1"}), ALL, (ABOUT, "dependencies")),
    Attack("characters that turn the line around", MALFORMED, _released("yanked", "fine \u202e enif"), ALL, (ABOUT,
     "yanked")),
    Attack("a file name that leads elsewhere", MALFORMED, _released("file", "../../holdfast.toml"), ALL, (ABOUT,
     "file")),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_an_attack_on_the_documents_of_a_registry_is_stopped(tmp_path: Path, case: Attack) -> None:
    """Every command stops with the finding or error of its own, names the document, and changes nothing."""
    with module_project(tmp_path) as world:
        assert_stopped(world, case)


def test_a_registry_that_was_restored_from_a_backup_is_taken_again(tmp_path: Path) -> None:
    """What `explain registry-rollback` tells to do, once it is settled, works; and doing half of it does not."""
    with module_project(tmp_path) as world:
        _replayed("metadata/timestamp.json")(world)
        assert world.told("lock").codes == [ROLLBACK]
        state = world.folder / ".holdfast" / "state" / "acme.json"
        kept = state.read_bytes()
        state.unlink()
        assert world.told("lock").codes == [ROLLBACK]
        state.write_bytes(kept)
        world.must("cache", "clear")
        assert world.told("lock").codes == [ROLLBACK]
        state.unlink()
        world.must("cache", "clear")
        assert "@acme/base 1.2.1 -> 1.2.0" in world.must("lock").out
