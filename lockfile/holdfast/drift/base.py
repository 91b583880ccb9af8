"""Lock against the lock of a base revision: did the bytes of a release change under the same version?

Compares only pins of the same source, name and version: a moved pin is a change that `diff` shows.
"""

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock, Pin


def compare_with_base(lock: Lock, base: Lock, revision: str, lock_path: str = "holdfast.lock") -> tuple[Finding, ...]:
    """Return what changed in the bytes of releases that both locks pin.

    `artifact-changed` (alarm): a file has another hash. `artifact-added` and `artifact-removed` (warnings): a
    file is pinned only now, or no more. `source-changed` (warning here, since the hashes hold): a source has
    another identity than in the base. `revision` is the base as the user named it, for the hints.
    """
    hint = _hint(revision)
    findings = []
    identities = {source.name: source.identity for source in base.sources}
    for source in lock.sources:
        before = identities.get(source.name)
        if before is not None and before != source.identity:
            findings.append(Finding("source-changed", "warning", source.name, before, source.identity, hints=(hint,)))
    pins = {(pin.source, pin.name, pin.version): pin for pin in base.packages}
    for pin in lock.packages:
        old = pins.get((pin.source, pin.name, pin.version))
        if old is not None and old.artifacts != pin.artifacts:
            findings.extend(_artifacts(old, pin, revision, hint, lock_path))
    return tuple(findings)


def _hint(revision: str) -> str:
    from shlex import quote  # start-up: only `check --base` says it

    return f"holdfast diff {quote(revision)}"


def _artifacts(old: Pin, new: Pin, revision: str, hint: str, lock_path: str) -> list[Finding]:
    before = {artifact.file: artifact.hash for artifact in old.artifacts}
    after = {artifact.file: artifact.hash for artifact in new.artifacts}
    facts = (("package", f"{new.name} {new.version}"), ("source", new.source))
    findings = []
    for file in sorted(before.keys() | after.keys()):
        was, now = before.get(file, ""), after.get(file, "")
        if was == now:
            continue
        code = "artifact-changed" if was and now else "artifact-removed" if was else "artifact-added"
        findings.append(
            Finding(
                code,
                severity(code),
                file,
                f"{was or 'not pinned'} ({revision})",
                f"{now or 'not pinned'} ({lock_path})",
                facts,
                hints=(hint,),
                place=Place(lock_path),
            )
        )
    return findings
