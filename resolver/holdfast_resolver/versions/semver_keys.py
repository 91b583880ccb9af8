"""SemVer 2.0.0 versions: order-preserving keys and the normal form.

Knows the grammar of one version; never a range, a table or a registry. Plain string order of two keys is precedence
(Semantic Versioning 2.0.0, section 11), and versions that differ in build metadata alone share a key.

    key        = number number number ( "-" | "(" identifier+ )      a pre-release sorts below its release
    identifier = number | "~" text "!"                               numbers sort below words, prefixes first
    number     = one character for the count of digits ("A" one, "B" two ...), then the digits

    1.2.3 -> A1A2A3-     1.10.0 -> A1B10A0-     1.0.0-rc.2 -> A1A0A0(~rc!A2     1.0.0+b1 -> A1A0A0-
"""

from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.semver_grammar import LARGEST_NUMBER, LONGEST_VERSION, WHITE, grammar

FINAL = "-"
PRERELEASE = "("
LOWEST_PRERELEASE = "(A0"  # after the numbers: the key of `-0`, below every other pre-release of them
ABOVE = " "  # after a whole key: above it, and below every key that continues it
HIGHEST = "~"  # above all keys

_PLAIN_LENGTH = 17  # characters, so that no number has more than 13 digits
_COUNTS = "@ABCDEFGHIJKLM"
_USUAL_LENGTH = 4  # digits of the numbers whose keys are remembered
_NUMBERS: dict[str, str] = {}  # "12" -> "B12"

_EXPECTED = "a SemVer version such as 1.2.3 or 2.0.0-rc.1"


class ParsedVersion(NamedTuple):
    """A version, taken apart: digits without leading zeros, and identifiers as they are ordered and shown."""

    major: str
    minor: str
    patch: str
    prerelease: tuple[str, ...]
    build: tuple[str, ...]


def version_key(text: str, *, loose: bool = False) -> str:
    """Return the order-preserving key of a version; raise `InvalidVersion`.

    >>> version_key("1.0.0-alpha.1") < version_key("1.0.0-alpha.beta") < version_key("1.0.0+b1")
    True
    """
    return plain_key(text) or parsed_key(parse_version(text, loose=loose))


def normalize_version(text: str, *, loose: bool = False) -> str:
    """Return the normal form of a version, build metadata kept; raise `InvalidVersion`.

    >>> normalize_version(" v1.0.0-rc.1+b1 ")
    '1.0.0-rc.1+b1'
    """
    if plain_key(text):
        return text
    parsed = parse_version(text, loose=loose)
    build = "+" + ".".join(parsed.build) if parsed.build else ""
    return spelled(parsed) + build


def plain_key(text: str) -> str:
    """Return the key of a version in normal form without pre-release and build, `1.2.3`; "" for any other text.

    A short way for tables of thousands: nothing is refused here, and `parse_version` agrees wherever a key is returned.
    """
    parts = text.split(".")
    try:
        major, minor, patch = parts
        return _NUMBERS[major] + _NUMBERS[minor] + _NUMBERS[patch] + FINAL
    except (ValueError, KeyError):
        pass
    if len(parts) != 3 or len(text) > _PLAIN_LENGTH or not text.isascii():
        return ""
    major, minor, patch = parts
    if not (major.isdigit() and minor.isdigit() and patch.isdigit()):
        return ""
    if (major[0] == "0" != major) or (minor[0] == "0" != minor) or (patch[0] == "0" != patch):
        return ""
    for number in parts:
        if len(number) <= _USUAL_LENGTH:
            _NUMBERS[number] = _COUNTS[len(number)] + number
    return f"{_COUNTS[len(major)]}{major}{_COUNTS[len(minor)]}{minor}{_COUNTS[len(patch)]}{patch}{FINAL}"


def plain_prerelease_key(text: str) -> str:
    """Return the key of a pre-release in normal form without build metadata, `1.2.3-rc.1`; "" for any other text.

    A short way, as `plain_key`.
    """
    numbers, _, rest = text.partition("-")
    key = plain_key(numbers)
    if not key or not rest.isascii() or len(text) > LONGEST_VERSION:
        return ""
    parts = [key[:-1], PRERELEASE]
    for part in rest.split("."):
        if part.isdigit():
            if len(part) >= len(_COUNTS) or part[0] == "0" != part:
                return ""
            parts.append(_COUNTS[len(part)] + part)
        elif part.replace("-", "").isalnum():
            parts.append(f"~{part}!")
        else:
            return ""
    return "".join(parts)


def is_prerelease_key(key: str) -> bool:
    """Whether the key is that of a pre-release."""
    return PRERELEASE in key


def parse_version(text: str, *, loose: bool = False) -> ParsedVersion:
    """Take a version apart as npm does; raise `InvalidVersion`.

    A `v` before it and white space around it are allowed. `loose` also allows `=`, leading zeros, and a pre-release
    without its hyphen. At most `LONGEST_VERSION` characters; numbers up to `LARGEST_NUMBER`.
    """
    if len(text) > LONGEST_VERSION:
        raise InvalidVersion(text, f"at most {LONGEST_VERSION} characters", LONGEST_VERSION)
    match = grammar(loose).version.fullmatch(text.strip(WHITE))
    if match is None:
        raise InvalidVersion(text, _EXPECTED)
    major, minor, patch, prerelease, build = match.groups()
    major, minor, patch = (number.lstrip("0") or "0" for number in (major, minor, patch))
    if max(int(major), int(minor), int(patch)) > LARGEST_NUMBER:
        raise InvalidVersion(text, f"numbers up to {LARGEST_NUMBER}")
    identifiers = tuple([_identifier(part) for part in prerelease.split(".")]) if prerelease else ()
    return ParsedVersion(major, minor, patch, identifiers, tuple(build.split(".")) if build else ())


def spelled(parsed: ParsedVersion) -> str:
    """Return a version's normal form without its build metadata."""
    text = f"{parsed.major}.{parsed.minor}.{parsed.patch}"
    return f"{text}-{'.'.join(parsed.prerelease)}" if parsed.prerelease else text


def parsed_key(parsed: ParsedVersion) -> str:
    """Return the key of a version that was taken apart."""
    numbers = numbers_key(parsed)
    if not parsed.prerelease:
        return numbers + FINAL
    # section 11.4: numbers numerically, words in ASCII order, numbers below words, more identifiers above fewer
    identifiers = [_number(part) if part.isdigit() else f"~{part}!" for part in parsed.prerelease]
    return numbers + PRERELEASE + "".join(identifiers)


def numbers_key(parsed: ParsedVersion) -> str:
    """Return the beginning that the keys of a release and of all its pre-releases share."""
    return _number(parsed.major) + _number(parsed.minor) + _number(parsed.patch)


def _number(digits: str) -> str:
    digits = digits.lstrip("0") or "0"
    count = len(digits)
    return f"{chr(64 + count)}{digits}" if count < 58 else f"z{count:04d}{digits}"


def _identifier(part: str) -> str:
    """Leading zeros, which only loose reading lets through, go where npm drops them: from numbers it can count to."""
    if part.startswith("0") and part.isdigit() and int(part) < LARGEST_NUMBER:
        return str(int(part))
    return part
