"""The classes of change between two locks: what happened to each package, how grave it is, whether it needs approval.

The predecessor of a pin is, among the pins that the earlier lock has of the same name from the same source:
  1. the one of the same version; else
  2. of those whose release shares the most leading numbers with its own (the nearest release line), the highest that
     is not above it; else the lowest of them.
A pin without predecessor is new; a pin that is nobody's predecessor is removed. Pure: no policy, no approvals.
"""

from collections.abc import Mapping

from holdfast.model.lock import Lock, Pin, Signer
from holdfast.model.pin_changes import Known, compare_pins, signatures_to_compare
from holdfast.model.predecessors import predecessor
from holdfast.model.signer_changes import SignerChange, compare_signers
from holdfast.model.signers import named, records, signers_of_files
from holdfast_resolver.values.tuples import NamedTuple


class ChangeClass(NamedTuple):
    """What a class means. `severity` is that of its finding; `approval`: it waits for a person or a rule."""

    severity: str  # "note" | "warning" | "error" | "alarm"
    approval: bool
    meaning: str


# The gravest first. An alarm is never approved by rule.
CLASSES = {
    "artifact-changed": ChangeClass("alarm", True, "a pinned release has other bytes"),
    "signer-impersonated": ChangeClass("alarm", True, "a signer has the name of another repository or owner"),
    "signer-lost": ChangeClass("alarm", True, "what was signed is no longer, or by fewer than have to"),
    "source-changed": ChangeClass("error", True, "the source has the same name and is another"),
    "signer-changed": ChangeClass("error", True, "another identity signs, or the same in another way"),
    "signer-renamed": ChangeClass("error", True, "a signer has another name and the same id"),
    "module-privileged": ChangeClass("error", True, "a module exports what can raise trust, and did not before"),
    "permissions-widened": ChangeClass("error", True, "a module asks for more than before"),
    "threshold-lowered": ChangeClass("error", True, "fewer publishers have to sign than before"),
    "vetting-changed": ChangeClass("error", True, "other co-signers vouch for a module than before"),
    "signer-added": ChangeClass("warning", True, "one more identity signs"),
    "artifact-added": ChangeClass("warning", True, "a pinned release has one more file"),
    "artifact-removed": ChangeClass("warning", True, "a pinned release has one file less"),
    "new-package": ChangeClass("note", True, "the package was not locked before"),
    "version-changed": ChangeClass("note", True, "another version is locked"),
    "removed": ChangeClass("note", True, "the package, or this version of it, is no longer locked"),
    "targets-changed": ChangeClass("note", True, "of several locked versions, this one is for other targets"),
    "facts-changed": ChangeClass("note", False, "what else is said of the pin: edges, fewer rights"),
}
KINDS = tuple(CLASSES)


class Change(NamedTuple):
    """One class of change of one package. `before` is None for a new one, `after` for a removed one.

    `details` says for signers "context: ref=tag -> ref=branch:main", else names files, fields or values.
    """

    kind: str  # one of KINDS
    source: str
    name: str
    before: Pin | None
    after: Pin | None
    signers_before: tuple[Signer, ...] = ()  # of a change of signers: who it is about; else all of the pin's
    signers_after: tuple[Signer, ...] = ()
    details: tuple[str, ...] = ()

    @property
    def severity(self) -> str:
        """`note`, `warning`, `error` or `alarm`."""
        return CLASSES[self.kind].severity

    @property
    def needs_approval(self) -> bool:
        """Whether the change waits for a person or a rule."""
        return CLASSES[self.kind].approval


