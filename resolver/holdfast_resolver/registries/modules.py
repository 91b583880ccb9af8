"""The index document of a module registry, turned into a `ModuleListing`.

    {"format": 1, "critical": [], "name": "@acme/guards", "releases": [
        {"version": "2.1.0", "file": "acme-guards-2.1.0.tar", "size": 10240, "sha256": hex, "tree": hex,
         "dependencies": {"@acme/base": "^1.2"}, "permissions": ["program:git"], "privileged": false,
         "published": "2026-11-21T06:40:00Z", "yanked": null, "publisher": "acme",
         "envelopes": [text], "vetted": [text], "report": ""}]}

Keys that are not known are passed over, unless `critical` names them: then the document is refused. Whether it is the
registry's word, and what the envelopes are worth, is not known here; they stay text.
"""

import re
from functools import lru_cache

from holdfast_resolver.errors import InvalidRange, InvalidVersion
from holdfast_resolver.registries.faults import AnswerFaultError, answer_of
from holdfast_resolver.registries.json_answers import Place, read_json
from holdfast_resolver.values.modules import (
    PERMISSION_KINDS,
    ModuleListing,
    ModuleRelease,
    archive_file_name,
    is_module_name,
)
from holdfast_resolver.versions.semver import SEMVER

FORMAT = 1
MOST_BYTES = 4 * 1024 * 1024
DEEPEST = 32  # levels of nesting

_CRITICAL: frozenset[str] = frozenset()  # the names that this reader understands
_KEYS = frozenset(("format", "critical", "name", "releases"))
_RELEASE_KEYS = frozenset(
    (
        "version",
        "file",
        "size",
        "sha256",
        "tree",
        "dependencies",
        "permissions",
        "privileged",
        "published",
        "yanked",
        "publisher",
        "envelopes",
        "vetted",
        "report",
    )
)
_is_name = lru_cache(8192)(is_module_name)  # releases name the same modules
_LARGEST = 2**53 - 1
_HEX = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")


def read_index_document(data: bytes, name: str, source: str = "", url: str = "") -> ModuleListing:
    """Read the index document of the module `name`; releases come back ascending by version.

    Ranges stay as written. Raises `RegistryAnswerInvalid`, with `source`, `name` and `url` in it.
    """
    with answer_of(source, name, url):
        if len(data) > MOST_BYTES:
            raise AnswerFaultError(f"expected at most {MOST_BYTES} bytes, found {len(data)}")
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise AnswerFaultError(
                f"expected text in UTF-8, found byte {data[error.start]:#04x} at {error.start}"
            ) from error
        return _listing(read_json(text), name)


def _listing(value: object, name: str) -> ModuleListing:
    top = Place("")
    document = top.mapping(value)
    if _whole(top, document, "format") != FORMAT:
        raise _misfit(top, "format", str(FORMAT), document["format"])
    for number, word in enumerate(top.required(document, "critical", list)):
        if not isinstance(word, str):
            raise top.fault(f"critical[{number}]", word, str)
        if word not in _CRITICAL:
            raise AnswerFaultError(f"critical[{number}]: {_shown(word)} must be understood, and is not known here")
    if top.required(document, "name", str) != name:
        raise _misfit(top, "name", name, document["name"])
    _check_depth(document, _KEYS, "")
    by_key: dict[str, ModuleRelease] = {}
    for number, entry in enumerate(top.required(document, "releases", list)):
        place = Place(f"releases[{number}]")
        key, release = _release(place, place.mapping(entry), name)
        if key in by_key:
            raise AnswerFaultError(
                f"releases[{number}].version: expected each version once, found {release.version} "
                f"after {by_key[key].version}"
            )
        by_key[key] = release
    return ModuleListing(name, tuple([by_key[key] for key in sorted(by_key)]))


def _release(place: Place, entry: dict[str, object], name: str) -> tuple[str, ModuleRelease]:
    """Return the key of the version, and the release."""
    required = place.required
    version = required(entry, "version", str)
    key = _version_key(place, version)
    file = required(entry, "file", str)
    if file != archive_file_name(name, version):
        raise _misfit(place, "file", archive_file_name(name, version), file)
    size = _whole(place, entry, "size")
    if not 0 < size <= _LARGEST:
        raise _misfit(place, "size", "a number of bytes", size)
    published = required(entry, "published", str)
    if not _is_time(published):
        raise _misfit(place, "published", "a time in UTC such as 2026-11-21T06:40:00Z", published)
    report = required(entry, "report", str)
    if len(entry) != len(_RELEASE_KEYS):
        _check_depth(entry, _RELEASE_KEYS, place.path + ".")
    return key, ModuleRelease(
        version,
        file,
        size,
        _digest(place, entry, "sha256"),
        _digest(place, entry, "tree"),
        _dependencies(place, entry),
        _permissions(place, entry),
        required(entry, "privileged", bool),
        published,
        _yanked(place, entry),
        _printable(place, "publisher", required(entry, "publisher", str)),
        _envelopes(place, entry, "envelopes"),
        _envelopes(place, entry, "vetted"),
        _digest(place, entry, "report") if report else "",
    )


