"""What a reviewer is shown of that which waits for approval, as values: packages, groups of them, the configuration.

A group is one decision: the same classes of change, the same signers before and after, no alarm, no earlier rejection,
everything signed, by somebody who signs approved packages here already. Whatever else there is stands alone. Pure;
judges nothing.
"""

from holdfast.model.changes import CLASSES, KINDS, Change
from holdfast.model.lock import Pin, Signer
from holdfast.model.release_facts import ReleaseFacts
from holdfast.model.signed_files import is_signed
from holdfast_resolver.values.tuples import NamedTuple


class Rejected(NamedTuple):
    """An earlier rejection of a change of the same package, or of the configuration."""

    reviewer: str
    date: str  # RFC 3339, UTC, whole seconds
    reason: str


class Support(NamedTuple):
    """Whom a change waits for."""

    reason: str  # why it is not approved yet
    needed: int  # how many approvers
    have: tuple[str, ...]  # names of those who approved this very step
    role: str  # one of them must have it; "" = any
    rejected: tuple[Rejected, ...] = ()  # the latest first
    overrules: str = ""  # the rejection of this very change that an approval would overrule, as `reason` says it


class ReleaseChange(NamedTuple):
    """One pin and the one it is compared with; None for a new package, or for one that goes."""

    before: Pin | None
    after: Pin | None
    path: tuple[str, ...] = ()  # what pulls it in: ("pyproject.toml", "flask 3.1.0", "click 8.1.8")
    facts: ReleaseFacts = ReleaseFacts()


class ReviewItem(NamedTuple):
    """One package that waits."""

    source: str
    name: str
    before: tuple[str, ...]  # versions that are approved
    after: tuple[str, ...]  # versions that are locked
    changes: tuple[Change, ...]  # that need approval, the gravest first
    signers_before: tuple[Signer, ...]  # records of everybody whom the pins name
    signers_after: tuple[Signer, ...]
    releases: tuple[ReleaseChange, ...]  # those that differ
    support: Support
    signed: bool  # somebody signed every file, of those that went where there is nothing else
    familiar: bool  # everybody who signs it now signs an approved package as well

    @property
    def key(self) -> tuple[str, str]:
        """(source, name)."""
        return self.source, self.name

    @property
    def kinds(self) -> tuple[str, ...]:
        """The classes of its change, each once, the gravest first."""
        found = {change.kind for change in self.changes}
        return tuple([kind for kind in KINDS if kind in found]) or ("version-changed",)

    @property
    def alarm(self) -> bool:
        """Whether one of the classes is an alarm."""
        return any(CLASSES[kind].severity == "alarm" for kind in self.kinds)


class ReviewGroup(NamedTuple):
    """Packages that are one decision; often just one."""

    items: tuple[ReviewItem, ...]


class SecurityItem(NamedTuple):
    """The change of the security configuration; `lines` say what differs."""

    lines: tuple[str, ...]
    support: Support


Entry = ReviewGroup | SecurityItem


class Review(NamedTuple):
    """All that waits: alarms first, then the configuration, then the rest, the gravest first."""

    entries: tuple[Entry, ...]

    @property
    def items(self) -> tuple[ReviewItem, ...]:
        """The packages, in the order of their groups."""
        return tuple([item for entry in self.entries if isinstance(entry, ReviewGroup) for item in entry.items])

    @property
    def security(self) -> SecurityItem | None:
        """The change of the configuration."""
        return next((entry for entry in self.entries if isinstance(entry, SecurityItem)), None)


def arrange(items: tuple[ReviewItem, ...], security: SecurityItem | None) -> Review:
    """Group and order what waits."""
    groups: dict[object, list[ReviewItem]] = {}
    for item in items:
        groups.setdefault(_decision(item), []).append(item)
    ordered = sorted([ReviewGroup(tuple(found)) for found in groups.values()], key=_order)
    alarms = [group for group in ordered if group.items[0].alarm]
    rest = [group for group in ordered if not group.items[0].alarm]
    return Review((*alarms, *([security] if security else []), *rest))


def opened(group: ReviewGroup) -> tuple[ReviewGroup, ...]:
    """Return the packages of a group, each as a group of its own."""
    return tuple([ReviewGroup((item,)) for item in group.items])


def signed_by_all(pins: tuple[Pin, ...]) -> bool:
    """Whether there is a pin, and every file of every pin is signed."""
    return bool(pins) and all(is_signed(pin) for pin in pins)


def _decision(item: ReviewItem) -> object:
    """What is equal for packages that are one decision."""
    if item.alarm or item.support.rejected or not (item.signed and item.familiar):
        return item.key
    support = item.support
    return item.kinds, item.signers_before, item.signers_after, support.needed, support.have, support.role


def _order(group: ReviewGroup) -> tuple[int, int, tuple[str, str]]:
    """The gravest first, then large groups, then by name."""
    first = group.items[0]
    return KINDS.index(first.kinds[0]), -len(group.items), first.key
