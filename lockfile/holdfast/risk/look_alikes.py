"""Names that a reader, or a typing hand, takes for one another, and in which way. Texts only.

reqeusts      requests       two neighbours swapped
requets       requests       a letter left out
requesrs      requests       a key beside the right one
reqυests      requests       letters that look alike
@types-node   @types/node    the scope pulled into the name
python_dateutil              for npm, where "-", "_" and "." make other names
"""

import unicodedata
from collections.abc import Iterable, Iterator

SHORTEST = 5  # letters: shorter names are one letter from each other by the dozen
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
# Each looks like what stands beside it; of other scripts the few letters that copy Latin ones.
_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("5", "s"), ("i", "l"))
_OTHER_SCRIPTS = str.maketrans(
    "аеорсухівјѕԁһӏαοενυιρτκ",
    "aeopcyxibjsdhlaoevuiptk",
)
_SEPARATORS = str.maketrans("", "", "-_.")


def _beside() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for number, row in enumerate(_ROWS):
        for place, key in enumerate(row):
            found.setdefault(key, set()).update(row[max(place - 1, 0) : place] + row[place + 1 : place + 2])
            for other in _ROWS[number + 1 : number + 2]:
                for below in other[max(place - 1, 0) : place + 1]:
                    found[key].add(below)
                    found.setdefault(below, set()).add(key)
    return {key: frozenset(keys) for key, keys in found.items()}


_NEIGHBOURS = _beside()


class LookAlikes:
    """Names that somebody may want to be taken for, ready to be asked."""

    __slots__ = ("_bare", "_by_look", "_by_shorter", "_names")

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._bare: dict[str, str] = {}  # without scope marks and separators -> name
        self._by_look: dict[str, str] = {}
        self._by_shorter: dict[str, list[str]] = {}  # the name, or it without one letter -> names
        for name in sorted(self._names):
            self._bare.setdefault(_without_marks(name), name)
            self._by_look.setdefault(look_of(name), name)
            for text in (name, *_one_less(name)):
                self._by_shorter.setdefault(text, []).append(name)

    def of(self, name: str) -> tuple[str, str]:
        """Return the name that `name` may be taken for and in which way; ("", "") for none, and for a known name."""
        if name in self._names:
            return "", ""
        bare = _without_marks(name)
        if len(bare) < SHORTEST:
            return "", ""
        if (known := self._bare.get(bare)) is not None:
            scoped = "@" in known or "@" in name
            return known, "the scope elsewhere" if scoped else "other separators"
        if (known := self._by_look.get(look_of(name))) is not None:
            return known, "letters that look alike"
        close = sorted({one for text in (name, *_one_less(name)) for one in self._by_shorter.get(text, ())})
        for known in close:
            way = way_between(name, known)
            if way:
                return known, way
        return "", ""


def look_of(name: str) -> str:
    """Return what a name looks like: two names of one look are taken for one another."""
    look = unicodedata.normalize("NFKC", name).casefold().translate(_OTHER_SCRIPTS)
    for letters, alike in _ALIKE:
        look = look.replace(letters, alike)
    return look


def way_between(name: str, known: str) -> str:
    """Return by which slip one name becomes the other, in words; "" where it is none, or an honest other name.

    A trailing figure, and a plural, are how honest names differ: `boto` and `boto3`, `color` and `colors`. So are
    names of different scopes: whoever owns a scope names what is in it.
    """
    if name.partition("/")[0] != known.partition("/")[0] and "/" in name + known:
        return ""
    if name.rstrip("0123456789").rstrip("-.") == known.rstrip("0123456789").rstrip("-."):
        return ""
    start = 0
    while start < min(len(name), len(known)) and name[start] == known[start]:
        start += 1
    end = 0
    while end < min(len(name), len(known)) - start and name[-1 - end] == known[-1 - end]:
        end += 1
    wrong, right = name[start : len(name) - end], known[start : len(known) - end]
    if len(wrong) == len(right) == 2 and wrong == right[::-1]:
        return "two neighbours swapped"
    if len(wrong) == len(right) == 1:
        if wrong in _NEIGHBOURS.get(right, ()):
            return "a key beside the right one"
        return "" if start == 0 else "another letter"  # react and preact, jest and test: first letters make names
    if len(wrong) + len(right) == 1:
        return _one_more_or_less(name, known, wrong, right, start)
    return ""


def _one_more_or_less(name: str, known: str, wrong: str, right: str, start: int) -> str:
    letter = wrong or right
    if start == 0 or not letter.isalpha() or (letter == "s" and start >= min(len(name), len(known))):
        return ""
    return "a letter left out" if right else "a letter more"


def _one_less(name: str) -> Iterator[str]:
    for place in range(len(name)):
        yield name[:place] + name[place + 1 :]


def _without_marks(name: str) -> str:
    return name.replace("@", "").replace("/", "").translate(_SEPARATORS)
