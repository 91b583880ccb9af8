"""Which of another tool's pins could not be kept, and why, as notes. Loaded only with `import`."""

from collections.abc import Iterator

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock, Pin
from holdfast.model.words import targets_in_words
from holdfast.workflows.assembly import source_of
from holdfast.workflows.foreign import OtherLock, OtherPin
from holdfast.workflows.market import Market
from holdfast.workflows.port import LOCK
from holdfast_resolver.fetch.index import Absent
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.grid import Grid


def moved(foreign: OtherLock, lock: Lock, market: Market) -> tuple[Finding, ...]:
    """Return a `moved` note for each of the file's pins that the lock does not have, with the likeliest reason."""
    grid = Grid(lock.scope.targets, lock.scope.requires_python)
    masks = foreign.masks(grid)
    ours: dict[str, list[Pin]] = {}
    for pin in lock.packages:
        ours.setdefault(pin.name, []).append(pin)
    findings = []
    for theirs, mask in zip(foreign.pins, masks, strict=True):
        versions = [pin.version for pin in ours.get(theirs.name, ())]
        if theirs.version in versions or not mask:
            continue
        findings.append(
            Finding(
                "moved",
                severity("moved"),
                f"{theirs.name} {theirs.version}",
                f"{theirs.name} {theirs.version} ({foreign.path})",
                f"{theirs.name} {' and '.join(versions)} ({LOCK})" if versions else "no pin",
                (("reason", next(_reasons(theirs, mask, lock, grid, market))),),
                place=Place(foreign.path, theirs.line),
            )
        )
    return tuple(findings)


def _reasons(theirs: OtherPin, mask: int, lock: Lock, grid: Grid, market: Market) -> Iterator[str]:
    """The reasons that hold, the plainest first."""
    if not any(pin.name == theirs.name for pin in lock.packages):
        yield "no wish leads to it"
    record = market.index.listing(source_of(theirs.name, market.sources), theirs.name)
    if record is None or isinstance(record, Absent):
        yield "the index does not have the package"
        return
    place = record.table.index(theirs.version)
    if place < 0:
        yield "the index does not offer this version"
        return
    served = admitted = 0
    for requires_python, tag, versions in record.columns():
        if versions >> place & 1:
            targets = grid.requires_python(requires_python)
            admitted |= targets
            served |= targets & (grid.everything if tag == "sdist" else grid.wheel(tag))
    if mask & ~admitted:
        yield f"its requires-python does not admit {_targets(grid, mask & ~admitted)}"
    if mask & ~served:
        yield f"it has no wheel for {_targets(grid, mask & ~served)}"
    for owner, need in _needs(lock, theirs.name):
        table = Candidates.from_versions([theirs.version])
        if need.range and not table.mask(need.range):
            yield f"{owner} requires {need.without_source()}"
    yield "it does not go with the other pins on every target"


def _needs(lock: Lock, name: str) -> Iterator[tuple[str, Requirement]]:
    for part in lock.inputs:
        for need in part.requires:
            if need.name == name:
                yield part.path, need
    for pin in lock.packages:
        for need, _ in pin.dependencies:
            if need.name == name:
                yield f"{pin.name} {pin.version}", need


def _targets(grid: Grid, mask: int) -> str:
    return targets_in_words(grid, mask) or "any target"
