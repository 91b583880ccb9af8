"""Module registries: the index document of a module -> `ModuleListing`; and where such a registry keeps what.

    modules/@acme/guards.json   {"format": 1, "critical": [], "name": "@acme/guards", "releases": [...]}
    blobs/sha256/ab/abcd...     archives and vetting reports

A document comes here after its registry's metadata vouched for it (TUF); what publishers signed is still unproved, and
envelopes are carried as text. Knows JSON and the fields; never sockets, disks or signatures.
"""

from typing import Any

from holdfast_resolver.errors import InvalidInput
from holdfast_resolver.registries.faults import AnswerFaultError, answer_of
from holdfast_resolver.registries.json_answers import Place, read_json
from holdfast_resolver.values.digests import parse_digest
from holdfast_resolver.values.modules import (
    PERMISSION_KINDS,
    ModuleListing,
    ModuleRelease,
    archive_file_name,
    is_module_name,
)
from holdfast_resolver.versions.semver import SEMVER

FORMAT = 1
LARGEST_DOCUMENT = 4 * 1024 * 1024  # bytes
LARGEST_ARCHIVE = 2**40  # bytes; what is really admitted is bounded where archives are read
MOST = 10_000  # releases of one module, entries of one list
_HIDDEN = frozenset(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), 0x2028, 0x2029))


def blob_path(digest: str) -> str:
    """Return where a registry keeps the bytes of "sha256:<hex>". Raises `InvalidDigest`.

    >>> blob_path("sha256:" + "ab" * 32)[:22]
    'blobs/sha256/ab/ababab'
    """
    algorithm, _, value = parse_digest(digest).partition(":")
    return f"blobs/{algorithm}/{value[:2]}/{value}"


def read_index_document(data: bytes, name: str, source: str = "", url: str = "") -> ModuleListing:
    """Return what an index document says of the module `name`, releases ascending by version.

    Raises `RegistryAnswerInvalid`, with the place of the fault: duplicate keys, an unknown critical field, another name,
    two releases of one version (build metadata does not tell versions apart), a digest or range that is none.
    """
    with answer_of(source, name, url):
        if len(data) > LARGEST_DOCUMENT:
            raise AnswerFaultError(f"expected at most {LARGEST_DOCUMENT} bytes, found {len(data)}")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise AnswerFaultError("expected UTF-8") from None
        top = Place("")
        document = top.mapping(read_json(text))
        if document.get("format") != FORMAT or document.get("format") is True:
            raise AnswerFaultError(f"format: expected {FORMAT}, found {document.get('format')!r:.40}")
        critical = _texts(top, document, "critical")
        if critical:
            raise AnswerFaultError(f"critical: expected nothing unknown to this version, found {critical[0]!r}")
        if top.required(document, "name", str) != name:
            raise AnswerFaultError(f"name: expected {name}, found {document['name']!r:.200}")
        releases = top.required(document, "releases", list)
        if len(releases) > MOST:
            raise AnswerFaultError(f"releases: expected at most {MOST}, found {len(releases)}")
        return ModuleListing(name, _sorted([_release(name, index, entry) for index, entry in enumerate(releases)]))


def _sorted(releases: list[ModuleRelease]) -> tuple[ModuleRelease, ...]:
    by_key: dict[str, ModuleRelease] = {}
    for release in releases:
        key = SEMVER.key(release.version)
        if key in by_key:
            raise AnswerFaultError(
                f"releases: expected each version once, found {by_key[key].version} and {release.version}"
            )
        by_key[key] = release
    return tuple([by_key[key] for key in sorted(by_key)])


def _release(name: str, index: int, value: object) -> ModuleRelease:
    place = Place(f"releases[{index}]")
    entry = place.mapping(value)
    version = _version(place, entry)
    file = place.required(entry, "file", str)
    if file != archive_file_name(name, version):
        raise AnswerFaultError(f"{place.path}.file: expected {archive_file_name(name, version)}, found {file!r:.200}")
    size = place.required(entry, "size", int)
    if isinstance(size, bool) or not 0 < size <= LARGEST_ARCHIVE:
        raise AnswerFaultError(f"{place.path}.size: expected a number of bytes")
    yanked = place.optional(entry, "yanked", str)
    return ModuleRelease(
        version,
        file,
        size,
        _digest(place, entry, "sha256"),
        _digest(place, entry, "tree"),
        _dependencies(place, entry),
        _permissions(place, entry),
        place.required(entry, "privileged", bool),
        _plain(place, "published", place.required(entry, "published", str)),
        None if yanked is None else _plain(place, "yanked", yanked),
        _plain(place, "publisher", place.optional(entry, "publisher", str) or ""),
        _texts(place, entry, "envelopes"),
        _texts(place, entry, "vetted"),
        _digest(place, entry, "report") if entry.get("report") else "",
    )


def _version(place: Place, entry: dict[str, Any]) -> str:
    written = place.required(entry, "version", str)
    try:
        normal = SEMVER.normalize(written)
    except InvalidInput:
        raise AnswerFaultError(f"{place.path}.version: expected a SemVer version, found {written!r:.200}") from None
    if normal != written:
        raise AnswerFaultError(f"{place.path}.version: expected {normal}, found {written!r:.200}")
    return written


def _digest(place: Place, entry: dict[str, Any], key: str) -> str:
    """64 hex digits -> "sha256:<hex>"."""
    try:
        return parse_digest("sha256:" + place.required(entry, key, str))
    except InvalidInput:
        raise AnswerFaultError(f"{place.path}.{key}: expected 64 lower-case hex digits") from None


def _dependencies(place: Place, entry: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    wanted = place.strings(entry, "dependencies")
    for name, range_text in wanted.items():
        if not is_module_name(name):
            raise AnswerFaultError(f"{place.path}.dependencies: expected @scope/name, found {name!r:.200}")
        try:
            SEMVER.canonical_range(range_text)
        except InvalidInput:
            raise AnswerFaultError(
                f"{place.path}.dependencies.{name}: expected a SemVer range, found {range_text!r:.200}"
            ) from None
    return tuple(sorted(wanted.items()))


def _permissions(place: Place, entry: dict[str, Any]) -> tuple[str, ...]:
    found = _texts(place, entry, "permissions")
    for text in found:
        kind, colon, value = _plain(place, "permissions", text).partition(":")
        if kind not in PERMISSION_KINDS or not colon or not value:
            raise AnswerFaultError(f"{place.path}.permissions: expected such as network:HOST, found {text!r:.200}")
    if list(found) != sorted(set(found)):
        raise AnswerFaultError(f"{place.path}.permissions: expected each once, sorted")
    return found


def _texts(place: Place, entry: dict[str, Any], key: str) -> tuple[str, ...]:
    found = place.required(entry, key, list)
    if len(found) > MOST or not all(isinstance(text, str) for text in found):
        raise AnswerFaultError(f"{_at(place, key)}: expected a list of strings")
    return tuple(found)


def _plain(place: Place, key: str, text: str) -> str:
    if not _HIDDEN.isdisjoint(text):
        raise AnswerFaultError(f"{_at(place, key)}: expected text without control or bidirectional characters")
    return text


def _at(place: Place, key: str) -> str:
    return f"{place.path}.{key}" if place.path else key
