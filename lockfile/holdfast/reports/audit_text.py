"""An audit as text for people, short: the findings, gravest first; what to look at; what was not asked; the next step.

    alarm[advisory-malicious]: left-pad 1.3.1
      ...

    look here first
      score  package              blast  why                                through
         48  npm:left-pad 1.3.1     3 %  GHSA-8990, network                 npm:a 1.0.0 -> npm:left-pad 1.3.1

    312 packages, 28 direct, up to 7 deep, 41 % unsigned, score 812: 1 alarm, 3 warnings
    next: holdfast audit --explain npm:left-pad

Notes are only counted, unless they are asked for. Reads the same without colour.
"""

from collections.abc import Sequence

from holdfast.model.audit import Audit, PackageRisk, Row
from holdfast.reports.audit_port import ChangedPackage, Context, count, percent, reasons, riskiest, sentence
from holdfast.reports.findings_text import closing_line, listing
from holdfast.reports.plain import plain
from holdfast.reports.port import Summary, gravest_first

_FIRST = 10  # packages to look at first
_SIGNERS = 5
_STEPS = 5  # of a path that are shown
_LONGEST = 44  # characters of a cell


def render(audit: Audit, context: Context, colour: bool = False) -> str:
    """Return the text, with a final newline."""
    said = tuple(finding for finding in gravest_first(audit.findings) if context.notes or finding.severity != "note")
    parts = [listing(said, colour), _changes(context), _packages(audit), _signers(audit), _asked(audit)]
    closing = closing_line(audit.findings, Summary(context.command, sentence(audit)))
    if not context.notes and len(said) < len(audit.findings):
        closing += f"\nnotes: holdfast {plain(context.command)} -v"
    first = riskiest(audit.packages)[:1]
    if first and first[0].score:
        closing += f"\nnext: holdfast audit --explain {plain(f'{first[0].source}:{first[0].name}')}"
    return "\n\n".join([*(part for part in parts if part), closing]) + "\n"


def explain(audit: Audit, names: tuple[str, ...] = ()) -> str:
    """Return scores taken apart: of the packages that are named (`click`, `pypi:click`), without names of the whole.

    "" where no package has such a name.
    """
    if not names:
        return "\n".join([f"the whole: score {audit.whole.score:,}", *_rows(audit.whole.rows)]) + "\n"
    blocks = ["\n".join(_explained(package)) for package in riskiest(audit.packages) if names_of(package) & set(names)]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def names_of(package: PackageRisk) -> set[str]:
    """The ways to name a package: `click`, `pypi:click`, `pypi:click 8.1.8`."""
    return {package.name, f"{package.source}:{package.name}", package.id}


def _explained(package: PackageRisk) -> list[str]:
    runs = f"runs with {percent(package.blast)} of the graph"
    if package.install_blast:
        runs += f", at install with {percent(package.install_blast)}"
    lines = [f"{plain(package.id)}: score {package.score:,}", *_rows(package.rows)]
    lines.append("  from: " + " -> ".join(plain(step) for step in package.path))
    lines.append(f"  blast: {runs}; needed by {count(package.dependents, 'package')}, "
                 f"brings {package.dominates:,} alone")  # fmt: skip
    lines.append("  signed by: " + (", ".join(plain(signer) for signer in package.signers) or "nobody"))
    return lines


def _rows(rows: tuple[Row, ...]) -> list[str]:
    if not rows:
        return ["  no signal holds"]
    ordered = sorted(rows, key=lambda row: (-row.points, row.signal))
    width = max(len(plain(row.signal)) for row in ordered)
    lines = []
    for row in ordered:
        points = f"+{row.points}"
        lines.append(f"  {points:>6}  {plain(row.signal):<{width}}  {row.weight} x {row.count}  {plain(row.reason)}")
    return lines


def _packages(audit: Audit) -> str:
    shown = [one for one in riskiest(audit.packages) if one.score][:_FIRST]
    rows = [
        (str(one.score), plain(one.id), percent(one.blast), _why(one), _through(one.path))
        for one in shown
    ]  # fmt: skip
    return _table("look here first", ("score", "package", "blast", "why", "through"), rows, (0, 2))


def _signers(audit: Audit) -> str:
    ordered = sorted(audit.signers, key=lambda one: (-one.blast, -one.packages, one.signer))[:_SIGNERS]
    rows = [(str(one.packages), percent(one.blast), percent(one.install_blast), plain(one.signer)) for one in ordered]
    return _table("whose keys reach furthest", ("packages", "blast", "at install", "signer"), rows, (0, 1, 2))


def _changes(context: Context) -> str:
    if not context.since:
        return ""
    lines = [f"changed since {plain(context.since)}"]
    for change in context.changes:
        lines.append(f"  {plain(change.change)}: {plain(change.package)}{plain(_versions(change))}")
        lines.extend(f"    {plain(line)}" for line in (*change.gains, *change.loses))
    return "\n".join(lines if context.changes else [*lines, "  nothing"])


def _versions(change: ChangedPackage) -> str:
    """` (1.0 -> 1.1)`, ` (2.6.9 -> 2.7.0; 4.4.3 stays)`; of what only came or went, what stays beside it."""
    before, after = change.before.split(", "), change.after.split(", ")
    stays = [version for version in before if version in after and version] if before != after else []
    sides = [", ".join([one for one in side if one and one not in stays]) for side in (before, after)]
    moved = " -> ".join(side for side in sides if side)
    kept = f"{', '.join(stays)} stay{'s' * (len(stays) == 1)}" if stays else ""
    words = "; ".join(one for one in (moved if all(sides) or not stays else "", kept) if one)
    return f" ({words})" if words else ""


def _asked(audit: Audit) -> str:
    lines = [f"  {plain(line)}" for line in audit.asked]
    said = "\n".join(["not asked", *lines]) if lines else ""
    age = f"advisories as of {plain(audit.advisories_age)}" if audit.advisories_age else ""
    return "\n\n".join([one for one in (said, age) if one])


def _why(one: PackageRisk) -> str:
    return _cut(plain(", ".join(reasons(one))))


def _through(path: tuple[str, ...]) -> str:
    steps = [plain(step) for step in path]
    if len(steps) > _STEPS:
        steps = [*steps[:2], f"({len(steps) - 4} more)", *steps[-2:]]
    return " -> ".join(steps)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], right: tuple[int, ...]) -> str:
    """A title and rows in columns; the last column is not padded. "" without rows."""
    if not rows:
        return ""
    widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]
    lines = [title]
    for row in (heads, *rows):
        cells = [
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)
