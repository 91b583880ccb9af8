"""What changed since the last approved state, with what each change lets code do: for the report of an audit.

Knows what waits for approval, the scans of both sides, and what approvals recorded where the release before was not
looked at. Where nothing is known of either side, nothing is said of it.
"""

from collections.abc import Iterable, Mapping

from holdfast.approvals.judgement import Waiting
from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock, Pin
from holdfast.model.scan import Scan
from holdfast.risk.delta import earliest, gains, losses, spell
from holdfast.risk.graph import pin_id
from holdfast.risk.installed_code import joined
from holdfast.workflows.capability_deltas import of_its_kind
from holdfast.workflows.check_approvals import Judged
from holdfast.workflows.diff import shortest_paths
from holdfast.workflows.gained import gained_finding
from holdfast.workflows.scans import Scanned, Wanted
from holdfast_resolver.values.tuples import NamedTuple


class ReleaseDelta(NamedTuple):
    """One package that is not as somebody last approved it: the fields of `reports.audit_port.ChangedPackage`."""

    change: str  # a class of `model.changes.CLASSES`
    package: str  # "npm:left-pad 1.3.1"; of a removed one as it was; of several, what moved
    before: str = ""  # versions
    after: str = ""
    gains: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()


class Sides(NamedTuple):
    """Scans by id. The two may share an id: the same version with other bytes."""

    after: Mapping[str, Scan]
    before: Mapping[str, Scan]  # of which nothing is missing


def whole(scanned: Scanned) -> dict[str, Scan]:
    """Return the scans of which nothing is missing: against half of what was there, all would seem to be gained."""
    partly = {pin_id(one.pin) for one in scanned.missing}
    return {id_: scan for id_, scan in scanned.scans.items() if id_ not in partly}


def uncompared(missing: Iterable[Wanted], failed: Mapping[str, str]) -> list[str]:
    """Return lines on the releases before that were not looked at; `failed`: why not, by hash, where it was tried."""
    found = [(one, artifact) for one in missing for artifact in one.artifacts]
    lines = [
        f"what {one.pin.name} gains over {one.pin.version}: {artifact.file}: {failed[artifact.hash]}"
        for one, artifact in found
        if failed.get(artifact.hash)
    ]
    names = dict.fromkeys([one.pin.name for one, artifact in found if not failed.get(artifact.hash)])
    if names:
        packages = "1 changed package gains" if len(names) == 1 else f"{len(names)} changed packages gain"
        lines.append(f"what {packages}: the release before is not in the store; `holdfast audit --fetch` downloads it")
    return lines


def pins_before(approvals: Judged | None, lock: Lock) -> list[Pin]:
    """Return the releases before of what waits, as a lock would have them: theirs are the scans to compare with."""
    locked = {(pin.source, pin.name): pin for pin in lock.packages}
    waiting = approvals.judgement.waiting if approvals is not None else ()
    return [
        of_its_kind(before.pin, locked[one.source, one.name])
        for one in waiting
        if (one.source, one.name) in locked
        for before in one.before_pins
    ]


def gained_findings(approvals: Judged | None, lock: Lock, sides: Sides) -> tuple[Finding, ...]:
    """Return a finding for each package that waits and can do what it could not before. A new one has no before."""
    if approvals is None:
        return ()
    moved = [one for one in approvals.judgement.waiting if one.before_pins and one.after]
    paths = shortest_paths(lock, {one.after[-1].pin[:3] for one in moved})
    found = []
    for one in moved:
        delta, pin = _changed(one, sides, approvals), one.after[-1].pin
        found.append(gained_finding(delta.before, pin, delta.gains, paths.get(pin[:3], ())))
    return tuple([one for one in found if one is not None])


def changed_packages(approvals: Judged | None, sides: Sides) -> tuple[str, tuple[ReleaseDelta, ...]]:
    """Return the state that is compared with, in words, and what is not as it was."""
    if approvals is None:
        return "", ()
    refused = {digest for digest, _ in approvals.judgement.uncounted}
    acts = [one for one in approvals.states.head.acts.acts if one.keys and one.digest not in refused]
    dates = [one.act.date for one in acts if one.act.kind != "rejection"]
    since = f"the approved state of {max(dates)[:10]}" if dates else "the beginning: nothing was approved yet"
    return since, tuple([_changed(one, sides, approvals) for one in approvals.judgement.waiting])


def _changed(one: Waiting, sides: Sides, approvals: Judged) -> ReleaseDelta:
    before, after = [each.pin for each in one.before_pins], [each.pin for each in one.after]
    old = [sides.before[pin_id(pin)] for pin in before if pin_id(pin) in sides.before]
    new = [sides.after[pin_id(pin)] for pin in after if pin_id(pin) in sides.after]
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    if after and len(new) == len(after) and len(old) == len(before):
        gained = gains(joined(old) if old else None, joined(new))
        lost = losses(joined(old), joined(new)) if old else ()
    elif after and len(new) == len(after):
        gained = _beyond_record(one, joined(new), approvals)
    return ReleaseDelta(
        one.changes[0].kind if one.changes else "unapproved",
        f"{one.source}:{one.name} {', '.join(_meant([pin.version for pin in before], [pin.version for pin in after]))}",
        ", ".join([pin.version for pin in before]),
        ", ".join([pin.version for pin in after]),
        gained,
        lost,
    )


def _meant(before: list[str], after: list[str]) -> list[str]:
    """The versions that a change is about: those that came, else those that went, else all, whose bytes are others."""
    came = [version for version in after if version not in before]
    return came or [version for version in before if version not in after] or after


def _beyond_record(one: Waiting, scan: Scan, approvals: Judged) -> tuple[str, ...]:
    """What a release can do beyond what the approvals that it follows recorded; () where they did not look."""
    records = [
        change.seen.looked_at
        for signed in approvals.states.head.acts.acts
        if signed.digest in one.follows
        for change in signed.act.packages
        if change.key == (one.source, one.name)
    ]
    known = {word for record in records for word in record or ()}
    if not records or None in records:
        return ()
    return tuple([f"gains {word}: {spell(place)}" for word, place in earliest(scan).items() if word not in known])
