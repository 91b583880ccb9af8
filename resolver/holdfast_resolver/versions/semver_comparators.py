"""An npm range, rewritten into plain comparators: carets, tildes, x-ranges and hyphens are sugar for them.

    ^1.2 || 3.x  ->  [[>=1.2.0, <2.0.0-0], [>=3.0.0, <4.0.0-0]]

The rewriting is done on the text, word by word and in npm's order, since that order decides what odd texts mean.
Knows the grammar; no order of versions, no table.
"""

from holdfast_resolver.errors import InvalidRange, InvalidVersion
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.semver_grammar import (
    BUILD_METADATA,
    CARET_APART,
    ENDLESS,
    LARGEST_NUMBER,
    STAR,
    TILDE_APART,
    WHITE,
    WHITE_RUN,
    Grammar,
    apart,
    grammar,
)
from holdfast_resolver.versions.semver_keys import ParsedVersion, parse_version

MOST_CHARACTERS = 1 << 16  # of a range; npm knows no limit, and no range comes near
EXPECTED = "an npm range such as ^1.2, >=1.2 <3 or 1.x || 2.x"

Part = str | None  # a number, x, X, *, or left out


class Comparator(NamedTuple):
    """One bound. `operator` is "", "<", "<=", ">" or ">="; without a version it holds for all."""

    operator: str
    version: ParsedVersion | None


ANY = Comparator("", None)


def comparators(text: str, *, prereleases: bool = False, loose: bool = False) -> list[list[Comparator]]:
    """Return the alternatives of a range, each a list of comparators that must all hold.

    `prereleases`: sugar begins at the lowest pre-release (`^1.2` is `>=1.2.0-0 <2.0.0-0`). `loose`: words that are no
    comparators are left out, and alternatives that are left empty. Raises `InvalidRange`.
    """
    if len(text) > MOST_CHARACTERS:
        raise InvalidRange(text, f"at most {MOST_CHARACTERS} characters", MOST_CHARACTERS)
    raw = one_blank(text)
    reader = _Reader(text, grammar(loose), "-0" if prereleases else "", loose)
    found = [read for written in raw.split("||") if (read := reader.alternative(written.strip(" ")))]
    if not found:
        raise InvalidRange(text, EXPECTED)
    return found


def one_blank(text: str) -> str:
    """Return a text with one blank for each run of white space, and none around it."""
    return WHITE_RUN.sub(" ", text.strip(WHITE))


def join_operators(text: str) -> str:
    """Return one alternative with its operators beside their versions: `> 1.2 ~ 3` -> `>1.2 ~3`."""
    if " " not in text:
        return text
    text = apart().sub(r"\1\2\3", text)
    text = TILDE_APART.sub(r"\1~", text)
    return CARET_APART.sub(r"\1^", text)


