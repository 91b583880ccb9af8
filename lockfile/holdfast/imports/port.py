"""What another tool's lock file says, reduced to what holdfast asks of it: pins, hashes, where they hold.

The values that every reader of this room returns; the base error is `holdfast.errors.ForeignFileError`. Knows
no format, and trusts nothing: a foreign pin is a preference and a thing to compare with, never a pin of ours.
"""

from collections.abc import Callable
from typing import TypeAlias

from holdfast_resolver.values.tuples import NamedTuple


class ForeignEdge(NamedTuple):
    """A requirement between entries of a file that writes its graph down (only uv's does)."""

    name: str  # normalised
    version: str = ""  # canonical; "" = whichever entry of the name holds
    extras: tuple[str, ...] = ()  # normalised, that it asks of `name`
    marker: str = ""  # canonical; "" = always
    extra: str = ""  # the extra of the holder that activates the edge; "" = always active


class ForeignPin(NamedTuple):
    """One package at one version. `artifacts` are (file, hash): file "" where the format names none."""

    name: str  # normalised
    version: str  # canonical (PEP 440)
    artifacts: tuple[tuple[str, str], ...] = ()  # sorted; hash "" where the file gives none that may pin
    marker: str = ""  # canonical: where the entry applies; "" = always
    line: int = 0  # 1-based line of the entry; 0 when unknown
    edges: tuple[ForeignEdge, ...] = ()


class Skipped(NamedTuple):
    """An entry that is no release of an index, and why: `editable`, `virtual`, `git`, `path`, `url` ..."""

    name: str  # normalised
    kind: str
    line: int = 0


class ForeignLock(NamedTuple):
    """A whole file. `pins` are in the order of the file."""

    tool: str  # "uv" | "poetry" | "pylock" | "requirements"
    path: str
    pins: tuple[ForeignPin, ...]
    requires_python: str = ""  # "" = unconstrained, or not in PEP 440's words
    complete: bool = True  # has all extras and groups; an exported file may have been made for some of them
    environments: tuple[str, ...] = ()  # markers of which one holds where the file applies; () = everywhere
    roots: tuple[ForeignEdge, ...] = ()  # where its graph begins; () = the file has no graph
    skipped: tuple[Skipped, ...] = ()
    marked: bool = True  # says where each entry applies; else an entry may be for any environment


# A reader: (path for messages, text) -> ForeignLock. Raises `ForeignFileError`, and nothing else.
Reader: TypeAlias = Callable[[str, str], ForeignLock]
