"""Is everything in this tree approved? The one question of this room, answered from values alone.

    State (lock, configuration, acts) of the tree, and of a base or none  ->  Judgement

Without a base a tree is judged by its own acts: whoever can write all of it can also write a new beginning. With a base
nothing new counts but by what the base approved. What is not in force is not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from holdfast.approvals.against_base import Base, missing_files
from holdfast.approvals.councils import Council, Held
from holdfast.approvals.effective import Trail, settle
from holdfast.approvals.judgement import Judgement as Judgement
from holdfast.approvals.judgement import SecurityWaiting as SecurityWaiting
from holdfast.approvals.judgement import Standing as Standing
from holdfast.approvals.judgement import State as State
from holdfast.approvals.judgement import Waiting as Waiting
from holdfast.approvals.steps import CONFIGURATION_KEY, Results
from holdfast.approvals.waiting import Case, View, judge_configuration, judge_package
from holdfast.findings.finding import Finding
from holdfast.model.approval import SUFFIX
from holdfast.model.pin_digest import approved_pins
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.approvals.memory import Memory


def judge(
    head: State,
    base: State | None,
    now: str,
    *,
    revision: str = "",
    authors: frozenset[str] = frozenset(),
    held: Callable[[str], frozenset[str]] | None = None,
    lock_path: str = "holdfast.lock",
    configuration_path: str = "holdfast.toml",
) -> Judgement:
    """Return what is approved in a tree, what waits, and the findings.

    `now`: RFC 3339, UTC, whole seconds. `revision`: the base as the user named it, for hints. `authors`: e-mails of the
    authors and committers of the changes since the base. `held`: the digests of the acts that a commit has, for
    revoked keys; what it raises passes. Without it no commit has any.
    """
    held = _cached(held) if held is not None else _by_nobody
    if base is not None and base.in_force and not head.in_force:
        return _gone(base, now, held, revision, configuration_path)
    if not head.in_force:
        return Judgement()
    results: Results = {}
    ground = None if base is None else _base(base, now, held, authors, results)
    notes: list[Finding] = []
    alone: View | None = None
    if base is None or ground is None:
        trail = settle(head.acts.acts, head.security.project, now, held)
        if base is not None:
            from holdfast.approvals.findings_of import unbased

            notes.append(unbased(revision))
        notes.extend(_foreign(head, trail, configuration_path))
        councils = trail.councils()
    else:
        notes.extend(_project(ground, head, revision, configuration_path))
        own = settle(head.acts.acts, ground.trail.ground.project, now, held, gate=ground.gate, results=results)
        trail = ground.narrow(own)
        notes.extend(_missing(ground, base, head, trail, revision))
        councils = (*ground.councils, *trail.councils())
        alone = View(own, own.councils() or (Council(head.security),), now)
    locked = {} if base is None else approved_pins(base.lock)
    view = View(trail, councils or (Council(head.security),), now, locked)
    enforces_alarms_only = _enforces_alarms_only(councils, trail, head)
    old = None if base is None or ground is None else ground.acts
    told = _Telling(alone, revision, enforces_alarms_only, lock_path, configuration_path, old)
    return _judged(view, head, notes, told)


class _Telling(NamedTuple):
    """How findings are said. `alone`: the tree by its own word, where a base judges it."""

    alone: View | None
    revision: str
    alarms_only: bool
    lock_path: str
    configuration_path: str
    old: frozenset[str] | None  # the acts of the base that judges, None where none does

    def base_of(self, waiting: Waiting) -> str:
        """The base that a command about a package has to name, "" where the tree by itself waits for the same step."""
        if self.alone is None:
            return ""
        found = judge_package(self.alone, (waiting.source, waiting.name), waiting.after)
        same = isinstance(found, Case) and found.waiting[:6] == waiting[:6]
        return "" if same else self.revision

    def base_of_configuration(self, waiting: SecurityWaiting) -> str:
        """The same of the security configuration."""
        if self.alone is None:
            return ""
        found = judge_configuration(self.alone, waiting.after)
        return "" if found is not None and found.waiting[:4] == waiting[:4] else self.revision

    def base_of_act(self, digest: str) -> str:
        """The same of an act that does not count."""
        return self.revision if self.alone is not None and digest not in self.alone.trail.uncounted else ""

    @property
    def base(self) -> str:
        """The base that judges, "" where none does."""
        return self.revision if self.alone is not None else ""


def remember(head: State, now: str, held: Callable[[str], frozenset[str]]) -> dict[tuple[str, str], Memory]:
    """Return what a checkpoint of a tree has to remember of each package, by (source, name)."""
    from holdfast.approvals.memory import memories  # start-up: only to prune

    return memories(settle(head.acts.acts, head.security.project, now, _cached(held)))


def _judged(view: View, head: State, notes: list[Finding], told: _Telling) -> Judgement:
    trail = view.trail
    pins = approved_pins(head.lock)
    cases, standings = [], {}
    for key in sorted(pins.keys() | trail.chains.keys()):
        if key != CONFIGURATION_KEY:
            found = judge_package(view, key, pins.get(key, ()))
            if isinstance(found, Standing):
                standings[key] = found
            elif found is not None:
                cases.append(found)
    configuration = judge_configuration(view, head.security)
    uncounted = tuple(sorted(trail.uncounted.items()))
    findings = list(notes)
    if cases or configuration or uncounted or head.acts.broken:
        from holdfast.approvals import findings_of as said

        findings.extend(said.of_broken(head.acts.broken))
        findings.extend([said.of_second(one, SUFFIX, told.base) for one in trail.roots.second])
        if configuration is not None:
            from holdfast.model.security_changes import security_changes

            waiting = configuration.waiting
            lines = security_changes(waiting.before_security, waiting.after)
            base = told.base_of_configuration(waiting)
            is_begun = told.alone is not None or bool(head.acts.acts)
            findings.append(
                said.of_configuration(configuration, lines, told.configuration_path, base, is_begun=is_begun)
            )
        for case in cases:
            base = told.base_of(case.waiting)
            findings.append(said.of_package(case, told.alarms_only, told.lock_path, base))
        for digest, reason in uncounted:
            if digest not in trail.roots.second:
                is_new = told.old is not None and digest not in told.old
                findings.append(said.of_uncounted(digest, reason, SUFFIX, told.base_of_act(digest), is_new=is_new))
    return Judgement(
        tuple(findings),
        tuple([case.waiting for case in cases]),
        None if configuration is None else configuration.waiting,
        standings,
        uncounted,
    )


def _base(base: State, now: str, held: Held, authors: Iterable[str], results: Results) -> Base | None:
    """What a base approved; None for one that has nothing to judge by.

    Where nothing of its configuration was ever approved, what it says itself is what it judges by.
    """
    if not base.in_force:
        return None
    trail = settle(base.acts.acts, base.security.project, now, held, results=results)
    councils = trail.councils()
    if not councils and base.security.approvers:
        councils = (Council(base.security),)
    if not councils:
        return None
    return Base(trail, councils, [one.digest for one in base.acts.acts], now=now, authors=authors)


def _gone(base: State, now: str, held: Held, revision: str, path: str) -> Judgement:
    """The base has approvals, the tree has not even an approver."""
    from holdfast.approvals import findings_of as said

    ground = _base(base, now, held, (), {})
    files = () if ground is None else missing_files(ground, base.raw, {}, (), SUFFIX)
    return Judgement((said.disappeared(revision, path), *said.of_missing(files, revision)))


def _project(ground: Base, head: State, revision: str, path: str) -> list[Finding]:
    before, after = ground.trail.ground.project, head.security.project
    if before == after:
        return []
    from holdfast.approvals.findings_of import project_changed

    ground.is_closed = True
    return [project_changed(before, after, path, revision)]


def _foreign(head: State, trail: Trail, path: str) -> list[Finding]:
    """Without a base: all acts are of another project."""
    projects = sorted({one.act.project for one in head.acts.acts})
    if not projects or trail.councils() or head.security.project in projects:
        return []
    from holdfast.approvals.findings_of import project_changed

    return [project_changed(", ".join(projects), head.security.project, path)]


def _missing(ground: Base, base: State, head: State, trail: Trail, revision: str) -> list[Finding]:
    files = missing_files(ground, base.raw, head.raw, [root for root, _ in trail.roots.found], SUFFIX)
    if not files:
        return []
    from holdfast.approvals.findings_of import of_missing

    return of_missing(files, revision)


def _enforces_alarms_only(councils: tuple[Council, ...], trail: Trail, head: State) -> bool:
    """Whether everybody says so: the base, what was approved here, and the configuration as it stands."""
    policies = [head.security.approval, *[council.policy for council in councils]]
    return bool(trail.councils()) and all(policy.enforce == "alarms" for policy in policies)


def _cached(held: Held) -> Held:
    found: dict[str, frozenset[str]] = {}

    def once(commit: str) -> frozenset[str]:
        if commit not in found:
            found[commit] = held(commit)
        return found[commit]

    return once


def _by_nobody(commit: str) -> frozenset[str]:
    return frozenset()
