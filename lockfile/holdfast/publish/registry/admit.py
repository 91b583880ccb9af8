"""Whether a submission becomes a release: what it says is what its archive holds, and its publisher may say it.

    1. the archive is exactly what packing writes, with a manifest that reads
    2. a publisher of the registry claims the name; its keys signed this name, version and these digests
    3. neither a key nor a digest is revoked
    4. the version is new; the same bytes again change nothing, other bytes are refused
    5. a new name looks like none that is there
    6. a vetting report is bound by a co-signature that counts

Bytes and documents in, a release out; no files.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from holdfast.publish.pack import Packed, read_packed
from holdfast.publish.registry.errors import NameUnclaimed, ReportUnbound, VersionTaken
from holdfast.trust.dsse import PAYLOAD_INTOTO, sign_envelope, write_envelope
from holdfast.trust.publishers import Publishers
from holdfast.trust.revocations import RevocationList
from holdfast.trust.signing import Signer
from holdfast.trust.subjects import Subject
from holdfast.trust.verify_module import verify_module
from holdfast.trust.vetting import vetting_statement
from holdfast_resolver.values.modules import ModuleListing, ModuleRelease, archive_file_name
from holdfast_resolver.versions.semver import SEMVER


class Submission(NamedTuple):
    """What a publisher hands in. Nothing of it is believed."""

    label: str  # what the operator sees
    archive: bytes
    envelopes: tuple[str, ...]  # the publisher's
    vetted: tuple[str, ...] = ()  # of co-signers
    report: bytes = b""  # a vetting report, b"" without one


class Admission(NamedTuple):
    """What becomes of a submission that is not refused."""

    name: str
    release: ModuleRelease
    archive: bytes
    report: bytes
    is_new: bool  # False: the registry has this very release


class Rules(NamedTuple):
    """By what submissions are judged."""

    publishers: Publishers
    revocations: RevocationList
    cosigner: Signer | None = None  # writes a co-signature for the registry
    report: bytes = b""  # what the registry's own co-signature binds


def admit(submission: Submission, listing: ModuleListing | None, rules: Rules, now: str, packed: Packed) -> Admission:
    """Judge a submission whose archive was read as `packed`, for a module with this listing (None: a new module).

    Raises the refusals of `trust.verify_module`, `NameUnclaimed`, `VersionTaken`, `ReportUnbound`.
    """
    manifest = packed.manifest
    publisher = rules.publishers.for_name(manifest.name)
    if publisher is None:
        raise NameUnclaimed(manifest.name)
    there = _there(listing, packed)
    if there is not None:
        return Admission(manifest.name, there, b"", b"", False)
    report = submission.report or rules.report
    digest = f"sha256:{sha256(report).hexdigest()}" if report else ""
    release = ModuleRelease(
        version=manifest.version,
        file=archive_file_name(manifest.name, manifest.version),
        size=len(packed.archive),
        archive=packed.archive_digest,
        tree=packed.tree_digest,
        dependencies=manifest.dependencies,
        permissions=manifest.permissions,
        privileged=manifest.privileged,
        published=now,
        publisher=publisher.name,
        envelopes=submission.envelopes,
        vetted=(*submission.vetted, *_cosigned(packed, rules.cosigner, digest, now)),
        report=digest,
    )
    verified = verify_module(
        manifest.name,
        release,
        publishers=rules.publishers,
        trusted=publisher.trusted_keys(),  # a privileged release needs a key that who judges trusts: here, these
        revocations=rules.revocations,
        now=now,
    )
    if digest and verified.report != digest:
        raise ReportUnbound(f"{manifest.name} {manifest.version}", digest)
    return Admission(manifest.name, release, packed.archive, report, True)


def open_submission(submission: Submission) -> Packed:
    """Read a submission's archive. Raises `ArchiveRefused`, `TreeRefused`, `ManifestError`."""
    return read_packed(submission.archive)


def cosign(subject: Subject, signer: Signer, report: str, now: str) -> str:
    """Return the registry's co-signature: it vetted this release, and `report` ("sha256:<hex>" or "") says how."""
    payload = vetting_statement(subject, signer.public.id, now, report)
    return write_envelope(sign_envelope(PAYLOAD_INTOTO, payload, [signer]))


def _cosigned(packed: Packed, signer: Signer | None, report: str, now: str) -> Iterable[str]:
    if signer is None:
        return ()
    manifest = packed.manifest
    subject = Subject(manifest.name, manifest.version, packed.archive_digest, packed.tree_digest)
    return (cosign(subject, signer, report, now),)


def _there(listing: ModuleListing | None, packed: Packed) -> ModuleRelease | None:
    manifest = packed.manifest
    key = SEMVER.key(manifest.version)
    for release in listing.releases if listing else ():
        if SEMVER.key(release.version) == key:  # build metadata does not make another version
            if release.archive != packed.archive_digest:
                raise VersionTaken(manifest.name, release.version, release.archive, packed.archive_digest)
            return release
    return None
