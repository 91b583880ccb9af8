"""The baseline: everything as it is now, accepted once and unseen, so that from then on only changes need a person.

Law 1: there is one baseline. A project that has approvals already gets no second.
Law 2: the configuration with the first approver is written first, the baseline last: a run that was killed between the
       two is repeated, and finds its approver there.

Knows values; keys and files are handed in.
"""

from collections.abc import Callable
from typing import TypeAlias

from holdfast.errors import UsageError
from holdfast.model.approval import Act, PackageChange, SecurityChange
from holdfast.model.lock import Lock
from holdfast.model.pin_digest import approved_pins
from holdfast.model.security import RULE_ROLE, Approver, Security, security_digest
from holdfast.workflows.choosing import is_revoked

NEVER_REVIEWED = ("baseline",)  # the classes of what nobody looked at
REASON = "baseline: accepted as it was, not reviewed"

# Edits a configuration's text: (text, the new approver) -> text.
AddApprover: TypeAlias = Callable[[str, Approver], str]


def refuse_begun(approvals: int) -> None:
    """Raise `UsageError` in a project that has approval files already."""
    if approvals:
        found = f"{approvals} approval file{'' if approvals == 1 else 's'}"
        hint = "`holdfast status` shows what waits, `holdfast approvals verify` what does not count"
        raise UsageError("a project without approvals", found, hint)


def first_approver(approvers: tuple[Approver, ...], candidate: Approver, now: str) -> Approver | None:
    """Return the approver of the configuration whose key the candidate has; None where he has to be added.

    Raises `UsageError` for the key of a rule and a revoked one, and for a configuration whose approvers are others.
    """
    found = next((one for one in approvers if one.id == candidate.id), None)
    if found is not None and found.role == RULE_ROLE:
        raise UsageError("the key of a person", f"the key of {found.name}, which approves by rule only")
    if found is not None and is_revoked(found, now):
        raise UsageError("a key that is not revoked", f"the key of {found.name}, revoked since {found.revoked}")
    if found is None and approvers:
        names = ", ".join([one.name for one in approvers if one.role != RULE_ROLE])
        hint = f"name the key of one of them, or add [[approver]] by hand: {candidate.key}"
        raise UsageError(f"the key of an approver of the configuration: {names}", candidate.id, hint)
    return found


def baseline(lock: Lock, security: Security, approver: Approver, reason: str, now: str) -> Act:
    """Return the act that accepts all of a lock and the configuration, in which `approver` is one."""
    return Act(
        "baseline",
        security.project,
        security_digest(security),
        approver.name,
        approver.role,
        reason,
        now,
        everything(lock),
        SecurityChange((), (), security),
    )


def everything(lock: Lock) -> tuple[PackageChange, ...]:
    """Return all packages of a lock, sorted, as something that follows nothing and that nobody looked at."""
    pins = approved_pins(lock)
    return tuple([PackageChange(*key, (), (), pins[key], (), NEVER_REVIEWED) for key in sorted(pins)])
