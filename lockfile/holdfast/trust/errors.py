"""What `trust` refuses: each refusal a class of its own, with fields. The console renders them.

TrustError
|-- KeyRefused              a public key that no honest tool makes: small order, not canonical, wrong kind or size
|-- KeyUnreadable           a key file or agent that cannot be used
|-- MalformedDocument       a JSON document that is not strict: duplicate keys, too deep, wrong type
|-- MalformedSignature      an envelope or statement that breaks its format
|-- PayloadTypeRefused      a good signature, made for another purpose
|-- SignatureNotFound       nothing is signed
|-- InvalidSignature        a signature that does not hold
|-- UntrustedSigner         a good signature by a key that nobody trusts for this name
|-- SignerRevoked           a good signature by a key that was revoked
|-- SignerExpired           a good signature by a key outside of its time
|-- DigestRevoked           these very bytes were revoked
|-- ThresholdUnmet          too few distinct keys signed
|-- PrivilegedUntrusted     a privileged module that no key trusted by this project signed
|-- Tampered                what was signed is not what is there
|-- TreeRefused             a file tree that cannot be a module: links, odd names, too large
|-- ArchiveRefused          an archive that is not exactly what packing writes
`-- RegistryDistrust        a module registry's metadata is not to be believed
    |-- RegistryRollback    an older state than was already seen
    |-- RegistryStale       a state whose time is over
    |-- RegistryTampered    a document that its signers did not sign so
    `-- RegistryRootRefused the root of trust is missing, or is not the pinned one
"""

from holdfast.errors import HoldfastError


class TrustError(HoldfastError):
    """Base of all refusals of `trust`."""


class KeyRefused(TrustError):
    """A public key that must not be used: `reason` in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeyUnreadable(TrustError):
    """The key at `path` ("ssh-agent" for the agent) cannot be used: `reason`; `hint` is the next command."""

    def __init__(self, path: str, reason: str, hint: str = "") -> None:
        super().__init__(path, reason, hint)
        self.path = path
        self.reason = reason
        self.hint = hint


class MalformedDocument(TrustError):
    """A JSON document that is not strict: `place` is a key path, "" for the whole."""

    def __init__(self, place: str, expected: str, found: str = "") -> None:
        super().__init__(place, expected, found)
        self.place = place
        self.expected = expected
        self.found = found


class MalformedSignature(TrustError):
    """The envelope or statement about `subject` breaks its format."""

    def __init__(self, subject: str, reason: str) -> None:
        super().__init__(subject, reason)
        self.subject = subject
        self.reason = reason


class PayloadTypeRefused(TrustError):
    """A signature made for another purpose: payload or predicate type `found` where `expected` counts."""

    def __init__(self, subject: str, expected: str, found: str) -> None:
        super().__init__(subject, expected, found)
        self.subject = subject
        self.expected = expected
        self.found = found


class SignatureNotFound(TrustError):
    """Nothing about `subject` is signed."""

    def __init__(self, subject: str, where: str = "") -> None:
        super().__init__(subject, where)
        self.subject = subject
        self.where = where


class _BySigner(TrustError):
    """A refusal that names the signer: `signer` is its full id, `ed25519:<64 hex>`."""

    def __init__(self, subject: str, signer: str, label: str = "") -> None:
        super().__init__(subject, signer, label)
        self.subject = subject
        self.signer = signer
        self.label = label


class InvalidSignature(_BySigner):
    """The signature of `signer` over `subject` does not hold."""


class UntrustedSigner(_BySigner):
    """`subject` is signed by `signer`, whom nobody trusts for this name. An id "" = by keys that nobody knows."""


class SignerRevoked(TrustError):
    """`signer` signed `subject` and was revoked: `cause` is "compromise" or "superseded", from `effective` on."""

    def __init__(self, subject: str, signer: str, cause: str, reason: str, effective: str) -> None:
        super().__init__(subject, signer, cause, reason, effective)
        self.subject = subject
        self.signer = signer
        self.cause = cause
        self.reason = reason
        self.effective = effective


class SignerExpired(TrustError):
    """`signer` signed `subject` outside of its time: trusted from `since` until `until`."""

    def __init__(self, subject: str, signer: str, since: str, until: str) -> None:
        super().__init__(subject, signer, since, until)
        self.subject = subject
        self.signer = signer
        self.since = since
        self.until = until


class DigestRevoked(TrustError):
    """The bytes of `subject` were revoked."""

    def __init__(self, subject: str, digest: str, cause: str, reason: str, effective: str) -> None:
        super().__init__(subject, digest, cause, reason, effective)
        self.subject = subject
        self.digest = digest
        self.cause = cause
        self.reason = reason
        self.effective = effective


class ThresholdUnmet(TrustError):
    """`met` distinct keys signed `subject` where `needed` must."""

    def __init__(self, subject: str, needed: int, met: int) -> None:
        super().__init__(subject, needed, met)
        self.subject = subject
        self.needed = needed
        self.met = met


class PrivilegedUntrusted(TrustError):
    """`subject` is privileged, and no key that this project trusts for its name signed it; `signers` did."""

    def __init__(self, subject: str, signers: tuple[str, ...]) -> None:
        super().__init__(subject, signers)
        self.subject = subject
        self.signers = signers


class Tampered(TrustError):
    """`what` of `subject` is not what was signed."""

    def __init__(self, subject: str, what: str, expected: str, found: str) -> None:
        super().__init__(subject, what, expected, found)
        self.subject = subject
        self.what = what
        self.expected = expected
        self.found = found


class TreeRefused(TrustError):
    """A file tree that cannot be a module, because of `path`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason


class ArchiveRefused(TrustError):
    """An archive that is not exactly what packing writes, because of `entry` ("" = the whole)."""

    def __init__(self, entry: str, reason: str) -> None:
        super().__init__(entry, reason)
        self.entry = entry
        self.reason = reason


class RegistryDistrust(TrustError):
    """A module registry's metadata is not to be believed: `document` of the source `source`."""

    def __init__(self, source: str, document: str, reason: str) -> None:
        super().__init__(source, document, reason)
        self.source = source
        self.document = document
        self.reason = reason


class RegistryRollback(RegistryDistrust):
    """An older state than was already seen."""


class RegistryStale(RegistryDistrust):
    """A state whose time is over: `reason` says since when."""


class RegistryTampered(RegistryDistrust):
    """A document that its signers did not sign so."""


class RegistryRootRefused(RegistryDistrust):
    """The root of trust is missing, or is not the pinned one."""
