"""The fences of code in Markdown, with the language each names.

Source: CommonMark 0.31, section 4.5. Knows fences; never what is in them.
"""

import re
from collections.abc import Iterator

from holdfast_resolver.values.tuples import NamedTuple

_OPENING = re.compile(rb"[ >\t]{0,40}(`{3,}|~{3,})[ \t]*([^\s`{,]*)[^`\n]*$")


class Fence(NamedTuple):
    """A block of code."""

    language: str  # lower case, "" where none is named
    code: bytes
    start: int  # place of its first byte in the document


def fences(data: bytes) -> Iterator[Fence]:
    """Yield the blocks of a document; one that is not closed goes to its end."""
    place, opened, language, start = 0, b"", "", 0
    for line in data.split(b"\n"):
        if opened:
            bare = line.strip(b" >\t\r")
            if bare.startswith(opened) and not bare.strip(opened[:1]):
                yield Fence(language, data[start:place], start)
                opened = b""
        else:
            found = _OPENING.match(line)
            if found is not None:
                opened, language = found[1], found[2].decode("utf-8", "replace").lower()
                start = place + len(line) + 1
        place += len(line) + 1
    if opened and start < len(data):
        yield Fence(language, data[start:], start)