class _Reader:
    """Reads the alternatives of one range in one mode. `lowest` stands behind the versions that sugar begins at."""

    def __init__(self, text: str, patterns: Grammar, lowest: str, loose: bool) -> None:
        self.text = text
        self.patterns = patterns
        self.lowest = lowest
        self.loose = loose
        self.zero = f">=0.0.0{lowest}"  # says as much as nothing

    def alternative(self, written: str) -> list[Comparator]:
        """The comparators of what stands between two `||`."""
        text = BUILD_METADATA.sub("", written)
        if ENDLESS.search(text):
            raise InvalidRange(self.text, "fewer signs before a version")
        hyphen = self.patterns.hyphen.fullmatch(text) if " - " in text else None
        if hyphen:
            text = self.hyphen(*hyphen.groups())
        words = " ".join([self.plain(word) for word in join_operators(text).split(" ")])
        found = []
        for word in WHITE_RUN.split(words):
            if word in ("", self.zero):
                found.append(ANY)
                continue
            match = self.patterns.comparator.fullmatch(word)
            if match:
                found.append(self.comparator(match[1], match[2]))
            elif not self.loose:
                raise InvalidRange(self.text, EXPECTED, self.text.find(word))
        return found

    def comparator(self, operator: str, version: str) -> Comparator:
        try:
            return Comparator("" if operator == "=" else operator, parse_version(version, loose=self.loose))
        except InvalidVersion as error:  # too long, or a number too large
            raise InvalidRange(self.text, error.expected, self.text.find(version)) from None

    def plain(self, word: str) -> str:
        """A word of a range as plain comparators, joined by blanks."""
        match = self.patterns.word.fullmatch(word)
        if match:
            operator, major, minor, patch, prerelease = match.groups()
            if operator == "^":
                return self.caret(major, minor, patch, prerelease)
            if operator.startswith("~"):
                return self.tilde(major, minor, patch, prerelease)
            word = self.x_range(word, "" if operator == "=" else operator, major, minor, patch)
        return STAR.sub("", word, count=1)

    def caret(self, major: str, minor: Part, patch: Part, prerelease: Part) -> str:
        """Up to the next change of the leftmost number that is not zero."""
        if _is_x(major):
            return ""
        if _is_x(minor):  # ^1 -> >=1.0.0 <2.0.0-0
            return f">={major}.0.0{self.lowest} <{_next(major)}.0.0-0"
        if _is_x(patch):  # ^1.2 -> >=1.2.0 <2.0.0-0
            low = f">={major}.{minor}.0{self.lowest}"
        else:  # ^1.2.3-rc -> >=1.2.3-rc <2.0.0-0
            low = f">={major}.{minor}.{patch}" + (f"-{prerelease}" if prerelease else "")
        if major != "0":
            return f"{low} <{_next(major)}.0.0-0"
        if minor != "0" or _is_x(patch):  # ^0.2.3 -> >=0.2.3 <0.3.0-0
            return f"{low} <{major}.{_next(minor)}.0-0"
        return f"{low} <{major}.{minor}.{_next(patch)}-0"  # ^0.0.3 -> >=0.0.3 <0.0.4-0

    def tilde(self, major: str, minor: Part, patch: Part, prerelease: Part) -> str:
        """Up to the next minor release; up to the next major one when no minor is named."""
        if _is_x(major):
            return ""
        if _is_x(minor):  # ~1 -> >=1.0.0 <2.0.0-0
            return f">={major}.0.0{self.lowest} <{_next(major)}.0.0-0"
        if _is_x(patch):  # ~1.2 -> >=1.2.0 <1.3.0-0
            low = f">={major}.{minor}.0{self.lowest}"
        else:  # ~1.2.3-rc -> >=1.2.3-rc <1.3.0-0
            low = f">={major}.{minor}.{patch}" + (f"-{prerelease}" if prerelease else "")
        return f"{low} <{major}.{_next(minor)}.0-0"

    def x_range(self, word: str, operator: str, major: str, minor: Part, patch: Part) -> str:
        """A version with parts left open, after an operator or alone; whole versions stay as they are."""
        if (_is_x(major) and not _is_x(minor)) or (_is_x(minor) and not _is_x(patch)):  # 1.x.3
            return word
        if _is_x(major):  # nothing is above or below everything
            return "<0.0.0-0" if operator in ("<", ">") else ""
        if not _is_x(patch):
            return word
        only_major = _is_x(minor)
        low = f"{major}.0.0" if only_major else f"{major}.{minor}.0"
        above = f"{_next(major)}.0.0" if only_major else f"{major}.{_next(minor)}.0"
        if not operator:  # 1.2 -> >=1.2.0 <1.3.0-0
            return f">={low}{self.lowest} <{above}-0"
        if operator == ">":  # >1.2 -> >=1.3.0
            return f">={above}{self.lowest}"
        if operator == "<=":  # <=1.2 -> <1.3.0-0
            return f"<{above}-0"
        return f"{operator}{low}{'-0' if operator == '<' else self.lowest}"

    def hyphen(self, *parts: Part) -> str:
        """`1.2 - 3.4` -> `>=1.2.0 <3.5.0-0`: both ends included, whatever they leave open."""
        start, major, minor, patch, prerelease, end, end_major, end_minor, end_patch, end_prerelease = parts
        if _is_x(major):
            low = ""
        elif _is_x(minor):
            low = f">={major}.0.0{self.lowest}"
        elif _is_x(patch):
            low = f">={major}.{minor}.0{self.lowest}"
        else:
            low = f">={start}" + ("" if prerelease else self.lowest)
        if _is_x(end_major):
            high = ""
        elif _is_x(end_minor):
            high = f"<{_next(end_major)}.0.0-0"
        elif _is_x(end_patch):
            high = f"<{end_major}.{_next(end_minor)}.0-0"
        elif end_prerelease:
            high = f"<={end_major}.{end_minor}.{end_patch}-{end_prerelease}"
        elif self.lowest:
            high = f"<{end_major}.{end_minor}.{_next(end_patch)}-0"
        else:
            high = f"<={end}"
        return f"{low} {BUILD_METADATA.sub('', high)}".strip(" ")


def _is_x(part: Part) -> bool:
    return not part or part in "xX*"


def _next(number: Part) -> str:
    """The number after one, written as JavaScript writes it: from 10**21 on with an exponent, 1e+21.

    No strict version has such a number, but loose reading finds a pre-release in 1.1.1e and build metadata in +21.
    """
    value = int(number or "0")
    if value >= LARGEST_NUMBER and float(value) + 1 >= 1e21:
        return repr(float(value) + 1)
    return str(value + 1)
