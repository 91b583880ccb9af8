"""Check: do manifest, configuration and lock agree, and is the lock whole? Offline, and without a clock.

Puts the checks of `drift` in order; judges nothing itself. Never prints, never writes.
"""

from holdfast.configuration.configuration import Project
from holdfast.drift.closure import check_closure
from holdfast.drift.inputs import compare_inputs
from holdfast.drift.scope import compare_scope
from holdfast.drift.sources import compare_sources
from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock
from holdfast.workflows.port import LOCK, Files
from holdfast.workflows.previous import read_lock
from holdfast.workflows.scope import all_wishes, declared_scope
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid


class Checked(NamedTuple):
    """`findings` in the order in which they should be mended. `base_missing`: the base has no lock."""

    lock: Lock
    findings: tuple[Finding, ...]
    base_missing: bool = False


def check(project: Project, files: Files) -> Checked:
    """Check the lock against manifest and configuration, and its own closure.

    Raises `LockMissing`, `LockFormatError`, `FileProblem`.
    """
    lock = read_lock(files)
    manifest, configuration = project
    place = configuration.path or manifest.path
    findings = (
        *compare_inputs(lock, all_wishes(manifest, configuration), LOCK),
        *compare_scope(lock, declared_scope(manifest, configuration, lock), place, LOCK),
        *compare_sources(lock, configuration.sources + configuration.module_sources, place, LOCK),
        *check_closure(lock, Grid(lock.scope.targets, lock.scope.requires_python), LOCK),
    )
    if configuration.policy.require_signatures or any(source.root for source in lock.sources):
        from holdfast.workflows.check_modules import check_modules  # start-up: only where something may be signed

        findings += check_modules(lock, configuration)
    return Checked(lock, findings)


def check_base(checked: Checked, base: bytes | None, revision: str) -> Checked:
    """Add what changed in the bytes of the same releases since a base's lock (`base`; None = it has none).

    Raises `LockFormatError`, naming the revision, for a base that cannot be read.
    """
    if base is None:
        return checked._replace(base_missing=True)
    from holdfast.drift.base import compare_with_base
    from holdfast.format.read import read

    before = read(base, f"{LOCK} at {revision}")
    findings = compare_with_base(checked.lock, before, revision, LOCK)
    return checked._replace(findings=checked.findings + findings)
