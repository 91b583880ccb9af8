"""Names that a reader takes for one another: one letter off, or of letters that look alike.

    @acme/guards   @acme/guard      one letter more
    @acme/modern   @acme/rnodern    "rn" and "m"
    @acme/my-tool  @acme-my/tool    the same without "-" and "/": their archives' files would have one name

Knows texts only; what is done about it is decided elsewhere.
"""

from collections.abc import Iterable, Iterator

# Each looks like what stands beside it.
_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-/"


class Names:
    """Names that are taken, ready to be asked for look-alikes."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self._by_look: dict[str, str] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Take a name."""
        self._names.add(name)
        self._by_look.setdefault(look_of(name), name)

    def similar(self, name: str) -> str:
        """Return a taken name that `name` could be taken for; "" when there is none, or when it is taken itself."""
        if name in self._names:
            return ""
        alike = self._by_look.get(look_of(name))
        return alike or next((one for one in _one_off(name) if one in self._names), "")


def look_of(name: str) -> str:
    """Return what a name looks like: two names of one look are taken for one another."""
    look = name.replace("-", "").replace("/", "")
    for letters, alike in _ALIKE:
        look = look.replace(letters, alike)
    return look


def _one_off(name: str) -> Iterator[str]:
    """Yield all texts that are one letter more, less or other, or two neighbours swapped."""
    for place in range(len(name) + 1):
        head, tail = name[:place], name[place:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
