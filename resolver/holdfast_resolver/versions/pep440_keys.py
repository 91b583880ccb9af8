"""PEP 440 versions: order-preserving keys and the normal form.

Knows the grammar of one version; never a range, a table or a registry. Plain string order of two keys is the
order of PEP 440 ("Summary of permitted suffixes and relative ordering"), and equal versions share a key.

    key     = [ "~" number ] number* suffix [ local ]    epoch (unless 0), release without trailing zeros
    suffix  = [ pre number ] ( "-" | "/" number "-" | [ "/" number ] "(" number )
    local   = ( number | "=" text "!" )+
    number  = one character for the count of digits ("A" one, "B" two ...), then the digits

    1.2.3 -> A1A2A3-    1.10 -> A1B10-    2.0rc1 -> A2+A1-    2.0.post1 -> A2/A1-    2.0.dev3 -> A2(A3

Suffix characters sort as `(` dev, `)` a, `*` b, `+` rc, `-` nothing, `/` post, and all below a number, so a
longer release sorts after every suffix of a shorter one. `AFTER_LOCALS` and `AFTER_POSTS` make bounds between
versions out of keys.
"""

from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.values.tuples import NamedTuple

DEV = "("
FINAL = "-"
POST = "/"
AFTER_POSTS = "0"  # in the place of FINAL: above every post-release, below every longer release
AFTER_LOCALS = "~"  # after a whole key: above every local version of it
ABOVE = " "  # after a whole key: above it, and below every key that continues it
_PRE = {"a": ")", "b": "*", "rc": "+"}
_EPOCH = "~"

_DIGITS = "0123456789"
_SEPARATORS = frozenset("._-")
_ALPHANUMERIC = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_LONGEST_NUMBER = 4000  # digits; Python refuses to convert more than 4300
_EXPECTED = "a PEP 440 version such as 1.2.3 or 2.0rc1"

# Spellings, longest first where one begins another (PEP 440, "Normalization").
_PRE_WORDS = (
    ("alpha", "a"),
    ("a", "a"),
    ("beta", "b"),
    ("b", "b"),
    ("preview", "rc"),
    ("pre", "rc"),
    ("c", "rc"),
    ("rc", "rc"),
)
_POST_WORDS = (("post", "post"), ("rev", "post"), ("r", "post"))
_DEV_WORDS = (("dev", "dev"),)

# A word that is the whole suffix of a version -> what stands before and after its number in the key.
_ONLY_SUFFIX = {
    **{word: (_PRE[letter], FINAL) for word, letter in _PRE_WORDS},
    **{word: (POST, FINAL) for word, _ in _POST_WORDS},
    "dev": (DEV, ""),
}


class _Numbers(dict[str, str]):
    """Digits -> their form in a key; "" for what is not a number. Remembers short ones."""

    def __missing__(self, digits: str) -> str:
        if not (digits.isascii() and digits.isdigit()):
            return ""
        plain = digits.lstrip("0") or "0"
        count = len(plain)
        if count < 58:
            encoded = chr(64 + count) + plain
        elif count <= _LONGEST_NUMBER:
            encoded = f"z{count:04d}{plain}"
        else:
            return ""
        if len(digits) < 8 and len(self) < 100_000:
            self[digits] = encoded
        return encoded


_NUMBERS = _Numbers()


class ParsedVersion(NamedTuple):
    """A version, taken apart. Numbers are digits without leading zeros; "" where a part is absent."""

    epoch: str  # "0" when not written
    release: tuple[str, ...]  # as written, with trailing zeros
    pre: str  # "a" | "b" | "rc" | ""
    pre_number: str
    post: str
    dev: str
    local: tuple[str, ...]  # lower case


def version_key(text: str) -> str:
    """Return the order-preserving key of a PEP 440 version; raise `InvalidVersion`.

    >>> version_key("1.10.0") > version_key("1.9")
    True
    """
    numbers = [_NUMBERS[part] for part in text.split(".")]
    if "" in numbers:
        return _suffixed_key(text)
    if numbers[-1] == "A0":
        _strip_zeros(numbers)
    return "".join(numbers) + FINAL


def is_prerelease_key(key: str) -> bool:
    """Whether the key is that of a pre-release or a developmental release."""
    return "+" in key or ")" in key or "*" in key or "(" in key


def normalize_version(text: str) -> str:
    """Return the normal form of a PEP 440 version (PEP 440, "Normalization"); raise `InvalidVersion`.

    >>> normalize_version(" v1.0-ALPHA.01-r2 ")
    '1.0a1.post2'
    """
    numbers = [_NUMBERS[part] for part in text.split(".")]
    if "" not in numbers and len(text) < 50:
        return ".".join([number[1:] for number in numbers])
    parsed = parse_version(text)
    normal = ".".join(parsed.release)
    if parsed.epoch != "0":
        normal = f"{parsed.epoch}!{normal}"
    normal += parsed.pre + parsed.pre_number
    if parsed.post:
        normal += ".post" + parsed.post
    if parsed.dev:
        normal += ".dev" + parsed.dev
    if parsed.local:
        normal += "+" + ".".join(parsed.local)
    return normal


