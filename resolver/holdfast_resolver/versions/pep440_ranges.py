"""PEP 440 version specifiers as bisects over keys.

Knows the operators; never which pre-releases are admitted (`prereleases.py`), which is not closed under
complement. Each clause is, over the sorted keys of a table, one span of candidates, one hole, or a literal.
Specification: PEP 440, "Version specifiers", as `packaging` 26 reads it.
"""

from __future__ import annotations

from bisect import bisect_left

from holdfast_resolver.errors import InvalidRange, InvalidVersion
from holdfast_resolver.versions.pep440_keys import (
    ABOVE,
    AFTER_LOCALS,
    AFTER_POSTS,
    DEV,
    is_prerelease_key,
    parse_version,
    release_key,
    version_key,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.versions.port import Table

# What a clause does to a table: (kind, low, high) over keys, low <= key < high, "" = unbounded.
Clause = tuple[str, str, str]
_SPAN = "span"  # only what lies between
_HOLE = "hole"  # all but what lies between
_LITERAL = "literal"  # only the version spelled like `low`

OPERATORS = ("===", "~=", "==", "!=", "<=", ">=", "<", ">")
_EXPECTED = "clauses such as >=1.2,<2 (PEP 440)"

# The same clause meets many tables: its compiled form is remembered by its text.
_CLAUSES: dict[str, Clause] = {"": (_SPAN, "", "")}


def range_mask(table: Table, text: str) -> int:
    """Return the mask of the candidates of `table` in the range `text`: bit i is `table.keys[i]`.

    Pre-releases count as any other version. Raises `InvalidRange`.
    """
    keys = table.keys
    start, end = 0, len(keys)
    kept = -1
    for written in text.split(","):
        kind, low, high = _CLAUSES.get(written) or compile_clause(written)
        if kind is _SPAN:
            if low:
                start = max(start, bisect_left(keys, low))
            if high:
                end = min(end, bisect_left(keys, high))
        elif kind is _HOLE:
            kept &= ~((1 << bisect_left(keys, high)) - (1 << bisect_left(keys, low)))
        else:
            kept &= sum(1 << i for i, version in enumerate(table.versions) if version == low)
    if start >= end:
        return 0
    return ((1 << end) - (1 << start)) & kept


def canonical_range(text: str) -> str:
    """Return a range in its stored spelling: no blanks, no outer parentheses, clauses in written order.

    >>> canonical_range("(>= 1.0, <2)")
    '>=1.0,<2'

    Raises `InvalidRange` on the first clause that is none.
    """
    inner = text.strip()
    if inner.startswith("(") and inner.endswith(")"):
        inner = inner[1:-1]
    clauses = []
    for written in inner.split(","):
        clause = written.strip()
        if clause:
            compile_clause(clause)
            operator, version = split_clause(clause)
            clauses.append(operator + version)
    return ",".join(clauses)


def repair_range(text: str) -> str | None:
    """Return the canonical range for a text that may break the grammar, or None when it is hopeless.

    A valid range comes back in its canonical spelling, "" stays "". Never raises.

    >>> repair_range(">=2.7.*, !=3.0* <4'")
    '>=2.7,!=3.0.*,<4'
    """
    try:
        return canonical_range(text)
    except InvalidRange:
        # start-up: only malformed metadata of old releases needs the mending
        from holdfast_resolver.versions.repair import mended_clauses
    clauses = mended_clauses(text)
    if clauses is None:
        return None
    try:
        return canonical_range(",".join(clauses))
    except InvalidRange:
        return None


def names_prerelease(text: str) -> bool:
    """Whether a clause of the range, other than `!=` and `.*`, names a pre-release. Raises `InvalidRange`."""
    named = False
    for written in text.split(","):
        clause = written.strip()
        compile_clause(clause)
        operator, version = split_clause(clause)
        if operator in ("", "!=") or version.endswith(".*"):
            continue
        try:
            named |= is_prerelease_key(version_key(version))
        except InvalidVersion:  # a literal such as ===unversioned
            continue
    return named


def split_clause(clause: str) -> tuple[str, str]:
    """Split a clause into operator and version text, without blanks around; ("", clause) without operator."""
    for operator in OPERATORS:
        if clause.startswith(operator):
            return operator, clause[len(operator) :].strip()
    return "", clause


def compile_clause(written: str) -> Clause:
    """Return what a clause does to a table, and remember it. Raises `InvalidRange`."""
    known = _CLAUSES.get(written)
    if known is not None:
        return known
    operator, version = split_clause(written.strip())
    if operator == "===":
        compiled = _literal(written, version)
    elif not operator:
        if version:
            raise InvalidRange(written, "one of the operators " + " ".join(OPERATORS), 0)
        compiled = _CLAUSES[""]
    elif version.endswith(".*"):
        compiled = _wildcard(written, operator, version[:-2])
    else:
        compiled = _comparison(written, operator, version)
    _CLAUSES[written] = compiled
    return compiled


def _literal(written: str, version: str) -> Clause:
    if not version or any(character.isspace() or character in ";)" for character in version):
        raise InvalidRange(written, "one word after ===")
    return _LITERAL, version.lower(), ""


def _wildcard(written: str, operator: str, version: str) -> Clause:
    """`==1.2.*`: from 1.2.dev0 to before 1.3.dev0."""
    _key(written, version)
    parsed = parse_version(version)
    if operator not in ("==", "!=") or parsed.pre or parsed.post or parsed.dev or parsed.local:
        raise InvalidRange(written, ".* only after == or != and a plain release")
    if version != version.strip():
        raise InvalidRange(written, "no blank before .*")
    low = release_key(parsed.epoch, parsed.release) + DEV
    return _SPAN if operator == "==" else _HOLE, low, _next_release(parsed.epoch, parsed.release)


def _comparison(written: str, operator: str, version: str) -> Clause:
    key = _key(written, version)
    local = "+" in version
    if operator in ("==", "!="):
        # without a local of its own the clause matches every local version of it
        return _SPAN if operator == "==" else _HOLE, key, key + (ABOVE if local else AFTER_LOCALS)
    if local:
        raise InvalidRange(written, "a local version (+...) only after == or !=")
    if operator == ">=":
        return _SPAN, key, ""
    if operator == "<=":
        return _SPAN, "", key + AFTER_LOCALS
    if operator == "<":
        # the pre-releases of a final or post-release are not "less": stop before its first .dev
        return _SPAN, "", key if is_prerelease_key(key) else key[:-1] + DEV
    if operator == ">":
        # the post-releases of a version are not "greater"; a developmental release has none
        return _SPAN, key + AFTER_LOCALS if DEV in key else key[:-1] + AFTER_POSTS, ""
    parsed = parse_version(version)
    if len(parsed.release) < 2:
        raise InvalidRange(written, "at least two numbers after ~=, as in ~=1.2")
    return _SPAN, key, _next_release(parsed.epoch, parsed.release[:-1])


def _next_release(epoch: str, release: tuple[str, ...]) -> str:
    """The bound below every version of the release after this prefix: (1, 2) -> 1.3.dev0."""
    return release_key(epoch, (*release[:-1], str(int(release[-1]) + 1))) + DEV


def _key(written: str, version: str) -> str:
    try:
        return version_key(version)
    except InvalidVersion as error:
        position = written.find(version) + error.position if version and error.position >= 0 else -1
        raise InvalidRange(written, _EXPECTED, position) from None
