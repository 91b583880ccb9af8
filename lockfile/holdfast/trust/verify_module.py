"""Whether a release is what its publishers signed, and by whom: evidence in, `VerifiedModule` or a refusal out.

    1. no envelope: `SignatureNotFound`; `allow_unsigned` admits it only for a name that nobody claims (no publisher of
       the registry, no key of the project) and that is not privileged, so that stripping signatures gains nothing
    2. every publisher's envelope states exactly this release: `Tampered` says what differs
    3. its signatures hold (`InvalidSignature`), and a key that is authorised for the name is among them
       (`UntrustedSigner`). Further signatures by strangers in such an envelope are not counted
    4. an authorised key that signed is neither revoked (`SignerRevoked`) nor out of its time (`SignerExpired`), even
       where others signed too: a void signature is taken off a release, not passed over
    5. distinct raw keys meet the publisher's threshold (`ThresholdUnmet`)
    6. where a key of the project claims the name, such a key is among them (`UntrustedSigner`); it goes on claiming
       the name when its time is over or it is revoked, so that neither loosens anything
    7. a privileged release is signed by a key that the project trusts for the name (`PrivilegedUntrusted`)
    8. neither digest is revoked (`DigestRevoked`)
    9. every co-signature is well-formed, about this release, and holds if its key is known. It counts by a key of the
       registry or of the project, and never by one of the publisher's own. One by a key that nobody here knows is a
       stranger's word: it does not count and is not in the result

Signatures are verified before a statement's content is judged. Nothing is believed of a release's `publisher` field:
the result has the publisher that `publishers.json` names. Whether a revocation list is stale is asked by who calls
(`RevocationList.is_stale`). A refusal speaks of its one release. Knows no files, no network and no clock.
"""

from collections.abc import Iterable, Mapping

from holdfast.trust.dsse import PAYLOAD_INTOTO, Envelope, parse_envelope, verify_envelope
from holdfast.trust.ed25519 import PublicKey, is_key_id
from holdfast.trust.errors import (
    DigestRevoked,
    MalformedSignature,
    PrivilegedUntrusted,
    SignatureNotFound,
    SignerExpired,
    SignerRevoked,
    Tampered,
    ThresholdUnmet,
    UntrustedSigner,
)
from holdfast.trust.levels import PUBLISHER, VETTED, LeveledSigner, level_of
from holdfast.trust.module_statement import ModuleStatement, read_statement
from holdfast.trust.publishers import Publisher, Publishers
from holdfast.trust.revocations import COMPROMISE, RevocationList
from holdfast.trust.trusted_keys import TrustedKey as TrustedKey
from holdfast.trust.trusted_keys import is_within, trusted_ids
from holdfast.trust.vetting import Vetting, read_vetting
from holdfast_resolver.values.modules import ModuleManifest, ModuleRelease
from holdfast_resolver.values.tuples import NamedTuple

MOST_ENVELOPES = 16  # of each kind, of one release


class VerifiedSigner(NamedTuple):
    """Who verifiably signed. Made here only."""

    id: str
    label: str
    role: str  # "publisher", "vetted"
    tier: str  # of the publisher, or of the project's key; "" for the registry's own
    key: PublicKey


class VerifiedModule(NamedTuple):
    """Who verifiably signed a release; signers in order of their ids. Made here only."""

    publishers: tuple[VerifiedSigner, ...]  # () = unsigned
    vetted: tuple[VerifiedSigner, ...]
    threshold: int  # the number of publishers' keys that it had to meet; 0 when unsigned
    trusted: tuple[str, ...] = ()  # the ids among `publishers` that the project itself trusts for the name
    publisher: str = ""  # whom `publishers.json` names; "" without a registry
    report: str = ""  # "sha256:<hex>" of a vetting report that a counted co-signature binds

    @property
    def level(self) -> str:
        """The trust level, one of `levels.LEVELS`."""
        signers = [LeveledSigner(one.id, one.role, one.tier) for one in (*self.publishers, *self.vetted)]
        return level_of(signers, self.trusted)


class _Case(NamedTuple):
    """One release, and what is believed about its name."""

    about: str
    name: str
    release: ModuleRelease
    registered: Publisher | None
    authorised: Mapping[PublicKey, TrustedKey]  # may sign as publisher
    co_signers: Mapping[PublicKey, TrustedKey]  # the registry's own
    trusted: tuple[TrustedKey, ...]  # the project's, for any name
    by_registry: bool
    revocations: RevocationList
    now: str

    @property
    def known(self) -> frozenset[PublicKey]:
        return frozenset([*self.authorised, *self.co_signers, *(one.key for one in self.trusted)])

    @property
    def claimed(self) -> bool:
        return any(one.claims(self.name) for one in self.trusted)


