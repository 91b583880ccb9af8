"""Which candidates of a package serve which targets, by wheel and by sdist; remembered from run to run.

Working it out reads every column of a record; the outcome depends on the record and on the targets alone. So it is
kept in the cache, one small file for each set of targets, an entry for each package:

    package  seal of its record  targets:candidates,...  targets:candidates,...     (hex masks; wheels, then sdists)

An entry whose seal is not the record's is worked out anew. Damage is a miss.
"""

from zlib import crc32

from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.records import Record
from holdfast_resolver.values.wishes import Source
from holdfast_resolver.versions.grid import Grid

Columns = list[tuple[int, int]]  # (targets, candidates)


class Coverage:
    """One per run. `save` once at the end."""

    def __init__(self, cache: Cache, grid: Grid) -> None:
        self._cache = cache
        self._grid = grid
        self._name = f"{crc32(repr((grid.targets, grid.within)).encode()):08x}.{len(grid.targets)}"
        self._entries: dict[str, dict[str, str]] = {}
        self._changed: dict[str, Source] = {}

    def of(self, source: Source, name: str, record: Record) -> tuple[Columns, Columns]:
        """Return (by wheel, by sdist) for the candidates of a record."""
        entries = self._entries.get(source.name)
        if entries is None:
            entries = self._entries[source.name] = self._load(source)
        entry = entries.get(name, "")
        seal, _, rest = entry.partition("\t")
        if seal == record.seal:
            wheels, _, sdists = rest.partition("\t")
            return _parse(wheels), _parse(sdists)
        wheel_columns, sdist_columns = served(self._grid, record)
        entries[name] = f"{record.seal}\t{_spell(wheel_columns)}\t{_spell(sdist_columns)}"
        self._changed[source.name] = source
        return wheel_columns, sdist_columns

    def save(self) -> None:
        """Keep what was worked out in this run."""
        for source_name, source in self._changed.items():
            text = "\n".join(f"{name}\t{entry}" for name, entry in sorted(self._entries[source_name].items()))
            data = text.encode()
            self._cache.keep_coverage(source, self._name, b"%08x\n%s" % (crc32(data), data))

    def _load(self, source: Source) -> dict[str, str]:
        crc, _, data = self._cache.coverage(source, self._name).partition(b"\n")
        if not data or crc != b"%08x" % crc32(data):
            return {}
        found = {}
        for line in data.decode().split("\n"):
            name, _, entry = line.partition("\t")
            found[name] = entry
        return found


def served(grid: Grid, record: Record) -> tuple[Columns, Columns]:
    """Work out, from a record's columns, which targets its candidates serve."""
    wheels: dict[int, int] = {}
    sdists: dict[int, int] = {}
    for line in record.column_lines:
        requires_python, python, rest = line.split("\t")
        targets = grid.requires_python(requires_python)
        if python == "sdist":
            if targets:
                sdists[targets] = sdists.get(targets, 0) | int(rest[2:], 16)
            continue
        targets &= grid.python_abi(python)
        if targets:
            parts = rest.split(" ")
            for place in range(0, len(parts), 2):
                serving = targets & grid.platform(parts[place])
                if serving:
                    wheels[serving] = wheels.get(serving, 0) | int(parts[place + 1], 16)
    return list(wheels.items()), list(sdists.items())


def _spell(columns: Columns) -> str:
    return ",".join(f"{targets:x}:{candidates:x}" for targets, candidates in columns)


def _parse(text: str) -> Columns:
    if not text:
        return []
    pairs = [pair.split(":") for pair in text.split(",")]
    return [(int(targets, 16), int(candidates, 16)) for targets, candidates in pairs]