def parsed_key(parsed: ParsedVersion) -> str:
    """Return the key of a version that was taken apart."""
    key = release_key(parsed.epoch, parsed.release)
    if parsed.pre:
        key += _PRE[parsed.pre] + _NUMBERS[parsed.pre_number]
    if parsed.post:
        key += POST + _NUMBERS[parsed.post]
    key += DEV + _NUMBERS[parsed.dev] if parsed.dev else FINAL
    return key + "".join([_NUMBERS[part] or f"={part}!" for part in parsed.local])


def release_key(epoch: str, release: tuple[str, ...]) -> str:
    """Return the beginning that the keys of all versions of a release share: epoch and numbers."""
    numbers = [_NUMBERS[part] for part in release]
    _strip_zeros(numbers)
    start = "" if epoch == "0" else _EPOCH + _NUMBERS[epoch]
    return start + "".join(numbers)


def parse_version(text: str) -> ParsedVersion:
    """Take a version apart by the whole grammar (PEP 440, Appendix B); raise `InvalidVersion`."""
    numbers = [_NUMBERS[part] for part in text.split(".")]
    if "" not in numbers and len(text) < 50:  # plain: `1.2.3`
        return ParsedVersion("0", tuple([number[1:] for number in numbers]), "", "", "", "", ())
    stripped = text.strip()
    if not stripped.isascii():
        raise InvalidVersion(text, _EXPECTED)
    scanner = _Scanner(stripped.lower())
    parsed = scanner.version()
    if parsed is None:
        raise InvalidVersion(text, _EXPECTED, len(text) - len(text.lstrip()) + scanner.position)
    return parsed


def _strip_zeros(numbers: list[str]) -> None:
    while numbers and numbers[-1] == "A0":
        numbers.pop()


def _suffixed_key(text: str) -> str:
    """The key of a version that is more than plain numbers: `1.2rc1`, `1.2.post1`, or the whole grammar."""
    rest = text.lstrip("0123456789.")
    word = rest.rstrip(_DIGITS)
    marks = _ONLY_SUFFIX.get(word)
    if marks is not None:
        release = text[: len(text) - len(rest)].removesuffix(".")
        numbers = [_NUMBERS[part] for part in release.split(".")]
        number = _NUMBERS[rest[len(word) :] or "0"]
        if "" not in numbers and number:
            _strip_zeros(numbers)
            return "".join(numbers) + marks[0] + number + marks[1]
    return parsed_key(parse_version(text))


class _Scanner:
    """Reads one version from lower-case ASCII text; `position` is where it came to."""

    __slots__ = ("position", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def version(self) -> ParsedVersion | None:
        """The version that the whole text is, or None."""
        if self.text.startswith("v"):
            self.position = 1
        epoch, first = "0", self.digits()
        if first and self.text.startswith("!", self.position):
            self.position += 1
            epoch, first = first, self.digits()
        if not first:
            return None
        release = [first]
        while self.text.startswith(".", self.position):
            start = self.position
            self.position += 1
            number = self.digits()
            if not number:  # the dot belongs to a suffix: 1.2.dev1
                self.position = start
                break
            release.append(number)
        pre, pre_number = self.suffix(_PRE_WORDS)
        post = self.implicit_post() or self.suffix(_POST_WORDS)[1]
        dev = self.suffix(_DEV_WORDS)[1]
        local = self.local()
        if local is None or self.position != len(self.text):
            return None
        return ParsedVersion(epoch, tuple(release), pre, pre_number, post, dev, local)

    def digits(self) -> str:
        """A number without leading zeros, or "" with the position unmoved."""
        text, start = self.text, self.position
        end = start
        while end < len(text) and text[end] in _DIGITS:
            end += 1
        number = text[start:end].lstrip("0") if end > start else ""
        if end == start or len(number) > _LONGEST_NUMBER:
            return ""
        self.position = end
        return number or "0"

    def suffix(self, words: tuple[tuple[str, str], ...]) -> tuple[str, str]:
        """`[separator] word [separator] [number]` as (normal word, number or "0"), or ("", "")."""
        start = self.position
        self.separator()
        for word, normal in words:
            if self.text.startswith(word, self.position):
                self.position += len(word)
                self.separator()
                return normal, self.digits() or "0"
        self.position = start
        return "", ""

    def separator(self) -> None:
        if self.text[self.position : self.position + 1] in _SEPARATORS:
            self.position += 1

    def implicit_post(self) -> str:
        """`-1`, an implicit post-release, as its number, or ""."""
        start = self.position
        if self.text.startswith("-", start):
            self.position += 1
            number = self.digits()
            if number:
                return number
            self.position = start
        return ""

    def local(self) -> tuple[str, ...] | None:
        """The segments after `+`; () without, None when they are malformed."""
        if not self.text.startswith("+", self.position):
            return ()
        written = self.text[self.position + 1 :].replace("-", ".").replace("_", ".")
        parts = []
        for segment in written.split("."):
            part = segment
            if part.isdigit():
                part = part.lstrip("0") or "0"
            if not part or not _ALPHANUMERIC.issuperset(part) or len(part) > _LONGEST_NUMBER:
                return None
            parts.append(part)
        self.position = len(self.text)
        return tuple(parts)
