"""How the outcome of locking is told: the same for `lock`, `update`, `add`, `remove` and `init`.

Knows outcomes and the console; decides nothing but what is said and the exit code.
"""

from __future__ import annotations

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.sizes import size_of
from holdfast.cli.wiring import Shop, warn_of_cache
from holdfast.findings.finding import Finding, fails
from holdfast.reports.port import Summary, render
from holdfast.workflows.lock import Blocked, Locked, Order, Outcome
from holdfast.workflows.port import LOCK

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: only when something changed
    from holdfast.reports.differences import Known

_FOLDED = "extra-index-unused"


def finish(outcome: Outcome, order: Order, shop: Shop, console: Console, known: Known | None = None) -> int:
    """Say what came of it, and return the exit code. `known`: of what changes, where that was looked at."""
    shop.market.close()
    warn_of_cache(shop.market.index.cache, console)
    if not isinstance(outcome, Blocked | Locked):
        from holdfast.cli.impossible import refuse  # start-up: only where there is no solution

        return refuse(outcome, shop, console)
    if isinstance(outcome, Blocked):
        summary = Summary(console.command, "nothing was written")
        console.report(outcome.findings, summary)
        return FOUND
    if shop.keep_states is not None and outcome.text and not order.dry_run:
        shop.keep_states(True)
    _tell(outcome, order, console, known)
    # Written all the same: a change of signers is for a person to judge, and the exit code says that one has to.
    return FOUND if any(fails(finding) for finding in outcome.findings) else CLEAN


def _tell(outcome: Locked, order: Order, console: Console, known: Known | None) -> None:
    sentence = _sentence(outcome, order)
    if console.form != "text":
        summary = Summary(console.command, sentence, _facts(outcome))
        console.report(outcome.findings, summary)
        return
    findings = _worth_saying(outcome.findings, len(outcome.lock.scope.targets), console)
    if findings:
        console.result(render("text", findings, Summary(console.command), console.colour) + "\n")
    if outcome.difference is not None and not outcome.difference.empty and not console.quiet:
        from holdfast.reports.differences import NOTHING, render_text  # start-up: only when something changed

        console.result(render_text(outcome.difference, console.colour, known or NOTHING))
    console.line(sentence)
    if console.verbose:
        count = len(outcome.lock.scope.targets)
        console.note(f"{outcome.searches} searches for {count} targets, {outcome.requests} requests")
        from holdfast.model.signers import publishers  # start-up: only with --verbose

        pins = outcome.lock.packages
        console.note(f"{sum(bool(publishers(pin)) for pin in pins)} of {len(pins)} packages are signed")


def _sentence(outcome: Locked, order: Order) -> str:
    """`holdfast.lock is up to date: 177 packages for 16 targets`"""
    size = size_of(outcome.lock)
    if not outcome.text:
        return f"{LOCK} is up to date: {size}"
    return f"{LOCK} {'would be written' if order.dry_run else 'written'}: {size}"


def _facts(outcome: Locked) -> tuple[tuple[str, str | int], ...]:
    facts: list[tuple[str, str | int]] = [
        ("packages", len(outcome.lock.packages)),
        ("targets", len(outcome.lock.scope.targets)),
        ("changed", 1 if outcome.text else 0),
        ("requests", outcome.requests),
    ]
    if outcome.difference is not None:
        from holdfast.model.difference import CLASSES

        kinds = [change.kind for change in outcome.difference.pins]
        facts += [(kind, kinds.count(kind)) for kind in CLASSES]
    return tuple(facts)


def _worth_saying(findings: tuple[Finding, ...], targets: int, console: Console) -> tuple[Finding, ...]:
    """Without -v, indexes that are not consulted are one line on stderr; without targets none is asked at all."""
    if console.verbose:
        return findings
    if not targets:
        return tuple(finding for finding in findings if finding.code != _FOLDED and not console.quiet)
    folded = [finding for finding in findings if finding.code == _FOLDED]
    if folded:
        count = len(folded)
        console.note(
            f"note: {count} extra index{'es' if count > 1 else ''} of pip or uv "
            f"{'are' if count > 1 else 'is'} not consulted; -v names {'them' if count > 1 else 'it'}"
        )
    return tuple(finding for finding in findings if finding.code != _FOLDED and not console.quiet)
