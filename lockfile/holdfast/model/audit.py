"""What an audit comes to, as values: the one thing that all reports of it are made of.

Ids of packages are `source:name version`; everything is sorted, and the same lock, scans and advisories always give
the same.
"""

from holdfast.findings.finding import Finding
from holdfast_resolver.values.tuples import NamedTuple


class Reach(NamedTuple):
    """How a capability reaches the project: the shortest path of packages, the first hop first."""

    capability: str
    package: str  # the id of whose code has it
    path: tuple[str, ...]  # ids, from the direct dependency to the package
    moment: str  # of `scan.MOMENTS`: the earliest


class Row(NamedTuple):
    """A row of a score: a published signal, how often it holds, what that weighs."""

    signal: str
    weight: int
    count: int  # type: ignore[assignment]  # a tuple has a method of this name, which nobody asks a row for
    points: int  # weight * count, at most the signal's cap
    reason: str  # in words, with the evidence: "network: click/_compat.py:41"


class PackageRisk(NamedTuple):
    """What is known of one package of the lock."""

    id: str
    source: str
    name: str
    version: str
    depth: int  # 1 = direct
    path: tuple[str, ...]  # one shortest path from a direct dependency to it, ids
    dependents: int  # packages that need it, at any distance
    blast: float  # share of the graph whose code runs with this package's code, 0 to 1
    install_blast: float  # the same for code that runs when something is installed
    dominates: int  # packages that are in the graph because of it alone
    signers: tuple[str, ...]
    trust: str  # "publisher" | "registry" | "unsigned"
    capabilities: tuple[str, ...]
    advisories: tuple[str, ...]  # ids
    licence: str
    released: str  # RFC 3339 or ""
    score: int
    rows: tuple[Row, ...]
    standing: str = ""  # "reviewed" | "rule" | "baseline" | "unapproved" | ""
    inherited: str = ""  # the weakest `trust` of it and all it leads to
    inherited_path: tuple[
        str, ...
    ] = ()  # from the package to the one that this comes from, ids; () where it is its own
    only_path: bool = False  # exactly one path from the project leads to it: `path`
    dominator: str = ""  # the nearest package that every path to it goes through, its id; "" where there is none


class SignerRisk(NamedTuple):
    """What a compromise of one signer would cost."""

    signer: str
    packages: int
    blast: float
    install_blast: float
    capabilities: tuple[str, ...]


class Edge(NamedTuple):
    """A dependency, by ids; `origin` "" is the project itself."""

    origin: str
    target: str
    is_imported: bool | None = None  # whether the import graph has it; None = not known


class Whole(NamedTuple):
    """Figures of the whole graph."""

    packages: int
    edges: int
    direct: int
    depth: int
    unsigned: int
    signers: int
    concentration: float  # the share of packages that the strongest signer holds
    cycles: tuple[tuple[str, ...], ...]
    score: int
    rows: tuple[Row, ...]


class Audit(NamedTuple):
    """A whole audit. `asked` says what was not, or could not be, asked: "no scans: run with --fetch"."""

    whole: Whole
    packages: tuple[PackageRisk, ...]
    edges: tuple[Edge, ...]
    signers: tuple[SignerRisk, ...]
    reaches: tuple[Reach, ...]
    findings: tuple[Finding, ...]
    asked: tuple[str, ...] = ()
    advisories_age: str = ""  # when the oldest of the advisory data was taken, RFC 3339
