"""Approval by rule: what an allowance of the policy describes exactly, and what is left for people, with the reason.

Rule 1: an allowance never approves an alarm, nor a change after which other identities sign than before.
Rule 2: every class of the change is one that it names, and it has not ended.
Rule 3: a person's rejection is never overruled by rule.
Rule 4: with `no-new-capabilities`, all of the code was looked at, and it can do nothing that was not recorded before.
Rule 5: the release is old enough when it is approved; one whose age the registry does not tell is not.
Whoever judges the signed act asks the same (`approvals`); here it is asked so that nothing is signed in vain.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from holdfast.approvals.judgement import Waiting
from holdfast.approvals.recorded_code import known_of_acts, why_gained
from holdfast.model.approval import RuleRecord, Seen, SignedAct
from holdfast.model.lock import Signer
from holdfast.model.pin_digest import ApprovedPin
from holdfast.model.policy import pattern_matches
from holdfast.model.security import Allowance
from holdfast.model.signers import bare
from holdfast.policy.ages import age, spell_age, spell_duration
from holdfast.workflows.acting import classes_of
from holdfast.workflows.choosing import is_alarm
from holdfast_resolver.values.tuples import NamedTuple

Key: TypeAlias = tuple[str, str]  # (source, name)
_OTHERS = "no rule is about it"


class Left(NamedTuple):
    """A change that no rule approves, and why."""

    waiting: Waiting
    reason: str


class Described(NamedTuple):
    """`by_rule`: what each allowance describes, in the order of the policy; `left`: the rest."""

    by_rule: tuple[tuple[Allowance, tuple[Waiting, ...]], ...]
    left: tuple[Left, ...]

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """All that some allowance describes."""
        return tuple([one for _, some in self.by_rule for one in some])


def described(
    waiting: tuple[Waiting, ...],
    allowances: tuple[Allowance, ...],
    now: str,
    seen: Mapping[Key, Seen] | None = None,
    acts: Iterable[SignedAct] = (),
) -> Described:
    """Return what `allowances` describe. Without `seen` neither ages nor code are asked: that has still to be proved.

    `acts` are those of the trail: what they recorded of the code before is what a change gains nothing over.
    """
    trail = tuple(acts)
    found: dict[Allowance, list[Waiting]] = {}
    left: list[Left] = []
    for one in waiting:
        reasons: list[str] = []
        for allowance in allowances:
            reason = why_not(one, allowance, now, None if seen is None else seen.get((one.source, one.name), Seen()))
            if not reason and seen is not None:
                reason = _gained(one, allowance, seen, trail)
            if not reason:
                found.setdefault(allowance, []).append(one)
                break
            reasons.append(reason)
        else:
            left.append(Left(one, _nearest(reasons)))
    return Described(tuple([(one, tuple(found[one])) for one in allowances if one in found]), tuple(left))


def why_not(one: Waiting, allowance: Allowance, now: str, seen: Seen | None) -> str:
    """Return why an allowance does not describe a change; "" where it does."""
    if not any(pattern_matches(pattern, one.source, one.name) for pattern in allowance.packages):
        return _OTHERS
    if is_alarm(one):
        return "an alarm is never approved by rule"
    if one.rejected:
        return one.rejected
    unnamed = [kind for kind in classes_of(one) if kind not in allowance.classes]
    if unnamed:
        return f"the rule does not approve {', '.join(unnamed)}"
    if one.before_pins and _signers(one.before_pins) != _signers(one.after) and one.after:
        return "others sign it than before"
    if allowance.until and allowance.until <= now:
        return f"the rule ended at {allowance.until}"
    if seen is None or not one.after:
        return ""
    return _too_young(allowance, now, seen.released)


def _gained(one: Waiting, allowance: Allowance, seen: Mapping[Key, Seen], acts: tuple[SignedAct, ...]) -> str:
    if not allowance.no_new_capabilities or not one.after:
        return ""
    key = (one.source, one.name)
    return why_gained(seen.get(key, Seen()), known_of_acts(acts, one.follows, key))


def _too_young(allowance: Allowance, now: str, released: str) -> str:
    if not allowance.minimum_age:
        return ""
    if not released:
        return "the registry does not say when it was released"
    old = age(released, now)
    if old is None or old < allowance.minimum_age:
        said = "at a time that cannot be read" if old is None else spell_age(old)
        return f"released {said}, and the rule asks for {spell_duration(allowance.minimum_age)}"
    return ""


def _signers(pins: tuple[ApprovedPin, ...]) -> set[Signer]:
    return {bare(record) for one in pins for record in one.records}


def _nearest(reasons: list[str]) -> str:
    """The reason of the first rule that is about the package."""
    return next((reason for reason in reasons if reason != _OTHERS), _OTHERS)


def record_of(allowance: Allowance, waiting: tuple[Waiting, ...], now: str, seen: Mapping[Key, Seen]) -> RuleRecord:
    """Return by which rule it was approved and what it saw: of each package its release, its age, who signs."""
    facts: list[tuple[str, str]] = []
    for one in waiting:
        name = f"{one.source}:{one.name}"
        released = seen.get((one.source, one.name), Seen()).released
        old = age(released, now)
        if old is not None:
            facts += [(f"{name} released", released), (f"{name} age", spell_age(old).removesuffix(" ago"))]
        ids = sorted({record.id for record in _signers(one.after)})
        facts.append((f"{name} signers", ", ".join(ids) or "unsigned"))
    return RuleRecord(allowance.reason, allowance.classes, tuple(facts))
