"""What the verification of attestations refuses, below `TrustError`.

TrustError
|-- EvidenceRefused     an attestation that proves nothing: why is one word of `REASONS`
|   `-- ReleaseUnsigned an npm release without a signature of its registry, which publishes keys
`-- TrustRootRefused    the root of trust itself is not the pinned one, or cannot be used

The words are for programs, `detail` is for people. A refusal speaks of evidence that is there; that there is none,
or that the index did not answer, is not a refusal.
"""

from holdfast.trust.errors import TrustError

TOO_LARGE = "too-large"  # more bytes, bundles or attestations than anybody needs
MALFORMED = "malformed"  # not the document that PEP 740 describes
VERSION = "version"  # a version of the format, or a kind of log entry, that this program does not know
CERTIFICATE = "certificate"  # a certificate that cannot be read, or was not made for signing code
TIME = "time"  # signed outside of the certificate's time, or outside of the root's
ISSUER = "issuer"  # a certificate that no authority of the root issued
CERTIFICATE_LOG = "certificate-log"  # a certificate that no certificate log of the root has seen
LOG = "log"  # an entry that is not proven to be in a transparency log of the root, or tells something else
SIGNATURE = "signature"  # a signature that does not hold
STATEMENT = "statement"  # what was signed is no in-toto statement
SUBJECT = "subject"  # what was signed is about another file, or about several
DIGEST = "digest"  # what was signed is about other bytes
PREDICATE = "predicate"  # what was signed has a purpose that this program does not know
IDENTITY = "identity"  # a certificate that names nobody, or contradicts itself
KEY = "key"  # a key that the npm registry does not publish, or not for this
UNSIGNED = "unsigned"  # the npm registry signs its releases, and this one is not signed
PUBLISHER = "publisher"  # the index names another publisher than the certificate
UNVERIFIED = "unverified"  # anything else that the verification did not accept

REASONS = (
    TOO_LARGE, MALFORMED, VERSION, CERTIFICATE, TIME, ISSUER, CERTIFICATE_LOG, LOG, SIGNATURE, STATEMENT, SUBJECT,
    DIGEST, PREDICATE, IDENTITY, KEY, UNSIGNED, PUBLISHER, UNVERIFIED,
)  # fmt: skip


class EvidenceRefused(TrustError):
    """Evidence about `subject` (a file's name) that proves nothing: `reason` is one of `REASONS`."""

    def __init__(self, subject: str, reason: str, detail: str) -> None:
        super().__init__(subject, reason, detail)
        self.subject = subject
        self.reason = reason
        self.detail = detail


class ReleaseUnsigned(EvidenceRefused):
    """`subject` (`name@version`) is not signed, though its registry publishes keys: `registry` is its URL."""

    def __init__(self, subject: str, registry: str) -> None:
        super().__init__(subject, UNSIGNED, f"expected a signature of {registry}, found none")
        self.registry = registry


class TrustRootRefused(TrustError):
    """The root of trust `name` cannot be used: `reason` in words."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason
