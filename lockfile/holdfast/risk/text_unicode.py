"""Text that is made not to be seen: bidirectional controls, invisible characters, code far beyond the margin.

    "if (a != 'user<RLO> <LRI>// admin<PDI> <LRI>') {"     reads otherwise than it runs (CVE-2021-42574)
    "run();                   ...300 blanks...   steal()"   stands where no editor shows it

Joiners within emoji and scripts that need them, and characters that stand alone in quotes or in a class of a pattern,
are what they seem. So are those of the character tables that minified code carries: on a line that nobody reads, among
nothing but characters beyond ASCII, ranges of them and escapes. Source: Unicode Technical Standard 55.

Knows characters; never languages.
"""

import re
from collections.abc import Iterator

Found = tuple[str, int, str]  # name of the check, place of its first byte, what was found

MARGIN = 300  # columns of blanks before code
_FEWEST = 8  # invisible characters in a row, of two kinds at least
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    f"[\u200b\u2060-\u2064\u180e\u3164\uffa0\u115f\u1160\ufe00-\ufe0f\U000e0100-\U000e01ef]{{{_FEWEST},}}"
    f"|[\u200b\u200c\u200d\u2060\ufeff]{{{_FEWEST},}}"
)
_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]{2,}")  # after a black flag: regions
_JOINED = re.compile("[A-Za-z0-9_$][\u200b-\u200d\u2060]+[A-Za-z0-9_$]")
_NO_NAME = "\u200b\u2060"  # no language takes these into a name: what they split is a word of a comment or of a text
# Every character of the patterns above as UTF-8, by its first byte: looked for in bytes, at a tenth of their time.
_MAY_HIDE = tuple(
    map(
        re.compile,
        (
            rb"\xe2(?:\x80[\x8b-\x8d\xaa-\xae]|\x81[\xa0-\xa9])",
            rb"\xef(?:\xb8[\x80-\x8f]|\xbb\xbf|\xbe\xa0)",
            rb"\xf3\xa0[\x80-\x87]",
            rb"\xe1(?:\xa0\x8e|\x85[\x9f\xa0])",
            rb"\xe3\x85\xa4",
        ),
    )
)
_MARGIN = re.compile(rb"(?<![ \t])[ \t]{%d,}+[^\s]" % MARGIN)  # from the first blank, and never back: linear
_BLANKS = b" " * MARGIN
_SINGLE = "'\"`-[]"
_UNREAD = 2_000  # characters of a line that no eye reads to its end
_TABLE_BEFORE = re.compile(r"(?:[^\x00-\x7f]|\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\d))-?$")
_TABLE_AFTER = re.compile(r"-?(?:[^\x00-\x7f]|\\[ux\d])")


def hidden(data: bytes, text: str, *, is_code: bool, for_agents: bool = False) -> Iterator[Found]:
    """Yield what is hidden in a text; `is_code` is whether somebody's program runs it, or an agent reads it.

    `for_agents` is whether an agent reads it, and so its comments.
    """
    if is_code and _BLANKS in data.replace(b"\t", b" "):  # ten times as fast as the pattern
        for found in _MARGIN.finditer(data):
            yield "unicode margin", found.end() - 1, f"text beyond {len(found.group()) - 1} blanks"
    if data.isascii() or not any(pattern.search(data) for pattern in _MAY_HIDE):
        return
    places = _Places(text)
    for match in _TAGS.finditer(text):
        plain = "".join(chr(ord(one) - 0xE0000) for one in match.group())
        yield "unicode tags", places.of(match.start()), f"{len(plain)} tag characters"
    for match in _INVISIBLE.finditer(text):
        if len(set(match.group())) == 1:
            continue  # one character again and again carries nothing
        yield "unicode invisible", places.of(match.start()), f"{len(match.group())} invisible characters"
    if not is_code:
        return
    for match in _BIDI.finditer(text):
        if not _is_alone(text, match.start()) and not _is_in_table(text, match.start()):
            yield "unicode bidi", places.of(match.start()), f"U+{ord(match.group()):04X}"
    for match in _JOINED.finditer(text):
        if not for_agents and match.group()[1] in _NO_NAME and _is_comment(text, places.row(match.start())):
            continue
        yield "unicode joined", places.of(match.start()), f"U+{ord(match.group()[1]):04X} within a name"


def _is_alone(text: str, at: int) -> bool:
    """Whether a control is its own subject: `'<RLO>'`, `[<LRE>-<RLO>]`, a list of such."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return (before in _SINGLE and after in _SINGLE) or bool(_BIDI.match(before) and _BIDI.match(after))


def _is_comment(text: str, start: int) -> bool:
    return text[start : start + _UNREAD].lstrip().startswith(("*", "//", "/*", "#"))


def _is_in_table(text: str, at: int) -> bool:
    """Whether a control is one of many characters of a table: `"\\u2029<RLO><LRI>\\uFEFF"` in minified code."""
    first, last = text.rfind("\n", max(0, at - _UNREAD), at), text.find("\n", at, at + _UNREAD)
    first = max(at - _UNREAD, -1) if first < 0 else first
    last = min(at + _UNREAD, len(text)) if last < 0 else last
    if last - first <= _UNREAD:
        return False
    return bool(_TABLE_BEFORE.search(text[max(0, at - 7) : at]) and _TABLE_AFTER.match(text, at + 1))


class _Places:
    """Where characters stand, asked in their order: each part of the text is looked at once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = self._bytes = self._row = 0

    def of(self, at: int) -> int:
        """Return how many bytes of UTF-8 stand before a character."""
        self._go(at)
        return self._bytes

    def row(self, at: int) -> int:
        """Return where the line of a character begins."""
        self._go(at)
        return self._row

    def _go(self, at: int) -> None:
        if at < self._at:  # another check begins
            self._at = self._bytes = self._row = 0
        self._bytes += len(self._text[self._at : at].encode("utf-8", "surrogatepass"))
        self._row = self._text.rfind("\n", self._at, at) + 1 or self._row
        self._at = at
