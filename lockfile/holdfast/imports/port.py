"""What another tool's lock file says, reduced to what holdfast asks of it: pins, hashes, where they hold.

The values that every reader of this room returns; the base error is `holdfast.errors.ForeignFileError`. Knows
no format, and trusts nothing: a foreign pin is a preference and a thing to compare with, never a pin of ours.
"""

from collections.abc import Callable
from typing import TypeAlias

from holdfast_resolver.values.tuples import NamedTuple


class ForeignEdge(NamedTuple):
    """A requirement between entries of a file that writes its graph down (uv's, npm's and pnpm's do)."""

    name: str  # normalised; of npm the name that is asked for, which of an alias is not the package's own
    version: str = ""  # canonical; "" = whichever entry of the name holds
    extras: tuple[str, ...] = ()  # normalised, that it asks of `name`
    marker: str = ""  # canonical; "" = always
    extra: str = ""  # the extra of the holder that activates the edge; "" = always active
    entry: str = ""  # of npm: the key of the entry that it leads to
    line: int = 0  # of npm: where the file says that it leads there; 0 when unknown


class ForeignPin(NamedTuple):
    """One package at one version. `artifacts` are (file, hash): file "" where the format names none."""

    name: str  # normalised
    version: str  # canonical (PEP 440; of npm SemVer)
    artifacts: tuple[tuple[str, str], ...] = ()  # sorted; hash "" where the file gives none that may pin
    marker: str = ""  # canonical: where the entry applies; "" = always
    line: int = 0  # 1-based line of the entry; 0 when unknown
    edges: tuple[ForeignEdge, ...] = ()
    location: str = ""  # of npm: the tarball's URL without credentials, query and fragment; "" = not said
    entry: str = ""  # of npm: the key of the entry, "node_modules/a/node_modules/b"; "" = the file has no keys


class Skipped(NamedTuple):
    """An entry that is no release of an index, and why: `editable`, `virtual`, `git`, `path`, `url`, `bundled` ..."""

    name: str  # normalised
    kind: str
    line: int = 0
    entry: str = ""  # of npm: the key of the entry
    target: str = ""  # of a link: the folder that it leads to, as written
    asked: bool = False  # a manifest in the file asks for what stands there by a spec that is no range


class ForeignLock(NamedTuple):
    """A whole file. `pins` are in the order of the file."""

    tool: str  # "uv" | "poetry" | "pylock" | "requirements" | "npm" | "pnpm"
    path: str
    pins: tuple[ForeignPin, ...]
    requires_python: str = ""  # "" = unconstrained, or not in PEP 440's words
    complete: bool = True  # has all extras and groups; an exported file may have been made for some of them
    environments: tuple[str, ...] = ()  # markers of which one holds where the file applies; () = everywhere
    roots: tuple[ForeignEdge, ...] = ()  # where its graph begins; () = the file has no graph
    skipped: tuple[Skipped, ...] = ()
    marked: bool = True  # says where each entry applies; else an entry may be for any environment
    importers: tuple[tuple[str, tuple[ForeignEdge, ...]], ...] = ()  # of npm: what each folder's wishes came to


# A reader: (path for messages, text) -> ForeignLock. Raises `ForeignFileError`, and nothing else.
Reader: TypeAlias = Callable[[str, str], ForeignLock]
