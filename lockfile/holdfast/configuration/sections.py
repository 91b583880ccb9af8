"""The sections of a configuration besides its sources: identifier, targets, wishes, metadata, root of evidence.

Knows what each key means and when its value makes sense; never which file the table came from.
"""

from __future__ import annotations

from holdfast.configuration.configuration import SigstoreRoot
from holdfast.configuration.tables import Table
from holdfast_resolver.errors import (
    DirectReference,
    InvalidInput,
    InvalidRange,
    InvalidTarget,
    InvalidVersion,
)
from holdfast_resolver.manifests.toml import KeyPath, type_name
from holdfast_resolver.values.names import is_valid_name, normalize_name
from holdfast_resolver.values.requirements import Requirement, parse_requirement
from holdfast_resolver.values.targets import parse_platform, parse_python
from holdfast_resolver.values.wishes import DeclaredMetadata, Wish
from holdfast_resolver.versions.pep440_keys import normalize_version
from holdfast_resolver.versions.pep440_ranges import canonical_range

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from typing import Any

_METADATA_KEYS = ("name", "version", "requires", "requires-python", "extras", "reason")


def read_identifier(table: Table) -> str:
    """Return `id`, a UUID in lower case (RFC 9562, section 4); "" when the key is missing."""
    text = table.string("id")
    sizes = [len(part) for part in text.split("-")]
    if "id" in table.data and (sizes != [8, 4, 4, 4, 12] or not set(text) <= set("0123456789abcdef-")):
        raise table.refusal(("id",), "a UUID in lower case, as `holdfast init` writes it", text)
    return text


def read_pythons(targets: Table) -> tuple[tuple[int, int], ...]:
    """Return the minors of `python = ["3.11", "3.12"]`; () when the key is missing."""
    pythons: dict[tuple[int, int], None] = {}
    for index, text in enumerate(targets.strings("python")):
        try:
            python = parse_python(text)
        except InvalidTarget as error:
            raise targets.refusal(("python", index), error.expected, text) from None
        if python in pythons:
            raise targets.refusal(("python", index), "each Python once", text)
        pythons[python] = None
    _check_not_empty(targets, "python", pythons)
    return tuple(pythons)


def read_platforms(targets: Table) -> tuple[tuple[str, str], ...]:
    """Return (platform, floor) pairs of `platforms = ["linux-x86_64 glibc-2.17", "macos-arm64"]`."""
    platforms: dict[tuple[str, str], None] = {}
    for index, text in enumerate(targets.strings("platforms")):
        try:
            platform = parse_platform(text)
        except InvalidTarget as error:
            raise targets.refusal(("platforms", index), error.expected, text) from None
        if platform in platforms:
            raise targets.refusal(("platforms", index), "each platform and floor once", text)
        platforms[platform] = None
    _check_not_empty(targets, "platforms", platforms)
    return tuple(platforms)


def _check_not_empty(table: Table, key: str, values: dict[Any, None]) -> None:
    if key in table.data and not values:
        raise table.refusal((key,), "at least one entry, or no such key", "an empty array")


def read_exclude_newer(table: Table) -> str:
    """Return `exclude-newer` as RFC 3339 in UTC; "" when the key is missing."""
    value: Any = table.data.get("exclude-newer")
    if value is None:
        return ""
    # start-up: most projects have no cutoff
    from holdfast.configuration.instants import EXPECTED, parse_instant

    # TOML has dates of its own: `exclude-newer = 2025-01-31`.
    text = value.isoformat() if hasattr(value, "isoformat") else table.string("exclude-newer")
    instant = parse_instant(text)
    if instant is None:
        raise table.refusal(("exclude-newer",), EXPECTED, text)
    return instant


