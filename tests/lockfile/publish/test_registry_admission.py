"""What a registry publishes and what it refuses: each refusal by its own error, and nothing changed by it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.errors import HoldfastError
from holdfast.publish.registry.admit import Submission
from holdfast.publish.registry.check import ERROR, check_registry
from holdfast.publish.registry.errors import (
    NameSimilar,
    NameUnclaimed,
    ReportUnbound,
    SigningKeyMissing,
    SubmissionRefused,
    VersionTaken,
)
from holdfast.publish.registry.inbox import drop, open_waiting, waiting
from holdfast.publish.registry.look_alikes import Names
from holdfast.trust.errors import (
    ArchiveRefused,
    DigestRevoked,
    InvalidSignature,
    MalformedSignature,
    PayloadTypeRefused,
    SignatureNotFound,
    SignerRevoked,
    Tampered,
    ThresholdUnmet,
    UntrustedSigner,
)
from holdfast.workflows.registry_publish import Options, publish_inbox
from tests.support.module_registry import ModuleRegistry, make_registry
from tests.support.signing_keys import public


@pytest.fixture
def registry(tmp_path: Path) -> ModuleRegistry:
    """A registry of acme and of the pair two, both of whose keys must sign; @acme/base 1.0.0 is there."""
    made = make_registry(tmp_path / "registry", acme=("@acme/*",))
    made.add_publisher("two", "two-a", "two-b", threshold=2)
    made.publish("@acme/base", "1.0.0")
    return made


def good(registry: ModuleRegistry, version: str = "1.0.1", name: str = "@acme/base") -> Submission:
    """A submission that is admitted as it is."""
    return registry.submission(registry.pack(name, version))


def refused(registry: ModuleRegistry, submission: Submission, **options: bool) -> Exception:
    """Why a submission is refused; nothing of the registry changes."""
    before = {path: path.stat().st_mtime_ns for path in registry.path.rglob("*")}
    done = registry.publish_all(submission, similar=options.get("similar", False), cosign=options.get("cosign", False))
    assert not done.admitted
    assert {path: path.stat().st_mtime_ns for path in registry.path.rglob("*")} == before
    return done.refused[0][1]


def _flipped(data: bytes, place: int = 700) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _other_version(registry: ModuleRegistry) -> Submission:
    return good(registry)._replace(envelopes=good(registry, "1.0.2").envelopes)


def _other_module(registry: ModuleRegistry) -> Submission:
    return good(registry)._replace(envelopes=good(registry, name="@acme/tools").envelopes)


def _vetting_as_publisher(registry: ModuleRegistry) -> Submission:
    made = registry.submission(registry.pack("@acme/base", "1.0.1"), cosigners=["acme"])
    return made._replace(envelopes=made.vetted, vetted=())


def _bad_signature(registry: ModuleRegistry) -> Submission:
    made = good(registry)
    text = made.envelopes[0]
    start = text.index('"sig":"') + 7
    changed = "A" if text[start] != "A" else "B"
    return made._replace(envelopes=(text[:start] + changed + text[start + 1 :],))


def _other_bytes(registry: ModuleRegistry) -> Submission:
    packed = registry.pack("@acme/base", "1.0.0", files={"guards/strict.md": b"Allow.\n"})
    return registry.submission(packed)


def _same_but_build(registry: ModuleRegistry) -> Submission:
    return good(registry, "1.0.0+again")


CASES: dict[str, tuple[Callable[[ModuleRegistry], Submission], type[Exception]]] = {
    "archive cut": (lambda r: good(r)._replace(archive=good(r).archive[:-512]), ArchiveRefused),
    "archive is no archive": (lambda r: good(r)._replace(archive=b"PK\3\4"), ArchiveRefused),
    "archive altered": (lambda r: good(r)._replace(archive=_flipped(good(r).archive, -1600)), HoldfastError),
    "unsigned": (lambda r: good(r)._replace(envelopes=()), SignatureNotFound),
    "signature of another version": (_other_version, Tampered),
    "signature of another module": (_other_module, Tampered),
    "a co-signer's claim as publisher's": (_vetting_as_publisher, PayloadTypeRefused),
    "signature altered": (_bad_signature, InvalidSignature),
    "no envelope": (lambda r: good(r)._replace(envelopes=("{}",)), MalformedSignature),
    "a stranger's key": (lambda r: r.submission(r.pack("@acme/base", "1.0.1"), keys=["mallory"]), UntrustedSigner),
    "another publisher's key": (lambda r: r.submission(r.pack("@acme/base", "1.0.1"), keys=["two-a"]), UntrustedSigner),
    "one key where two must sign": (
        lambda r: r.submission(r.pack("@two/tool", "1.0.0"), keys=["two-a"]),
        ThresholdUnmet,
    ),
    "a name that nobody has": (lambda r: r.submission(r.pack("@free/tool", "1.0.0"), keys=["acme"]), NameUnclaimed),
    "a version with other bytes": (_other_bytes, VersionTaken),
    "a version that differs in its build": (_same_but_build, VersionTaken),
    "a name one letter off": (lambda r: good(r, name="@acme/bases"), NameSimilar),
    "a name with swapped letters": (lambda r: good(r, name="@acme/bsae"), NameSimilar),
    "a name with a dash more": (lambda r: good(r, name="@acme/b-ase"), NameSimilar),
    "a report that nobody binds": (lambda r: good(r)._replace(report=b"all is well"), ReportUnbound),
    "a report that a stranger binds": (
        lambda r: r.submission(r.pack("@acme/base", "1.0.1"), cosigners=["mallory"], report=b"all is well"),
        ReportUnbound,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(registry: ModuleRegistry, case: str) -> None:
    """Each by its own error, with not a byte of the registry changed."""
    make, expected = CASES[case]
    assert isinstance(refused(registry, make(registry)), expected)


def test_a_revoked_key_publishes_nothing(registry: ModuleRegistry) -> None:
    """Neither after a compromise nor when it was superseded."""
    registry.revoke(public("acme").id, "superseded")
    assert isinstance(refused(registry, good(registry)), SignerRevoked)
    registry.revoke(public("acme").id)
    assert isinstance(refused(registry, good(registry)), SignerRevoked)


def test_a_revoked_digest_is_not_published(registry: ModuleRegistry) -> None:
    """Be it of the archive or of the tree."""
    packed = registry.pack("@acme/base", "1.0.1")
    registry.revoke(packed.tree_digest)
    assert isinstance(refused(registry, registry.submission(packed)), DigestRevoked)


def test_the_same_release_again_changes_nothing(registry: ModuleRegistry) -> None:
    """It is admitted, as not new, and no file is written."""
    number = registry.state.number
    done = registry.publish_all(good(registry, "1.0.0"))
    assert [admission.is_new for _, admission in done.admitted] == [False]
    assert done.written == {}
    assert registry.state.number == number


def test_one_bad_submission_spares_the_others(registry: ModuleRegistry) -> None:
    """All good ones become one new state."""
    bad = good(registry, "1.0.3")._replace(envelopes=(), label="bad")
    done = registry.publish_all(good(registry, "1.0.1"), bad, good(registry, "1.0.2"), good(registry, "1.0.1"))
    assert [label for label, _ in done.refused] == ["bad"]
    assert [admission.is_new for _, admission in done.admitted] == [True, True, False]
    listing = registry.state.listing("@acme/base")
    assert listing is not None
    assert [release.version for release in listing.releases] == ["1.0.0", "1.0.1", "1.0.2"]


def test_look_alikes_within_one_batch(registry: ModuleRegistry) -> None:
    """A name is compared also with those that come with it."""
    done = registry.publish_all(
        good(registry, name="@acme/modern"), good(registry, name="@acme/rnodern"), similar=False
    )
    assert [type(error) for _, error in done.refused] == [NameSimilar]


def test_cosigned_with_a_report(registry: ModuleRegistry) -> None:
    """The registry's key vouches for the release, and binds the report, which becomes a blob."""
    release = registry.publish("@acme/base", "1.0.1", cosign=True, report=b"read all of it")
    assert len(release.vetted) == 1
    assert release.report
    assert [one for one in check_registry(registry.folder, "2026-11-21T06:40:00Z") if one.severity == ERROR] == []


