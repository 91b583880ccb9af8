"""Module verify: a module at hand against its signatures, offline; the judgement is that of `trust.verify_module`.

Rule 1: both digests are computed from the bytes at hand; a folder is packed in memory, which gives its archive.
Rule 2: what an envelope is for is decided by its predicate, never by the file it came in.
Rule 3: without a registry the given keys are all there is: one of them must have signed as publisher.

Never prints; texts and keys come in, values go out.
"""

from collections.abc import Iterable, Sequence

from holdfast.errors import UsageError
from holdfast.publish.pack import Packed
from holdfast.trust import vetting
from holdfast.trust.dsse import parse_envelope
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import MalformedDocument, MalformedSignature, PayloadTypeRefused, SignatureNotFound, Tampered
from holdfast.trust.module_statement import read_statement
from holdfast.trust.revocations import NO_REVOCATIONS
from holdfast.trust.strict_json import parse
from holdfast.trust.trusted_keys import TrustedKey
from holdfast.trust.verify_module import VerifiedModule, check_manifest, verify_module
from holdfast_resolver.values.modules import ModuleListing, ModuleRelease
from holdfast_resolver.values.tuples import NamedTuple


class Evidence(NamedTuple):
    """Texts of envelopes, none of them verified."""

    envelopes: tuple[str, ...] = ()  # publishers'
    vetted: tuple[str, ...] = ()  # co-signers'


class Verdict(NamedTuple):
    """Who verifiably signed; `strangers` is how many co-signatures do not count, since nobody here knows the key."""

    verified: VerifiedModule
    strangers: int


def sort_evidence(texts: Iterable[str], about: str) -> Evidence:
    """Tell publishers' envelopes and co-signers' apart. Raises `MalformedSignature`."""
    sorted_out: dict[bool, list[str]] = {False: [], True: []}
    for text in texts:
        payload = parse_envelope(text, about).payload
        try:
            document = parse(payload)
        except MalformedDocument as error:
            raise MalformedSignature(about, f"its payload: expected {error.expected}, found {error.found}") from None
        kind = document.get("predicateType") if isinstance(document, dict) else None
        sorted_out[kind == vetting.PREDICATE].append(text)
    return Evidence(tuple(sorted_out[False]), tuple(sorted_out[True]))


def verify_packed(
    packed: Packed, evidence: Evidence, trusted: Sequence[TrustedKey], now: str, report: str = ""
) -> Verdict:
    """Return who signed a module, by its evidence and the keys that are trusted here.

    `report` is the "sha256:<hex>" of the vetting report at hand, "" to take the co-signers' word for which it was.
    Raises what `verify_module` raises; `SignatureNotFound` where no publisher signed.
    """
    manifest = packed.manifest
    release = ModuleRelease(
        manifest.version,
        "",
        len(packed.archive),
        packed.archive_digest,
        packed.tree_digest,
        manifest.dependencies,
        manifest.permissions,
        manifest.privileged,
        envelopes=evidence.envelopes,
    )
    if not evidence.envelopes:
        raise SignatureNotFound(f"{manifest.name} {manifest.version}")

    def judged(case: ModuleRelease) -> VerifiedModule:
        return verify_module(manifest.name, case, publishers=None, trusted=trusted, revocations=NO_REVOCATIONS, now=now)

    verified = judged(release)
    check_manifest(manifest.name, release, manifest)
    vetted = dict.fromkeys(verified.vetted)
    strangers = 0
    for text in evidence.vetted:  # each by itself: two co-signers may have made two reports
        claimed = vetting.read_vetting(parse_envelope(text).payload, f"{manifest.name} {manifest.version}").report
        one = judged(release._replace(vetted=(text,), report=(report or claimed) if claimed else ""))
        vetted |= dict.fromkeys(one.vetted)
        strangers += not one.vetted
        verified = verified._replace(report=verified.report or one.report)
    return Verdict(verified._replace(vetted=tuple(sorted(vetted))), strangers)


def refuse_added(packed: Packed, paths: Iterable[str]) -> None:
    """Raise `Tampered` for a path in an unpacked folder that is not one of the module's files: added bytecode."""
    signed = {file.path for file in packed.files}
    for path in paths:
        if path not in signed:
            about = f"{packed.manifest.name} {packed.manifest.version}"
            raise Tampered(about, "files", "only those that were signed", path)


def refuse_other_bytes(evidence: Iterable[str], archive_digest: str) -> None:
    """Raise `Tampered` when a publisher's statement is about an archive of other bytes; else return.

    For an archive that cannot even be read: that it is not what was signed says more than where it breaks.
    """
    for text in evidence:
        try:
            stated = read_statement(parse_envelope(text).payload)
        except (MalformedSignature, PayloadTypeRefused):
            continue
        if stated.archive != archive_digest:
            raise Tampered(f"{stated.name} {stated.version}", "archive", stated.archive, archive_digest)


def find_envelopes(listing: ModuleListing, packed: Packed) -> Evidence:
    """Return the envelopes of a module in its registry's listing.

    Raises `SignatureNotFound` where the listing has no such release or no signature, and `Tampered` where it has
    other bytes.
    """
    about = f"{packed.manifest.name} {packed.manifest.version}"
    release = next((one for one in listing.releases if one.version == packed.manifest.version), None)
    if release is None or not release.envelopes:
        raise SignatureNotFound(about)
    for what, expected, found in (
        ("archive", release.archive, packed.archive_digest),
        ("tree", release.tree, packed.tree_digest),
    ):
        if expected != found:
            raise Tampered(about, what, expected, found)
    return Evidence(release.envelopes, release.vetted)


def named_keys(texts: Iterable[str], configured: Sequence[TrustedKey], name: str) -> tuple[TrustedKey, ...]:
    """Return the keys that a command line names: public keys, trusted for `name`, or ids of configured ones.

    Raises `KeyRefused`, `UsageError` for an id that is not configured.
    """
    keys: list[TrustedKey] = []
    for text in texts:
        known = [one for one in configured if one.key.id == text]
        if not known and text.startswith("ed25519:"):
            raise UsageError(
                "a key, or the id of one in [[trust]]", text, "name the key's file, or 'ssh-ed25519 AAAA...'"
            )
        keys += known or [TrustedKey(PublicKey.from_text(text), _comment(text), (name,))]
    return tuple(keys)


def _comment(text: str) -> str:
    """The comment of an OpenSSH line, which people know the key by."""
    words = text.split(None, 2)
    return words[2].strip() if len(words) == 3 and words[0].startswith("ssh-") else ""