def read_sigstore(table: Table, sources: tuple[str, ...]) -> SigstoreRoot | None:
    """Return `[sigstore]`, the private root of trust of evidence; None when the section is missing.

    [sigstore]
    root = "sha256:77ab..."       # of .holdfast/roots/sigstore.json
    sources = ["internal"]        # without it: all sources

    `sources` are the names of those configured.
    """
    if "sigstore" not in table.data:
        return None
    section = table.table("sigstore")
    section.check_keys(("root", "sources"))
    expected = "the sha256:<64 hex> of .holdfast/roots/sigstore.json"
    root = section.required("root", expected)
    algorithm, _, value = root.partition(":")
    if algorithm != "sha256" or len(value) != 64 or not set(value) <= set("0123456789abcdef"):
        raise section.refusal(("root",), expected, root)
    chosen = section.strings("sources")
    for index, name in enumerate(chosen):
        if name not in sources:
            raise section.refusal(("sources", index), "one of the sources " + ", ".join(sorted(sources)), name)
    _check_not_empty(section, "sources", dict.fromkeys(chosen))
    return SigstoreRoot(root, tuple(sorted(set(chosen))))


def read_wishes(table: Table, key: str, kind: str) -> tuple[Wish, ...]:
    """Return the wishes of `constraints` or `overrides`: strings, or tables of requirement and reason.

    constraints = ["x<2", { requirement = "y<3", reason = "..." }]; an override is a table and says why.
    """
    wishes: list[Wish] = []
    for index, value in enumerate(table.array(key)):
        reason = ""
        if isinstance(value, dict):
            entry = table.table(key, index)
            entry.check_keys(("requirement", "reason"))
            text = entry.required("requirement", "a requirement such as name>=1.2")
            reason = entry.string("reason")
            if kind == "override":
                reason = entry.required("reason", "why this override is needed")
        else:
            text = table.text(value, (key, index))
            if kind == "override":
                hint = f'write it as {{ requirement = {_quoted(text)}, reason = "..." }}'
                raise table.refusal((key, index), "an override that says why", text, hint)
        requirement = _requirement(table, text, (key, index))
        if requirement.extras:
            raise table.refusal((key, index), f"a requirement without extras in {key}", text)
        wishes.append(Wish(requirement, kind, "", table.document.path, table.line(key, index), reason))
    return tuple(wishes)


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


def _requirement(table: Table, text: str, keys: KeyPath) -> Requirement:
    try:
        requirement = parse_requirement(text)
        if requirement.range:
            canonical_range(requirement.range)
    except DirectReference:
        hint = "name a version range, and map the package's index under [sources]"
        raise table.refusal(
            keys, "a requirement with a version range; a direct reference cannot be pinned yet", text, hint
        ) from None
    except InvalidInput as error:
        raise table.refusal(keys, error.expected, text) from None
    return requirement


def read_metadata(table: Table) -> tuple[DeclaredMetadata, ...]:
    """Return `[[metadata]]`: requirements declared for releases whose own metadata is not static."""
    declared: dict[tuple[str, str], DeclaredMetadata] = {}
    for index, value in enumerate(table.array("metadata")):
        if not isinstance(value, dict):
            raise table.refusal(("metadata", index), "a table", type_name(value))
        entry = table.table("metadata", index)
        entry.check_keys(_METADATA_KEYS)
        entry.string("reason")  # for the reader of the file
        item = _declared(entry)
        if (item.name, item.version) in declared:
            found = f"a second entry for {item.name} {item.version}".rstrip()
            raise entry.refusal((), "each release once", found)
        declared[item.name, item.version] = item
    return tuple(declared.values())


def _declared(entry: Table) -> DeclaredMetadata:
    name = entry.required("name", "the name of a package")
    if not is_valid_name(name):
        raise entry.refusal(("name",), "the name of a package", name)
    if "requires" not in entry.data:
        raise entry.refusal((), "requires: what the release requires, [] for nothing", "no requires")
    requires = entry.strings("requires")
    for index, text in enumerate(requires):
        _requirement(entry, text, ("requires", index))
    extras = entry.strings("extras")
    for index, extra in enumerate(extras):
        if not is_valid_name(extra):
            raise entry.refusal(("extras", index), "the name of an extra", extra)
    version = entry.string("version")
    requires_python = entry.string("requires-python")
    try:
        version = normalize_version(version) if "version" in entry.data else ""
        requires_python = canonical_range(requires_python)
    except InvalidVersion as error:
        raise entry.refusal(("version",), "a version such as 1.2.3", error.text) from None
    except InvalidRange as error:
        raise entry.refusal(("requires-python",), error.expected, requires_python) from None
    names = tuple(sorted({normalize_name(extra) for extra in extras}))
    return DeclaredMetadata(normalize_name(name), version, requires, requires_python, names)
