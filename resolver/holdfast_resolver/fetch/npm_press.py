"""A large packument turned into its record without the values between: the quick way of `press.py`.

What comes out is, byte for byte, what `distil_npm` makes of `read_keyed`; what is not of the ordinary shape is None,
and goes that way. Knows how a record is written; what a manifest means is the business of `registries.npm_manifest`.
"""

from datetime import datetime
from itertools import chain  # built in
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET

from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.fetch.npm_distil import Stated, written
from holdfast_resolver.fetch.npm_lines import INSTALLS, UNIT, USUAL, flat, short_hash
from holdfast_resolver.fetch.npm_records import FULL, SHORT, SHORT_LINUX, milliseconds_of
from holdfast_resolver.registries.npm_manifest import (
    LONGEST_FACTS,
    LONGEST_RANGE,
    UnusableManifestError,
    address_of,
    bundled_names,
    commands,
    deprecation,
    engine_ranges,
    integrity_of,
    length_of_pairs,
    length_of_words,
    license_of,
    optional_peers,
    possible,
    requirements,
    signatures_of,
    words_of,
)
from holdfast_resolver.registries.npm_packument import keyed, tags_of
from holdfast_resolver.registries.npm_parts import FAULTS, Manifest, Sketch, decoded
from holdfast_resolver.registries.upload_times import utc_time

Told = TypeVar("Told")
_USUAL_LENGTH = 95  # "sha512-" and 88 characters of base64
_USUAL_ENDS = ("A==", "Q==", "g==", "w==")


Validity = tuple[int, int, str, str]  # fetched, fresh for (both in seconds), ETag, Last-Modified


def quick_record(body: bytes, name: str, validity: Validity, full: bool) -> bytes | None:
    """Return the record of the packument of `name`; None where it takes the careful way."""
    packument = decoded(body, name)
    if packument is None:
        return None
    releases = by_key(packument.versions or {})
    if releases is None:
        return None
    lines = Lines(name)
    columns = Columns(packument.time or {}, full)
    try:
        for key in sorted(releases, reverse=True):
            raw, version, manifest = releases[key]
            try:
                text, ranges = lines.line(raw, version, manifest)
            except UnusableManifestError:
                continue
            columns.add(key, raw, version, text, ranges, bool(manifest.deprecated))
    except FAULTS:  # a part that is decoded late is no JSON
        return None
    form = FULL if columns.full else SHORT_LINUX if lines.linux and not lines.libc else SHORT
    return columns.record(Stated(name, *validity, form, tags_of(packument.tags)), lines.stems())


def by_key(versions: dict[str, Told]) -> dict[str, tuple[str, str, Told]] | None:
    """Return (text of the version, its normal form, what is told of it) by key; None where two have the same.

    Versions that differ in build metadata alone: which of them stays takes some care.
    """
    releases: dict[str, tuple[str, str, Told]] = {}
    for raw, told in versions.items():
        try:
            key, version = keyed(raw)
        except InvalidVersion:
            continue
        if key in releases:
            return None
        releases[key] = raw, version, told
    return releases


class Columns:
    """What the head of a record has of each release; they come the newest first."""

    def __init__(self, times: dict[str, Any], full: bool) -> None:
        self.full = full  # whether times are told
        self._told = times
        self._rows: list[tuple[str, str, str | None, int | None, dict[str, str], bool]] = []

    def add(self, key: str, raw: str, version: str, line: str | None, ranges: dict[str, str], deprecated: bool) -> None:
        """Add a release."""
        told = self._told.get(raw)
        time = None
        if type(told) is str:
            time = _milliseconds(told)
            self.full = self.full or time is not None or bool(utc_time(told))
        self._rows.append((key, version, line, time, ranges, deprecated))

    def record(self, stated: Stated, stems: str, rest: str = "") -> bytes:
        """Return the bytes of the record."""
        keys, versions, lines, times, engines, deprecated = zip(*reversed(self._rows)) if self._rows else [()] * 6
        mask = sum([1 << index for index, told in enumerate(deprecated) if told])
        return written(stated, keys, versions, mask, lines, times, engines, stems, rest)


