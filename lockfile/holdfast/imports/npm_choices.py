"""What the packages of npm's or pnpm's lock get for what they ask for, against what our lock says that they get.

    ours: a 1.0.0 -> c 1.0.0        theirs: a 1.0.0 -> c 2.0.0        both sides have all three releases

Two trees of the same releases may differ in some choices, so one that our requirement admits is no fault. Looked at
is only what both sides have: a release that one of them lacks is named by itself. Peers are left alone: npm takes those
that are there.
"""

from collections.abc import Iterator

from holdfast.imports.port import ForeignEdge, ForeignLock
from holdfast.model.lock import Lock, Pin
from holdfast.model.npm_graph import MeantVersions, spread
from holdfast.model.npm_pins import NpmPins
from holdfast_resolver.values.npm import PEER, PEER_OPTIONAL, NpmRequirement
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple


class OtherChoice(NamedTuple):
    """Somebody (`package.json`, `a 1.0.0`) gets another version of a package there than here."""

    asker: str
    package: str
    ours: tuple[str, ...]  # several where the asker stands in several places
    theirs: str
    edge: ForeignEdge
    fits: bool  # what our lock says is asked for admits theirs


class _Wanted(NamedTuple):
    requirement: NpmRequirement
    versions: set[str]


_Choices = dict[tuple[str, str], _Wanted]  # asker, alias


def other_choices(lock: Lock, foreign: ForeignLock) -> Iterator[OtherChoice]:
    """Yield each choice of theirs that none of ours is, in the order of the file."""
    ours = _choices(lock)
    locked: dict[str, set[str]] = {}
    for pin in lock.packages:
        if pin.npm is not None:
            locked.setdefault(pin.name, set()).add(pin.version)
    meant = MeantVersions.in_lock(lock, NpmPins(lock.packages))
    askers = [(_manifest(folder), edges) for folder, edges in foreign.importers]
    askers += [(f"{pin.name} {pin.version}", pin.edges) for pin in foreign.pins]
    for asker, edges in askers:
        for edge in edges:
            wanted = ours.get((asker, edge.name))
            if wanted is None or not wanted.versions or edge.version in wanted.versions:
                continue
            need = wanted.requirement
            if edge.version in locked[need.name]:
                fits = meant.admits(need, edge.version)
                yield OtherChoice(asker, need.name, tuple(sorted(wanted.versions)), edge.version, edge, fits)


def _choices(lock: Lock) -> _Choices:
    """What each asker gets for each name in our lock, of all places in which it stands."""
    found: _Choices = {}

    def note(asker: str, requirement: Requirement, chosen: str) -> None:
        if isinstance(requirement, NpmRequirement) and requirement.kind not in (PEER, PEER_OPTIONAL):
            wanted = found.setdefault((asker, requirement.alias), _Wanted(requirement, set()))
            if chosen:
                wanted.versions.add(chosen.partition("#")[0])

    whole = spread(lock)
    for part in lock.inputs:
        for wish in part.requires if part.kind != "override" else ():
            note(part.path, wish, whole.wishes.get((part.path, wish), ""))
    for pin in whole.lock.packages:
        for requirement, chosen in pin.dependencies:
            note(_asker(pin), requirement, chosen)
    return found


def _asker(pin: Pin) -> str:
    return f"{pin.name} {pin.version.partition('#')[0]}"


def _manifest(folder: str) -> str:
    return f"{folder}/package.json" if folder else "package.json"
