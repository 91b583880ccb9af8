"""Check: do manifest, configuration and lock agree, and is the lock whole? Offline, and without a clock.

Puts the checks of `drift` in order; judges nothing itself. What approvals and policy say is added by `check_approvals`,
where there is any. Never prints, never writes.
"""

from holdfast.configuration.configuration import Project
from holdfast.drift.closure import check_closure
from holdfast.drift.inputs import compare_inputs
from holdfast.drift.scope import compare_scope
from holdfast.drift.sources import compare_sources
from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock
from holdfast.model.policy import Policy
from holdfast.workflows.port import LOCK, Files
from holdfast.workflows.previous import read_lock
from holdfast.workflows.scope import all_wishes, declared_scope
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Wish
from holdfast_resolver.versions.grid import Grid

_SILENT = Policy()


class Checked(NamedTuple):
    """`findings` in the order in which they should be mended."""

    lock: Lock
    findings: tuple[Finding, ...]
    approved: str = ""  # ", all approved, 3 never reviewed": what approvals add to the closing sentence
    facts: tuple[tuple[str, str | int], ...] = ()  # ("approved", 177): what they add to the summary for machines


def check(project: Project, files: Files) -> Checked:
    """Check the lock against manifest and configuration, and its own closure.

    Raises `LockMissing`, `LockFormatError`, `FileProblem`.
    """
    lock = read_lock(files)
    manifest, configuration = project.manifest, project.configuration
    place = configuration.path or manifest.path
    findings = (
        *compare_inputs(lock, all_wishes(manifest, configuration) + _npm_wishes(project), LOCK),
        *compare_scope(lock, declared_scope(manifest, configuration, lock, project.npm), place, LOCK),
        *compare_sources(
            lock, configuration.sources + configuration.module_sources + configuration.npm_sources, place, LOCK
        ),
        *check_closure(lock, Grid(lock.scope.targets, lock.scope.requires_python), LOCK),
    )
    if configuration.policy.require_signatures or any(source.root for source in lock.sources):
        from holdfast.workflows.check_modules import check_modules  # start-up: only where something may be signed

        findings += check_modules(lock, configuration)
    return Checked(lock, findings)


def _npm_wishes(project: Project) -> tuple[Wish, ...]:
    """What the package.json of a project asks for. Where it resolves is not compared by inputs."""
    if not project.npm:
        return ()
    from holdfast.workflows.npm_wishes import npm_wishes  # start-up: only where there is npm

    return npm_wishes(project.npm, lambda name: "npm")


def is_silent(policy: Policy) -> bool:
    """Whether a policy has nothing to say of a lock but who may be privileged and what must be signed.

    What it says of advisories is for those who ask for them.
    """
    silent = _SILENT._replace(privileged=policy.privileged, require_signatures=policy.require_signatures)
    return policy == silent._replace(deny_advisories=policy.deny_advisories)