def _milliseconds(text: str) -> int | None:
    """As `milliseconds_of` of `utc_time`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    if not 1970 < moment.year < 2500:  # beyond, it may be more than a record can hold
        return milliseconds_of(utc_time(text))
    return int(moment.timestamp() * 1000 + 0.5)


class Lines:
    """Writes the lines of one packument, the newest first; what many releases share is worked out once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tarball = ""
        self._attestations = ""
        self._keys: dict[str, int] = {}
        self._engines: dict[bytes, tuple[str, dict[str, str], int]] = {}
        self._bins: dict[bytes, tuple[str, int]] = {}
        self.linux = False
        self.libc = False

    def stems(self) -> str:
        """What stands in the head for `Stems`."""
        return "\t".join([self._tarball, self._attestations, *self._keys])

    def line(self, raw: str, version: str, manifest: Manifest) -> tuple[str, dict[str, str]]:
        """Return a release's line and its ranges of engines. Raises `UnusableManifestError`."""
        self._check(raw, manifest)
        dist = manifest.dist
        tarball = dist.tarball
        usual = self._tarball and tarball == f"{self._tarball}{version}.tgz"
        if not usual and not address_of(tarball):
            raise UnusableManifestError
        dependencies, optional, peers, told_peers, bundled = _wanted(manifest)
        engines, ranges, length = self._engines_of(manifest.engines)
        bins, more = self._bins_of(manifest.bin)
        length += more
        systems = processors = libc = ""
        if bundled or manifest.os or manifest.cpu or manifest.libc:
            words = words_of(manifest.os), words_of(manifest.cpu), words_of(manifest.libc)
            length += sum(map(length_of_words, (*words, bundled)))
            self.linux = self.linux or "linux" in words[0]
            self.libc = self.libc or bool(words[2])
            systems, processors, libc = map(UNIT.join, words)
        if length > LONGEST_FACTS:
            raise UnusableManifestError
        license_text = manifest.license or manifest.licenses
        fields = (
            _hash(dist.integrity),
            USUAL if usual else self._short_tarball(tarball, version),
            INSTALLS if _installs(manifest) else "",
            dependencies,
            optional,
            peers,
            told_peers,
            UNIT.join(bundled) if bundled else "",
            engines,
            systems,
            processors,
            libc,
            bins,
            license_of(license_text) if license_text else "",
            deprecation(manifest.deprecated) if manifest.deprecated else "",
            self._short_signatures(dist.signatures) if dist.signatures else "",
            self._short_attestations(dist.attestations, version) if dist.attestations else "",
        )
        return "\t".join(fields).rstrip("\t"), ranges

    def ranges(self, raw: str, sketch: Sketch) -> dict[str, str]:
        """Return the ranges of engines of a release that may have no line. Raises `UnusableManifestError`."""
        self._check(raw, sketch)
        return self._engines_of(sketch.engines)[1]

    def _check(self, raw: str, told: Manifest | Sketch) -> None:
        if (told.name is not UNSET and told.name != self._name) or (told.version is not UNSET and told.version != raw):
            raise UnusableManifestError

    def _engines_of(self, raw: msgspec.Raw) -> tuple[str, dict[str, str], int]:
        known = self._engines.get(text := bytes(raw))
        if known is None:
            pairs = engine_ranges(msgspec.json.decode(raw))
            known = self._engines[text] = flat(pairs), dict(pairs), length_of_pairs(pairs)
        return known

    def _bins_of(self, raw: msgspec.Raw) -> tuple[str, int]:
        known = self._bins.get(text := bytes(raw))
        if known is None:
            value = msgspec.json.decode(raw)
            pairs = commands(value, self._name) if value else ()
            known = self._bins[text] = flat(pairs), length_of_pairs(pairs)
        return known

    def _short_tarball(self, url: str, version: str) -> str:
        """The newest release with an ordinary address gives the stem."""
        if not self._tarball and url.endswith(version + ".tgz"):
            self._tarball = url.removesuffix(version + ".tgz")
            return USUAL
        return url

    def _short_attestations(self, value: Any, version: str) -> str:
        url = address_of(value.get("url")) if type(value) is dict else ""
        if not self._attestations and url.endswith(version):
            self._attestations = url.removesuffix(version)
        return USUAL if self._attestations and url == self._attestations + version else url

    def _short_signatures(self, value: Any) -> str:
        keys = self._keys
        parts = []
        for key_id, signature in signatures_of(value):
            parts += [str(keys.setdefault(key_id, len(keys))), signature]
        return UNIT.join(parts)


def _installs(manifest: Manifest) -> bool:
    """Whether something runs at installation."""
    if manifest.hasInstallScript is True or manifest.gypfile is True:
        return True
    scripts = manifest.scripts
    return scripts is not None and bool(scripts.preinstall or scripts.install or scripts.postinstall)


def _wanted(manifest: Manifest) -> tuple[str, str, str, str, tuple[str, ...]]:
    """(dependencies, optional ones, peers, optional peers, bundled names), as `read_manifest` has them."""
    bundled = manifest.bundleDependencies
    if bundled is UNSET:
        bundled = manifest.bundledDependencies
    peers = told = ""
    if manifest.peerDependencies:
        peers = _flat_requirements(manifest.peerDependencies)
        if manifest.peerDependenciesMeta:
            told = UNIT.join(optional_peers(manifest.peerDependenciesMeta, requirements(manifest.peerDependencies)))
    if not bundled and not manifest.optionalDependencies:  # nearly always
        dependencies = manifest.dependencies
        return _flat_requirements(dependencies) if dependencies else "", "", peers, told, ()
    optional = requirements(possible(manifest.optionalDependencies))
    names = {pair[0] for pair in optional}
    plain = tuple([pair for pair in requirements(manifest.dependencies) if pair[0] not in names])
    inside = bundled_names(bundled, plain + optional) if bundled else ()
    return flat(plain) if plain else "", flat(optional) if optional else "", peers, told, inside


def _flat_requirements(value: Any) -> str:
    """As `flat` of `requirements`."""
    if type(value) is dict:
        pairs = sorted(value.items())
        try:
            text = UNIT.join(chain.from_iterable(pairs))
        except TypeError:
            raise UnusableManifestError from None
        if (
            len(text) <= LONGEST_RANGE
            and "" not in value
            and "npm:" not in text
            and text.count(UNIT) == 2 * len(pairs) - 1
            and text.replace(UNIT, "").isprintable()
        ):
            return text
    return flat(requirements(value))


def _hash(value: Any) -> str:
    """As `short_hash` of `integrity_of`."""
    if (
        type(value) is str
        and len(value) == _USUAL_LENGTH
        and value.startswith("sha512-")
        and value.endswith(_USUAL_ENDS)  # 64 bytes, and no bit beyond them
        and value.isascii()
        and value[7:93].replace("+", "A").replace("/", "A").isalnum()
    ):
        return value
    text = integrity_of(value)
    return short_hash(text) if text else ""
