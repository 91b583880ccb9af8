"""What goes into judging approvals, and what comes out: plain values."""

from collections.abc import Mapping

from holdfast.findings.finding import Finding
from holdfast.model.approval import Seen
from holdfast.model.changes import Change
from holdfast.model.lock import Lock
from holdfast.model.pin_digest import ApprovedPin
from holdfast.model.security import Security
from holdfast.trust.approval_files import Acts
from holdfast_resolver.values.tuples import NamedTuple

Join = tuple[tuple[str, ...], tuple[str, ...]]  # what a step follows, what it begins with


class State(NamedTuple):
    """A tree: its lock, its configuration and its approvals."""

    lock: Lock
    security: Security
    acts: Acts
    raw: Mapping[str, bytes]  # the files of approvals, by name

    @property
    def in_force(self) -> bool:
        """Whether approvals are judged at all: there is an approver, or any file of approvals."""
        return bool(self.security.approvers or self.raw or self.acts.acts or self.acts.broken)


class Waiting(NamedTuple):
    """A package whose pins are not approved. An approval of it follows `follows` and begins with `before`."""

    source: str
    name: str
    follows: tuple[str, ...]  # digests of acts, sorted
    before: tuple[str, ...]  # pin digests, sorted
    before_pins: tuple[ApprovedPin, ...]
    after: tuple[ApprovedPin, ...]  # the lock's
    changes: tuple[Change, ...]  # those that need approval, the gravest first
    reason: str  # why it is not approved: "nobody approved it", "1 of 2 approvers"
    needed: int  # how many have to approve
    have: tuple[str, ...]  # names of those who did, of the same step
    role: str  # the role that one of them must have; "" = none
    joins: tuple[Join, ...] = ()  # steps to the same pins that need more approvers: what to repeat
    rejected: str = ""  # "rejected by bob: no windows": who approves it overrules that


class SecurityWaiting(NamedTuple):
    """A security configuration that is not approved."""

    follows: tuple[str, ...]
    before: tuple[str, ...]
    before_security: Security | None  # None: nothing was ever approved, or several that nobody has settled
    after: Security
    reason: str
    needed: int
    have: tuple[str, ...]
    role: str
    rejected: str = ""  # as in `Waiting`
    heads: tuple[Security, ...] = ()  # those that it follows: several that nobody has settled

    @property
    def is_unbegun(self) -> bool:
        """Whether nothing was ever approved, so that there is nobody yet who may decide."""
        return self.before_security is None and not self.follows


class Standing(NamedTuple):
    """How a package came to be approved."""

    source: str
    name: str
    how: str  # "reviewed" | "rule" | "baseline"
    reviewers: tuple[str, ...]  # names, sorted
    acts: tuple[str, ...]  # digests, sorted
    date: str  # of the latest of them
    seen: Seen
    expires: str  # "" = without end


class Judgement(NamedTuple):
    """What approvals come to."""

    findings: tuple[Finding, ...] = ()
    waiting: tuple[Waiting, ...] = ()  # sorted by source and name
    security: SecurityWaiting | None = None
    standings: Mapping[tuple[str, str], Standing] = {}
    uncounted: tuple[tuple[str, str], ...] = ()  # (digest of an act, why it or a signature on it does not count)
