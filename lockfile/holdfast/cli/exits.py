"""Exit codes: what the process says to whoever started it.

The one table from error classes to codes; a class without a row takes that of its nearest base.
"""

from holdfast.errors import HoldfastError, RevisionMissing, Undecided
from holdfast_resolver.errors import CacheUnwritable, RegistryError, ResolverError

CLEAN = 0
FOUND = 1  # a finding at or above the threshold
WRONG = 2  # wrong usage, configuration or file
UNDECIDED = 3  # the question could not be answered: network, registry, unreadable input
NO_SOLUTION = 4
INTERRUPTED = 130  # Ctrl-C, as shells spell it

EXITS: dict[type[BaseException], int] = {
    HoldfastError: WRONG,
    Undecided: UNDECIDED,
    RevisionMissing: UNDECIDED,
    ResolverError: WRONG,
    RegistryError: UNDECIDED,
    CacheUnwritable: UNDECIDED,
    KeyboardInterrupt: INTERRUPTED,
    OSError: UNDECIDED,
    MemoryError: UNDECIDED,
    RecursionError: UNDECIDED,
}


def exit_code(error: BaseException) -> int:
    """Return the exit code of an error; `UNDECIDED` for one that no row foresees."""
    for kind in type(error).__mro__:
        code = EXITS.get(kind)
        if code is not None:
            return code
    return UNDECIDED
