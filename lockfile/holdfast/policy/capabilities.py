"""Which capabilities of a release policy refuses, one by one, for whoever knows where each of them stands.

And what is said where nobody knows what the code of packages can do that policy denies something.
"""

from __future__ import annotations

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.words import spell_pin
from holdfast.policy.rulings import Case, Ruling, capability_ruling
from holdfast.policy.words import counted, where

UNKNOWN = "capability-unknown"
_SHOWN = 3


def denied(case: Case) -> list[tuple[str, Ruling]]:
    """Return each capability that is refused, with the ruling that refuses it."""
    ruling = capability_ruling(case)
    return [(one, ruling) for one in ruling.found.split(", ")] if ruling.holds is False else []


def unknown_finding(cases: list[Case], every: int, path: str, lock_path: str) -> Finding:
    """Return the one finding for all packages that policy denies something and whose code nobody is known to have seen.

    `cases` are not empty; `every` is how many packages are locked, `path` names the configuration.
    """
    ruling = capability_ruling(cases[0])
    names = ", ".join([spell_pin(case.pin) for case in cases[:_SHOWN]])
    more = f", +{len(cases) - _SHOWN} more" if len(cases) > _SHOWN else ""
    line = ruling.rule.line if ruling.rule is not None else 0
    return Finding(
        UNKNOWN,
        severity(UNKNOWN),
        lock_path,
        f"code that is known not to do this: {ruling.value} ({where(ruling, path)})",
        f"not known of {len(cases)} of {counted(every, 'package')}: {names}{more}",
        hints=("holdfast audit --fetch",),
        place=Place(path, line),
    )
