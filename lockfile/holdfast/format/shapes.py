"""The shapes of single values in a lock: text in, the canonical value out, or `MisfitError`.

Knows the grammar of each scalar that `fields.py` names, and of the dependency entry
(`requirement => version`). Knows no block, no line, no file.
"""

from __future__ import annotations

from holdfast.format.strings import first_hidden
from holdfast.model.lock import MARK
from holdfast_resolver.errors import InvalidInput
from holdfast_resolver.values.digests import parse_digest
from holdfast_resolver.values.markers import canonical_marker
from holdfast_resolver.values.names import is_valid_name, normalize_name
from holdfast_resolver.values.requirements import NPM_SOURCES, Requirement, parse_entry
from holdfast_resolver.versions.pep440_keys import version_key
from holdfast_resolver.versions.pep440_ranges import canonical_range

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable

Edge = tuple[Requirement, str]
ARROW = " => "
LONGEST_RANGE = 4000  # characters
_VERSION = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!+-_")


class MisfitError(Exception):
    """A text that does not have its shape; a reader gives it a place."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


def text(value: str) -> str:
    """Any text without hidden characters."""
    if first_hidden(value) >= 0:
        raise MisfitError("text without control or bidirectional characters")
    return value


def name(value: str) -> str:
    """A normalised package name."""
    if not is_valid_name(value) or normalize_name(value) != value:
        raise MisfitError("a normalised package name (lower case, single dashes)")
    return value


def source(value: str) -> str:
    """A source's name: as a package name, but it need not be normalised beyond lower case."""
    if not is_valid_name(value) or value != value.lower():
        raise MisfitError("a source name in lower case")
    return value


def version(value: str) -> str:
    """A version, as its release spells it."""
    try:
        version_key(value)
    except InvalidInput as error:
        raise MisfitError(error.expected) from None
    if not _VERSION.issuperset(value):
        raise MisfitError("a PEP 440 version without blanks")
    return value


def module_name(value: str) -> str:
    """A module's name."""
    from holdfast_resolver.values.modules import is_module_name  # start-up: only where there are modules

    if not is_module_name(value):
        raise MisfitError("a module name such as @scope/name")
    return value


def semver(value: str) -> str:
    """A SemVer version, with its build metadata."""
    from holdfast_resolver.versions.semver import SEMVER  # start-up: only where there are modules

    try:
        normal = SEMVER.normalize(value)
    except InvalidInput as error:
        raise MisfitError(error.expected) from None
    if normal != value:
        raise MisfitError(f"a SemVer version in its normal form, {normal}")
    return value


def npm_name(value: str) -> str:
    """The name of an npm package."""
    from holdfast_resolver.values.npm_names import fault_of_npm_name  # start-up: only where there is npm

    fault = fault_of_npm_name(value)
    if fault:
        raise MisfitError(fault)
    return value


def permission(value: str) -> str:
    """A module's permission, `kind:value`."""
    from holdfast_resolver.values.modules import PERMISSION_KINDS  # start-up: only where there are modules

    kind, colon, rest = text(value).partition(":")
    if not colon or not rest or kind not in PERMISSION_KINDS:
        raise MisfitError("a permission such as network:api.acme.example")
    return value


def range_(value: str) -> str:
    """A version range; "" is any version."""
    if len(value) > LONGEST_RANGE:
        raise MisfitError(f"a version range of at most {LONGEST_RANGE} characters")
    try:
        return canonical_range(text(value))
    except InvalidInput as error:
        raise MisfitError(error.expected) from None


def marker(value: str) -> str:
    """An environment marker; "" always holds."""
    try:
        return canonical_marker(text(value))
    except InvalidInput as error:
        raise MisfitError(error.expected) from None


def digest(value: str) -> str:
    """A digest that may pin an artifact."""
    try:
        return parse_digest(value)
    except InvalidInput as error:
        raise MisfitError(error.expected) from None


def path(value: str) -> str:
    """A manifest's path: relative to the project, with "/"."""
    if not text(value) or value.startswith("/") or "\\" in value or value[1:2] == ":":
        raise MisfitError("a path relative to the project, with '/'")
    return value


def identity(value: str) -> str:
    """What a configured index is: scheme, host and path. Credentials never stand in a lock."""
    authority = text(value).partition("://")[2].partition("/")[0]
    if "@" in authority:
        raise MisfitError("a source identity without credentials")
    return value


def identifier(value: str) -> str:
    """A signer's canonical identity; one of several records of it has `#` and digits behind."""
    if not text(value):
        raise MisfitError("a signer identity such as ed25519:<hex>")
    if MARK in value:
        from holdfast.model.signer_references import is_reference  # start-up: only for an identity with several records

        if not is_reference(value):
            raise MisfitError("a signer identity, with nothing but # and 8 to 64 digits of its record behind it")
    return value


def requirement(value: str, npm: frozenset[str] = NPM_SOURCES) -> Requirement:
    """A lock entry without `=>`; its range is a range of the source's scheme. `npm` names the sources of that kind."""
    try:
        entry = parse_entry(text(value), npm)
    except InvalidInput as error:
        raise MisfitError(error.expected) from None
    if entry.source in npm:
        from holdfast.format.npm_shapes import check_entry  # start-up: only where there is npm

        check_entry(entry)
    elif entry.name[0] == "@":
        _check_module_range(entry.range)
    elif entry.range:
        range_(entry.range)
    return entry


def _check_module_range(value: str) -> None:
    from holdfast_resolver.versions.semver import SEMVER  # start-up: only where there are modules

    try:
        normal = SEMVER.canonical_range(value)
    except InvalidInput as error:
        raise MisfitError(error.expected) from None
    if normal != value:
        raise MisfitError(f"a range in its canonical spelling, {normal or 'none'}")


def edge(value: str, npm: frozenset[str] = NPM_SOURCES) -> Edge:
    """A dependency entry: the requirement and, after ` => `, the version where the choice deviates.

    `npm` names the sources of that kind.

    >>> edge("pypi:click>=8 => 8.1.8")[1]
    '8.1.8'
    """
    left, arrow, right = value.rpartition(ARROW)
    if arrow and right and _VERSION.issuperset(right):
        entry = requirement(left, npm)
        if entry.source in npm:
            from holdfast.format.npm_shapes import chosen  # start-up: only where there is npm

            return entry, chosen(entry, right)
        return entry, semver(right) if entry.name[0] == "@" else version(right)
    return requirement(value, npm), ""


def edge_text(value: Edge) -> str:
    """The entry that `edge` reads back."""
    return f"{value[0]}{ARROW}{value[1]}" if value[1] else str(value[0])


SCALARS: dict[str, Callable[[str], str]] = {
    "text": text,
    "word": text,
    "attribute": text,
    "name": name,
    "module-name": module_name,
    "semver": semver,
    "npm-name": npm_name,
    "permission": permission,
    "source": source,
    "version": version,
    "range": range_,
    "marker": marker,
    "digest": digest,
    "path": path,
    "identity": identity,
    "id": identifier,
}
