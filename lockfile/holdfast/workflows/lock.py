"""Lock: wishes in, a lock out that keeps every pin it can.

The one use case behind `lock`, `update`, `add`, `remove` and `init`: they differ in what they free and edit.
Nothing is written unless the whole answer stands. Never prints.
"""

from __future__ import annotations

from holdfast.configuration.configuration import Configuration, Project
from holdfast.findings.finding import Finding, fails
from holdfast.model.lock import Lock
from holdfast.workflows.assembly import assemble
from holdfast.workflows.market import Market
from holdfast.workflows.pinned_bytes import Judge
from holdfast.workflows.port import LOCK, Files
from holdfast.workflows.previous import Previous, Remembered
from holdfast.workflows.scope import ChosenTargets, all_wishes, choose_targets
from holdfast_resolver.resolve.request import Impossible, Preference, Request, Resolution
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: a run that changes nothing compares nothing
    from typing import TypeAlias, TypeVar

    from holdfast.model.difference import LockDifference
    from holdfast.workflows.lock_modules import LockedModules
    from holdfast.workflows.lock_npm import LockedNpm
    from holdfast.workflows.npm_signing import NpmSigned
    from holdfast_resolver.resolve.modules import ModulesImpossible
    from holdfast_resolver.resolve.npm import NpmImpossible

    Refusal = TypeVar("Refusal", Impossible, ModulesImpossible, NpmImpossible)


class Order(NamedTuple):
    """What a command asks of a lock beyond the project's own files."""

    today: str  # RFC 3339 date
    dry_run: bool = False
    freed: frozenset[str] = frozenset()  # names whose pins may move
    free_all: bool = False
    accepted: frozenset[str] = frozenset()  # names whose changed bytes a person has accepted
    strategy: str = ""  # "" = as configured
    freed_npm: frozenset[str] = frozenset()  # as `freed`, of npm packages
    accepted_npm: frozenset[str] = frozenset()


class Locked(NamedTuple):
    """A lock that stands. `text` is what was, or would be, written; "" when nothing changed."""

    lock: Lock
    before: Lock | None
    difference: LockDifference | None  # None: there was no whole lock before
    findings: tuple[Finding, ...]
    text: str
    requests: int  # HTTP requests made
    searches: int


class Blocked(NamedTuple):
    """Nothing was written: `findings` say what a person has to look at first."""

    findings: tuple[Finding, ...]


Outcome: TypeAlias = "Locked | Blocked | Impossible | ModulesImpossible | NpmImpossible"


def lock(project: Project, previous: Previous, files: Files, market: Market, order: Order) -> Outcome:
    """Resolve and, unless it is a dry run, write the lock. The caller holds the project's lock.

    Raises what reading, resolving and writing raise; then nothing was written.
    """
    outcome = prepare(project, previous, market, order)
    if isinstance(outcome, Locked) and outcome.text and not order.dry_run:
        files.write(LOCK, outcome.text.encode())
    return outcome


def prepare(
    project: Project,
    previous: Previous,
    market: Market,
    order: Order,
    *,
    foreign: tuple[Remembered, ...] = (),
) -> Outcome:
    """Resolve and assemble; writes nothing. `foreign` are another tool's pins, preferred and checked."""
    manifest, configuration = project.manifest, project.configuration
    if order.strategy:
        configuration = configuration._replace(strategy=order.strategy)
    if configuration.policy.asks_for_ages:
        from holdfast.workflows.release_ages import withhold  # start-up: only where a release must have an age

        withhold(market, configuration, _unfreed(previous, order), npm=bool(project.npm))
    modules = _modules(configuration, previous, market, order)
    if modules is not None:
        if modules.impossible is not None:
            return _refusal(modules.impossible, market, configuration)
        if any(fails(finding) for finding in modules.findings):
            return Blocked(tuple(finding for finding in modules.findings if fails(finding)))
    npm = _npm(project, previous, market, order, foreign)
    if npm is not None:
        if npm.impossible is not None:
            return _refusal(npm.impossible, market, configuration)
        if any(fails(finding) for finding in npm.findings):
            return Blocked(tuple(finding for finding in npm.findings if fails(finding)))
    foreign = tuple([pin for pin in foreign if not pin.npm])
    targets = choose_targets(manifest, configuration, previous.lock, order.today, no_python=npm is not None)
    if targets.targets:
        from holdfast_resolver.resolve.run import resolve  # start-up: only where there is Python

        resolution = resolve(_request(project, previous, market, order, targets, foreign), market.index)
    else:
        resolution = Resolution((), (), (), 0, 0, 0)
    if isinstance(resolution, Impossible):
        return _refusal(resolution, market, configuration)
    before = previous.lock
    judge = Judge(
        market.index,
        market.sources,
        Grid(resolution.targets, manifest.requires_python),
        before,
        order.accepted,
        frozenset(pin.name for pin in previous.remembered) if order.free_all else order.freed,
    )
    kept = judge.keep(resolution.packages, previous.remembered + foreign)
    findings = market.findings + kept.findings
    if resolution.remarks or resolution.left_out or previous.conflicts:
        from holdfast.workflows.remarks import findings_of  # start-up: only when there is something to say

        findings += findings_of(resolution, previous, project)
    if any(fails(finding) for finding in kept.findings):
        return Blocked(tuple(finding for finding in findings if fails(finding)))
    if modules is not None:
        findings += modules.findings
    if npm is not None:
        findings += npm.findings
    new = assemble(manifest, configuration, market.sources, resolution, kept.artifacts, before, modules, npm)
    of_npm = _npm_signers(npm, previous, market, order)
    if of_npm is not None:
        if of_npm.blocked:
            return Blocked(of_npm.findings)
        findings += of_npm.findings
    if (before is not None and before.signers) or of_npm is not None or _links_to_evidence(resolution):
        from holdfast.workflows.lock_evidence import sign_lock  # start-up: only where there is evidence

        proven = of_npm.signers if of_npm is not None else {}
        signed = sign_lock(new, before, resolution.packages, market, order.freed, proven)
        if signed.blocked:
            return Blocked(signed.findings)
        new = signed.lock
        findings += signed.findings
    if any(finding.code == "pin-yanked" for finding in findings):
        from holdfast.workflows.exact_wishes import with_ways_out  # start-up: only where a release was withdrawn

        findings = with_ways_out(findings, project)
    return _locked(new, previous, findings, market, resolution)


