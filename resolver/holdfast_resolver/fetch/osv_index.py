"""Which records of an archive speak of which packages, kept by the archive's directory: `<cache>/v1/advisories/`.

    holdfast-names 1 <sha256 of the rest>
    <name> TAB <place> <place> ...          sorted by name; a place is where the record's row is in the directory
     TAB <place> ...                        the first line: records that have to be read whatever is wanted

Damage of any kind is a miss, and what cannot be written is only slower the next time. Knows disks, names and numbers.
"""

from __future__ import annotations

from holdfast_resolver.fetch.whole_files import write_whole

_MAGIC = b"holdfast-names 1 "
_ALWAYS = ""  # the name of records that have to be read; no package has it


class NameIndex:
    """The places of records by the names that they have."""

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: dict[str, list[int]] = {}

    def add(self, place: int, names: tuple[str, ...] | None) -> None:
        """Add a record; None where it has to be read to know its names."""
        for name in (_ALWAYS,) if names is None else names:
            self._places.setdefault(name, []).append(place)

    def text(self) -> bytes:
        """The sorted lines."""
        places = self._places
        names = sorted([name for name in places if _could_be_a_package(name)])
        return "".join([f"{name}\t{' '.join(map(str, places[name]))}\n" for name in names]).encode("ascii")


def _could_be_a_package(name: str) -> bool:
    return name.isascii() and "\t" not in name and "\n" not in name


class SortedNames:
    """An index as it was kept: found by bisection, so that nothing but what is wanted is taken apart."""

    __slots__ = ("_text",)

    def __init__(self, text: bytes) -> None:
        self._text = text

    def of(self, wanted: frozenset[str]) -> list[int]:
        """Return the places of the records that may concern the wanted names, ascending."""
        found: set[int] = set()
        for name in (_ALWAYS, *wanted):
            if _could_be_a_package(name):
                found.update(self._places(name.encode("ascii")))
        return sorted(found)

    def _places(self, name: bytes) -> list[int]:
        text, low, high = self._text, 0, len(self._text)
        while low < high:  # both are beginnings of lines; [low, high) has the line, if there is one
            start = text.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = text.find(b"\n", start)
            here, _, places = text[start:end].partition(b"\t")
            if here == name:
                return [int(place) for place in places.split()]
            if here < name:
                low = end + 1
            else:
                high = start
        return []


class NamesKept:
    """The index of one archive in the cache; `folder` "" keeps nothing."""

    __slots__ = ("_path",)

    def __init__(self, folder: str, directory: bytes, size: int) -> None:
        from hashlib import sha256  # start-up: brings OpenSSL

        digest = sha256(b"%d\n" % size + directory).hexdigest()
        self._path = f"{folder}/v1/advisories/{digest}.names" if folder else ""

    def find(self) -> SortedNames | None:
        """Return what is kept; None where nothing is, or what is kept is damaged."""
        if not self._path:
            return None
        try:
            with open(self._path, "rb") as stream:
                head, _, text = stream.read().partition(b"\n")
        except OSError:
            return None
        return SortedNames(text) if head == _MAGIC + _digest(text) else None

    def keep(self, index: NameIndex) -> None:
        """Keep an index that is whole."""
        if not self._path:
            return
        text = index.text()
        write_whole(self._path, _MAGIC + _digest(text) + b"\n" + text)


def _digest(text: bytes) -> bytes:
    from hashlib import sha256  # start-up: as above

    return sha256(text).hexdigest().encode()
