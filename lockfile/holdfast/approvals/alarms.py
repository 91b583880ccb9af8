"""How grave a step is: computed from pins, never believed from what an act claims.

A step is compared with each result that it follows by itself. That alone could be got round in several harmless steps,
so it is also an alarm
  1. when it brings back a package that was removed, and would be one against what was there before the removal;
  2. when it keeps a version that was accepted under an alarm, and would be one against what was there before that;
  3. when a file that the chain has had has other bytes than then: by its name, whatever version it was pinned under.
Pure: who signed is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.approvals.steps import APPROVAL, CHECKPOINT, NOTHING, REJECTION, Result, Step
from holdfast.model.approval import PackageChange
from holdfast.model.changes import CLASSES, Change, classify
from holdfast.model.lock import Lock, LockedSource, Pin, Scope
from holdfast.model.pin_digest import ApprovedPin
from holdfast.model.signer_references import gathered
from holdfast_resolver.values.tuples import NamedTuple

ALARMS = frozenset([kind for kind, row in CLASSES.items() if row.severity == "alarm"])
_SCOPE = Scope("", "", "", ())


class Look(NamedTuple):
    """What a step is against its past. `past`: what a later step is compared with where 1 or 2 hold."""

    alarm: bool = False
    past: tuple[Result, ...] = ()
    excepted: frozenset[str] = frozenset()  # the versions that were accepted under an alarm
    rewritten: tuple[str, ...] = ()  # the files of 3


class Looks:
    """The looks of the steps of one chain, each given behind those that it follows."""

    def __init__(self) -> None:
        self._looks: dict[Step, Look] = {}
        self._hashes: dict[str, dict[str, int]] = {}  # file -> hash -> the least depth

    def look(self, step: Step) -> Look:
        """Return what a step is; it need not be of the chain."""
        found = self._looks.get(step)
        if found is not None:
            return found
        if step.kind == CHECKPOINT:
            return _of_checkpoint(step)
        behind = tuple(dict.fromkeys([result for one in step.follows for result in self.look(one).past]))
        excepted = frozenset().union(*[self.look(one).excepted for one in step.follows])
        if step.kind == REJECTION:
            return Look(False, behind, excepted)
        if step.kind != APPROVAL:
            return Look(False, (step.after,))
        rewritten = self._rewritten(step)
        alarm = bool(rewritten) or self._is_alarm(step)
        if alarm:
            return Look(True, behind, step.after.versions, rewritten)
        return Look(False, (step.after,)) if step.after.pins else Look(False, behind, excepted)

    def add(self, step: Step, look: Look) -> None:
        """Note a step that is effective: later ones are compared with it."""
        self._looks[step] = look
        if step.kind == REJECTION:
            return
        for file, value in (*files_of(step.after), *_had(step)):
            hashes = self._hashes.setdefault(file, {})
            hashes[value] = min(step.depth, hashes.get(value, step.depth))

    @property
    def files(self) -> frozenset[tuple[str, str]]:
        """(file, hash) of all that the chain has had, and of the trees of versions."""
        return frozenset([(file, value) for file, hashes in self._hashes.items() for value in hashes])

    def changes(self, step: Step) -> tuple[Change, ...]:
        """Return the classes of change of a step, the gravest first: all against what it follows, alarms of 1 to 3."""
        found: dict[Change, None] = {}
        for result in _followed(step):
            found.update(dict.fromkeys(changes_between(result, step.after)))
        for result in self._compared(step):
            found.update(dict.fromkeys([one for one in changes_between(result, step.after) if one.kind in ALARMS]))
        rewritten = self._rewritten(step)
        if rewritten and not any(one.kind == "artifact-changed" for one in found):
            pin = step.after.pins[0].pin
            found[Change("artifact-changed", *step.key, pin, pin, details=rewritten)] = None
        kinds = list(CLASSES)
        return tuple(sorted(found, key=lambda one: kinds.index(one.kind)))

    def _is_alarm(self, step: Step) -> bool:
        if self._is_inherited(step):
            return True
        compared = [result for result in _followed(step) if result.pins]
        return any(_alarms(result, step.after) for result in (*compared, *self._compared(step)))

    def _is_inherited(self, step: Step) -> bool:
        """Whether what it keeps was accepted under an alarm, and nobody knows any more against what."""
        looks = [self.look(one) for one in step.follows]
        return any(not one.past and not one.excepted.isdisjoint(step.after.versions) for one in looks)

    def _compared(self, step: Step) -> tuple[Result, ...]:
        """The results further back by 1 and 2."""
        found: dict[Result, None] = {}
        for one in step.follows:
            look = self.look(one)
            if not all(result.pins for result in one.results) or not look.excepted.isdisjoint(step.after.versions):
                found.update(dict.fromkeys(look.past))
        return tuple(found)

    def _rewritten(self, step: Step) -> tuple[str, ...]:
        if not step.follows:
            return ()
        return tuple(
            [
                file
                for file, value in files_of(step.after)
                if any(other != value and depth < step.depth for other, depth in self._hashes.get(file, {}).items())
            ]
        )


def changes_between(before: Result, after: Result) -> tuple[Change, ...]:
    """Return the classes of change between the pins of one package."""
    return classify(_lock(before.pins), _lock(after.pins))


def _lock(pins: tuple[ApprovedPin, ...]) -> Lock:
    """A lock of these pins alone, and of them what their digests cover."""
    packages, signers = gathered([(_release(one.pin), one.records) for one in pins])
    sources = {one.pin.source: LockedSource(one.pin.source, "", one.identity) for one in pins}
    return Lock(_SCOPE, (), packages, tuple(sources.values()), signers)


def _release(pin: Pin) -> Pin:
    return Pin(*pin[:3], when=pin.when, artifacts=pin.artifacts, signers=pin.signers, module=pin.module)


def _followed(step: Step) -> tuple[Result, ...]:
    return tuple(dict.fromkeys([result for one in step.follows for result in one.results])) or (NOTHING,)


def _alarms(before: Result, after: Result) -> bool:
    return not _is_plain(before, after) and any(one.kind in ALARMS for one in changes_between(before, after))


def _is_plain(before: Result, after: Result) -> bool:
    """Whether it is one version in the place of another by the same signers: the common case, told at once."""
    if len(before.pins) != 1 or len(after.pins) != 1:
        return False
    one, other = before.pins[0], after.pins[0]
    return (
        one.pin.version != other.pin.version
        and {artifact.file for artifact in one.pin.artifacts}.isdisjoint([each.file for each in other.pin.artifacts])
        and one.identity == other.identity
        and one.pin.signers == other.pin.signers
        and one.records == other.records
        and all(artifact.signers is None for artifact in (*one.pin.artifacts, *other.pin.artifacts))
    )


def _of_checkpoint(step: Step) -> Look:
    """A checkpoint has no past but for what was removed: what it names as an alarm stays one, for its versions."""
    if not step.after.pins:
        gone = [one for entry in step.entries[:1] for one in getattr(entry.change, "gone", ())]
        return Look(False, layers(gone))
    alarm = any(kind in ALARMS for entry in step.entries for kind in getattr(entry.change, "classes", ()))
    return Look(alarm, () if alarm else (step.after,), step.after.versions if alarm else frozenset())


def layers(pins: Iterable[ApprovedPin]) -> tuple[Result, ...]:
    """Return pins as results that have each version once."""
    found: list[dict[str, ApprovedPin]] = []
    for one in pins:
        place = next((layer for layer in found if one.pin.version not in layer), None)
        if place is None:
            found.append(place := {})
        place[one.pin.version] = one
    return tuple([Result(tuple(layer.values())) for layer in found])


def _had(step: Step) -> tuple[tuple[str, str], ...]:
    """What a checkpoint remembers of the bytes that were there before it."""
    changes = [entry.change for entry in step.entries[:1]]
    return tuple([pair for one in changes if isinstance(one, PackageChange) for pair in one.had])


def files_of(result: Result) -> list[tuple[str, str]]:
    """(file, hash) of all files, and of the tree of a module's version."""
    found = [(artifact.file, artifact.hash) for one in result.pins for artifact in one.pin.artifacts]
    found.extend([(f"tree of {one.pin.version}", one.pin.module.tree) for one in result.pins if one.pin.module])
    return found
