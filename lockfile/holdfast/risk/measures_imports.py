"""The import graph against the dependency graph: which locked package an imported module comes from.

    requests declares idna and imports it            the edge is imported
    requests declares chardet, no file imports it    declared and never imported
    requests imports six, declares it nowhere        imported and never declared

Only what is certain is said. A module that several locked packages provide (a namespace) says nothing; nor does
silence where a file could not be read, where code imports by names that it computes, or where a package is needed for
something else than being imported: types, plug-ins, commands, what is optional. What is imported inside a function, in
a plug-in, or from a package that nothing below brings in, may be meant for where it happens to be there: it never
counts as undeclared.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from holdfast.model.scan import Imported
from holdfast.risk.graph import Package, RiskGraph
from holdfast.risk.import_names import NODE_OWN, npm_package, python_candidates
from holdfast.risk.measures_capabilities import evidence_of
from holdfast_resolver.values.npm import OPTIONAL, PEER, PEER_OPTIONAL, NpmRequirement
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple

_COMPUTED = (
    "import_module",
    "__import__",
    "load_entry_point",
    "entry_points",
    "iter_entry_points",
    "find_spec",
    "require",
)
_COMPILED = ("python-native-file", "python-native-source", "python-bytecode")
# Needed for what they hold or do, not for being imported by who declares them.
_NEVER_IMPORTED = frozenset(
    {"certifi", "pip", "setuptools", "setuptools-scm", "tslib", "tzdata", "wheel", "@babel/runtime", "core-js"}
)
_TYPES = ("types-", "@types/")
_STUBS = ("-stubs", "-types")
# Folders of files that users of a package do not import, or only beside what these integrate.
_FOLDERS_BESIDE = """
__tests__ _vendor bench benchmarks contrib doc docs example examples ext extensions extras integrations plugins spec
test testing tests vendor vendored
"""
_BESIDE = frozenset(_FOLDERS_BESIDE.split())
_BESIDE_FIRST = ("example_", "test_", "third_party", "thirdparty")


class Unused(NamedTuple):
    """A package declares another, and no file of it imports that."""

    package: int  # places
    dependency: int


class Undeclared(NamedTuple):
    """A package imports another at the top of a module, requires it nowhere, and has it from below all the same."""

    package: int  # places
    dependency: int
    name: str  # as imported
    path: str  # in the package
    line: int


class Imports(NamedTuple):
    """`imported`: edge -> whether the import graph has it; None = not known."""

    imported: dict[tuple[int, int], bool | None]
    unused: tuple[Unused, ...]
    undeclared: tuple[Undeclared, ...]

    def undeclared_by(self) -> dict[int, tuple[Undeclared, ...]]:
        """The undeclared imports by the package that has them."""
        return {place: tuple(rows) for place, rows in groupby(self.undeclared, attrgetter("package"))}


def imports(graph: RiskGraph, below: list[int]) -> Imports:
    """Compare both graphs. `below` are the packages that each leads to, as bitmasks (`Closures.below`)."""
    providers = Providers(graph)
    imported: dict[tuple[int, int], bool | None] = {}
    unused: list[Unused] = []
    undeclared: list[Undeclared] = []
    for place, package in enumerate(graph.packages):
        others = graph.successors[place]
        if package.scan is None:
            imported.update({(place, other): None for other in others})
            continue
        met, doubtful = _met(place, package.scan.imports, providers)
        for other in others:
            verdict = True if other in met else _silence(graph, place, other, other in doubtful)
            imported[place, other] = verdict
            if verdict is False:
                unused.append(Unused(place, other))
        undeclared += [
            Undeclared(place, other, first.name, first.path, first.line)
            for other, first in sorted(met.items())
            if other != place
            and other not in others
            and below[place] >> other & 1
            and graph.packages[other].pin.name not in package.scan.wishes  # asked for by an extra, or elsewhere
            and _always_runs(first)
        ]
    return Imports(imported, tuple(unused), tuple(undeclared))


class Providers:
    """Which locked packages an import of a package can mean."""

    __slots__ = ("_aliases", "_around", "_graph", "_npm", "_python")

    def __init__(self, graph: RiskGraph) -> None:
        self._graph = graph
        self._python: dict[str, list[int]] = {}
        self._around: dict[str, set[int]] = {}  # namespace -> those that provide something in it
        self._npm: dict[str, list[int]] = {}
        for place, package in enumerate(graph.packages):
            if package.pin.npm is not None:
                self._npm.setdefault(package.pin.name, []).append(place)
            elif package.scan is not None:
                for name in package.scan.provides:
                    self._python.setdefault(name, []).append(place)
                    while "." in name:
                        name = name.rpartition(".")[0]
                        self._around.setdefault(name, set()).add(place)
        self._aliases: dict[int, dict[str, int]] = {}
        for (place, other), requirements in graph.wishes.items():
            for wish in requirements:
                if isinstance(wish, NpmRequirement):
                    self._aliases.setdefault(place, {})[wish.alias] = other

    def of(self, place: int, name: str) -> tuple[int, ...]:
        """Return the places that provide what package `place` imports as `name`; () for the language's own."""
        if self._graph.packages[place].pin.npm is not None:
            return self._of_npm(place, name)
        for candidate in python_candidates(name):
            found = self._python.get(candidate)
            if found:
                return tuple(found)
        return ()

    def perhaps(self, name: str) -> frozenset[int]:
        """Return the places that may be meant by the import of a namespace: `from google.rpc import status_pb2`."""
        return frozenset(self._around.get(name, ())) if python_candidates(name) else frozenset()

    def _of_npm(self, place: int, name: str) -> tuple[int, ...]:
        package = npm_package(name)
        if not package:
            return ()
        if package == self._graph.packages[place].pin.name:
            return (place,)
        declared = self._aliases.get(place, {}).get(package)
        return (declared,) if declared is not None else tuple(self._npm.get(package, ()))