def _refusal(outcome: Refusal, market: Market, configuration: Configuration) -> Refusal:
    """Say of a refusal which releases were left out for their age, if any were."""
    if not market.withheld:
        return outcome
    from holdfast.workflows.release_ages import explained  # start-up: only where there is no solution

    return explained(outcome, market, configuration)


def _unfreed(previous: Previous, order: Order) -> tuple[Remembered, ...]:
    """The pins that stay unless something forces them to move."""
    if order.free_all:
        return ()
    kept = [pin for pin in previous.remembered if pin.name not in order.freed]
    return tuple(kept + [pin for pin in previous.npm if pin.name not in order.freed_npm])


def _links_to_evidence(resolution: Resolution) -> bool:
    return any(artifact.provenance for chosen in resolution.packages for artifact in chosen.artifacts)


def _modules(configuration: Configuration, previous: Previous, market: Market, order: Order) -> LockedModules | None:
    """The signed modules of the project, None when it asks for none."""
    if market.modules is None:
        return None
    from holdfast.workflows.lock_modules import lock_modules  # start-up: only where there are modules

    # What is freed may move, and must have the pinned bytes where it does not.
    freed = frozenset([pin.name for pin in previous.remembered]) if order.free_all else order.freed
    return lock_modules(configuration, market.modules, previous.remembered, freed, order.accepted)


def _npm(
    project: Project, previous: Previous, market: Market, order: Order, foreign: tuple[Remembered, ...]
) -> LockedNpm | None:
    """The npm packages of the project, None when it has no package.json."""
    if not project.npm:
        return None
    from holdfast.workflows.lock_npm import lock_npm  # start-up: only where there is npm

    remembered = previous.npm + tuple([pin for pin in foreign if pin.npm])
    return lock_npm(
        project.npm,
        market.npm,
        previous.lock,
        remembered,
        order.freed_npm,
        order.accepted_npm,
        free_all=order.free_all,
    )


def _npm_signers(npm: LockedNpm | None, previous: Previous, market: Market, order: Order) -> NpmSigned | None:
    """Who signed the npm packages whose evidence is to be had, None where there are none."""
    if npm is None or market.npm.evidence is None:
        return None
    from holdfast.workflows.npm_unsigned import wanted_pins  # start-up: only where there is npm

    freed = frozenset([pin.name for pin in npm.pins]) if order.free_all else order.freed_npm
    wanted = wanted_pins(npm.pins, previous.lock, npm.releases, freed, market.npm)
    if not wanted:
        return None
    from holdfast.workflows.npm_signing import sign_npm  # start-up: only where there is evidence to be had

    return sign_npm(wanted, previous.lock, npm.releases, market.npm)


def _request(
    project: Project,
    previous: Previous,
    market: Market,
    order: Order,
    targets: ChosenTargets,
    foreign: tuple[Remembered, ...],
) -> Request:
    replaced = {pin.name for pin in foreign}
    unfreed = _unfreed(previous, order)
    own = [pin for pin in unfreed if not (pin.npm or pin.name in replaced or pin.name[0] == "@")]
    kept = tuple(own) + foreign
    return Request(
        tuple([wish for wish in all_wishes(project.manifest, project.configuration) if wish.kind != "module"]),
        targets.targets,
        market.sources,
        order.strategy or project.configuration.strategy,
        project.configuration.prereleases,
        tuple([Preference(pin.source, pin.name, pin.version, pin.when) for pin in kept]),
        bool(kept),
        order.freed,
        project.manifest.requires_python,
        targets.on_trial,
    )


def _locked(
    new: Lock, previous: Previous, findings: tuple[Finding, ...], market: Market, resolution: Resolution
) -> Locked:
    before = previous.lock
    text, difference = "", None
    if new != before:
        # start-up: a run that changes nothing needs neither
        from holdfast.format.write import write
        from holdfast.model.difference import compare_locks

        text = write(new)
        difference = compare_locks(before, new) if before is not None else None
    return Locked(new, before, difference, findings, text, market.requests, resolution.searches)
