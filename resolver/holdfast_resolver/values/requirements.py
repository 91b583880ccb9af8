"""Requirements: one wish for a package, parsed once (PEP 508; dependency specifiers specification).

Knows the grammar of a requirement and of a lock's dependency entry. Whether a range's versions are versions of the
scheme is the business of `versions`.
"""

from holdfast_resolver.errors import DirectReference, InvalidRange, InvalidRequirement
from holdfast_resolver.values.markers import canonical_marker
from holdfast_resolver.values.names import is_valid_name, normalize_name
from holdfast_resolver.values.tuples import NamedTuple


class Requirement(NamedTuple):
    """One wish: `str` gives the lock's entry, `parse_entry` reads it back."""

    source: str  # "pypi"
    name: str  # normalised
    extras: tuple[str, ...] = ()  # normalised, sorted
    range: str = ""  # clauses joined by ",", without spaces, in written order; "" = any version
    marker: str = ""  # canonical; "" = always

    def __str__(self) -> str:
        return f"{self.source}:{self.without_source()}"

    def without_source(self) -> str:
        """Return the PEP 508 text, e.g. `celery[redis]>=5.4,<6 ; sys_platform == 'win32'`; of a module `@a/b ^1.2`."""
        if self.name[:1] == "@":
            return f"{self.name} {self.range}" if self.range else self.name
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.name}{extras}{self.range}{marker}"


_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
_OPERATORS = ("===", "==", "!=", "<=", ">=", "~=", "<", ">")


def parse_requirement(text: str, source: str = "pypi") -> Requirement:
    """Parse a PEP 508 requirement.

    Raises `InvalidRequirement`, `InvalidRange`, `InvalidMarker`, or `DirectReference` for `name @ url`.

    >>> str(parse_requirement("Celery[Redis] (>= 5.4, <6) ; os.name=='nt'"))
    "pypi:celery[redis]>=5.4,<6 ; os_name == 'nt'"
    """
    stripped = text.strip(" \t")
    end = 0
    while end < len(stripped) and stripped[end] in _NAME:
        end += 1
    name = stripped[:end]
    if not is_valid_name(name):
        raise InvalidRequirement(text, "a package name", 0)
    rest = stripped[end:].lstrip(" \t")
    extras: tuple[str, ...] = ()
    if rest.startswith("["):
        inside, bracket, rest = rest[1:].partition("]")
        if not bracket:
            raise InvalidRequirement(text, "']' after the extras", len(stripped))
        extras = _extras(text, inside)
        rest = rest.lstrip(" \t")
    if rest.startswith("@"):
        raise DirectReference(text, "a version range", len(stripped) - len(rest))
    range_text, semicolon, marker = rest.partition(";")
    if semicolon and not marker.strip(" \t"):
        raise InvalidRequirement(text, "a marker after ';'", len(stripped))
    return Requirement(
        source, normalize_name(name), extras, _range(text, range_text.strip(" \t")), canonical_marker(marker)
    )


NPM_SOURCES = frozenset({"npm"})  # of packages that are named and versioned as npm does, where none are declared

_entries: dict[str, Requirement] = {}
_npm_entries: dict[str, Requirement] = {}


def parse_entry(text: str, npm: frozenset[str] = NPM_SOURCES) -> Requirement:
    """Parse a lock's entry `source:requirement`; the same errors as `parse_requirement`. Answers are shared.

    Entries of the sources `npm` are npm's: `NpmRequirement`.
    """
    source, colon, requirement = text.partition(":")
    if source in npm and colon:
        return _npm_entries.get(text) or _parse_npm(text, requirement, source)
    known = _entries.get(text)
    if known is not None:
        return known
    if not colon or not is_valid_name(source) or source != source.lower():
        raise InvalidRequirement(text, "a source name and ':'", 0)
    parse = parse_module_requirement if requirement[:1] == "@" else parse_requirement
    entry = _entries[text] = parse(requirement, source)
    return entry


def _parse_npm(text: str, requirement: str, source: str) -> Requirement:
    from holdfast_resolver.values.npm_entries import parse_npm_entry  # start-up: only where there is npm

    entry = _npm_entries[text] = parse_npm_entry(requirement, source)
    return entry


def parse_module_requirement(text: str, source: str) -> Requirement:
    """Parse `@scope/name` or `@scope/name RANGE`. Raises `InvalidModuleName`, `InvalidRange` for an empty range.

    >>> str(parse_module_requirement("@acme/guards ^2.1 || ^3", "acme"))
    'acme:@acme/guards ^2.1 || ^3'
    """
    from holdfast_resolver.values.modules import parse_module_name  # start-up: only where there are modules

    name, blank, written = text.partition(" ")
    if blank and (not written or written != written.strip()):
        raise InvalidRange(text, "a version range such as ^1.2 after one blank", len(name) + 1)
    return Requirement(source, parse_module_name(name), range=written)


def _extras(text: str, inside: str) -> tuple[str, ...]:
    if not inside.strip(" \t"):
        return ()
    names = [part.strip(" \t") for part in inside.split(",")]
    for name in names:
        if not is_valid_name(name):
            raise InvalidRequirement(text, "an extra's name", text.find("[") + 1)
    return tuple(sorted({normalize_name(name) for name in names}))


def _range(text: str, written: str) -> str:
    if not written:
        return ""
    if written[0] == "(":
        if written[-1] != ")":
            raise InvalidRequirement(text, "')' after the versions", len(text))
        written = written[1:-1].strip(" \t")
        if not written:
            return ""
    clauses = [clause.strip(" \t") for clause in written.split(",")]
    if not clauses[-1] and len(clauses) > 1:
        clauses.pop()  # a trailing comma: `>=1.0,`
    return ",".join([_clause(text, clause) for clause in clauses])


def _clause(text: str, clause: str) -> str:
    for operator in _OPERATORS:
        if clause.startswith(operator):
            version = clause[len(operator) :].strip(" \t")
            if not version or " " in version or "\t" in version or not version.isprintable():
                break
            return operator + version
    raise InvalidRange(text, "version clauses such as >=1.2,<2", max(text.find(clause), 0) if clause else -1)