def test_without_the_registrys_key_nothing_is_cosigned(registry: ModuleRegistry) -> None:
    """The missing key is named, and nothing is published."""
    (registry.keys_path / "registry-cosign.pem").unlink()
    with pytest.raises(SigningKeyMissing) as caught:
        registry.publish_all(good(registry), cosign=True)
    assert caught.value.needed == 1


def test_publishing_needs_the_online_key_alone(registry: ModuleRegistry) -> None:
    """Offline keys may lie elsewhere."""
    for path in registry.keys_path.glob("*.pem"):
        if path.name != "online.pem":
            path.unlink()
    registry = registry.reopened()
    registry.publish("@acme/base", "1.0.1")
    registry.yank("@acme/base", "1.0.1")


def test_a_publication_rewrites_four_files(registry: ModuleRegistry) -> None:
    """The index document, its bin, snapshot and timestamp."""
    done = registry.publish_all(good(registry))
    kinds = [path.rpartition("/")[2].split(".", 1)[-1] for path in done.written]
    assert [kind.split("-")[0] for kind in kinds] == ["base.json", "bin", "snapshot.json", "json"]


HOSTILE: dict[str, Callable[[Path], object]] = {
    "a link for an archive": lambda folder: _linked(folder / "archive.tar"),
    "a folder for an archive": lambda folder: _folder(folder / "archive.tar"),
    "no archive": lambda folder: (folder / "archive.tar").unlink(),
    "a file of another name": lambda folder: (folder / "evil.sh").write_bytes(b""),
    "too many signatures": lambda folder: [(folder / f"publisher-{n}.sig").write_bytes(b"") for n in range(17)],
    "a signature that is no text": lambda folder: (folder / "publisher-0.sig").write_bytes(b"\xff\xfe"),
    "a signature without end": lambda folder: (folder / "publisher-0.sig").write_bytes(b" " * (4 * 1024 * 1024 + 1)),
}


