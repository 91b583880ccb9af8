"""Declared and imported once more, written to be read: each pair of packages is asked about alone.

It knows the words of `import_graphs.py` and no others, so it shares no table with what it judges.
"""

from holdfast.model.scan import Imported
from holdfast.risk.graph import Package, RiskGraph
from holdfast_resolver.values.npm import NpmRequirement
from tests.support.import_graphs import OWN
from tests.support.risk_reference import reached

Row = tuple[int, int, str, str, int]


def meant(graph: RiskGraph, place: int, name: str) -> set[int]:
    """The packages that an import of a package can mean."""
    package = graph.packages[place]
    if name in OWN[package.pin.source]:
        return set()
    if package.pin.source == "npm":
        return _meant_by_npm(graph, place, name.split("/")[0])
    providers = {
        other: provided
        for other, found in enumerate(graph.packages)
        if found.pin.source == "pypi" and found.scan is not None
        for provided in found.scan.provides
        if f"{name}.".startswith(f"{provided}.")
    }
    longest = max(map(len, providers.values()), default=0)
    return {other for other, provided in providers.items() if len(provided) == longest}


def _meant_by_npm(graph: RiskGraph, place: int, name: str) -> set[int]:
    if name == graph.packages[place].pin.name:
        return {place}
    installed = {
        other: wish.alias
        for (origin, other), wishes in graph.wishes.items()
        if origin == place
        for wish in wishes
        if isinstance(wish, NpmRequirement) and wish.alias == name
    }
    if installed:
        return {list(installed)[-1]}  # nothing installs two things in one place: of such a graph, the last counts
    return {other for other, one in enumerate(graph.packages) if one.pin.source == "npm" and one.pin.name == name}


def is_imported(graph: RiskGraph, place: int, other: int) -> bool | None:
    """Whether a package imports another that it declares; None where nobody can say."""
    package, dependency = graph.packages[place], graph.packages[other]
    if package.scan is None:
        return None
    found = [meant(graph, place, one.name) for one in package.scan.imports]
    if {other} in found:
        return True
    perhaps = any(other in one or _is_in(dependency, row.name) for one, row in zip(found, package.scan.imports))
    compiled = any(one.rule == "python-native-file" for one in package.scan.evidence)
    wishes = graph.wishes[place, other]
    plain = all(wish.marker in ("", "as other") for wish in wishes)
    whole = package.scan.imports and not package.scan.unread and not package.scan.omitted
    computed = any("import_module" in one.found for one in package.scan.evidence)
    importable = dependency.scan is not None and dependency.scan.provides
    parts = {"bravo", "bravo-http"}
    related = package.pin.name == dependency.pin.name or {package.pin.name, dependency.pin.name} == parts
    commands = dependency.pin.npm is not None and dependency.pin.npm.bins
    foreign = package.pin.source != dependency.pin.source
    doubts = (perhaps, compiled, computed, related, commands, foreign)
    return None if any(doubts) or not (wishes and plain and whole and importable) else False


def _is_in(package: Package, name: str) -> bool:
    """Whether a package provides something in a namespace."""
    provides = package.scan.provides if package.scan is not None and package.pin.source == "pypi" else ()
    return name not in OWN["pypi"] and any(one.startswith(f"{name}.") for one in provides)


def undeclared(graph: RiskGraph) -> list[Row]:
    """What packages import whenever they are imported, have from below, and require nowhere."""
    rows = []
    for place, package in enumerate(graph.packages):
        found = [one for one in (package.scan.imports if package.scan is not None else ()) if always(one)]
        asked = package.scan.wishes if package.scan is not None else ()
        for other in reached(graph, [place]) - {place} - set(graph.successors[place]):
            if graph.packages[other].pin.name in asked:
                continue
            first = min((one[1:3] + one[:1] for one in found if meant(graph, place, one.name) == {other}), default=None)
            if first is not None:
                rows.append((place, other, first[2], first[0], first[1]))
    return sorted(rows)


def always(one: Imported) -> bool:
    """Whether an import is made by all who use the package: at the top, not in a test, nor where it is asked for."""
    in_test = "test" in one.path
    asked_for = one.path.startswith("lib/ext/") or (one.path == "lib/delta.py" and one.name.startswith("delta"))
    return one.moment == "import" and not in_test and not asked_for
