"""TOML strings and values as text: quoting, what no string may hold, and how a foreign text is shown.

Knows TOML 1.0 ("String", "Keys"); never what a string means.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    pass


# Characters that reorder or hide text, besides everything below U+0020 and U+007F to U+009F (UAX 9, section
# 2; Unicode technical report 36, "Bidirectional Text Spoofing").
_HIDING = frozenset("\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_SHOWN = 120  # characters of a foreign text that a message repeats
_DEEPEST = 16  # arrays in arrays of an unknown value
_INTEGERS = range(-(2**63), 2**63)  # TOML 1.0, "Integer"


def is_hidden(character: str) -> bool:
    """Whether no string of a lock may hold it: control, bidi, line separator, half a surrogate pair."""
    return character < " " or "\x7f" <= character <= "\x9f" or character in _HIDING or "\ud800" <= character <= "\udfff"


def first_hidden(text: str) -> int:
    """Return the index of the first character for which `is_hidden` holds, or -1."""
    if text.isprintable():
        return -1
    return next((index for index, character in enumerate(text) if is_hidden(character)), -1)


def quote(text: str) -> str:
    r"""Return a TOML basic string.

    >>> quote('say "hi"')
    '"say \\"hi\\""'
    """
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join([_ESCAPES.get(character) or _escaped(character) for character in text]) + '"'


def quote_key(key: str) -> str:
    """Return a TOML key: bare where the grammar allows."""
    return key if key and _BARE.issuperset(key) else quote(key)


def visible(text: str) -> str:
    """Return a foreign text fit for a terminal: nothing raw that is not printable, and not too long."""
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    if shown.isprintable():
        return shown
    return "".join([character if character.isprintable() else _escaped(character, True) for character in shown])


def value_text(value: object, depth: int = 0) -> str | None:
    """Return the canonical TOML text of a plain value (no table), or None when it is none.

    No plain values: strings with a hidden character, integers beyond 64 bits, arrays deeper than 16.

    >>> value_text([1, True, "x"])
    '[1, true, "x"]'
    """
    import datetime  # start-up: only for unknown keys

    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return None if first_hidden(value) >= 0 else quote(value)
    if isinstance(value, int):
        return str(value) if value in _INTEGERS else None
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, list) and depth < _DEEPEST:
        items = [value_text(item, depth + 1) for item in value]
        return None if None in items else "[" + ", ".join([item for item in items if item is not None]) + "]"
    return None


def _escaped(character: str, always: bool = False) -> str:
    if not always and character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
