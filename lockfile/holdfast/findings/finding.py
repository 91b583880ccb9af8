"""A finding: one thing that a check has to say. The single currency of every check and every report.

Knows nothing of terminals. Facts are (name, value) pairs in the order they should be read; hints are
commands.
"""

from holdfast_resolver.values.tuples import NamedTuple

SEVERITIES = ("note", "warning", "error", "alarm")  # `check` fails from "error" up


class Place(NamedTuple):
    """A place in a file of the project; `line` is 1-based, 0 when unknown."""

    path: str
    line: int = 0


NOWHERE = Place("", 0)


class Finding(NamedTuple):
    """One thing found. `expected` and `found` say the deviation in words.

    `path` is the dependency path from the project to the subject.
    """

    code: str
    severity: str
    subject: str  # the entry: "click 8.1.8", "pypi:click>=9", "holdfast.lock"
    expected: str = ""
    found: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    path: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()  # next commands, each runnable as it stands
    place: Place = NOWHERE


def fails(finding: Finding) -> bool:
    """Whether this finding makes a check fail (error and above)."""
    return SEVERITIES.index(finding.severity) >= SEVERITIES.index("error")
