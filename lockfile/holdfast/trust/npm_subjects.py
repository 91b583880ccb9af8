"""What npm's evidence is about: one version of one package, and the digest of its tarball.

    PackageVersion("@acme/tool", "1.0.0", "sha512:d1fc7bcb...")
        .text         @acme/tool@1.0.0
        .integrity    sha512-0fx7y5M...==         as `dist.integrity` has it (W3C Subresource Integrity, section 3.1)
        .purl         pkg:npm/%40acme/tool@1.0.0  as an attestation's subject has it

Knows no signature and no registry.
"""

import re
from base64 import b64encode
from urllib.parse import quote

from holdfast.trust.attestations.errors import DIGEST, SUBJECT, EvidenceRefused
from holdfast.trust.strict_fields import shown
from holdfast_resolver.values.tuples import NamedTuple

_LENGTHS = {"sha512": 128, "sha384": 96, "sha256": 64}  # hex digits; weaker ones prove nothing
_HEX = re.compile(r"[0-9a-f]+")
# What keeps `name@version:integrity` readable in one way only.
_NAME = re.compile(r"(?:@[^@:/\s]+/)?[^@:/\s]+")
_VERSION = re.compile(r"[0-9][^@:/\s]*")


class PackageVersion(NamedTuple):
    """A release and its tarball. Made by `package_version`."""

    name: str
    version: str
    digest: str  # "sha512:<hex>", or another algorithm of `_LENGTHS`

    @property
    def text(self) -> str:
        """Return `@acme/tool@1.0.0`, for messages too."""
        return f"{self.name}@{self.version}"

    @property
    def integrity(self) -> str:
        """Return the digest as the registry signs it: `sha512-<base64>`."""
        algorithm, _, digits = self.digest.partition(":")
        return f"{algorithm}-{b64encode(bytes.fromhex(digits)).decode('ascii')}"

    @property
    def purl(self) -> str:
        """Return the package URL, in which npm percent-encodes the scope's "@" (package-url/purl-spec, type npm)."""
        return f"pkg:npm/{quote(self.name, safe='/')}@{quote(self.version, safe='')}"


def package_version(name: str, version: str, digest: str) -> PackageVersion:
    """Return what evidence has to be about. `digest` is "<algorithm>:<lower-case hex>", sha256 or stronger.

    Raises `EvidenceRefused`: `subject` for a name or version that nobody can sign for, `digest` for another digest.
    """
    text = f"{name}@{version}"
    if not _NAME.fullmatch(name) or not _VERSION.fullmatch(version):
        raise EvidenceRefused(text, SUBJECT, f"expected a package and its version, found {shown(text)}")
    algorithm, _, digits = digest.partition(":")
    if len(digits) != _LENGTHS.get(algorithm) or not _HEX.fullmatch(digits):
        raise EvidenceRefused(
            text, DIGEST, f"expected a sha512, sha384 or sha256 of the tarball, found {shown(digest)}"
        )
    return PackageVersion(name, version, digest)
