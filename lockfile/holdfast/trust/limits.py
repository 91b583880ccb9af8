"""How large a module may be: what packing, reading an archive and hashing a folder all keep to."""

from holdfast_resolver.values.tuples import NamedTuple


class Limits(NamedTuple):
    """Bounds on a module's files, each one inclusive."""

    files: int = 10_000
    file_bytes: int = 64 * 1024 * 1024
    total_bytes: int = 256 * 1024 * 1024  # of all files together


LIMITS = Limits()
