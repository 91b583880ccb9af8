"""An authority of our own, and what it certifies: servers on loopback, and clients.

authority = Authority(tmp_path)
authority.server()               # the context of a server at 127.0.0.1; of one that wants clients to show theirs
authority.file                   # what `cafile` names
authority.client("ann")          # (certificate file, key file)
"""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


class Authority:
    """A certificate authority whose files are in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of the tests")])
        basic = x509.BasicConstraints(ca=True, path_length=0)
        certificate = self._issue(self._name, self._key.public_key(), basic, critical=True)
        self.file = self._write("authority.pem", certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, *, asks: bool = False) -> ssl.SSLContext:
        """The context of a server at 127.0.0.1; with `asks` it takes only clients that show a certificate."""
        certificate, key = self._certified("server")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if asks:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.file)
        return context

    def client(self, name: str) -> tuple[str, str]:
        """The files of a client's certificate and of its key."""
        return self._certified(name)

    def _certified(self, name: str) -> tuple[str, str]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        place = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
        certificate = self._issue(subject, key.public_key(), place)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        text = certificate.public_bytes(serialization.Encoding.PEM)
        return self._write(f"{name}.pem", text), self._write(f"{name}.key", secret)

    def _issue(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        extension: x509.ExtensionType,
        *,
        critical: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key)
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - _DAY).not_valid_after(now + _DAY)
        return builder.add_extension(extension, critical=critical).sign(self._key, hashes.SHA256())

    def _write(self, name: str, data: bytes) -> str:
        path = self._folder / name
        path.write_bytes(data)
        return str(path)
