"""What waits for approval, made ready for a person to judge: grouped, with all that is known of each package.

Decides nothing and prints nothing. What only this machine knows (when releases came, stored bytes) comes in.
"""

from collections.abc import Iterable, Mapping

from holdfast.approvals.judge import Judgement, SecurityWaiting, Waiting
from holdfast.model.approval import SignedAct
from holdfast.model.lock import Lock, NpmFacts, Pin, Signer
from holdfast.model.pin_digest import ApprovedPin
from holdfast.model.release_facts import Released, ReleaseFacts, changed_files
from holdfast.model.review import (
    Rejected,
    ReleaseChange,
    Review,
    ReviewItem,
    SecurityItem,
    Support,
    arrange,
    signed_by_all,
)
from holdfast.model.security_changes import security_changes
from holdfast.model.signers import everybody
from holdfast.workflows.choosing import Chosen
from holdfast.workflows.diff import Delta, PinKey, Times, shortest_paths
from holdfast.workflows.source_difference import AtHand, measure


def review(chosen: Chosen, judgement: Judgement, lock: Lock, acts: Iterable[SignedAct], times: Times) -> Review:
    """Return what is chosen of that which waits; how large changes are is not looked into (`sized`).

    `acts` are those of the trail, from which earlier rejections are told. Raises `InvalidMarker` for the lock's.
    """
    uncounted = {digest for digest, _ in judgement.uncounted}
    rejections = [one for one in acts if one.act.kind == "rejection" and one.keys and one.digest not in uncounted]
    wanted = {(one.source, one.name, new.pin.version) for one in chosen.waiting for new in one.after}
    paths = shortest_paths(lock, wanted)
    familiar = {
        signer for pin in lock.packages if (pin.source, pin.name) in judgement.standings for signer in everybody(pin)
    }
    facts = {pin[:3]: pin.npm for pin in lock.packages if pin.npm is not None}

    def released(pin: Pin) -> Released:
        return times(pin._replace(npm=facts.get(pin[:3])))

    items = [_item(one, paths, released, familiar, rejections) for one in chosen.waiting]
    if facts:
        items = [_with_npm(item, facts) for item in items]
    return arrange(tuple(items), None if chosen.security is None else _security(chosen.security, rejections))


def _with_npm(item: ReviewItem, facts: Mapping[PinKey, NpmFacts]) -> ReviewItem:
    """Return the package with what the lock says of its npm releases: approvals are about bytes and signers alone."""
    releases = [
        one._replace(after=one.after._replace(npm=facts.get(one.after[:3]))) if one.after is not None else one
        for one in item.releases
    ]
    return item._replace(releases=tuple(releases))


def sized(item: ReviewItem, at_hand: AtHand) -> ReviewItem:
    """Return the package with the size of its change, where the releases are at hand."""
    releases = [
        one._replace(facts=one.facts._replace(size=measure(one.before, one.after, at_hand)))
        if one.before is not None and one.after is not None and one.before.artifacts != one.after.artifacts
        else one
        for one in item.releases
    ]
    return item._replace(releases=tuple(releases))


def with_capabilities(item: ReviewItem, delta: Delta) -> ReviewItem:
    """Return the package with what its code gains and loses, and what of it was not looked at."""
    releases = [
        one._replace(facts=one.facts._replace(code=delta(one.before, one.after)))
        if one.after is not None and (one.before is None or one.before.artifacts != one.after.artifacts)
        else one
        for one in item.releases
    ]
    return item._replace(releases=tuple(releases))


def changed_pairs(items: Iterable[ReviewItem]) -> list[tuple[Pin | None, Pin]]:
    """Return the releases of packages whose code is another now, each with the one before."""
    return [
        (one.before, one.after)
        for item in items
        for one in item.releases
        if one.after is not None and (one.before is None or one.before.artifacts != one.after.artifacts)
    ]


def _item(
    one: Waiting,
    paths: Mapping[PinKey, tuple[str, ...]],
    times: Times,
    familiar: set[str],
    rejections: list[SignedAct],
) -> ReviewItem:
    pins = tuple([each.pin for each in one.after or one.before_pins])
    after = _signers(one.after)
    return ReviewItem(
        one.source,
        one.name,
        tuple([each.pin.version for each in one.before_pins]),
        tuple([each.pin.version for each in one.after]),
        one.changes,
        _signers(one.before_pins),
        after,
        tuple([_release(before, new, paths, times) for before, new in _pairs(one)]),
        Support(
            one.reason, one.needed, one.have, one.role, _rejected(rejections, (one.source, one.name)), one.rejected
        ),
        signed_by_all(pins),
        all(signer.id in familiar for signer in after or _signers(one.before_pins)),
    )


def _pairs(one: Waiting) -> list[tuple[Pin | None, Pin | None]]:
    """The pins that differ, each with the one it is compared with; all of them where no class says which."""
    found = dict.fromkeys([(change.before, change.after) for change in one.changes])
    return list(found) or [(None, new.pin) for new in one.after] or [(old.pin, None) for old in one.before_pins]


def _release(
    before: Pin | None, after: Pin | None, paths: Mapping[PinKey, tuple[str, ...]], times: Times
) -> ReleaseChange:
    if after is None:
        return ReleaseChange(before, None)
    facts = ReleaseFacts(times(after), *changed_files(before, after))
    return ReleaseChange(before, after, paths.get((after.source, after.name, after.version), ()), facts)


def _signers(pins: Iterable[ApprovedPin]) -> tuple[Signer, ...]:
    return tuple(sorted({record for one in pins for record in one.records}))


def _security(waiting: SecurityWaiting, rejections: list[SignedAct]) -> SecurityItem:
    found = [one for one in rejections if one.act.security is not None]
    support = Support(waiting.reason, waiting.needed, waiting.have, waiting.role, _told(found), waiting.rejected)
    return SecurityItem(security_changes(waiting.before_security, waiting.after), support)


def _rejected(rejections: list[SignedAct], key: tuple[str, str]) -> tuple[Rejected, ...]:
    return _told([one for one in rejections if any(change.key == key for change in one.act.packages)])


def _told(rejections: list[SignedAct]) -> tuple[Rejected, ...]:
    found = {Rejected(one.act.reviewer, one.act.date, one.act.reason) for one in rejections}
    return tuple(sorted(found, key=lambda one: (one.date, one.reviewer), reverse=True))
