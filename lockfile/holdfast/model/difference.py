"""The comparison of two locks: which pins came, went, moved, and what else changed under the same version.

Pure values. What class each change is of stands beside (`changes.py`); whether it is allowed is not known here.
"""

from holdfast.model.changes import Change, classify
from holdfast.model.lock import Lock, ModuleFacts, Pin, PinnedArtifact
from holdfast.model.npm_changes import InstanceChange, fact_rows, instance_changes, pairs
from holdfast.model.predecessors import order
from holdfast.model.signer_references import renamed
from holdfast.model.signers import canonical_id, canonical_ids, everybody, publishers
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple

CLASSES = ("added", "removed", "upgraded", "downgraded", "changed")


class ArtifactChange(NamedTuple):
    """One file of a release that both locks pin; "" where a lock does not pin it."""

    file: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """`added`, `removed`, or `hash-changed`."""
        return "hash-changed" if self.before and self.after else "removed" if self.before else "added"


class PinChange(NamedTuple):
    """What happened to one pin. `before` is None for an added pin, `after` for a removed one."""

    kind: str  # one of CLASSES
    source: str
    name: str
    before: Pin | None
    after: Pin | None
    artifacts: tuple[ArtifactChange, ...] = ()  # of "changed" pins only
    signers_lost: tuple[str, ...] = ()
    signers_gained: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()  # other fields of a "changed" pin: "requires-python", "when", "dependencies"
    classes: tuple[Change, ...] = ()  # the gravest first; each has the pin that this one is compared with as `before`


class InputChange(NamedTuple):
    """One wish that only one of the locks records."""

    kind: str  # "added" | "removed"
    path: str
    part: str  # "project", "constraint", "override", "extra redis", "group test"
    requirement: Requirement


