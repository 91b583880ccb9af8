"""One release of an npm package as a line of a record: fields separated by tabs, parts of a field by U+001F.

    hash  tarball  flags  dependencies  optional  peers  optional-peers  bundled  engines  os  cpu  libc  bins
    license  deprecated  signatures  attestations

What most releases share is written short: the hash is Subresource Integrity as the registry writes it, a tarball and
attestations at their usual address are "+", a key id is its place in the head. Empty fields at the end are left off.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from itertools import chain  # built in

from holdfast_resolver.values.npm import NpmRelease, NpmSignature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.values.npm import NpmListing

UNIT = "\x1f"
USUAL = "+"
_FIELDS = 17
INSTALLS = "i"  # the one flag so far


class Stems:
    """What the addresses of one package's releases begin with, and its signatures' key ids."""

    __slots__ = ("_attestations", "_keys", "_tarball")

    def __init__(self, tarball: str, attestations: str, key_ids: str = "") -> None:
        self._tarball = tarball
        self._attestations = attestations
        self._keys = key_ids.split("\t") if key_ids else []

    @classmethod
    def of(cls, listing: NpmListing) -> Stems:
        """Take them from the newest release; those of older ones that differ are written out."""
        tarball = attestations = ""
        keys: dict[str, None] = {}
        for release in reversed(listing.releases):
            if not tarball and release.tarball.endswith(release.version + ".tgz"):
                tarball = release.tarball.removesuffix(release.version + ".tgz")
            if not attestations and release.attestations.endswith(release.version):
                attestations = release.attestations.removesuffix(release.version)
            for signature in release.signatures:
                keys.setdefault(signature.key_id)
        return cls(tarball, attestations, "\t".join(keys))

    def __str__(self) -> str:
        return "\t".join([self._tarball, self._attestations, *self._keys])

    def short_tarball(self, url: str, version: str) -> str:
        """Return "+" for the usual address."""
        return USUAL if self._tarball and url == f"{self._tarball}{version}.tgz" else url

    def tarball(self, written: str, version: str) -> str:
        """Undo `short_tarball`."""
        return f"{self._tarball}{version}.tgz" if written == USUAL else written

    def short_attestations(self, url: str, version: str) -> str:
        """Return "+" for the usual address."""
        return USUAL if self._attestations and url == self._attestations + version else url

    def attestations(self, written: str, version: str) -> str:
        """Undo `short_attestations`."""
        return self._attestations + version if written == USUAL else written

    def place(self, key_id: str) -> int:
        """Return the number of a key id."""
        return self._keys.index(key_id)

    def key_id(self, place: int) -> str:
        """Return the key id of a number. Raises `IndexError`."""
        return self._keys[place]


def write_line(release: NpmRelease, stems: Stems) -> str:
    """Write a release without its version and its time, which stand in the head."""
    (
        version,
        dependencies,
        optional,
        peers,
        optional_peers,
        bundled,
        engines,
        systems,
        processors,
        libc,
        bins,
        install_script,
        deprecated,
        integrity,
        tarball,
        _,
        license_text,
        signatures,
        attestations,
    ) = release  # taken apart at once: packuments have thousands
    fields = (
        short_hash(integrity) if integrity else "",
        stems.short_tarball(tarball, version),
        INSTALLS if install_script else "",
        flat(dependencies) if dependencies else "",
        flat(optional) if optional else "",
        flat(peers) if peers else "",
        UNIT.join(optional_peers),
        UNIT.join(bundled),
        flat(engines) if engines else "",
        UNIT.join(systems),
        UNIT.join(processors),
        UNIT.join(libc),
        flat(bins) if bins else "",
        license_text,
        deprecated,
        UNIT.join([part for one in signatures for part in (str(stems.place(one.key_id)), one.signature)]),
        stems.short_attestations(attestations, version) if attestations else "",
    )
    return "\t".join(fields).rstrip("\t")


def read_line(text: str, version: str, published: str, stems: Stems) -> NpmRelease:
    """Read the release `version` back. Raises `ValueError` or `IndexError` for a line that `write_line` never made."""
    fields = text.split("\t")
    if len(fields) < _FIELDS:
        fields += [""] * (_FIELDS - len(fields))
    (
        digest,
        tarball,
        flags,
        dependencies,
        optional,
        peers,
        optional_peers,
        bundled,
        engines,
        systems,
        processors,
        libc,
        bins,
        license_text,
        deprecated,
        signatures,
        attestations,
    ) = fields
    return NpmRelease(
        version,
        _pairs(dependencies) if dependencies else (),
        _pairs(optional) if optional else (),
        _pairs(peers) if peers else (),
        tuple(optional_peers.split(UNIT)) if optional_peers else (),
        tuple(bundled.split(UNIT)) if bundled else (),
        _pairs(engines) if engines else (),
        tuple(systems.split(UNIT)) if systems else (),
        tuple(processors.split(UNIT)) if processors else (),
        tuple(libc.split(UNIT)) if libc else (),
        _pairs(bins) if bins else (),
        flags == INSTALLS,
        deprecated,
        _long_hash(digest),
        stems.tarball(tarball, version),
        published,
        license_text,
        tuple([NpmSignature(stems.key_id(int(place)), text) for place, text in _pairs(signatures)])
        if signatures
        else (),
        stems.attestations(attestations, version),
    )


def flat(pairs: tuple[tuple[str, str], ...]) -> str:
    return UNIT.join(chain.from_iterable(pairs))


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    parts = iter(text.split(UNIT))
    return tuple(zip(parts, parts, strict=True))


def short_hash(digest: str) -> str:
    """`sha512:<hex>` -> `sha512-<base64>`, two thirds as long."""
    algorithm, _, value = digest.partition(":")
    return f"{algorithm}-{b2a_base64(bytes.fromhex(value), newline=False).decode()}"


def _long_hash(text: str) -> str:
    if not text:
        return ""
    algorithm, _, value = text.partition("-")
    return f"{algorithm}:{a2b_base64(value).hex()}"
