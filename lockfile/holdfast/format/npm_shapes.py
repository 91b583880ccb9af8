"""The shapes of single values that only npm packages have: their entries, and who sees an instance.

Knows no block, no line, no file. Loaded only for a lock that has npm packages.
"""

from holdfast.format.shapes import MisfitError, path, semver, text
from holdfast.model.lock import ABSENT
from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.values.npm import OPTIONAL, PEER, PEER_OPTIONAL, NpmRequirement
from holdfast_resolver.values.npm_entries import parse_condition
from holdfast_resolver.values.npm_names import fault_of_npm_name
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.versions.npm_ranges import is_npm_tag, npm_range

LARGEST_NUMBER = 999  # of an instance


def check_entry(entry: Requirement) -> None:
    """Raise `MisfitError` unless the ranges of an entry are ranges, or tags, in the stored spelling."""
    check_range(entry.range, tags=True)
    if entry.marker:
        condition = parse_condition(entry.marker)
        for range_ in (condition.range, *[within[1] for within in condition.within]):
            if range_:
                check_range(range_, tags=False)


def chosen(entry: Requirement, value: str) -> str:
    """The version after ` => `; `none` for an optional entry, or a peer, that leads nowhere."""
    if value == ABSENT:
        if not isinstance(entry, NpmRequirement) or entry.kind not in (OPTIONAL, PEER, PEER_OPTIONAL):
            raise MisfitError("a version, since the entry is neither optional nor a peer")
        return value
    return semver(value)


def dependent(value: str) -> str:
    """Who sees an instance: a manifest's path, `source:name version`, or one of its instances, `... version#2`."""
    source, colon, rest = value.partition(":")
    if not colon or "/" in source:
        return path(value)
    name, _, version = rest.partition(" ")
    version, mark, number = version.partition("#")
    fault = fault_of_npm_name(name)
    if fault:
        raise MisfitError(f"{fault}, behind the source")
    semver(version)
    if mark and not (number.isascii() and number.isdigit() and number[0] != "0" and 2 <= int(number[:4]) <= 999):
        raise MisfitError(f"the number of an instance after '#', from 2 to {LARGEST_NUMBER}")
    return text(value)


def check_range(value: str, tags: bool) -> None:
    """Raise `MisfitError` unless a text is a range in the stored spelling, or with `tags` a dist-tag."""
    try:
        normal = npm_range(value)
    except InvalidRange as error:
        if tags and is_npm_tag(value):
            return
        raise MisfitError(error.expected) from None
    if normal != value:
        raise MisfitError(f"a range in its canonical spelling, {normal}")
