"""Approvals, as values: what somebody accepted or rejected, and what that was a change from.

One act is one file and one signature; it may speak of many packages, each with a chain of its own. Nothing here is
verified: a `SignedAct` says whose signatures hold, and `approvals` says whether that counts.
"""

from holdfast.model.pin_digest import ApprovedPin
from holdfast.model.security import Security
from holdfast_resolver.values.tuples import NamedTuple

FOLDER = ".holdfast/approvals"
SUFFIX = ".json"
KINDS = ("baseline", "approval", "rejection", "checkpoint")


class Seen(NamedTuple):
    """What the reviewer was shown besides the pins."""

    findings: tuple[str, ...] = ()  # codes, sorted
    capabilities: tuple[str, ...] = ()  # of its code, sorted; () = none, or not looked at: `looked_at` says which
    released: str = ""  # RFC 3339, UTC: the earliest upload of the new release; "" = the index does not say
    licence: str = ""  # SPDX expression of the new release; "" = it declares none
    # Of each capability where it was seen: ("network", "pkg/x.py:41 via socket.create_connection"), sorted. None where
    # not all of the code was looked at, and in records from before places were kept.
    places: tuple[tuple[str, str], ...] | None = None

    @property
    def looked_at(self) -> tuple[str, ...] | None:
        """The capabilities that were seen, () for none; None where nobody is known to have looked."""
        return self.capabilities if self.capabilities or self.places is not None else None


class PackageChange(NamedTuple):
    """The change of one package. `after` is () for a removal, and then `gone` are the pins that went.

    In a checkpoint a package that was removed has no `after` either: `gone` are the pins that were there before.
    """

    source: str  # the name of the source in the lock
    name: str
    follows: tuple[str, ...]  # digests of the acts that it follows ("<64 hex>", the file names), sorted; () = the first
    before: tuple[str, ...]  # pin digests, sorted: what was approved by those
    after: tuple[ApprovedPin, ...]
    gone: tuple[ApprovedPin, ...] = ()
    classes: tuple[str, ...] = ()  # of `model.changes.CLASSES`, the gravest first: what the reviewer was told
    seen: Seen = Seen()
    had: tuple[tuple[str, str], ...] = ()  # of a checkpoint: (file, hash) that were there before it, sorted

    @property
    def key(self) -> tuple[str, str]:
        """(source, name)."""
        return self.source, self.name


class SecurityChange(NamedTuple):
    """A change of the security configuration; `before` are digests, as in `PackageChange`."""

    follows: tuple[str, ...]
    before: tuple[str, ...]
    after: Security


class RuleRecord(NamedTuple):
    """By which rule a key of role `rule` approved, and the facts it saw."""

    reason: str
    classes: tuple[str, ...]  # that the rule lets through
    facts: tuple[tuple[str, str], ...] = ()


class Act(NamedTuple):
    """One act of approving or rejecting. What it says is what its signers vouch for."""

    kind: str  # one of KINDS
    project: str  # UUID
    configuration: str  # digest of the security configuration in force when it was signed
    reviewer: str  # the approver's name
    role: str
    reason: str
    date: str  # RFC 3339, UTC, whole seconds
    packages: tuple[PackageChange, ...] = ()  # sorted by (source, name); of a rejection `after` is what was rejected
    security: SecurityChange | None = None
    expires: str = ""  # RFC 3339, UTC, whole seconds; an approval of an alarm has one
    rule: RuleRecord | None = None
    replaces: tuple[str, ...] = ()  # of a checkpoint: the acts that it stands for, sorted


class SignedAct(NamedTuple):
    """An act with those whose signatures over it hold: ids of distinct raw keys, sorted. Who they are is not judged."""

    digest: str  # sha256 of the payload, 64 hex: the file's name without its suffix
    act: Act
    keys: tuple[str, ...]  # "ed25519:<64 hex>"
