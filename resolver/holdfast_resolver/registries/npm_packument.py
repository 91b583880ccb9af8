"""A packument, the npm registry's document on one package, turned into an `NpmListing`.

Knows the full and the abbreviated form (npm's documentation of package metadata). Never asks for one itself, and never
judges which release is wanted. What breaks the document is refused; what breaks one release leaves that release out.
"""

from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.registries.faults import AnswerFaultError, answer_of
from holdfast_resolver.registries.json_answers import read_json
from holdfast_resolver.registries.npm_addresses import name_in_url
from holdfast_resolver.registries.npm_manifest import UnusableManifestError, read_manifest
from holdfast_resolver.registries.port import MIB, Request
from holdfast_resolver.registries.upload_times import utc_time
from holdfast_resolver.values.npm import NpmListing, NpmRelease
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source
from holdfast_resolver.versions.semver_keys import (
    normalize_version,
    parse_version,
    parsed_key,
    plain_key,
    plain_prerelease_key,
    spelled,
)

# Abbreviated where the registry has it: a fifth of the size, without times, licenses and libc.
ABBREVIATED = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"
FULL = "application/json"
LARGEST = 128 * MIB  # the largest ones in use have 60


class KeyedListing(NamedTuple):
    """A listing and the order-preserving keys of its releases, which were worked out anyway."""

    keys: list[str]  # ascending; `keys[i]` is that of `listing.releases[i]`
    listing: NpmListing


def packument_request(source: Source, base_url: str, name: str, *, full: bool = False) -> Request:
    """The request for the packument of `name` (see `values.npm_names`); `full` asks for the long form."""
    url = f"{base_url.rstrip('/')}/{name_in_url(name)}"
    return Request(source.name, name, url, accept=FULL if full else ABBREVIATED, max_bytes=LARGEST)


def read_packument(body: bytes, name: str, source: str, url: str) -> NpmListing:
    """Read the packument of the package `name`, as it came from `url`.

    Raises `RegistryAnswerInvalid`, with `source` and `name` in it: not JSON, longer than `LARGEST`, or of another
    package. Left out are releases that are no SemVer version or whose manifest cannot be read; of a key that stands
    twice the last counts, as for every reader of JSON that npm has had.
    """
    return read_keyed(body, name, source, url).listing


def read_keyed(body: bytes, name: str, source: str, url: str) -> KeyedListing:
    """Do as `read_packument`, and give the keys along with it."""
    with answer_of(source, name, url):
        document = _document(body, name)
        versions = _versions(document)
        times = document.get("time")
        releases = _releases(name, versions, times if type(times) is dict else {})
        keys = sorted(releases)
        listing = NpmListing(name, tuple([releases[key] for key in keys]), tags_of(document.get("dist-tags")))
        return KeyedListing(keys, listing)


def _document(body: bytes, name: str) -> dict[str, object]:
    if len(body) > LARGEST:
        raise AnswerFaultError(f"expected at most {LARGEST} bytes, found {len(body)}")
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")  # a readme with a stray byte harms nobody
    if text[:64].lstrip()[:1] == "<":
        raise AnswerFaultError("expected a packument as JSON, found HTML")
    document = read_json(text, as_javascript=True)
    if not isinstance(document, dict):
        raise AnswerFaultError("expected a packument, an object, found other JSON")
    told = document.get("name")
    if told != name:
        found = f"that of {told[:80]!a}" if isinstance(told, str) else "one without a name"
        raise AnswerFaultError(f"expected the packument of {name}, found {found}")
    return document


def _versions(document: dict[str, object]) -> dict[str, object]:
    """The manifests by version; an unpublished package has none."""
    versions = document.get("versions")
    if versions is None:
        return {}
    if not isinstance(versions, dict):
        raise AnswerFaultError("versions: expected an object")
    return versions


def _releases(name: str, versions: dict[str, object], times: dict[str, object]) -> dict[str, NpmRelease]:
    """Releases by key. Of versions that differ in build metadata alone, the one that sorts first as text stays."""
    releases: dict[str, NpmRelease] = {}
    for raw, entry in versions.items():
        try:
            key, version = keyed(raw)
            time = times.get(raw)
            published = utc_time(time) if type(time) is str else ""
            release = read_manifest(name, raw, version, entry, published)
        except (InvalidVersion, UnusableManifestError):
            continue
        other = releases.get(key)
        if other is None or version < other.version:
            releases[key] = release
    return releases


def keyed(raw: str) -> tuple[str, str]:
    """Return the order-preserving key of a version and its normal form. Raises `InvalidVersion`."""
    key = plain_key(raw) or plain_prerelease_key(raw)
    if key:
        return key, raw
    parsed = parse_version(raw)
    return parsed_key(parsed), normalize_version(raw) if parsed.build else spelled(parsed)


def tags_of(value: object) -> tuple[tuple[str, str], ...]:
    """(dist-tag, version in normal form), sorted; a tag may name a release that is not there any more."""
    tags = []
    for tag, version in value.items() if isinstance(value, dict) else ():
        if type(version) is str and tag and tag.isprintable():
            try:
                tags.append((tag, normalize_version(version)))
            except InvalidVersion:
                continue
    return tuple(sorted(tags))