def _met(place: int, found: Iterable[Imported], providers: Providers) -> tuple[dict[int, Imported], set[int]]:
    """What a package certainly imports, with the first import at the earliest moment; and what it perhaps imports."""
    met: dict[int, Imported] = {}
    doubtful: set[int] = set()
    for one in found:
        others = providers.of(place, one.name)
        if len(others) == 1:
            known = met.get(others[0])
            if known is None or _rank(one) < _rank(known):
                met[others[0]] = one
        else:  # a namespace, or several versions of one name
            doubtful.update(others, providers.perhaps(one.name))
    return met, doubtful


def _rank(one: Imported) -> tuple[bool, str, int, str]:
    return not _always_runs(one), one.path, one.line, one.name


def _silence(graph: RiskGraph, place: int, other: int, is_doubtful: bool) -> bool | None:
    """What it says that no import of a declared package was found: False where that is certain, else None."""
    package, dependency = graph.packages[place], graph.packages[other]
    scan = package.scan
    if scan is None or dependency.scan is None or is_doubtful:
        return None
    certain = (
        bool(scan.imports)
        and not scan.unread
        and not scan.omitted
        and not _computes_names(package)
        and not _is_compiled(package)
        and all(_is_plain(wish) for wish in graph.wishes.get((place, other), ()))
        and bool(graph.wishes.get((place, other)))
        and not _is_for_else(package, dependency)
    )
    return False if certain else None


def _is_plain(wish: Requirement) -> bool:
    """Whether a requirement holds always, and for being imported."""
    if isinstance(wish, NpmRequirement):
        return wish.kind not in (OPTIONAL, PEER, PEER_OPTIONAL)
    return not wish.marker


def _computes_names(package: Package) -> bool:
    return any(word in evidence.found for evidence in evidence_of(package) for word in _COMPUTED)


def _is_compiled(package: Package) -> bool:
    """Whether a package brings compiled code, which may import what no source shows."""
    return any(evidence.rule in _COMPILED for evidence in evidence_of(package))


def _is_for_else(package: Package, dependency: Package) -> bool:
    """Whether a package may be needed without ever being imported."""
    pin, name = dependency.pin, dependency.pin.name
    own = package.pin.name
    return (
        dependency.scan is None
        or not dependency.scan.provides  # nothing that could be imported: data, types, a mere list of dependencies
        or name in _NEVER_IMPORTED
        or (pin.npm is not None and name in NODE_OWN)  # `punycode` is Node's own or the package: who knows
        or name.startswith(_TYPES)
        or name.endswith(_STUBS)
        or own.partition("-")[0] in name  # a plug-in or a part: pytest-cov of pytest, sphinxcontrib-jsmath of sphinx
        or name.partition("-")[0] in own
        or pin.module is not None
        or bool(pin.npm is not None and pin.npm.bins)  # its command may be what is meant
        or pin.source != package.pin.source
    )


def _always_runs(one: Imported) -> bool:
    """Whether an import is made by all who use a package, as far as its place tells.

    Tests and examples are used by none of them; a file named after what it imports (`web/ext/flask.py`), or a plug-in,
    by those who have that anyway.
    """
    if one.moment != "import":
        return False
    *folders, file = one.path.lower().split("/")
    beside = any(folder in _BESIDE or folder.startswith(_BESIDE_FIRST) for folder in folders)
    test = file.startswith(("test_", "conftest.")) or "_test." in file or ".test." in file or ".spec." in file
    first = one.name.lower().lstrip("@").partition("." if "/" not in one.name else "/")[0]
    named = any(first in part for part in (*folders[1:], file))
    return not (beside or test or named or "plugin" in file)
