"""A scan as bytes and back: what the cache keeps, and what processes hand to each other.

Knows the shape of a `Scan`; nothing of disks. Bytes of another shape are no scan.
"""

import json

from holdfast.model.scan import Evidence, Imported, Scan, Unread

ENDED = "its scanner ended before it was done"  # why a file is unread that is no fact of its bytes: never kept


def write_scan(scan: Scan) -> bytes:
    """Return a scan as JSON: the fields in their order."""
    return json.dumps(scan, separators=(",", ":")).encode()


def read_scan(data: bytes) -> Scan | None:
    """Return the scan that `write_scan` wrote; None for anything else."""
    try:
        evidence, imports, provides, unread, files, size, licence, omitted, wishes = json.loads(data)
        scan = Scan(
            tuple([Evidence(*one) for one in evidence]),
            tuple([Imported(*one) for one in imports]),
            tuple(provides),
            tuple([Unread(*one) for one in unread]),
            files,
            size,
            licence,
            omitted,
            tuple(wishes),
        )
    except (ValueError, TypeError, RecursionError):
        return None
    return scan if _holds(scan) else None


def _holds(scan: Scan) -> bool:
    """Whether the fields have the types that they are declared with."""
    numbers = (scan.files, scan.size, scan.omitted)
    return (
        {type(number) for number in numbers} == {int}
        and {type(text) for text in (scan.licence, *scan.provides, *scan.wishes)} == {str}
        and {type(one.line) for one in scan.evidence} <= {int}
        and {type(one.line) for one in scan.imports} <= {int}
    )
