"""One record of the OSV schema (1.x), bytes to values: strict where it decides, tolerant where it does not.

    {"id": "GHSA-xxxx", "modified": "...", "affected": [{"package": {"ecosystem": "PyPI", "name": "jinja2"},
     "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.10.1"}]}]}]}

Rule 1: what decides whether a version is affected is of the type that the schema says, or the record is refused.
Rule 2: what is only shown, or is not known, is left out where it is not what it should be.
Knows JSON and the schema's fields; orders no versions. Specification: OSV schema 1.7.
"""

import json
import re
from typing import Any

from holdfast.advisories.values import Advisory, Affected, Event, Range

LIMIT = 4 * 1024 * 1024  # bytes of a record
DEPTH = 64
_MOST = 100_000  # of rows, ranges, events, versions
_LONGEST = 300  # characters of a version, and of a summary
_REFERENCES = 20
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+/@-]{0,127}")
_NESTING = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_RATINGS = {
    "NONE": "none",
    "LOW": "low",
    "MODERATE": "medium",
    "MEDIUM": "medium",
    "HIGH": "high",
    "IMPORTANT": "high",
    "CRITICAL": "critical",
}


class RecordRefused(Exception):
    """A record that cannot be used; `reason` says what was expected and where. Never leaves this room."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_advisory_id(text: str) -> bool:
    """Whether a text can be the id of an advisory."""
    return _ID.fullmatch(text) is not None


def read_record(data: bytes, registry: str = "") -> Advisory:
    """Return what a record says. Raises `RecordRefused`.

    `registry` is the module registry that published it; such a record speaks of that registry's modules only.
    """
    record = _table(_parsed(data), "the record")
    version = record.get("schema_version", "1")
    if not isinstance(version, str) or version.partition(".")[0] != "1":
        raise RecordRefused(f"expected schema_version 1, found {str(version)[:20]!r}")
    identifier = record.get("id")
    if not isinstance(identifier, str) or not is_advisory_id(identifier):
        raise RecordRefused("expected an id of letters, digits and . _ : + / @ -, 128 at most")
    withdrawn = record.get("withdrawn")
    if withdrawn is not None and not isinstance(withdrawn, str):
        raise RecordRefused("expected a time in withdrawn")
    rows = _array(record.get("affected"), "affected")
    return Advisory(
        identifier,
        _shown(record.get("modified")),
        _shown(record.get("published")),
        withdrawn or "",
        tuple(sorted({one for one in _texts(record.get("aliases")) if one != identifier and is_advisory_id(one)})),
        _summary(record),
        tuple([_affected(_table(row, f"affected[{index}]"), f"affected[{index}]") for index, row in enumerate(rows)]),
        _severity(record.get("severity")),
        _rating(record),
        _references(record.get("references")),
        registry,
    )


def _parsed(data: bytes) -> object:
    if len(data) > LIMIT:
        raise RecordRefused(f"expected at most {LIMIT} bytes, found {len(data)}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordRefused(f"expected UTF-8, found the byte 0x{data[error.start]:02x} at {error.start}") from None
    if text.count("[") + text.count("{") > DEPTH:
        level = deepest = 0
        for token in _NESTING.finditer(text):
            level += (token[0] in "[{") - (token[0] in "]}")
            deepest = max(deepest, level)
        if deepest > DEPTH:
            raise RecordRefused(f"expected at most {DEPTH} levels of JSON, found more")
    try:
        value: object = json.loads(text, object_pairs_hook=_distinct)
    except json.JSONDecodeError as error:
        raise RecordRefused(f"expected JSON, found a fault at line {error.lineno}, column {error.colno}") from None
    except ValueError:  # a number of more digits than Python converts
        raise RecordRefused("expected JSON with numbers of a sensible length") from None
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value] # adds
        raise RecordRefused(f"expected each key once, found {twice[:40]!r} twice")
    return table


def _affected(row: dict[str, Any], place: str) -> Affected:
    package = row.get("package")
    if package is None:  # commits of a repository, of no package
        package = {"ecosystem": "", "name": ""}
    package = _table(package, f"{place}.package")
    ranges = _array(row.get("ranges"), f"{place}.ranges")
    return Affected(
        _text(package.get("ecosystem"), f"{place}.package.ecosystem"),
        _text(package.get("name"), f"{place}.package.name"),
        tuple([_range(one, f"{place}.ranges[{index}]") for index, one in enumerate(ranges)]),
        tuple([_text(one, f"{place}.versions") for one in _array(row.get("versions"), f"{place}.versions")]),
        _severity(row.get("severity")),
        _rating(row),
    )


def _range(value: object, place: str) -> Range:
    table = _table(value, place)
    events: list[Event] = []
    for index, one in enumerate(_array(table.get("events"), f"{place}.events")):
        event = _table(one, f"{place}.events[{index}]")
        # The schema wants one in each object; older records have {"introduced": "0", "fixed": "1.0"}.
        events += [Event(_cut(kind), _text(version, f"{place}.events[{index}]")) for kind, version in event.items()]
    return Range(_text(table.get("type"), f"{place}.type"), tuple(events))


def _table(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RecordRefused(f"expected an object in {place}")
    return value


def _array(value: object, place: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > _MOST:
        raise RecordRefused(f"expected an array of at most {_MOST} in {place}")
    return value


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise RecordRefused(f"expected a text of at most {_LONGEST} characters in {place}")
    return value


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _shown(value: object) -> str:
    return _cut(value) if isinstance(value, str) else ""


def _cut(text: str) -> str:
    """One line of at most `_LONGEST` characters, without half a surrogate pair."""
    line = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."


def _summary(record: dict[str, Any]) -> str:
    summary = _shown(record.get("summary"))
    if summary:
        return summary
    details = record.get("details")
    return _shown(details.strip().partition("\n")[0]) if isinstance(details, str) else ""


def _severity(value: object) -> tuple[tuple[str, str], ...]:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    pairs = [(row.get("type"), row.get("score")) for row in rows]
    return tuple(
        [(_cut(kind), _cut(score)) for kind, score in pairs if isinstance(kind, str) and isinstance(score, str)]
    )


def _rating(table: dict[str, Any]) -> str:
    """`{"database_specific": {"severity": "MODERATE"}}` -> `medium`"""
    for key in ("database_specific", "ecosystem_specific"):
        inner = table.get(key)
        word = inner.get("severity") if isinstance(inner, dict) else None
        if isinstance(word, str) and word.upper() in _RATINGS:
            return _RATINGS[word.upper()]
    return ""


def _references(value: object) -> tuple[str, ...]:
    rows = [row.get("url") for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    found = [url for url in rows if isinstance(url, str) and _is_address(url)]
    return tuple(dict.fromkeys(found))[:_REFERENCES]


def _is_address(url: str) -> bool:
    return url.startswith(("https://", "http://")) and url.isascii() and url.isprintable() and len(url) <= 2000
