"""The port of the forms of an audit, and their table: an audit and what the project says of itself in, a text out.

A form knows neither disk, clock nor terminal. A new form is a new file and one row here.
"""

from __future__ import annotations

from holdfast.model.audit import Audit, PackageRisk
from holdfast.reports.port import Summary
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable
    from typing import TypeAlias

# The least score of each level. They only choose colours and words: what counts is the score and its rows.
LEVELS = (("none", 0), ("low", 1), ("medium", 10), ("high", 20), ("severe", 40))


class ChangedPackage(NamedTuple):
    """One package that is not as somebody last approved it."""

    change: str  # a class of `model.changes.CLASSES`: "new-package", "signer-changed"
    package: str  # "npm:left-pad 1.3.1"; of a removed one as it was
    before: str = ""  # what was approved: "1.3.0"; "" where there was nothing
    after: str = ""
    gains: tuple[str, ...] = ()  # the capability delta: "gains network: pkg/x.py:41 via socket"
    loses: tuple[str, ...] = ()


class Context(NamedTuple):
    """What a report says besides the audit itself."""

    project: str = ""  # its name
    since: str = ""  # the state that `changes` are measured against, in words: "approved on 2026-11-03 by anna"
    changes: tuple[ChangedPackage, ...] = ()
    command: str = "audit"
    notes: bool = False  # whether the text shows notes one by one


NO_CONTEXT = Context()

Renderer: TypeAlias = "Callable[[Audit, Context, bool], str]"  # the last: whether to colour

FORMATS = {
    "text": "holdfast.reports.audit_text:render",
    "json": "holdfast.reports.audit_json:render",
    "sarif": "holdfast.reports.audit_findings:render_sarif",
    "github": "holdfast.reports.audit_findings:render_github",
    "markdown": "holdfast.reports.audit_markdown:render",
    "html": "holdfast.reports.html.page:render",
}


def render(form: str, audit: Audit, context: Context = NO_CONTEXT, colour: bool = False) -> str:
    """Return the audit in a form of the table (`KeyError` for any other), with a final newline.

    What was named outside (packages, signers, reasons) is made harmless for the medium. Colour means ANSI sequences,
    and only the text has any.
    """
    from importlib import import_module

    module, _, function = FORMATS[form].partition(":")
    found: Renderer = getattr(import_module(module), function)
    return found(audit, context, colour)


def level_of(score: int) -> str:
    """Return the name of the level that a package's score is on, of `LEVELS`."""
    return next(name for name, least in reversed(LEVELS) if score >= least or least == 0)


def riskiest(packages: tuple[PackageRisk, ...]) -> list[PackageRisk]:
    """Return the packages with the highest score first; of the same score, the one that more depends on."""
    return sorted(packages, key=lambda one: (-one.score, -one.blast, one.id))


def reasons(package: PackageRisk) -> list[str]:
    """Return what its score is made of, what weighs most first: ids of advisories, then signals."""
    signals = [row for row in package.rows if not row.signal.startswith("advisory-")]
    return [*package.advisories, *[row.signal for row in sorted(signals, key=lambda row: (-row.points, row.signal))]]


def percent(share: float) -> str:
    """`0.4167` -> `42 %`; what is there at all is never 0 %, and what is not all is never 100 %."""
    whole = round(share * 100)
    if whole == 0 and share > 0:
        return "<1 %"
    if whole == 100 and share < 1:
        return ">99 %"
    return f"{whole} %"


def count(number: int, word: str, plural: str = "") -> str:
    """`1 package`, `2,000 packages`"""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def sentence(audit: Audit) -> str:
    """Return the audit in one line: `312 packages, 28 direct, up to 7 deep, 41 % unsigned, score 812`."""
    whole = audit.whole
    unsigned = percent(whole.unsigned / whole.packages) if whole.packages else "0 %"
    return (
        f"{count(whole.packages, 'package')}, {whole.direct:,} direct, up to {whole.depth} deep, "
        f"{unsigned} unsigned, score {whole.score:,}"
    )


def summary(audit: Audit, context: Context) -> Summary:
    """Return what the forms of findings say besides the findings."""
    whole = audit.whole
    facts = tuple(
        (name, getattr(whole, name))
        for name in ("packages", "edges", "direct", "depth", "unsigned", "signers", "score")
    )
    return Summary(context.command, sentence(audit), facts)
