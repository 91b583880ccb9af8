"""What all readers do with the entries they found: one hash per file, no entry twice.

Knows nothing of formats.
"""

from collections.abc import Iterable

from holdfast.errors import ForeignFileError
from holdfast.imports.port import ForeignEdge, ForeignPin
from holdfast.imports.reading import Node, describe


def joined_artifacts(found: Iterable[tuple[str, str, Node]]) -> tuple[tuple[str, str], ...]:
    """Return the sorted (file, hash) pairs; raise `ForeignFileError` where a file has two hashes."""
    known: dict[str, str] = {}
    for file, digest, node in found:
        if known.setdefault(file, digest) != digest:
            node.fail(f"one hash for {describe(file)}", found=f"{known[file] or 'none'} and {digest or 'none'}")
    return tuple(sorted(known.items()))


def refuse_duplicates(path: str, pins: Iterable[ForeignPin]) -> None:
    """Raise `ForeignFileError` when a name, version and marker stand in the file twice."""
    seen: dict[tuple[str, str, str], ForeignPin] = {}
    for pin in pins:
        first = seen.setdefault((pin.name, pin.version, pin.marker), pin)
        if first is not pin:
            raise ForeignFileError(
                path,
                f"one entry for {pin.name} {pin.version}",
                f"another one in line {first.line}",
                line=pin.line,
                where=f"{pin.name} {pin.version}",
            )


def each_once(pins: Iterable[ForeignPin]) -> tuple[ForeignPin, ...]:
    """Return one pin for each way in which a release stands in a file, with the edges of all its places."""
    found: dict[tuple[str, str, str, tuple[tuple[str, str], ...]], ForeignPin] = {}
    edges: dict[tuple[str, str, str, tuple[tuple[str, str], ...]], dict[ForeignEdge, None]] = {}
    for pin in pins:
        way = pin.name, pin.version, pin.location, pin.artifacts
        found.setdefault(way, pin)
        edges.setdefault(way, {}).update(dict.fromkeys(pin.edges))
    return tuple([pin._replace(edges=tuple(edges[way])) for way, pin in found.items()])
