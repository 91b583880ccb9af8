"""The findings of an audit: which signs deserve a word of their own, with path, place and next command.

What a policy denies is found by the policy's own room, what advisories say by theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from holdfast.findings.audit_codes import AUDIT_CODES
from holdfast.findings.codes import CODES
from holdfast.findings.finding import Finding
from holdfast.model.words import spell_pin
from holdfast.risk.facts import Known, WayOut
from holdfast.risk.graph import Package, RiskGraph
from holdfast.risk.measured import Measured
from holdfast.risk.measures_capabilities import INSTALL_SCRIPT, PRIVILEGED, evidence_of
from holdfast.risk.score import Sign
from holdfast.risk.signals_archives import spelled as deviating
from holdfast.risk.signals_code import spelled, undeclared_by_module

# signal -> (code, what was expected, words before what was found, the command that comes next)
_OF_SIGNS = {
    "yanked": ("pin-yanked", "", "yanked: ", "why"),
    "deprecated": ("release-deprecated", "", "deprecated: ", "why"),
    "very-new": ("release-new", "", "", "explain"),
    "unmaintained": ("release-old", "", "", "why"),
    "dynamic-metadata": ("metadata-dynamic", "", "", "why"),
}
_HIDING = {
    "hidden-text": ("text-hidden", "text that reads as it runs"),
    "encoded-payload": ("payload-encoded", "code that can be read"),
    "secret": ("secret-inside", "no credentials in a published release"),
}
# What a privileged module must not run with unseen.
_GRAVE = frozenset(
    {"network", "subprocess", "dynamic-code", "credentials", "deferred-dependency", INSTALL_SCRIPT, PRIVILEGED}
)
_SHOWN = 3
_MAIN = "pypi"


def findings_of(
    graph: RiskGraph, measured: Measured, signs: Sequence[Iterable[Sign]], known: Known
) -> Iterator[Finding]:
    """Yield the findings of an audit, in the order of the packages."""
    for place, package in enumerate(graph.packages):
        for sign in signs[place]:
            if sign.signal in _OF_SIGNS:
                code, expected, words, next_ = _OF_SIGNS[sign.signal]
                told = _finding(graph, measured, code, place, expected, words + sign.reason, next_)
                way_out = known.ways_out.get(package.id) if code == "pin-yanked" else None
                yield told if way_out is None else _with_way_out(told, package, way_out)
        yield from _of_code(graph, measured, place, known)
        yield from _of_permissions(graph, measured, place)
        yield from _of_names(graph, measured, place)
        for found, wheels, source in deviating(known.archives.get(package.id, ())):
            expected = f"the code of {source}"
            yield _finding(graph, measured, "archive-differs", place, expected, f"{wheels}: {found} it", "explain")
    yield from _of_imports(graph, measured)
    yield from _of_privileged(graph, measured)


def command(words: str, name: str) -> str:
    """Return a command about a package that a shell takes as it stands: `holdfast why '@acme/guards'`."""
    return f"holdfast {words} '{name}'" if name.startswith("@") else f"holdfast {words} {name}"


def _finding(
    graph: RiskGraph, measured: Measured, code: str, place: int, expected: str, found: str, next_: str, about: str = ""
) -> Finding:
    package = graph.packages[place]
    words = "audit --explain" if next_ == "explain" else next_
    return Finding(
        code,
        (AUDIT_CODES.get(code) or CODES[code]).severity,
        spell_pin(package.pin),
        expected,
        found,
        _source(package),
        graph.spelled(measured.paths.to(place)),
        (command(words, about or package.pin.name),),
    )


def _with_way_out(told: Finding, package: Package, way_out: WayOut) -> Finding:
    """`holdfast update NAME` where that leaves the release; else what keeps it, with its line where it is a wish."""
    if way_out.version:
        facts = (*told.facts, ("update", f"takes {way_out.version}"))
        return told._replace(facts=facts, hints=(command("update", package.pin.name),))
    if not way_out.wishes:
        said = "does not help: what asks for it admits no other release"
        return told._replace(facts=(*told.facts, ("update", said)))
    wish, place = way_out.wishes[0]
    said = f"does not help: {wish} admits no other release; widen that first"
    return told._replace(facts=(*told.facts, ("update", said)), place=place)


def _of_code(graph: RiskGraph, measured: Measured, place: int, known: Known) -> Iterator[Finding]:
    package = graph.packages[place]
    for capability, (code, expected) in _HIDING.items():
        # Rules that well-meant code sets off too are rows of the score and nothing more.
        found = sorted(
            {
                spelled(one)
                for one in evidence_of(package)
                if one.capability == capability and known.severities.get(one.rule, "high") == "high"
            }
        )
        if found:
            yield _finding(graph, measured, code, place, expected, _listed(found), "explain")
    if package.scan is not None and package.scan.unread:
        unread = [f"{one.path}: {one.reason}" for one in package.scan.unread]
        found_ = f"{len(unread)} of {max(package.scan.files, len(unread))} files: {_listed(unread)}"
        yield _finding(graph, measured, "code-unread", place, "code that can be parsed", found_, "explain")


def _of_permissions(graph: RiskGraph, measured: Measured, place: int) -> Iterator[Finding]:
    """What a module does and does not ask for: one finding for each capability."""
    for capability, found in undeclared_by_module(graph.packages[place]).items():
        expected = f"a permission for {capability}"
        yield _finding(
            graph, measured, "capability-undeclared", place, expected, _listed(map(spelled, found)), "explain"
        )


def _of_names(graph: RiskGraph, measured: Measured, place: int) -> Iterator[Finding]:
    pin = graph.packages[place].pin
    alike = measured.alikes.get(place)
    if alike is not None:
        yield _finding(graph, measured, "name-alike", place, alike.name, f"{pin.name}: {alike.way}", "why")
    others = measured.elsewhere.get(place)
    if others:
        found = f"{pin.source}, and {', '.join(others)}"
        yield _finding(graph, measured, "name-elsewhere", place, "a name that one source has", found, "why")


def _of_imports(graph: RiskGraph, measured: Measured) -> Iterator[Finding]:
    for one in measured.imports.undeclared:
        name = graph.packages[one.dependency].pin.name
        found = f"{one.path}:{one.line} imports {one.name}"
        yield _finding(
            graph, measured, "import-undeclared", one.package, f"a requirement for {name}", found, "why", name
        )
    for unused in measured.imports.unused:
        name = graph.packages[unused.dependency].pin.name
        found = f"none in {_files(graph.packages[unused.package])}"
        yield _finding(graph, measured, "dependency-unused", unused.package, f"an import of {name}", found, "why", name)


def _of_privileged(graph: RiskGraph, measured: Measured) -> Iterator[Finding]:
    """One finding for each privileged module and each nearest package that brings it grave things."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in measured.privileged:
        if one.capability in _GRAVE:
            found.setdefault((one.module, one.path), []).append(one.capability)
    code = "capability-privileged"
    for (module, path), held in sorted(found.items()):
        places = [graph.place_of[id_] for id_ in path]
        owner, last = graph.packages[graph.place_of[module]].pin, graph.packages[places[-1]].pin
        yield Finding(
            code,
            AUDIT_CODES[code].severity,
            spell_pin(owner),
            "a privileged module that depends on nothing that can do grave things",
            f"{', '.join(held)}: {spell_pin(last)}",
            _source(graph.packages[graph.place_of[module]]),
            tuple([spell_pin(graph.packages[place].pin) for place in places]),
            (command("why", last.name),),
        )


def _source(package: Package) -> tuple[tuple[str, str], ...]:
    """The source of a package, where it is not the main index of Python."""
    return () if package.pin.source == _MAIN else (("source", package.pin.source),)


def _files(package: Package) -> str:
    count = package.scan.files if package.scan is not None else 0
    return f"{count} file" if count == 1 else f"{count} files"


def _listed(found: Iterable[str]) -> str:
    every = list(found)
    more = [f"+{len(every) - _SHOWN} more"] if len(every) > _SHOWN else []
    return ", ".join([*every[:_SHOWN], *more])
