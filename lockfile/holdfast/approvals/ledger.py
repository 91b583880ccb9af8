"""The acts of approving as a list: what each one changed, and whether it counts.

An act says from which digests; which versions these were is said by the acts before it. Judges nothing, knows no file
and no words for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.model.approval import PackageChange, SignedAct
from holdfast.model.pin_digest import pin_digest
from holdfast.model.security import Security, security_digest
from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from holdfast.approvals.judgement import Judgement

# what decides today; the same, but its time is over; more approvers are needed; another act follows it; and two faults
IN_FORCE, EXPIRED, PENDING, SUPERSEDED = "in force", "expired", "pending", "superseded"
UNCOUNTED, BROKEN = "not counted", "broken"


class Step(NamedTuple):
    """One package of an act. Versions; `before` has "?" for a digest that no act explains."""

    source: str
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    classes: tuple[str, ...]


class Entry(NamedTuple):
    """One file. `state` is one of the six above.

    `reason` says why it does not count, or what is broken. An act of several packages may be in force for one of them,
    and not count for another.
    """

    digest: str  # of the act; the file's name of a broken one
    state: str
    reason: str = ""
    signed: SignedAct | None = None  # None: broken
    steps: tuple[Step, ...] = ()


def ledger(
    acts: Iterable[SignedAct],
    broken: Iterable[tuple[str, str]],
    judgement: Judgement,
    security: Security,
    now: str,
    names: Iterable[str] = (),
) -> tuple[Entry, ...]:
    """Return all files, the newest act first and what is broken before all; with `names`, the acts that speak of them.

    `broken` are (file name, reason). A name is `click` or `pypi:click`. `security` is that of the tree; `now` is RFC
    3339, UTC, whole seconds.
    """
    acts, wanted = tuple(acts), frozenset(names)
    reasons = dict(judgement.uncounted)
    followed = _followed(acts, reasons)
    approved = security_digest(security) if judgement.security is None else ""
    heads = _heads(judgement)
    heads |= {one.digest for one in acts if one.digest not in reasons and _decides(one, approved, followed)}
    versions = _versions(acts)
    found = [] if wanted else [Entry(name, BROKEN, reason) for name, reason in broken]
    for signed in sorted(acts, key=lambda one: (one.act.date, one.digest), reverse=True):
        packages = [one for one in signed.act.packages if not wanted or {one.name, f"{one.source}:{one.name}"} & wanted]
        if wanted and not packages:
            continue
        reason = reasons.get(signed.digest, "")
        if signed.digest in heads:
            state = EXPIRED if signed.act.expires and signed.act.expires <= now else IN_FORCE
        elif reason:
            state = UNCOUNTED
        else:
            state = SUPERSEDED if _places(signed) <= followed else PENDING
        steps = tuple([_step(one, versions) for one in packages])
        found.append(Entry(signed.digest, state, reason, signed, steps))
    return tuple(found)


def _heads(judgement: Judgement) -> set[str]:
    """The acts that decide: by which something is approved, and those that what waits would follow."""
    heads = {digest for one in judgement.standings.values() for digest in one.acts}
    heads.update([digest for one in judgement.waiting for digest in one.follows])
    if judgement.security is not None:
        heads.update(judgement.security.follows)
    return heads


def _decides(signed: SignedAct, approved: str, followed: set[_Place]) -> bool:
    """Whether it is a rejection that nothing follows, or made the configuration what is approved."""
    if _places(signed) <= followed:
        return False
    change = signed.act.security
    return signed.act.kind == "rejection" or (change is not None and security_digest(change.after) == approved)


_Place = tuple[object, ...]  # what makes acts of several people the same step


def _places(signed: SignedAct) -> set[_Place]:
    act, found = signed.act, set[_Place]()
    for change in act.packages:
        found.add((act.kind, change.key, change.follows, change.before, change.after))
    if act.security is not None:
        found.add((act.kind, "", act.security.follows, act.security.before, act.security.after))
    return found


def _followed(acts: tuple[SignedAct, ...], reasons: Mapping[str, str]) -> set[_Place]:
    """The steps that something follows which counts, for the same package."""
    follows: set[tuple[object, str]] = set()
    for signed in acts:
        if signed.digest not in reasons:
            follows.update([(one.key, digest) for one in signed.act.packages for digest in one.follows])
            security = signed.act.security
            follows.update([("", digest) for digest in (security.follows if security is not None else ())])
    return {place for signed in acts for place in _places(signed) if (place[1], signed.digest) in follows}


def _versions(acts: tuple[SignedAct, ...]) -> dict[str, str]:
    """The version of each pin digest that an act explains."""
    return {
        pin_digest(one): one.pin.version
        for signed in acts
        for package in signed.act.packages
        for one in (*package.after, *package.gone)
    }


def _step(change: PackageChange, versions: dict[str, str]) -> Step:
    went = [one.pin.version for one in change.gone if not change.before]  # of a checkpoint
    before = tuple(sorted([versions.get(digest, "?") for digest in change.before] + went))
    after = tuple([one.pin.version for one in change.after])
    return Step(change.source, change.name, before, after, change.classes)
