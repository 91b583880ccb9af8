"""A certificate authority as Fulcio is: a root, an intermediate, a certificate log, certificates of ten minutes.

All keys are ECDSA P-256 and come from names, signatures are deterministic (RFC 6979), so the same certificate comes
out in every run. Nothing here knows attestations.
"""

import hashlib
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support.sigstore_flaws import Flaws
from tests.support.sigstore_identities import Identity

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_FULCIO = "1.3.6.1.4.1.57264.1"
_SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_FIRST_DER_CLAIM = 8  # claims 1 to 6 are bare text, later ones DER UTF8Strings
_BORN, _DIES = datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
_USAGES = {"code-signing": ExtendedKeyUsageOID.CODE_SIGNING, "client": ExtendedKeyUsageOID.CLIENT_AUTH}


def named_key(name: str) -> ec.EllipticCurvePrivateKey:
    """The P-256 key of a name, the same in every run."""
    number = int.from_bytes(hashlib.sha512(name.encode()).digest(), "big")
    return ec.derive_private_key(number % (_ORDER - 1) + 1, ec.SECP256R1())


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """ECDSA with SHA-256, deterministic (RFC 6979), DER."""
    return key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def public_der(key: ec.EllipticCurvePrivateKey) -> bytes:
    """SubjectPublicKeyInfo."""
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def log_id(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The id of a log's key (RFC 6962, section 3.2)."""
    return hashlib.sha256(public_der(key)).digest()


class Issued(NamedTuple):
    """A certificate and the key it is for."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


class Authority:
    """An authority and its certificate log; `name` decides all keys."""

    def __init__(self, name: str) -> None:
        self.name = name
        root_key = named_key(f"{name} root")
        root_name = _distinguished(f"{name} root")
        self.root = Issued(_authority_certificate(root_name, root_key, root_name, root_key, 1), root_key)
        key = named_key(f"{name} intermediate")
        certificate = _authority_certificate(_distinguished(f"{name} intermediate"), key, root_name, root_key, 0)
        self.intermediate = Issued(certificate, key)
        self.log_key = named_key(f"{name} certificate log")

    def issue(self, identity: Identity, at: datetime, purpose: str, flaws: Flaws) -> Issued:
        """A certificate for `identity` with a fresh key, which `purpose` decides."""
        key = named_key(f"{self.name} leaf {identity!r} {purpose}")
        issuer = self._issuer(flaws.issuer)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(issuer.certificate.subject)
            .public_key(key.public_key())
            .serial_number(_serial(f"{self.name} {identity!r} {purpose}"))
            .not_valid_before(at + timedelta(seconds=flaws.valid_from))
            .not_valid_after(at + timedelta(seconds=flaws.valid_until))
        )
        for extension, critical in _leaf_extensions(identity, key, issuer, flaws):
            builder = builder.add_extension(extension, critical)
        if flaws.sct != "none":
            builder = builder.add_extension(self._timestamps(builder, issuer, at, flaws.sct), critical=False)
        return Issued(_signed(builder, issuer.key), key)

    def _issuer(self, which: str) -> Issued:
        match which:
            case "root":
                return self.root
            case "unknown":
                return Authority(f"{self.name} unknown").intermediate
        return self.intermediate

    def _timestamps(
        self, builder: x509.CertificateBuilder, issuer: Issued, at: datetime, which: str
    ) -> x509.UnrecognizedExtension:
        """The list of certificate timestamps over the certificate as built so far (RFC 6962, sections 3.2 and 3.3)."""
        body = _signed(builder, issuer.key).tbs_certificate_bytes
        if which == "other-certificate":
            body = body[:-1] + bytes([body[-1] ^ 1])
        key = named_key(f"{self.name} unknown log") if which == "other-log" else self.log_key
        when = int(at.timestamp() * 1000)
        issuer_key = hashlib.sha256(public_der(issuer.key)).digest()
        # version 1, certificate_timestamp, precert_entry
        message = struct.pack("!BBQH", 0, 0, when, 1) + issuer_key + len(body).to_bytes(3, "big") + body + b"\0\0"
        signature = sign(key, message + (b"!" if which == "wrong-signature" else b""))
        sct = b"\0" + log_id(key) + struct.pack("!QHBBH", when, 0, 4, 3, len(signature)) + signature
        scts = _prefixed(sct) * (2 if which == "two" else 1)
        return x509.UnrecognizedExtension(_SCT_LIST, _der(0x04, _prefixed(scts)))


def _leaf_extensions(
    identity: Identity, key: ec.EllipticCurvePrivateKey, issuer: Issued, flaws: Flaws
) -> Sequence[tuple[x509.ExtensionType, bool]]:
    authority = flaws.usage == "authority"
    found: list[tuple[x509.ExtensionType, bool]] = [(_key_usage(authority), True)]
    if authority:
        found.append((x509.BasicConstraints(ca=True, path_length=0), True))
    if flaws.usage != "none":
        found.append((x509.ExtendedKeyUsage([_USAGES.get(flaws.usage, ExtendedKeyUsageOID.CODE_SIGNING)]), False))
    found.append((x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False))
    found.append((x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), False))
    names = [identity.name()] if flaws.names is None else flaws.names
    if names:
        found.append((x509.SubjectAlternativeName([_general_name(*name) for name in names]), True))
    claims = identity.claims() | dict(flaws.claims)
    values = {
        number: text.encode() if number < _FIRST_DER_CLAIM else _der(0x0C, text.encode())
        for number, text in sorted(claims.items())
        if number not in flaws.without
    } | dict(flaws.raw_claims)
    for number, value in values.items():
        found.append((x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{_FULCIO}.{number}"), value), False))
    return found


def _general_name(kind: str, text: str) -> x509.GeneralName:
    return x509.RFC822Name(text) if kind == "email" else x509.UniformResourceIdentifier(text)


def _key_usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    path_length: int,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(_serial(subject.rfc4514_string()))
        .not_valid_before(_BORN)
        .not_valid_after(_DIES)
        .add_extension(_key_usage(True), True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    )
    if path_length == 0:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False)
    return _signed(builder, issuer_key)


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)


def _distinguished(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "sigstore.example"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _serial(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:19], "big") | 1


def _prefixed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _der(tag: int, content: bytes) -> bytes:
    """A DER value of a one-byte tag."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content
