r"""Which of very many records may concern a lock, told from their bytes without reading them as JSON.

    b'{"id": "MAL-1", "affected": [{"package": {"ecosystem": "npm", "name": "evil"}}]}'   names: evil

Rule 1: a record is passed over only where it plainly is a whole object that names none of the wanted packages; where
that is not plain (it breaks off, names are spelled with escapes such as `\u0065`) it is read.
Knows bytes and names; nothing of versions.
"""

import re
from collections.abc import Iterable

from holdfast.advisories.osv import LIMIT, RecordRefused, read_record
from holdfast.advisories.values import Advisory, Unjudged
from holdfast_resolver.values.names import normalize_name
from holdfast_resolver.values.tuples import NamedTuple

_NAME = re.compile(rb'"name"\s*:\s*"([^"]*)"')
# An escaped letter, digit, sign of a name or quotation mark: it could spell a key or a name in another way.
_ESCAPED = re.compile(rb"\\u00(?:2[2dDeEfF]|3[0-9]|4[0-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])")
_BLANK = b" \t\r\n"


class Selected(NamedTuple):
    """The records that may concern a lock, and what could not be read."""

    advisories: tuple[Advisory, ...]
    unread: tuple[Unjudged, ...]
    seen: int  # how many records there were


def select(records: Iterable[tuple[str, bytes | str]], wanted: frozenset[str], *, registry: str = "") -> Selected:
    """Return what of some records may concern packages with the `wanted` names.

    Each record comes with the file where it stands; a text in the place of its bytes is the reason why they could not
    be had. Records of a registry are few, and are all read.
    """
    advisories: list[Advisory] = []
    unread: list[Unjudged] = []
    seen = 0
    for place, data in records:
        seen += 1
        if isinstance(data, str):
            unread.append(Unjudged(place, "", data))
        elif registry or may_concern(data, wanted):
            try:
                advisories.append(read_record(data, registry))
            except RecordRefused as refused:
                unread.append(Unjudged(place, "", refused.reason))
    return Selected(tuple(advisories), tuple(unread), seen)


def may_concern(data: bytes, wanted: frozenset[str]) -> bool:
    """Whether a record may speak of a package with one of the `wanted` names, or may not be a whole record."""
    names = names_of(data)
    return names is None or not wanted.isdisjoint(names)


def names_of(data: bytes) -> tuple[str, ...] | None:
    """Return the names in a record's bytes, as written and as PyPI normalises them; also those of other things.

    None where the bytes do not plainly show them: the record has to be read.
    """
    if len(data) > LIMIT or data[:1] != b"{" or data[-1:] != b"}":
        whole = data[: LIMIT + 1].removeprefix(b"\xef\xbb\xbf").strip(_BLANK)
        if len(data) > LIMIT or whole[:1] != b"{" or whole[-1:] != b"}":
            return None
    if b"\\u00" in data and _ESCAPED.search(data) is not None:
        return None
    names: set[str] = set()
    for found in set(_NAME.findall(data)):
        name = found.decode("utf-8", "replace").replace("\\/", "/")  # JSON may spell a slash so
        names.add(name)
        if name[:1] != "@":
            names.add(normalize_name(name))
    return tuple(names)
