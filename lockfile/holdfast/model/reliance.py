"""How much of a locked graph rests on one publisher. Plain values."""

from holdfast.model.lock import Signer
from holdfast_resolver.values.tuples import NamedTuple


class Reliance(NamedTuple):
    """What rests on one publisher, or on nobody's word: places in the lock, ascending."""

    packages: tuple[int, ...]  # every file of theirs was signed; without a publisher: no file was
    partly: tuple[int, ...]  # of these only some files were; without a publisher: some files were not
    reach: tuple[int, ...]  # the packages of both, and all that depend on one of them
    publisher: Signer | None = None  # all records of the identity in one; None: what nobody signed


class Reliances(NamedTuple):
    """All publishers of a lock, the one with most packages first, and what is unsigned."""

    every: int  # packages that the wishes lead to
    publishers: tuple[Reliance, ...]
    unsigned: Reliance
