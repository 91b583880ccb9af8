"""Rotation, renewal, notices and the reading of the whole: what readers of every state then see."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from holdfast.errors import UsageError
from holdfast.publish.registry.check import ERROR, WARNING, Remark, check_registry
from holdfast.publish.registry.create import Founding, create_registry
from holdfast.publish.registry.errors import RegistryPresent, SigningKeyMissing
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.signers import Keyring
from holdfast.trust.errors import MalformedDocument, RegistryDistrust, RegistryStale
from holdfast.trust.registry_client import RegistryView
from holdfast.trust.registry_state import StateFloor
from holdfast.trust.strict_fields import time_of, time_text
from tests.support.module_registry import FOUNDED, NOW, ModuleRegistry, make_registry
from tests.support.signing_keys import public

ROLES = ("root", "targets", "modules", "notices", "online", "registry-cosign", "revocation")


def later(days: float) -> str:
    """A time after `NOW`."""
    return time_text(time_of(NOW) + timedelta(days=days))


@pytest.fixture
def registry(tmp_path: Path) -> ModuleRegistry:
    """A registry of acme with one release."""
    made = make_registry(tmp_path / "registry", acme=("@acme/*",))
    made.publish("@acme/base", "1.0.0")
    return made


def seen(
    registry: ModuleRegistry, store: Path, now: str = NOW, root: bytes = b"", floor: StateFloor | None = None
) -> tuple[int, StateFloor]:
    """What a client reads: how many releases of @acme/base, and the state."""
    view = RegistryView.open(
        "acme",
        registry.root,
        registry.root_digest,
        store=str(store),
        get=registry.get,
        now=now,
        floor=floor or StateFloor(),
    )
    document = view.index_documents(["@acme/base"])["@acme/base"] or b""
    view.publishers()
    view.revocations()
    state = view.state()
    view.close()
    return document.count(b'"published"'), state


def faults(registry: ModuleRegistry, now: str = NOW) -> list[Remark]:
    """The errors of `check`."""
    return [one for one in check_registry(registry.folder, now) if one.severity == ERROR]


@pytest.mark.parametrize("role", ROLES)
def test_rotation(registry: ModuleRegistry, tmp_path: Path, role: str) -> None:
    """A client from before and a new one both read on, and the old key signs nothing any more."""
    seen(registry, tmp_path / "old")
    keys = {path.name for path in registry.keys_path.glob("*.pem")}
    registry.rotate(role)
    made = {path.name for path in registry.keys_path.glob("*.pem")} - keys
    assert len(made) == 1
    assert faults(registry) == []
    assert seen(registry, tmp_path / "old") == seen(registry, tmp_path / "new")
    stem = role.removesuffix("-1") + ("-1" if role == "root" else "")
    (registry.keys_path / f"{stem}.pem").unlink()
    registry = registry.reopened()
    registry.publish("@acme/base", "1.0.1", cosign=True)
    registry.refresh(now=later(40))
    registry.revoke(public("mallory").id, now=later(40))
    registry.add_publisher("more", now=later(40))
    assert seen(registry, tmp_path / "old", later(41))[0] == 2


def test_a_client_that_missed_three_rotations(registry: ModuleRegistry, tmp_path: Path) -> None:
    """It follows the chain of roots, each signed by the threshold of the one before."""
    seen(registry, tmp_path / "old")
    for name in ("root-1", "root-2", "root-3"):
        registry.rotate("root", name)
    registry.rotate("online")
    assert seen(registry, tmp_path / "old")[1].root == 6
    assert faults(registry) == []


def test_too_few_root_keys_rotate_nothing(registry: ModuleRegistry) -> None:
    """One of two that must sign is not enough; neither a root nor a key comes into being."""
    for name in ("root-1", "root-2"):
        (registry.keys_path / f"{name}.pem").unlink()
    before = sorted(path.name for path in registry.keys_path.iterdir())
    for role in ("root", "online", "targets"):
        with pytest.raises(SigningKeyMissing) as caught:
            registry.rotate(role)
        assert (caught.value.role, caught.value.needed, caught.value.found) == ("root", 2, 1)
    assert sorted(path.name for path in registry.keys_path.iterdir()) == before


def test_a_lost_online_key_is_replaced(registry: ModuleRegistry, tmp_path: Path) -> None:
    """The root names the new key at once."""
    seen(registry, tmp_path / "old")
    (registry.keys_path / "online.pem").unlink()
    registry.reopened().rotate("online")
    assert seen(registry, tmp_path / "old")[1].root == 2
    assert faults(registry) == []


def test_refresh_renews_what_is_due(registry: ModuleRegistry, tmp_path: Path) -> None:
    """Half a year after nobody came, all is expired; one `refresh` makes it readable again."""
    with pytest.raises(RegistryStale):
        seen(registry, tmp_path / "a", later(8))
    renewed = registry.refresh(now=later(4)).renewed
    assert renewed == ("revocations.json", "snapshot", "timestamp")
    assert seen(registry, tmp_path / "a", later(8))[0] == 1
    done = registry.refresh(now=later(300))
    assert {"root", "targets", "modules", "notices", "revocations.json", "bin-00", "bin-ff"} <= set(done.renewed)
    assert done.waiting == ()
    assert seen(registry, tmp_path / "a", later(301))[0] == 1
    assert faults(registry, later(301)) == []


def test_refresh_without_offline_keys_says_what_waits(registry: ModuleRegistry, tmp_path: Path) -> None:
    """What the online key can renew is renewed, the rest is told."""
    for path in registry.keys_path.glob("*.pem"):
        if path.name != "online.pem":
            path.unlink()
    done = registry.reopened().refresh(now=later(200))
    assert {one.error.role for one in done.waiting} == {"root", "targets", "modules", "notices"}
    assert {"snapshot", "timestamp", "bin-00"} <= set(done.renewed)
    (registry.keys_path / "online.pem").unlink()
    with pytest.raises(SigningKeyMissing):
        registry.reopened().refresh(now=later(200))


def test_expiry_is_told_in_good_time(registry: ModuleRegistry) -> None:
    """Nothing at first, a warning before each end, an error after it."""
    assert [one for one in check_registry(registry.folder, NOW) if one.code.startswith("expire")] == []
    found = {(one.severity, one.subject) for one in check_registry(registry.folder, later(6))}
    assert (WARNING, "timestamp") in found
    found = {(one.severity, one.subject) for one in check_registry(registry.folder, later(7))}
    assert (ERROR, "timestamp") in found
    registry.keys_path.joinpath("root-1.pem").unlink()
    registry.keys_path.joinpath("root-2.pem").unlink()
    registry = registry.reopened()
    near = time_text(time_of(FOUNDED) + timedelta(days=365 - 13))
    assert [(one.error.role, one.near) for one in registry.refresh(now=near).waiting] == [("root", True)]
    found = {(one.severity, one.subject) for one in check_registry(registry.folder, near)}
    assert found >= {(WARNING, "root")}
    assert not any(severity == ERROR for severity, _ in found)


def test_revocations_are_numbered_and_signed(registry: ModuleRegistry, tmp_path: Path) -> None:
    """Each list has the entries of the one before; the same entry again takes its place."""
    assert registry.revoke(public("a").id).number == 2
    assert registry.revoke("sha256:" + "a" * 64, "superseded", effective=later(3)).number == 3
    assert registry.revoke(public("a").id, reason="found it again, and lost it").number == 4
    listed = registry.state.revocations()
    assert len(listed.entries) == 2
    assert listed.voids_key(public("a").id, NOW) is not None
    assert listed.expires == later(30)
    with pytest.raises(UsageError):
        registry.revoke(public("a").id, days=0)


ADVISORY = (
    b'{"id":"ACME-1","modified":"2026-11-21T06:40:00Z","affected":[{"package":{"ecosystem":"holdfast",'
    b'"name":"@acme/base"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.1"}]}]}]}'
)
BAD_ADVISORIES = {
    "another ecosystem": (b'"holdfast"', b'"npm"'),
    "no module's name": (b"@acme/base", b"acme"),
    "another kind of range": (b"SEMVER", b"GIT"),
    "no version": (b'"1.0.1"', b'"1.0"'),
    "nothing introduced": (b'{"introduced":"0"},', b""),
    "an unknown event": (b'"fixed"', b'"mended"'),
    "an id with a path": (b"ACME-1", b"../../x"),
    "no time": (b"2026-11-21T06:40:00Z", b"yesterday"),
    "a key twice": (b'"id":"ACME-1"', b'"id":"ACME-1","id":"ACME-2"'),
}


def test_an_advisory_is_published_and_replaced(registry: ModuleRegistry, tmp_path: Path) -> None:
    """A client reads it by its id; the same text again changes nothing."""
    assert registry.advise(ADVISORY) == "ACME-1"
    number = registry.state.number
    registry.advise(ADVISORY)
    assert registry.state.number == number
    registry.advise(ADVISORY.replace(b"1.0.1", b"1.0.2"))
    assert b"1.0.2" in registry.state.required("advisories/ACME-1.json")
    assert faults(registry) == []


@pytest.mark.parametrize("case", BAD_ADVISORIES)
def test_bad_advisories(registry: ModuleRegistry, case: str) -> None:
    """An advisory that nobody could judge by is refused."""
    old, new = BAD_ADVISORIES[case]
    assert old in ADVISORY
    with pytest.raises(MalformedDocument):
        registry.advise(ADVISORY.replace(old, new))


def test_a_registry_is_made_in_an_empty_folder_only(tmp_path: Path) -> None:
    """Whatever is there stays."""
    (tmp_path / "x").write_text("mine")
    with pytest.raises(RegistryPresent):
        create_registry(RegistryFolder(str(tmp_path)), Keyring(str(tmp_path / "keys")), Founding("acme"), NOW)
    assert not (tmp_path / "keys").exists()


def _flip(pattern: str) -> Callable[[Path], None]:
    def act(path: Path) -> None:
        files = list(path.glob(pattern))
        assert files
        for file in files:  # of earlier states too: a file's name does not tell which is the newest
            data = bytearray(file.read_bytes())
            data[len(data) // 2] ^= 1
            file.write_bytes(data)

    return act


def _swap(path: Path) -> None:
    """Two bins exchanged: each well signed, in the version that the snapshot names."""
    bins = [file for file in path.glob("metadata/2.bin-*.json") if b"modules/" in file.read_bytes()]
    one, other = bins[0], path / "metadata" / "1.bin-00.json"
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)


DAMAGE: dict[str, Callable[[Path], None]] = {
    "timestamp": _flip("metadata/timestamp.json"),
    "snapshot": _flip("metadata/3.snapshot.json"),
    "targets": _flip("metadata/2.targets.json"),
    "a bin": _flip("metadata/*.bin-7f.json"),
    "root": _flip("metadata/1.root.json"),
    "publishers": _flip("targets/*.publishers.json"),
    "revocations": _flip("targets/*.revocations.json"),
    "an index document": _flip("targets/modules/@acme/*.json"),
    "an archive": _flip("blobs/sha256/*/*"),
    "no bin": lambda path: (path / "metadata" / "1.bin-55.json").unlink(missing_ok=True),
    "bins exchanged": _swap,
}


@pytest.mark.parametrize("case", DAMAGE)
def test_check_finds_damage(registry: ModuleRegistry, case: str) -> None:
    """One bit anywhere that matters is found, and reading goes on as far as it can."""
    DAMAGE[case](registry.path)
    assert faults(registry), case


def test_check_notes_what_nothing_leads_to(registry: ModuleRegistry) -> None:
    """Orphans of a killed process and foreign files are notes; links are warned of; nothing of it is an error."""
    (registry.path / "metadata" / "99.snapshot.json").write_bytes(b"{}")
    (registry.path / "index.html").write_bytes(b"")
    (registry.path / "blobs" / "link").symlink_to("/etc")
    strays = {one.subject: one.severity for one in check_registry(registry.folder, NOW) if one.code == "stray"}
    assert strays == {"metadata/99.snapshot.json": "note", "index.html": "note", "blobs/link": "warning"}
    registry.publish("@acme/base", "1.0.1")
    assert faults(registry) == []


def test_check_warns_of_releases_by_a_revoked_key(registry: ModuleRegistry) -> None:
    """They are refused by clients; once yanked, that is known."""
    registry.revoke(public("acme").id)
    found = [one for one in check_registry(registry.folder, NOW) if one.code == "refused"]
    assert [(one.severity, one.subject) for one in found] == [(WARNING, "@acme/base 1.0.0")]
    registry.yank("@acme/base", "1.0.0")
    assert [one for one in check_registry(registry.folder, NOW) if one.code == "refused"] == []


def test_an_older_state_is_refused_by_who_saw_a_newer(registry: ModuleRegistry, tmp_path: Path) -> None:
    """The whole folder put back to what it was yesterday."""
    keep = tmp_path / "keep"
    shutil.copytree(registry.path, keep)
    registry.publish("@acme/base", "1.0.1")
    _, floor = seen(registry, tmp_path / "a")
    shutil.rmtree(registry.path)
    shutil.copytree(keep, registry.path)
    with pytest.raises(RegistryDistrust):
        seen(registry, tmp_path / "b", floor=floor)
