"""What a signing certificate says of its holder: the claims that Fulcio wrote into its extensions.

Fulcio's directory of object identifiers (sigstore/fulcio, docs/oid-info.md): 1.3.6.1.4.1.57264.1.1 to .6 hold raw text,
from .8 on a DER UTF8String. A claim that stands in both forms must be the same in both. Knows the certificate's form;
whether anybody trusted issued it is not decided here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from holdfast.trust.attestations.errors import CERTIFICATE, IDENTITY, EvidenceRefused
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields
from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_ARC = "1.3.6.1.4.1.57264.1."
_LAST_RAW = 6
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_LONGEST = 4096  # bytes of a claim

# field -> its identifier and, where there is one, the older identifier of the same claim
_CLAIMS = {
    "issuer": (8, 1),
    "build_signer": (9, None),
    "runner": (11, None),
    "repository": (12, None),
    "commit": (13, 3),
    "ref": (14, 6),
    "repository_id": (15, None),
    "owner_id": (17, None),
    "build_config": (18, None),
    "trigger": (20, 2),
    "run": (21, None),
    "environment": (23, None),
    "short_repository": (5, None),
}


class Claims(NamedTuple):
    """The claims of one certificate; "" where it makes none. Believed only once the certificate is verified."""

    identity: str  # the one subject alternative name
    is_email: bool  # otherwise it is a URI
    issuer: str  # URL of the identity provider
    build_signer: str = ""  # URI of the instructions that signed: a reusable workflow's, or those of `build_config`
    runner: str = ""  # "github-hosted", "self-hosted"
    repository: str = ""  # URI
    commit: str = ""
    ref: str = ""  # "refs/tags/v1.0.0"
    repository_id: str = ""
    owner_id: str = ""
    build_config: str = ""  # URI of the top-level instructions, with "@" and their ref
    trigger: str = ""  # "release"
    run: str = ""  # URI
    environment: str = ""
    short_repository: str = ""  # "owner/repository", GitHub's only


def load_certificate(der: bytes, subject: str) -> Certificate:
    """Read a signing certificate with an ECDSA key on P-256, the one suite of PEP 740's version 1.

    Raises `EvidenceRefused` (`certificate`).
    """
    from cryptography import x509  # start-up
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

    try:
        certificate = x509.load_der_x509_certificate(der)
        _ = certificate.extensions  # read when first asked for
        key = certificate.public_key()
    except _unreadable() as error:
        raise EvidenceRefused(subject, CERTIFICATE, f"it cannot be read: {type(error).__name__}") from None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise EvidenceRefused(subject, CERTIFICATE, "expected an ECDSA key on P-256")
    return certificate


def read_claims(certificate: Certificate, subject: str) -> Claims:
    """Return what a certificate says of its holder. Raises `EvidenceRefused` (`identity`)."""
    found = _extensions(certificate, subject)
    values = {}
    for field, (number, older) in _CLAIMS.items():
        new, old = found.get(number, ""), found.get(older, "") if older else ""
        if new and old and new != old:
            raise EvidenceRefused(subject, IDENTITY, f"the certificate contradicts itself: {field}")
        values[field] = new or old
    if not values["issuer"]:
        raise EvidenceRefused(subject, IDENTITY, "the certificate names no identity provider")
    identity, is_email = _identity(certificate, subject)
    return Claims(identity, is_email, **values)


def decode_utf8_string(der: bytes) -> str | None:
    """Return the text of a DER UTF8String (X.690, 8.23 and 10.1) and nothing beside; None for anything else.

    >>> decode_utf8_string(b"\\x0c\\x04main")
    'main'
    """
    if len(der) < 2 or der[0] != 0x0C:
        return None
    length, start = der[1], 2
    if length >= 0x80:
        start = 2 + (length & 0x7F)
        length = int.from_bytes(der[2:start], "big")
        # the shortest form only
        if not 2 < start <= len(der) or length < 0x80 or der[2] == 0:
            return None
    if len(der) != start + length:
        return None
    try:
        return der[start:].decode("utf-8")
    except UnicodeDecodeError:
        return None


def _unreadable() -> tuple[type[Exception], ...]:
    """Return what the parser raises for odd bytes; the warning where a program turns warnings into errors."""
    from cryptography.exceptions import UnsupportedAlgorithm  # start-up
    from cryptography.utils import CryptographyDeprecationWarning
    from cryptography.x509 import DuplicateExtension, InvalidVersion, UnsupportedGeneralNameType

    return (
        ValueError, TypeError, UnsupportedAlgorithm, CryptographyDeprecationWarning, DuplicateExtension,
        InvalidVersion, UnsupportedGeneralNameType,
    )  # fmt: skip


def _extensions(certificate: Certificate, subject: str) -> dict[int, str]:
    from cryptography.x509 import UnrecognizedExtension  # start-up

    wanted = {number for pair in _CLAIMS.values() for number in pair if number}
    found = {}
    for extension in certificate.extensions:
        name = extension.oid.dotted_string
        number = name.removeprefix(_ARC)
        if number == name or not _NUMBER.fullmatch(number) or int(number) not in wanted:
            continue
        value = extension.value
        raw = value.value if isinstance(value, UnrecognizedExtension) else b""
        found[int(number)] = _claim(raw, int(number), subject)
    return found


def _claim(raw: bytes, number: int, subject: str) -> str:
    place = f"{_ARC}{number}"
    if len(raw) > _LONGEST:
        raise EvidenceRefused(subject, IDENTITY, f"expected at most {_LONGEST} bytes in {place}, found {len(raw)}")
    text = raw.decode("utf-8", "replace") if number <= _LAST_RAW else decode_utf8_string(raw)
    if text is None or "\ufffd" in text:
        raise EvidenceRefused(subject, IDENTITY, f"expected UTF-8 text in {place}")
    return _visible(text, place, subject)


def _visible(text: str, place: str, subject: str) -> str:
    """Refuse what a terminal would not show: control characters, marks of direction."""
    try:
        return Fields({"": text}).text("")
    except MalformedDocument as fault:
        raise EvidenceRefused(subject, IDENTITY, f"expected {fault.expected} in {place}, found {fault.found}") from None


def _identity(certificate: Certificate, subject: str) -> tuple[str, bool]:
    """Return the one name of a certificate's holder, and whether it is an e-mail address."""
    from cryptography import x509  # start-up

    try:
        names = list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        names = []
    if len(names) != 1:
        raise EvidenceRefused(subject, IDENTITY, f"expected one subject alternative name, found {len(names)}")
    name = names[0]
    if not isinstance(name, x509.UniformResourceIdentifier | x509.RFC822Name) or not name.value:
        raise EvidenceRefused(subject, IDENTITY, "expected a URI or an e-mail address as subject alternative name")
    text = _visible(name.value, "the subject alternative name", subject)
    is_email = isinstance(name, x509.RFC822Name)
    # So that an address never reads as a URI: "https://acme.example/x@y" is no mailbox.
    if is_email == ("://" in text) or (is_email and "@" not in text):
        raise EvidenceRefused(subject, IDENTITY, "the subject alternative name is not of its type")
    return text, is_email