class LockDifference(NamedTuple):
    """All that differs between two locks, each part in canonical order."""

    pins: tuple[PinChange, ...] = ()
    inputs: tuple[InputChange, ...] = ()
    scope: tuple[tuple[str, str, str], ...] = ()  # (field, before, after)
    sources: tuple[tuple[str, str, str], ...] = ()  # (name, identity before, identity after); "" = not there
    instances: tuple[InstanceChange, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether both locks say the same."""
        return not (self.pins or self.inputs or self.scope or self.sources or self.instances)


def compare_locks(before: Lock, after: Lock) -> LockDifference:
    """Return what differs between two locks."""
    classes: _Classes = {}
    for change in classify(before, after):
        pin = change.after or change.before
        if pin is not None:
            key = (*pin[:3], change.after is None)
            classes[key] = (*classes.get(key, ()), change)
    return LockDifference(
        _pins(before, after, classes),
        _inputs(before, after),
        _scope(before, after),
        _sources(before, after),
        instance_changes(before, after) if before.instances or after.instances else (),
    )


_Classes = dict[tuple[str, str, str, bool], tuple[Change, ...]]  # (source, name, version, removed) -> its classes


def _pins(before: Lock, after: Lock, classes: _Classes) -> tuple[PinChange, ...]:
    olds, news = _by_name(before), _by_name(after)
    changes: list[PinChange] = []
    for source, name in sorted(olds.keys() | news.keys()):
        old, new = olds.get((source, name), {}), news.get((source, name), {})
        changes.extend(
            _changed(old[version], new[version])
            for version in old
            if version in new
            and (
                _spelled(old[version]) != _spelled(new[version])
                or _has_own(classes.get((source, name, version, False)))
            )
        )
        gone = sorted((old[version] for version in old.keys() - new.keys()), key=order, reverse=True)
        came = sorted((new[version] for version in new.keys() - old.keys()), key=order, reverse=True)
        if any(pin.npm is not None for pin in (*gone, *came)):
            changes.extend([_moved(source, name, *pair) for pair in pairs(gone, came)])
            continue
        # Of forks that moved, the highest old version is read as the one that became the highest new one.
        for place in range(max(len(gone), len(came))):
            one = gone[place] if place < len(gone) else None
            other = came[place] if place < len(came) else None
            changes.append(_moved(source, name, one, other))
    return tuple([change._replace(classes=_classes_of(change, classes)) for change in changes])


def _spelled(pin: Pin) -> Pin:
    """The pin with canonical ids: how a lock refers to a record is no difference."""
    return renamed(pin, {one: canonical_id(one) for one in everybody(pin)})


def _has_own(classes: tuple[Change, ...] | None) -> bool:
    """Whether there is more to say than that the source is another, which is said of the source."""
    return any(change.kind != "source-changed" for change in classes or ())


def _classes_of(change: PinChange, classes: _Classes) -> tuple[Change, ...]:
    """Of both pins of a change: the old one may be followed by another new one, or by none."""
    found: tuple[Change, ...] = ()
    if change.after is not None:
        found = classes.get((*change.after[:3], False), ())
    if change.before is not None:
        found += classes.get((*change.before[:3], True), ())
    return found


def _by_name(lock: Lock) -> dict[tuple[str, str], dict[str, Pin]]:
    pins: dict[tuple[str, str], dict[str, Pin]] = {}
    for pin in lock.packages:
        pins.setdefault((pin.source, pin.name), {})[pin.version] = pin
    return pins


def _moved(source: str, name: str, old: Pin | None, new: Pin | None) -> PinChange:
    if old is None or new is None:
        kind = "removed" if new is None else "added"
    else:
        kind = "upgraded" if order(old) < order(new) else "downgraded"
    had, has = set(publishers(old) if old else ()), set(publishers(new) if new else ())
    return PinChange(
        kind,
        source,
        name,
        old,
        new,
        signers_lost=tuple(sorted(had - has)) if new else (),
        signers_gained=tuple(sorted(has - had)) if old else (),
    )


def _changed(old: Pin, new: Pin) -> PinChange:
    fields = (
        ("requires-python", old.requires_python, new.requires_python),
        ("when", old.when, new.when),
        ("dependencies", old.dependencies, new.dependencies),
        ("other keys", old.unknown, new.unknown),
        *_module_fields(old.module, new.module),
        *fact_rows(old.npm, new.npm),
    )
    return PinChange(
        "changed",
        new.source,
        new.name,
        old,
        new,
        _artifacts(old.artifacts, new.artifacts),
        tuple(sorted(set(publishers(old)) - set(publishers(new)))),
        tuple(sorted(set(publishers(new)) - set(publishers(old)))),
        tuple(name for name, one, other in fields if one != other),
    )


def _module_fields(old: ModuleFacts | None, new: ModuleFacts | None) -> tuple[tuple[str, object, object], ...]:
    if old is None or new is None:
        return ()
    return (
        ("tree", old.tree, new.tree),
        ("privileged", old.privileged, new.privileged),
        ("permissions", old.permissions, new.permissions),
        ("vetted", canonical_ids(old.vetted), canonical_ids(new.vetted)),
        ("threshold", old.threshold, new.threshold),
    )


def _artifacts(old: tuple[PinnedArtifact, ...], new: tuple[PinnedArtifact, ...]) -> tuple[ArtifactChange, ...]:
    before = {artifact.file: artifact.hash for artifact in old}
    after = {artifact.file: artifact.hash for artifact in new}
    return tuple(
        ArtifactChange(file, before.get(file, ""), after.get(file, ""))
        for file in sorted(before.keys() | after.keys())
        if before.get(file) != after.get(file)
    )


def _inputs(before: Lock, after: Lock) -> tuple[InputChange, ...]:
    olds, news = _wishes(before), _wishes(after)
    return tuple(
        InputChange("removed" if wish in olds else "added", *wish) for wish in sorted(olds.symmetric_difference(news))
    )


def _wishes(lock: Lock) -> set[tuple[str, str, Requirement]]:
    return {(one.path, f"{one.kind} {one.name}".rstrip(), wish) for one in lock.inputs for wish in one.requires}


def _scope(before: Lock, after: Lock) -> tuple[tuple[str, str, str], ...]:
    old, new = before.scope, after.scope
    rows = [
        ("requires-python", old.requires_python, new.requires_python),
        ("node", old.node, new.node),
        ("strategy", old.strategy, new.strategy),
        ("prereleases", old.prereleases, new.prereleases),
    ]
    rows.extend(("target", str(target), "") for target in old.targets if target not in new.targets)
    rows.extend(("target", "", str(target)) for target in new.targets if target not in old.targets)
    return tuple(row for row in rows if row[1] != row[2])


def _sources(before: Lock, after: Lock) -> tuple[tuple[str, str, str], ...]:
    old = {source.name: source.root or source.identity for source in before.sources}
    new = {source.name: source.root or source.identity for source in after.sources}
    return tuple(
        (name, old.get(name, ""), new.get(name, ""))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )
