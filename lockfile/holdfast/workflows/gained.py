"""The finding `capability-gained`: a release can do what the one before it could not. Words only; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Pin
from holdfast.model.words import spell_pin
from holdfast.policy.words import command
from holdfast.workflows.port import LOCK

GAINED = "capability-gained"
_GAINS = "gains "


def gained_finding(
    before: str, after: Pin, lines: Iterable[str], path: tuple[str, ...] = (), next_command: str = "review"
) -> Finding | None:
    """Return one finding for all that a release gains; None where it gains nothing.

    `before` are the versions before, `lines` those of `risk.delta.gains` (others are left out).
    """
    gained = [line.removeprefix(_GAINS) for line in lines if line.startswith(_GAINS)]
    if not gained:
        return None
    return Finding(
        GAINED,
        severity(GAINED),
        spell_pin(after),
        f"what {before} could do",
        gained[0],
        tuple([("gained as well", line) for line in gained[1:]]),
        path,
        (command(next_command, after.name),),
        Place(LOCK),
    )
