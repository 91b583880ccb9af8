"""The classes of a pin's changes as lines of text and as values of JSON. Words only; what is grave is not decided here.

signer-changed: acme/tool (github:101/.github/workflows/release.yml)
  context: ref=tag trigger=release -> ref=branch:main trigger=push
signer-lost (alarm): acme/tool (github:101/.github/workflows/release.yml) no longer signs
  file: tool-1.1-cp312-cp312-win_amd64.whl
signed by acme/tool (github:101/.github/workflows/release.yml), as before
"""

from holdfast.model.changes import Change
from holdfast.model.lock import Pin, Signer
from holdfast.model.signer_changes import SIGNER_KINDS
from holdfast.reports.plain import plain

# Classes that the lines of a difference say already, if nothing is to be added.
_SAID = ("new-package", "version-changed", "removed", "artifact-changed", "artifact-added", "artifact-removed")
_ROWS = (*_SAID, "targets-changed", "facts-changed")
_MANY = 10  # details of one change that are shown


def lines_of(classes: tuple[Change, ...]) -> list[str]:
    """Return the lines of one pin's classes, without indent; `facts-changed` has none."""
    lines = []
    for change in classes:
        if change.kind in SIGNER_KINDS:
            lines.append(f"{heading(change)}: {plain(_who(change))}")
            details = [line for line in change.details if not line.startswith(("id: ", "label: "))]
            lines.extend([f"  {plain(line)}" for line in details[:_MANY]])
            if len(details) > _MANY:
                lines.append(f"  and {len(details) - _MANY} more")
        elif change.kind not in _ROWS:
            lines.append(": ".join([heading(change), *([plain(", ".join(change.details))] if change.details else [])]))
    return lines + _signed_lines(classes)


def heading(change: Change) -> str:
    """`signer-lost (alarm)`; only alarms are said to be what they are."""
    return f"{change.kind} (alarm)" if change.severity == "alarm" else change.kind


def values_of(classes: tuple[Change, ...]) -> list[dict[str, object]]:
    """Return the classes for JSON."""
    return [
        {
            "class": change.kind,
            "severity": change.severity,
            "needs_approval": change.needs_approval,
            "compared_with": change.before.version if change.before else None,
            "signers_before": [_value(signer) for signer in change.signers_before],
            "signers_after": [_value(signer) for signer in change.signers_after],
            "details": list(change.details),
        }
        for change in classes
    ]


def _who(change: Change) -> str:
    """Whom a change of signers is about, before and after."""
    if not change.signers_after:
        gone = " and ".join([_name(one) for one in change.signers_before])
        return f"{gone} no longer signs" + ("; unsigned" if change.after and not _is_signed(change.after) else "")
    if not change.signers_before:
        return " and ".join([_name(one) for one in change.signers_after]) + " signs now"
    old, new = change.signers_before[0], change.signers_after[0]
    if old.id != new.id:
        return f"{_name(old)} -> {_name(new)}"
    return _name(new) if old.label == new.label else f"{old.label or 'no name'} -> {_name(new)}"


def _signed_lines(classes: tuple[Change, ...]) -> list[str]:
    """Who signs a pin that is new or moved, where no other line says so; nothing of an unsigned one."""
    for change in classes:
        if change.kind == "new-package" and change.signers_after:
            return ["signed by " + plain(" and ".join([_name(one) for one in change.signers_after]))]
        others = [one.kind for one in classes if one.kind in SIGNER_KINDS]
        if change.kind == "version-changed" and change.signers_after and not others:
            return ["signed by " + plain(" and ".join([_name(one) for one in change.signers_after])) + ", as before"]
    return []


def _is_signed(pin: Pin) -> bool:
    return bool(pin.signers) or any(artifact.signers for artifact in pin.artifacts)


def _name(signer: Signer) -> str:
    return f"{signer.label} ({signer.id})" if signer.label else signer.id


def _value(signer: Signer) -> dict[str, str]:
    return {"id": signer.id, "label": signer.label, **dict(signer.attributes)}