def _version_key(place: Place, version: str) -> str:
    key = _key_of(version)
    if not key:
        raise _misfit(place, "version", "a SemVer version such as 1.2.3", version)
    return key


@lru_cache(8192)  # modules share version texts
def _key_of(version: str) -> str:
    """The key of a version in normal form; "" for what is none."""
    try:
        return SEMVER.key(version) if SEMVER.normalize(version) == version else ""
    except InvalidVersion:
        return ""


def _digest(place: Place, entry: dict[str, object], key: str) -> str:
    value = place.required(entry, key, str)
    if not _HEX.fullmatch(value):
        raise _misfit(place, key, "64 lowercase hex digits", value)
    return "sha256:" + value


def _whole(place: Place, entry: dict[str, object], key: str) -> int:
    value = entry.get(key)
    if type(value) is int:  # and not True, nor 1.0
        return value
    if key not in entry:
        place.required(entry, key, int)  # raises: the key is missing
    raise _misfit(place, key, "a whole number", value)


def _dependencies(place: Place, entry: dict[str, object]) -> tuple[tuple[str, str], ...]:
    needs = place.required(entry, "dependencies", dict)
    for name, range_text in needs.items():
        if not _is_name(name):
            raise _misfit(place, "dependencies", "module names such as @scope/name", name)
        if not isinstance(range_text, str):
            raise place.fault(f"dependencies.{name}", range_text, str)
        try:
            SEMVER.names_prerelease(range_text)
        except InvalidRange as error:
            raise _misfit(place, f"dependencies.{name}", error.expected, range_text) from error
    return tuple(sorted(needs.items()))


def _permissions(place: Place, entry: dict[str, object]) -> tuple[str, ...]:
    permissions = _strings(place, entry, "permissions")
    for number, permission in enumerate(permissions):
        kind, _, subject = permission.partition(":")
        if kind not in PERMISSION_KINDS or not subject or not permission.isprintable():
            raise _misfit(place, f"permissions[{number}]", "a permission such as network:api.acme.example", permission)
        if number and permission <= permissions[number - 1]:
            raise _misfit(place, f"permissions[{number}]", "permissions in order, each once", permission)
    return permissions


def _yanked(place: Place, entry: dict[str, object]) -> str | None:
    reason = place.optional(entry, "yanked", str)
    if reason is None and "yanked" not in entry:
        place.required(entry, "yanked", str)  # raises: the key is missing
    return reason if reason is None else _printable(place, "yanked", reason)


def _envelopes(place: Place, entry: dict[str, object], key: str) -> tuple[str, ...]:
    envelopes = _strings(place, entry, key)
    for number, envelope in enumerate(envelopes):
        if not envelope:
            raise _misfit(place, f"{key}[{number}]", "an envelope", envelope)
    return envelopes


def _strings(place: Place, entry: dict[str, object], key: str) -> tuple[str, ...]:
    values = place.required(entry, key, list)
    for number, value in enumerate(values):
        if not isinstance(value, str):
            raise place.fault(f"{key}[{number}]", value, str)
    return tuple(values)


def _printable(place: Place, key: str, text: str) -> str:
    if not text.isprintable():
        raise _misfit(place, key, "text without control and direction characters", text)
    return text


def _is_time(text: str) -> bool:
    if not _TIME.fullmatch(text):
        return False
    if text[8:10] <= "28":
        return True
    from datetime import datetime

    try:
        datetime.fromisoformat(text)
    except ValueError:  # 2026-02-30
        return False
    return True


def _check_depth(mapping: dict[str, object], known: frozenset[str], path: str) -> None:
    """Refuse keys whose values are nested too deep; those of known keys are bounded by their types."""
    for key, value in mapping.items():
        if key in known:
            continue
        level, values = 1, [value]
        while values := [
            inner
            for each in values
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]:
            level += 1
            if level > DEEPEST:
                raise AnswerFaultError(f"{path}{_shown(key)}: expected at most {DEEPEST} levels of nesting")


def _misfit(place: Place, key: str, expected: str, found: object) -> AnswerFaultError:
    path = f"{place.path}.{key}" if place.path else key
    return AnswerFaultError(f"{path}: expected {expected}, found {_shown(found)}")


def _shown(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 80 else text[:77] + "..."
