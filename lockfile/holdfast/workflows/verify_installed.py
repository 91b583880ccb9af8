"""`verify --installed`: what is unpacked in `modules/` against the lock, offline and without any registry.

Knows words and values: how each module was found comes in.
"""

from collections.abc import Iterable, Mapping

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Pin
from holdfast.workflows.port import LOCK
from holdfast_resolver.values.tuples import NamedTuple

NOT_INSTALLED = "module-not-installed"
MODIFIED = "module-modified"
_HINTS = ("holdfast install",)


class Unlike(NamedTuple):
    """How an unpacked module differs from the locked one, in words."""

    words: str
    modified: bool  # False: it is not there, or another release is


def installed_findings(
    pins: Iterable[Pin], unlike: Mapping[str, Unlike], strangers: Iterable[str]
) -> tuple[Finding, ...]:
    """Return one finding for each module that is not as locked, and for each thing that the lock does not have.

    `unlike` are the modules among `pins` that differ, by name; `strangers` name what else is in `modules/`.
    """
    findings = []
    for pin in pins:
        how = unlike.get(pin.name)
        if how is not None:
            code = MODIFIED if how.modified else NOT_INSTALLED
            expected = f"modules/{pin.name} as it was locked"
            findings.append(_finding(code, f"{pin.name} {pin.version}", expected, how.words))
    findings += [_finding(MODIFIED, name, "only what is locked in modules/", "not in the lock") for name in strangers]
    return tuple(findings)


def _finding(code: str, subject: str, expected: str, found: str) -> Finding:
    return Finding(code, severity(code), subject, expected, found, hints=_HINTS, place=Place(LOCK))
