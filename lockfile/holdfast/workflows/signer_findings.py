"""How changes of signers are told: the classes of `model.signer_changes` as findings. Values in, values out.

What evidence proves is exact; a record of an older lock may hold several contexts of an identity side by side. Who is
one of those that such a record stands for is no change.
"""

from collections.abc import Iterable

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.joint_records import is_joint, stands_for
from holdfast.model.lock import Lock, Pin, Signer
from holdfast.model.pin_changes import signatures_to_compare
from holdfast.model.predecessors import predecessor
from holdfast.model.signer_changes import SignerChange, compare_signers
from holdfast.model.signers import artifact_signers, named, records
from holdfast.model.words import spell_pin
from holdfast.workflows.port import LOCK
from holdfast_resolver.values.tuples import NamedTuple

UNSIGNED = "unsigned"
_MEANT = ("signer-changed", "signer-renamed", "signer-added")  # what can be taken in when it is meant


class Compared(NamedTuple):
    """What is to be said of a pin's files, and how many are signed as before."""

    findings: tuple[Finding, ...]
    same: int


def verified_findings(pin: Pin, known: dict[str, Signer], proven: dict[str, tuple[Signer, ...]]) -> Compared:
    """Return what verification has to say: the lock's word against what the evidence of each file proves.

    `known` are the lock's records by reference, `proven` is by file name.
    """
    changes: dict[tuple[SignerChange, bool], list[str]] = {}
    same = 0
    for artifact in pin.artifacts:
        if artifact.file in proven:
            signers = proven[artifact.file]
            found = _changes(named(artifact_signers(pin, artifact), known), signers)
            same += not found and bool(signers)
            for change in found:
                changes.setdefault((change, bool(signers)), []).append(artifact.file)
    findings = [
        _finding(change, pin, files, still, _verified_hint(change, pin)) for (change, still), files in changes.items()
    ]
    return Compared(tuple(findings), same)


def moved_findings(before: Lock, after: Lock) -> tuple[Finding, ...]:
    """Return what a new lock's signers are against those of the lock before, for each package that was signed."""
    olds: dict[tuple[str, str], list[Pin]] = {}
    for pin in before.packages:
        olds.setdefault(pin[:2], []).append(pin)
    known = records(before), records(after)
    findings: list[Finding] = []
    for pin in after.packages:
        old = predecessor(pin, olds.get(pin[:2], ()))
        if old is None or pin.module is not None:
            continue
        for one in signatures_to_compare(old, pin, known):
            files = one.files or tuple([artifact.file for artifact in pin.artifacts])
            if one.before:
                findings += [
                    _finding(change, pin, files, bool(one.after), "holdfast diff")
                    for change in _changes(one.before, one.after)
                ]
    return tuple(findings)


def _changes(before: tuple[Signer, ...], after: tuple[Signer, ...]) -> tuple[SignerChange, ...]:
    joint = [one for one in before if is_joint(one)]
    now = [next((old for old in joint if stands_for(old, one)), one) for one in after]
    return compare_signers(before, tuple(now))


def _finding(change: SignerChange, pin: Pin, files: Iterable[str], still: bool, hint: str) -> Finding:
    """One change as a finding; `still`: somebody else signs."""
    files = tuple(files)
    facts = [("source", pin.source)]
    if len(files) < len(pin.artifacts):
        facts.insert(0, ("files", ", ".join(files)))
    gone = "no longer among the signers" if still else UNSIGNED
    return Finding(
        change.kind,
        severity(change.kind),
        spell_pin(pin),
        UNSIGNED if change.before is None else spell_signer(change.before),
        gone if change.after is None else spell_signer(change.after),
        tuple(facts),
        hints=(hint,),
        place=Place(LOCK),
    )


def _verified_hint(change: SignerChange, pin: Pin) -> str:
    return f"holdfast update {pin.name} --refresh" if change.kind in _MEANT else f"holdfast explain {change.kind}"


def spell_signer(signer: Signer) -> str:
    """`github:1/a.yml (acme/tool; context ref=tag; owner-id 7)`"""
    more = [text for text in (signer.label, *(f"{name} {value}" for name, value in signer.attributes)) if text]
    return f"{signer.id} ({'; '.join(more)})" if more else signer.id
