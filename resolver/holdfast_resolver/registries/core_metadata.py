"""Core metadata (METADATA of a wheel, PKG-INFO of an sdist) reduced to what resolving needs.

Knows the header block as `email` reads it, the core metadata specification and PEP 643. Requirements stay
raw text.
"""

import re
from typing import Literal

from holdfast_resolver.registries.faults import AnswerFaultError, answer_of
from holdfast_resolver.values.artifacts import ReleaseMetadata
from holdfast_resolver.values.names import is_valid_name, normalize_name

MAX_BYTES = 8 * 1024 * 1024

_BLANK_LINE = re.compile(rb"(?>\r\n|\r|\n){2}")
_HEADER = re.compile(r"([!-9;-~]*):")
_ONCE = frozenset(("metadata-version", "name", "version", "requires-python"))
_MANY = frozenset(("requires-dist", "provides-extra", "dynamic"))
# PEP 643: a sdist's value of these may be trusted only when the field is not named in `Dynamic`.
_DECIDING = frozenset(("requires-dist", "requires-python", "provides-extra"))
_VERSION = re.compile(r"([12])\.([0-9]{1,3})", re.ASCII)


def parse_core_metadata(
    body: bytes, kind: Literal["wheel", "sdist"], source: str = "", subject: str = "", url: str = ""
) -> ReleaseMetadata:
    """Read METADATA or PKG-INFO.

    Headers end at the first blank line, or at the first line that is neither header nor continuation, as in
    `email`. Raises `RegistryAnswerInvalid` (with `source`, `subject`, `url`) without Name or Version, with
    two different values for a field that may stand once, or with a metadata version other than 1.x and 2.x.
    """
    with answer_of(source, subject, url):
        return _parse(body, kind)


def _parse(body: bytes, kind: Literal["wheel", "sdist"]) -> ReleaseMetadata:
    if len(body) > MAX_BYTES:
        raise AnswerFaultError(f"expected core metadata of at most {MAX_BYTES} bytes, found {len(body)}")
    fields = _relevant_fields(_header_lines(body))
    single = {key: _single(key, fields.get(key, [])) for key in _ONCE}
    name, version = single["name"], single["version"]
    if not name or not version:
        raise AnswerFaultError(f"expected core metadata, found no {'Version' if name else 'Name'} field")
    if not is_valid_name(name):
        raise AnswerFaultError(f"expected a package name in the Name field, found {name[:80]!r}")
    extras = {normalize_name(extra) for extra in fields.get("provides-extra", []) if extra}
    return ReleaseMetadata(
        normalize_name(name),
        version,
        single["requires-python"],
        tuple(requirement for requirement in fields.get("requires-dist", []) if requirement),
        tuple(sorted(extras)),
        _is_static(kind, single["metadata-version"], fields.get("dynamic", [])),
    )


def _header_lines(body: bytes) -> list[str]:
    if b"\r" in body:
        blank = _BLANK_LINE.search(body)
        block = body[: blank.start()] if blank else body
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    else:
        block = body.partition(b"\n\n")[0]
    # Undecodable bytes may stand in an author's name; in a field that counts, `_relevant_fields` refuses
    # them.
    return block.decode("utf-8", "replace").removeprefix("\ufeff").split("\n")


def _relevant_fields(lines: list[str]) -> dict[str, list[str]]:
    """{lower-case field: values}; continuation lines are folded into one line."""
    fields: dict[str, list[str]] = {}
    values: list[str] = []  # of the field that a continuation line would continue
    for line in lines:
        if line[:1] in (" ", "\t"):
            if values:
                values[-1] = f"{values[-1]} {line.strip()}".strip()
            continue
        match = _HEADER.match(line)
        if match is None:
            break
        key = match[1].lower()
        if key in _MANY or key in _ONCE:
            values = fields.setdefault(key, [])
            values.append(line[match.end() :].strip())
        else:
            values = []
    for key, found in fields.items():
        if any("\ufffd" in value or "\0" in value for value in found):
            raise AnswerFaultError(f"expected text in UTF-8 in the field {key}, found other bytes")
    return fields


def _single(key: str, values: list[str]) -> str:
    if len(set(values)) > 1:
        raise AnswerFaultError(f"expected the field {key} once, found it with {len(set(values))} values")
    return values[0] if values else ""


def _is_static(kind: Literal["wheel", "sdist"], metadata_version: str, dynamic: list[str]) -> bool:
    match = _VERSION.fullmatch(metadata_version)
    if metadata_version and match is None:
        raise AnswerFaultError(f"expected metadata version 1.x or 2.x, found {metadata_version[:40]!r}")
    if kind == "wheel":
        return True
    if match is None or (int(match[1]), int(match[2])) < (2, 2):
        return False
    return _DECIDING.isdisjoint(field.lower() for field in dynamic)