def classify(before: Lock, after: Lock) -> tuple[Change, ...]:
    """Return all classes of change, sorted by source, name and version, then the gravest first.

    The same two locks have none; any two pins that differ, or whose signers' records or source do, have one at least.
    How a lock refers to a record is no difference.
    """
    olds, news = _by_name(before), _by_name(after)
    known = records(before), records(after)
    sources = _identities(before), _identities(after)
    places: dict[str, list[str]] = {}  # name -> the sources it was locked from
    for source, name in sorted(olds):
        places.setdefault(name, []).append(source)
    changes: list[Change] = []
    for source, name in sorted(olds.keys() | news.keys()):
        old, new = olds.get((source, name), ()), news.get((source, name), ())
        followed: set[str] = set()
        for pin in new:
            earlier = predecessor(pin, old)
            if earlier is None:
                changes.append(_new(pin, known[1], [one for one in places.get(name, ()) if one != source]))
                continue
            followed.add(earlier.version)
            found = _compared(earlier, pin, known)
            if earlier.version != pin.version and any(one.version == earlier.version for one in new):
                found[0] = found[0]._replace(details=(*found[0].details, f"{earlier.version} stays locked"))
            if sources[0].get(source) != sources[1].get(source):
                moved = f"{sources[0].get(source) or 'none'} -> {sources[1].get(source) or 'none'}"
                found.append(_change("source-changed", earlier, pin, known, (moved,)))
            changes.extend(sorted(found, key=_gravest_first))
        changes.extend([_removed(pin, known[0]) for pin in old if pin.version not in followed])
    return tuple(changes)


def _by_name(lock: Lock) -> dict[tuple[str, str], tuple[Pin, ...]]:
    pins: dict[tuple[str, str], tuple[Pin, ...]] = {}
    for pin in lock.packages:
        pins[pin.source, pin.name] = (*pins.get((pin.source, pin.name), ()), pin)
    return pins


def _identities(lock: Lock) -> dict[str, str]:
    return {source.name: source.root or source.identity for source in lock.sources}


def _compared(old: Pin, new: Pin, known: Known) -> list[Change]:
    found = [_change(kind, old, new, known, details) for kind, details in compare_pins(old, new)]
    places: dict[SignerChange, list[str]] = {}
    for one in signatures_to_compare(old, new, known):
        threshold = old.module.threshold if old.module else 1
        for change in compare_signers(one.before, one.after, threshold):
            places.setdefault(change, []).extend(one.files)
    for change, files in places.items():
        some = [f"file: {file}" for file in sorted(files)] if len(files) < len(new.artifacts) else []
        details = (*change.details, *some)
        found.append(
            Change(change.kind, new.source, new.name, old, new, _one(change.before), _one(change.after), details)
        )
    vetted = [
        tuple(sorted(named(pin.module.vetted if pin.module else (), signers)))
        for pin, signers in zip((old, new), known)
    ]
    if vetted[0] != vetted[1]:
        lines = tuple([line for change in compare_signers(vetted[0], vetted[1]) for line in _vetting_lines(change)])
        found.append(Change("vetting-changed", new.source, new.name, old, new, vetted[0], vetted[1], lines))
    return found


def _vetting_lines(change: SignerChange) -> tuple[str, ...]:
    if change.after is None and change.before is not None:
        return (f"no longer vouches: {change.before.id}",)
    if change.before is None and change.after is not None:
        return (f"vouches now: {change.after.id}",)
    return change.details


def _one(signer: Signer | None) -> tuple[Signer, ...]:
    return () if signer is None else (signer,)


def _change(kind: str, old: Pin, new: Pin, known: Known, details: tuple[str, ...]) -> Change:
    before, after = named(signers_of_files(old), known[0]), named(signers_of_files(new), known[1])
    return Change(kind, new.source, new.name, old, new, before, after, details)


def _new(pin: Pin, known: Mapping[str, Signer], others: list[str]) -> Change:
    details = tuple([f"the same name was locked from {source}" for source in others])
    return Change("new-package", pin.source, pin.name, None, pin, (), named(signers_of_files(pin), known), details)


def _removed(pin: Pin, known: Mapping[str, Signer]) -> Change:
    return Change("removed", pin.source, pin.name, pin, None, named(signers_of_files(pin), known))


def _gravest_first(change: Change) -> tuple[int, tuple[Signer, ...], tuple[Signer, ...]]:
    return KINDS.index(change.kind), change.signers_before, change.signers_after
