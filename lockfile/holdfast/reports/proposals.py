"""What somebody approves or rejects, as lines of text: each package, from what to what, and who signs it.

click 8.1.7 -> 8.1.8 (pypi): version-changed
    rejected by bob: no windows
    signed by acme/click (github:1/.github/workflows/release.yml), as before
    2 files, 2 hashes
the security configuration: configuration-changed
    threshold: 1 -> 2
"""

from collections.abc import Iterable

from holdfast.approvals.judgement import SecurityWaiting, Waiting
from holdfast.model.changes import CLASSES, KINDS
from holdfast.model.lock import Signer
from holdfast.model.pin_digest import ApprovedPin
from holdfast.model.security import CONFIGURATION
from holdfast.model.security_changes import security_changes
from holdfast.model.signers import bare
from holdfast.reports.plain import plain


def proposal_lines(waiting: Iterable[Waiting], security: SecurityWaiting | None) -> list[str]:
    """Return the lines of everything that is decided, the packages in their order."""
    lines: list[str] = []
    for one in waiting:
        lines += _package(one)
    if security is not None:
        lines.append(f"the {CONFIGURATION}: configuration-changed")
        lines += [f"    {plain(security.rejected)}"] if security.rejected else []
        lines += [f"    {plain(line)}" for line in security_changes(security.before_security, security.after)]
    return lines


def heading_of(one: Waiting) -> str:
    """`click 8.1.7 -> 8.1.8`, `new: click 8.1.8`, `removed: click 8.1.8`"""
    old, new = _versions(one.before_pins), _versions(one.after)
    if not one.before_pins:
        return plain(f"{one.name} {new}, new")
    if not one.after:
        return plain(f"{one.name} {old}, removed")
    return plain(f"{one.name} {old}" if old == new else f"{one.name} {old} -> {new}")


def _package(one: Waiting) -> list[str]:
    kinds = {change.kind for change in one.changes}
    classes = [f"{kind} (alarm)" if CLASSES[kind].severity == "alarm" else kind for kind in KINDS if kind in kinds]
    lines = [f"{heading_of(one)} ({plain(one.source)}): {', '.join(classes)}"]
    lines += [f"    {plain(one.rejected)}"] if one.rejected else []
    lines += [f"    {line}" for line in _signed(one)]
    if one.after:
        hashes = sum(len(each.pin.artifacts) for each in one.after)
        lines.append(f"    {hashes} file{'' if hashes == 1 else 's'}, each by its hash")
    return lines


def _signed(one: Waiting) -> list[str]:
    before, after = _who(one.before_pins), _who(one.after)
    if not one.after:
        return []
    if not one.before_pins or before == after:
        as_before = ", as before" if one.before_pins and after else ""
        return [f"{_said(after)}{as_before}"]
    return [f"before: {_said(before)}", f"now: {_said(after)}"]


def _said(signers: tuple[Signer, ...]) -> str:
    if not signers:
        return "unsigned"
    return "signed by " + plain(" and ".join([f"{one.label} ({one.id})" if one.label else one.id for one in signers]))


def _who(pins: Iterable[ApprovedPin]) -> tuple[Signer, ...]:
    return tuple(sorted({bare(record) for one in pins for record in one.records}))


def _versions(pins: Iterable[ApprovedPin]) -> str:
    return ", ".join([one.pin.version for one in pins])
