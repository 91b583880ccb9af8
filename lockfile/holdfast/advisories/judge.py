"""Advisories on a lock, as findings: what is known to be bad, by which path it came in, and whether an update helps.

The path is the shortest from the manifest; whether an update helps is asked of a port, and believed only where the
version that it names is not affected. Knows no network, no files and no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from holdfast.advisories.ignores import Ignores
from holdfast.advisories.match import Match, match
from holdfast.advisories.values import Advisory, Hit, Unjudged
from holdfast.findings.advisory_codes import ADVISORY_CODES
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock, Pin
from holdfast.model.lock_paths import LockPaths
from holdfast.model.policy import Ignore
from holdfast.model.words import spell_pin
from holdfast_resolver.values.tuples import NamedTuple

# Given a pin and the versions that fix it, the version that `holdfast update NAME` would lock in its place within the
# ranges of the manifest; None where it would lock no other. Asks the resolver.
WouldFix = Callable[[Pin, tuple[str, ...]], str | None]
# Says who refuses an advisory of a severity on a pin, "holdfast.toml:12"; "" where nobody does.
Refused = Callable[[Pin, str], str]
# The path of a pin, from a part of the manifest to it; () where nothing leads to it.
PathOf = Callable[[Pin], tuple[str, ...]]

SEVERITIES = {  # of CVSS -> of findings; what nobody rated is not known to be harmless
    "critical": "error",
    "high": "error",
    "medium": "error",
    "unknown": "error",
    "low": "warning",
    "none": "note",
}
_NAMED = 20  # records without a pin that are told one by one


class Judged(NamedTuple):
    """What advisories come to on a lock."""

    findings: tuple[Finding, ...]
    by_pin: tuple[tuple[str, tuple[Hit, ...]], ...] = ()  # (`source:name version`, what affects it), ignored ones too
    unjudged: tuple[Unjudged, ...] = ()


def judge_advisories(
    lock: Lock,
    advisories: Iterable[Advisory],
    ignores: Iterable[Ignore],
    now: str,
    would_fix: WouldFix | None = None,
    *,
    claimed: Iterable[tuple[str, str]] = (),
    unread: Iterable[Unjudged] = (),
    complete: bool = True,
    path_of: PathOf | None = None,
    refused: Refused | None = None,
    pins: Iterable[Pin] | None = None,
    lock_path: str = "holdfast.lock",
    configuration_path: str = "holdfast.toml",
) -> Judged:
    """Return the findings, alarms first of each pin's, and what affects each pin.

    `now` is RFC 3339 in UTC, whole seconds. `would_fix` is None where nothing is to be said of updates. `claimed` are
    pairs (`source:name version`, id) that a service gave: what its record does not bear out is told. `unread` are
    records that could not be read; not `complete` means that not all could be asked, so that an ignore that meets
    nothing is not blamed. `refused` is what policy refuses by severity, `pins` are those that are judged: without it,
    all. Raises `InvalidMarker` where the paths of a lock cannot be walked.
    """
    matches = match(lock.packages if pins is None else pins, advisories, claimed)
    held = Ignores(ignores, now)
    paths = path_of or LockPaths(lock).to
    findings: list[Finding] = []
    by_pin: dict[str, list[Hit]] = {}
    for matched in matches.found:
        hit = matched.hit._replace(
            path=paths(matched.pin),
            ignored=held.reason_for(matched.pin, matched.hit),
            update=None if would_fix is None else _update(matched, would_fix),
            refused=refused(matched.pin, matched.hit.severity) if refused is not None else "",
        )
        by_pin.setdefault(hit.pin, []).append(hit)
        findings.append(_finding(matched.pin, hit, lock, lock_path))
    doubts = [(pin, doubt) for pin, ids, doubt in matches.doubts if not held.covers(pin, ids)]
    findings += [_doubt(doubt, spell_pin(pin), paths(pin), lock_path) for pin, doubt in doubts]
    whole = sorted(set(unread))
    findings += _unread(whole)
    findings += held.findings(configuration_path, complete=complete)
    return Judged(
        tuple(findings),
        tuple([(pin, tuple(hits)) for pin, hits in by_pin.items()]),
        (*[doubt for _, doubt in doubts], *whole),
    )


def _update(matched: Match, would_fix: WouldFix) -> str:
    """The version that an update would lock, if the group does not affect it."""
    if not matched.hit.fixed and not matched.hit.malicious:
        return ""
    version = would_fix(matched.pin, matched.hit.fixed)
    if not version or version == matched.pin.version or matched.affects(version):
        return ""
    return version


def _finding(pin: Pin, hit: Hit, lock: Lock, lock_path: str) -> Finding:
    code = "advisory-malicious" if hit.malicious else "advisory-known"
    severity = ADVISORY_CODES[code].severity if hit.malicious else "error" if hit.refused else SEVERITIES[hit.severity]
    if hit.ignored:
        code, severity = "advisory-ignored", "warning" if hit.malicious else ADVISORY_CODES["advisory-ignored"].severity
    name = _name(pin, lock)
    return Finding(
        code,
        severity,
        spell_pin(pin),
        f"a release that {hit.id} does not affect" + (f": {', '.join(hit.fixed)}" if hit.fixed else ""),
        f"{hit.id}: {hit.summary}" if hit.summary else hit.id,
        _facts(hit),
        hit.path,
        (f"holdfast update {name}",) if hit.update else (f"holdfast why {name}",),
        Place(lock_path),
    )


def _facts(hit: Hit) -> tuple[tuple[str, str], ...]:
    facts = [("also", ", ".join(hit.aliases))] if hit.aliases else []
    rated = hit.severity if hit.score is None else f"{hit.severity}, {hit.score:.1f}"
    facts.append(("severity", f"{rated} ({hit.vector})" if hit.vector else rated))
    if not hit.fixed:
        facts.append(("fixed", "no later version is known to fix it"))
    if hit.update:
        facts.append(("update", f"takes {hit.update}, which is not affected"))
    elif hit.update is not None and hit.fixed:
        facts.append(("update", "does not help: what is asked for admits no version that fixes it"))
    if hit.ignored:
        facts.append(("ignored", hit.ignored))
    elif hit.refused:
        facts.append(("refused", f"by {hit.refused}"))
    return tuple(facts)


def _name(pin: Pin, lock: Lock) -> str:
    """The pin as a command takes it: with its source where another source has the name too."""
    sources = {other.source for other in lock.packages if other.name == pin.name}
    name = pin.name if len(sources) == 1 else f"{pin.source}:{pin.name}"
    return f"'{name}'" if "@" in name else name


def _doubt(doubt: Unjudged, subject: str, path: tuple[str, ...] = (), lock_path: str = "") -> Finding:
    code = "advisory-unjudged"
    return Finding(
        code,
        ADVISORY_CODES[code].severity,
        subject,
        "a record that says which versions are affected",
        f"{doubt.record}: {doubt.reason}" if doubt.pin else doubt.reason,
        path=path,
        hints=(f"holdfast explain {code}",),
        place=Place(lock_path),
    )


def _unread(whole: list[Unjudged]) -> list[Finding]:
    found = [_doubt(one, one.record) for one in whole[:_NAMED]]
    if len(whole) > _NAMED:
        rest = Unjudged("", "", f"{len(whole) - _NAMED} more records that cannot be read")
        found.append(_doubt(rest, "advisories"))
    return found