def _linked(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_inbox(registry: ModuleRegistry, tmp_path: Path, case: str) -> None:
    """A submission that is not whole is refused and stays; one beside it is published."""
    inbox = tmp_path / "inbox"
    name = drop(str(inbox), good(registry)._replace(label="bad"))
    drop(str(inbox), good(registry, "1.0.2")._replace(label="good"))
    HOSTILE[case](inbox / name)
    done = publish_inbox(registry.desk(), str(inbox), Options())
    assert [(label, type(error)) for label, error in done.refused] == [(name, SubmissionRefused)]
    assert [admission.release.version for _, admission in done.admitted] == ["1.0.2"]
    assert waiting(str(inbox)) == (name,)


def test_links_and_stray_files_are_no_submissions(registry: ModuleRegistry, tmp_path: Path) -> None:
    """Neither is a folder that is still being written."""
    inbox = tmp_path / "inbox"
    name = drop(str(inbox), good(registry)._replace(label="one"))
    (inbox / "link").symlink_to(inbox / name)
    (inbox / "file").write_bytes(b"")
    (inbox / ".two.tmp").mkdir()
    assert waiting(str(inbox)) == (name,)


def test_a_submission_reads_back(registry: ModuleRegistry, tmp_path: Path) -> None:
    """As it was dropped; dropping it again changes nothing."""
    inbox = str(tmp_path / "inbox")
    packed = registry.pack("@acme/base", "1.0.1")
    made = registry.submission(packed, cosigners=["vet"], report=b"read")._replace(label="x")
    name = drop(inbox, made)
    assert drop(inbox, made) == name
    assert open_waiting(inbox, name) == made._replace(label=name)


ALIKE = [
    ("@acme/guards", "@acme/guard", True),
    ("@acme/guards", "@acme/guardss", True),
    ("@acme/guards", "@acme/gaurds", True),
    ("@acme/guards", "@acrne/guards", True),
    ("@acme/guards", "@acme/gu-ards", True),
    ("@acme/guards", "@acm/guards", True),
    ("@acme/my-tool", "@acme-my/tool", True),
    ("@acme/tool0", "@acme/toolo", True),
    ("@acme/color1", "@acme/colorl", True),
    ("@acme/view", "@acme/vievv", True),
    ("@acme/guards", "@acme/guards", False),
    ("@acme/guards", "@acme/guarding", False),
    ("@acme/guards", "@other/guards", False),
    ("@acme/guards", "@acme/dragsu", False),
]


@pytest.mark.parametrize(("taken", "name", "expected"), ALIKE)
def test_look_alikes(taken: str, name: str, expected: bool) -> None:
    """One letter off, swapped neighbours, look-alike letters and dashes: both ways round; nothing else."""
    assert bool(Names([taken]).similar(name)) is expected
    assert bool(Names([name]).similar(taken)) is expected