def verify_module(
    name: str,
    release: ModuleRelease,
    *,
    publishers: Publishers | None,
    trusted: Iterable[TrustedKey],
    revocations: RevocationList,
    now: str,
    allow_unsigned: bool = False,
) -> VerifiedModule:
    """Return who verifiably signed a release, by the rules of this module.

    `publishers` is the registry's verified document; None where there is no registry (a detached signature): then the
    keys of `trusted` that claim the name are the authorised ones, and one is enough. `trusted` is the project's own
    configuration, `revocations` the registry's verified list (`NO_REVOCATIONS` without a registry), `now` a time
    such as `2026-11-21T06:40:00Z`. A release without a time of publishing is judged by the time it was signed.
    Raises the errors named above, and `MalformedSignature` and `PayloadTypeRefused` for envelopes that break a format.
    """
    case = _case(name, release, publishers, tuple(trusted), revocations, now)
    _refuse_revoked_digests(case)
    for envelopes in (release.envelopes, release.vetted):
        if len(envelopes) > MOST_ENVELOPES:
            raise MalformedSignature(case.about, f"expected at most {MOST_ENVELOPES} envelopes, found {len(envelopes)}")
    signers = _publishers(case) if release.envelopes else _unsigned(case, allow_unsigned)
    vetted, report = _co_signers(case, frozenset([signer.key for signer in signers]))
    threshold = (case.registered.threshold if case.registered else 1) if signers else 0
    if len(signers) < threshold:
        raise ThresholdUnmet(case.about, threshold, len(signers))
    believed = _believed(case, signers) if signers else ()
    return VerifiedModule(signers, vetted, threshold, believed, case.registered.name if case.registered else "", report)


def check_manifest(name: str, release: ModuleRelease, manifest: ModuleManifest) -> None:
    """Refuse an archive whose `module.toml` says other than the release that was verified. Raises `Tampered`.

    Digests bind a manifest's bytes; this binds its meaning: a publisher could sign a plain release around a manifest
    with privileged exports.
    """
    stated = (name, release.version, release.dependencies, release.permissions, release.privileged)
    found = (manifest.name, manifest.version, manifest.dependencies, manifest.permissions, manifest.privileged)
    for what, expected, there in zip(("name", "version", "dependencies", "permissions", "privileged"), stated, found):
        if expected != there:
            raise Tampered(f"{name} {release.version}", what, _text(expected), _text(there))


def _case(
    name: str,
    release: ModuleRelease,
    publishers: Publishers | None,
    trusted: tuple[TrustedKey, ...],
    revocations: RevocationList,
    now: str,
) -> _Case:
    registered = publishers.for_name(name) if publishers else None
    if publishers is None:
        authorised = {one.key: one for one in _best_last(trusted, now) if one.claims(name)}
    else:
        authorised = {one.key: one for one in registered.trusted_keys()} if registered else {}
    registry = publishers.registry if publishers else ()
    return _Case(
        f"{name} {release.version}",
        name,
        release,
        registered,
        authorised,
        {one.key: TrustedKey(one.key, one.label, (), one.since, one.until) for one in registry},
        trusted,
        publishers is not None,
        revocations,
        now,
    )


def _best_last(trusted: Iterable[TrustedKey], now: str) -> list[TrustedKey]:
    """Order keys so that of several entries of one key the one that holds now is the last."""
    return sorted(trusted, key=lambda one: one.holds_at(now))


def _refuse_revoked_digests(case: _Case) -> None:
    for digest in (case.release.archive, case.release.tree):
        entry = case.revocations.voids_digest(digest, case.now)
        if entry:
            raise DigestRevoked(case.about, digest, entry.cause, entry.reason, entry.effective)


def _unsigned(case: _Case, allowed: bool) -> tuple[VerifiedSigner, ...]:
    if not allowed or case.release.privileged or case.registered or case.claimed:
        raise SignatureNotFound(case.about)
    return ()


def _publishers(case: _Case) -> tuple[VerifiedSigner, ...]:
    opened: list[tuple[Envelope, tuple[PublicKey, ...], ModuleStatement]] = []
    for text in case.release.envelopes:
        envelope, held = _open(case, text)
        stated = read_statement(envelope.payload, case.about)
        _refuse_differences(case, stated, ("dependencies", "permissions", "privileged"))
        opened.append((envelope, held, stated))
    signers: dict[PublicKey, VerifiedSigner] = {}
    for envelope, held, stated in opened:
        counted = [key for key in held if key in case.authorised]
        if not counted:
            raise _untrusted(case, envelope, held)
        for key in counted:
            by = case.authorised[key]
            _refuse_void(case, key, case.release.published or stated.signed)
            instant = (case.release.published or stated.signed) if case.by_registry else case.now
            _refuse_untimely(case, by, instant)
            signers[key] = VerifiedSigner(key.id, by.label, PUBLISHER, by.tier, key)
    return tuple(sorted(signers.values()))


