"""What goes into the placement room and what comes out, as values. No I/O, no clock, no algorithm.

    request ---> place(request, listing) ---yields Need---> ... ---returns---> Placement | Unplaceable

`listing(name)` answers at once: a record, `NoPackage`, or None for "not here yet"; what is not here is yielded as a
`Need`, and the generator is resumed when it is.
"""

from __future__ import annotations

from holdfast_resolver.values.npm import NpmManifest, NpmOverride, NpmRelease, NpmRequirement
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable, Iterable, Mapping
    from typing import Protocol, TypeAlias

    from holdfast_resolver.versions.candidates import Candidates
else:
    Protocol = object

# Why something cannot be placed: the words of `Problem.reason`.
NOT_FOUND = "not-found"  # the registry does not have the package
NO_MATCH = "no-match"  # it has none in the range
NO_TAG = "no-tag"  # it has no such dist-tag
UNSUPPORTED = "unsupported-spec"  # git, a tarball, a folder, a protocol that is not npm's
PEER_CONFLICT = "peer-conflict"
ENTANGLED = "entangled"  # its peers ask for each other in more ways than are tried
OVERRIDE_CONFLICT = "override-conflict"  # an override contradicts a direct dependency


class Record(Protocol):
    """One package as the registry lists it. Masks are over `table`: bit i is its i-th version, ascending."""

    @property
    def table(self) -> Candidates: ...

    @property
    def deprecated(self) -> int: ...

    @property
    def tags(self) -> Mapping[str, str]: ...

    def engines(self) -> Iterable[tuple[str, str, int]]:
        """Return (range of node, range of npm, mask of the releases that say so); "" is no range."""

    def release(self, index: int) -> NpmRelease | None:
        """Return one release; None when it turned out to be unusable."""


class NoPackage(NamedTuple):
    """The registry does not have the package."""

    name: str


class Need(NamedTuple):
    """Names to list. `now` must be answered before the generator is resumed; `ahead` will be wanted soon."""

    now: tuple[str, ...]
    ahead: tuple[str, ...] = ()


class Prepared(NamedTuple):
    """A release for a spec that no registry serves: a tarball or a folder, read by whoever asks."""

    name: str  # in its own package.json
    source: str
    release: NpmRelease


def one_source(name: str) -> str:
    """Every package from the main registry."""
    return "npm"


class PlacementRequest(NamedTuple):
    """What is wanted, and by which rules."""

    importers: tuple[NpmManifest, ...]  # the root first, then its workspaces
    overrides: tuple[NpmOverride, ...] = ()
    pins: Mapping[str, tuple[str, ...]] = {}  # package -> versions that are taken before all others
    freed: frozenset[str] = frozenset()  # packages whose pins do not count
    engines: tuple[tuple[str, str], ...] = ()  # ("node", "22.1.0"): releases that do not fit come last
    strict_engines: bool = False  # they do not come at all
    source_of: Callable[[str], str] = one_source
    prepared: Mapping[str, Prepared] = {}  # spec as written -> release
    cutoff: bool = False  # the records lack what is younger: a dist-tag may name what they lack


class Placed(NamedTuple):
    """One folder of `node_modules`."""

    path: str  # "node_modules/a/node_modules/b", below the project or a workspace
    name: str  # installed as
    package: str  # its own name; another than `name` where it is an alias
    source: str
    version: str
    number: int  # in the record's table; -1 for a link and for what was prepared
    link: str = ""  # of a workspace: its folder. Of a loop that would never end: the path where it stands
    spec: str = ""  # of what was prepared: the spec
    dev: bool = False
    optional: bool = False
    dev_optional: bool = False  # wanted by a development dependency and by an optional one, by nothing else
    peer: bool = False


Edge: TypeAlias = "tuple[NpmRequirement, int | None]"


class Importer(NamedTuple):
    """The root or a workspace, and where what it wants is placed."""

    path: str  # folder: "" for the root, "packages/web"
    edges: tuple[tuple[NpmRequirement, int | None], ...]


class Placement(NamedTuple):
    """The tree. `edges[i]` belongs to `nodes[i]`; an edge ends at the number of a node, None where there is none.

    Only what is optional may end nowhere. Nodes are sorted by path; edges are sorted by the name they are wanted as.
    """

    nodes: tuple[Placed, ...]
    edges: tuple[tuple[tuple[NpmRequirement, int | None], ...], ...]
    importers: tuple[Importer, ...]
    overruled: tuple[Overruled, ...] = ()


class Overruled(NamedTuple):
    """A peer requirement that is not met, and that npm installs over with a warning."""

    asker: str  # "react-dom@18.2.0"
    requirement: NpmRequirement
    found: str  # the version that stands there


class Step(NamedTuple):
    """One requirement on the way from the project to a problem."""

    asker: str  # "" the root, "packages/web" a workspace, else "name@version"
    name: str  # wanted as
    spec: str
    kind: str  # "dependency" | "dev" | "optional" | "peer" | "peer optional"
    line: int = 0  # of an importer's wish
    path: str = ""  # of an importer's manifest


class Problem(NamedTuple):
    """One thing that stands in the way. `chain` ends with the requirement that cannot be met."""

    reason: str
    chain: tuple[Step, ...]
    package: str  # what was looked for, by its own name
    there: tuple[
        str, ...
    ] = ()  # NO_MATCH: versions that come near, ascending; NO_TAG: the tags; ENTANGLED: the packages
    available: int = 0  # how many of these there are in all
    found: str = ""  # PEER_CONFLICT: the version that stands in the way; OVERRIDE_CONFLICT: what the override says
    other: tuple[Step, ...] = ()  # PEER_CONFLICT: who wants that one


class Unplaceable(NamedTuple):
    """There is no tree: at least one problem, in a fixed order."""

    problems: tuple[Problem, ...]


Outcome: TypeAlias = "Placement | Unplaceable"