def _co_signers(case: _Case, signed: frozenset[PublicKey]) -> tuple[tuple[VerifiedSigner, ...], str]:
    """Return who co-signed and counts, and the report that one of them binds."""
    own = signed | frozenset(case.authorised if case.by_registry else ())
    signers: dict[PublicKey, VerifiedSigner] = {}
    report = ""
    for text in case.release.vetted:
        envelope, held = _open(case, text)
        claim = read_vetting(envelope.payload, case.about)
        _refuse_differences(case, claim, ())
        if claim.report and claim.report != case.release.report:
            raise Tampered(case.about, "report", claim.report, case.release.report)
        if len(envelope.signatures) > 1:
            raise MalformedSignature(case.about, f"expected one co-signer, found {len(envelope.signatures)}")
        if held and claim.verifier != held[0].id:
            raise Tampered(case.about, "verifier", claim.verifier, held[0].id)
        by = _co_signer(case, held[0], claim) if held and held[0] not in own else None
        if by:
            signers[by.key] = VerifiedSigner(by.key.id, by.label, VETTED, by.tier, by.key)
            report = claim.report or report
    return tuple(sorted(signers.values())), report


def _co_signer(case: _Case, key: PublicKey, claim: Vetting) -> TrustedKey | None:
    by, instant = case.co_signers.get(key), claim.verified
    if by is None:
        entries = [one for one in _best_last(case.trusted, case.now) if one.key == key and one.claims(case.name)]
        if not entries:
            return None
        by, instant = entries[-1], case.now
    _refuse_void(case, key, claim.verified)
    _refuse_untimely(case, by, instant)
    return by


def _open(case: _Case, text: str) -> tuple[Envelope, tuple[PublicKey, ...]]:
    envelope = parse_envelope(text, case.about)
    return envelope, verify_envelope(envelope, PAYLOAD_INTOTO, case.known, case.about)


def _refuse_differences(case: _Case, stated: ModuleStatement | Vetting, further: tuple[str, ...]) -> None:
    if stated.name != case.name:
        raise Tampered(case.about, "name", stated.name, case.name)
    for what in ("version", "archive", "tree", *further):
        signed, found = getattr(stated, what), getattr(case.release, what)
        if signed != found:
            raise Tampered(case.about, what, _text(signed), _text(found))


def _untrusted(case: _Case, envelope: Envelope, held: tuple[PublicKey, ...]) -> UntrustedSigner:
    # The raw key of a stranger is not known; its envelope names it, and a name that is none says nothing.
    hint = held[0].id if held else envelope.signatures[0][0]
    labels = {one.key.id: one.label for one in (*case.trusted, *case.co_signers.values())}
    return UntrustedSigner(case.about, hint if is_key_id(hint) else "", labels.get(hint, ""))


def _refuse_void(case: _Case, key: PublicKey, instant: str) -> None:
    """Refuse a key that was revoked: as compromised by now, or as superseded before `instant`."""
    entry = case.revocations.voids_key(key.id, case.now)
    if entry is None:
        superseded = case.revocations.superseded(key.id)
        entry = superseded if superseded and superseded.effective <= instant else None
    if entry:
        raise SignerRevoked(case.about, key.id, entry.cause, entry.reason, entry.effective)
    own = next((one for one in case.trusted if one.key == key and one.revoked), None)
    if own:
        raise SignerRevoked(case.about, key.id, COMPROMISE, "revoked by this project", own.revoked)


def _refuse_untimely(case: _Case, by: TrustedKey, instant: str) -> None:
    if not is_within(instant, by.since, by.until):
        raise SignerExpired(case.about, by.key.id, by.since, by.until)


def _believed(case: _Case, signers: tuple[VerifiedSigner, ...]) -> tuple[str, ...]:
    """Return the ids of those signers whom the project trusts for the name, and refuse where it must be one of them."""
    ids = trusted_ids(case.trusted, case.name, case.now)
    believed = tuple([signer.id for signer in signers if signer.id in ids])
    if believed:
        return believed
    keys = {signer.key for signer in signers}
    for one in case.trusted:
        if one.key in keys and one.claims(case.name):
            raise SignerExpired(case.about, one.key.id, one.since, one.until)
    if case.release.privileged:
        raise PrivilegedUntrusted(case.about, tuple([signer.id for signer in signers]))
    if case.claimed:
        raise UntrustedSigner(case.about, signers[0].id, signers[0].label)
    return ()


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return ", ".join([" ".join(item) if isinstance(item, tuple) else str(item) for item in value]) or "none"
        case _:
            return str(value)
