"""The parts of the page that are read: figures at a glance, findings, changes, capabilities, the score.

Markup is written here, once, and whole: with no script everything of these parts can be read. What was named outside
goes through `for_html`.
"""

import re
from collections.abc import Iterable

from holdfast.findings.finding import SEVERITIES, Finding
from holdfast.model.audit import Audit, Reach, Row
from holdfast.reports.audit_escapes import for_html
from holdfast.reports.audit_port import ChangedPackage, Context, count, percent, riskiest
from holdfast.reports.findings_text import place_in_words
from holdfast.reports.html.graph import PageGraph
from holdfast.reports.port import counts

_PLURALS = {"note": "notes", "warning": "warnings", "error": "errors", "alarm": "alarms"}
_OPEN = ("alarm", "error")  # severities whose findings are always shown without asking
_COMMAND = re.compile("`([^`]+)`")


def glance(audit: Audit) -> str:
    """Return the figures at the top."""
    whole, found = audit.whole, counts(audit.findings)
    grave = found["alarm"] + found["error"]
    share = whole.unsigned / whole.packages if whole.packages else 0.0
    mood = "bad" if grave else "" if audit.asked else "good"  # what was not asked is not known to be good
    strongest = (
        (percent(whole.concentration), f"of the packages; {count(whole.signers, 'signer')} in all")
        if whole.signers
        else ("none", "no package is signed")
    )
    tiles = [
        ("score", f"{whole.score:,}", "the sum of its signals", ""),
        ("alarms and errors", f"{grave:,}", f"{count(found['warning'], 'warning')}, {count(found['note'], 'note')}",
         mood),
        ("packages", f"{whole.packages:,}", f"{whole.direct:,} direct, up to {whole.depth} deep", ""),
        ("unsigned", percent(share), f"{whole.unsigned:,} of {count(whole.packages, 'package')}", ""),
        ("strongest signer", *strongest, ""),
        ("cycles", f"{len(whole.cycles):,}", f"in {count(whole.edges, 'dependency', 'dependencies')}", ""),
    ]  # fmt: skip
    return "".join(
        f'<div class="tile {mood}"><dt>{name}</dt><dd><b>{value}</b> <span>{said}</span></dd></div>'
        for name, value, said, mood in tiles
    )


def lead(audit: Audit, graph: PageGraph) -> str:
    """Return where the packages come from, which to look at first, and how old the advisories are."""
    sources: dict[str, int] = {}
    for package in audit.packages:
        sources[package.source] = sources.get(package.source, 0) + 1
    held = ", ".join(f"{number:,} of {for_html(source)}" for source, number in sorted(sources.items()))
    said = [f"{count(audit.whole.packages, 'package')}: {held}." if len(sources) > 1 else
            f"{count(audit.whole.packages, 'package')} of {held.partition(' of ')[2]}." if held else
            "No package is locked."]  # fmt: skip
    first = riskiest(audit.packages)[:1]
    if first and first[0].score:
        said.append(f"Look first at {_step(first[0].id, graph)}, which scores {first[0].score:,}.")
    if audit.advisories_age:
        said.append(f"Advisories of {for_html(audit.advisories_age[:10])}.")
    return " ".join(said)


def asked(audit: Audit) -> str:
    """Return what was not, or could not be, asked; "" where everything was. What stands in backticks is a command."""
    said = "".join(f"<li>{_COMMAND.sub('<code>' + chr(92) + '1</code>', for_html(line))}</li>" for line in audit.asked)
    return (
        f'<aside class="asked" aria-labelledby="asked-title"><h2 id="asked-title">Not known to this report</h2>'
        f"<ul>{said}</ul></aside>"
        if said
        else ""
    )


def findings(audit: Audit, graph: PageGraph) -> str:
    """Return the findings by severity, the gravest open."""
    groups: list[str] = []
    for severity in reversed(SEVERITIES):
        those = [finding for finding in audit.findings if finding.severity == severity]
        if those:
            items = "".join(_finding(finding, graph) for finding in those)
            word = severity if len(those) == 1 else _PLURALS[severity]
            opened = " open" if severity in _OPEN or not groups else ""
            groups.append(
                f'<details class="group"{opened}><summary><span class="badge {severity}">{len(those):,} {word}</span>'
                f'</summary><ul class="findings">{items}</ul></details>'
            )
    return "".join(groups) or '<p class="calm">There is nothing to report.</p>'


def changes(context: Context, graph: PageGraph) -> str:
    """Return what changed since the last approved state; "" where nobody asked."""
    if not context.since:
        return ""
    rows = "".join(_change(change, graph) for change in context.changes)
    head = "<tr><th scope=col>change<th scope=col>package<th scope=col>approved<th scope=col>now<th scope=col>its code"
    table = (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Changes"><table><thead>{head}</thead>'
        f"<tbody>{rows}</tbody></table></div>"
        if rows
        else '<p class="calm">Nothing changed.</p>'
    )
    return (
        f'<section id="changes" aria-labelledby="changes-title"><h2 id="changes-title">Changed since the last approved '
        f'state</h2><p class="lead">Compared with: {for_html(context.since)}.</p>{table}</section>'
    )


def capabilities(audit: Audit, graph: PageGraph) -> str:
    """Return by which shortest paths each capability reaches the project."""
    by_name: dict[str, list[Reach]] = {}
    for reach in audit.reaches:
        by_name.setdefault(reach.capability, []).append(reach)
    groups = []
    for capability, reaches in sorted(by_name.items()):
        shortest = sorted(reaches, key=lambda one: (len(one.path), one.path))
        items = "".join(f"<li>{_path(one.path, graph)} <small>at {for_html(one.moment)} time</small>"
                        for one in shortest)  # fmt: skip
        hops = count(len({one.path[:1] for one in reaches}), "direct dependency", "direct dependencies")
        groups.append(
            f'<details class="group"><summary><b>{for_html(capability)}</b> '
            f'<span class="quiet">through {hops}</span></summary><ol class="reaches">{items}</ol></details>'
        )  # fmt: skip
    return "".join(groups) or '<p class="calm">No capability is known to reach the project.</p>'


def score(rows: Iterable[Row]) -> str:
    """Return the score of the whole, taken apart."""
    body = "".join(
        f"<tr><th scope=row>{for_html(row.signal)}<td>{row.weight}<td>{row.count:,}<td>{row.points:,}"
        f"<td>{for_html(row.reason)}"
        for row in sorted(rows, key=lambda row: (-row.points, row.signal))
    )
    if not body:
        return '<p class="calm">No signal holds: the score is 0.</p>'
    return (
        '<table class="numbers"><thead><tr><th scope=col>signal<th scope=col>weight<th scope=col>holds'
        f"<th scope=col>points<th scope=col>because of</thead><tbody>{body}</tbody></table>"
    )


def _finding(finding: Finding, graph: PageGraph) -> str:
    rows = [("expected", finding.expected), ("found", finding.found), *finding.facts]
    if finding.place.path:
        rows.append(("at", place_in_words(finding.place)))
    facts = "".join(f"<dt>{for_html(name)}<dd>{for_html(value)}" for name, value in rows if value)
    path = f"<dt>from<dd>{_path(finding.path, graph)}" if finding.path else ""
    hints = "".join(f"<code>{for_html(hint)}</code>" for hint in finding.hints)
    following = f"<dt>next<dd>{hints}" if hints else ""
    return (
        f'<li class="finding {finding.severity}"><p><span class="code">{for_html(finding.code)}</span> '
        f"<b>{_step(finding.subject, graph)}</b></p><dl>{facts}{path}{following}</dl>"
    )


def _change(change: ChangedPackage, graph: PageGraph) -> str:
    gains = "".join(f'<li class="gain">{for_html(line)}' for line in change.gains)
    loses = "".join(f'<li class="loss">{for_html(line)}' for line in change.loses)
    delta = f'<ul class="delta">{gains}{loses}</ul>' if gains or loses else ""
    return (
        f'<tr><td><span class="code">{for_html(change.change)}</span><th scope=row>{_step(change.package, graph)}'
        f"<td>{for_html(change.before)}<td>{for_html(change.after)}<td>{delta}"
    )


def _path(path: Iterable[str], graph: PageGraph) -> str:
    return '<span class="path">' + " <i>&rarr;</i> ".join(_step(step, graph) for step in path) + "</span>"


def _step(step: str, graph: PageGraph) -> str:
    """A package is a link to what the page says of it; anything else is a word."""
    number = graph.numbers.get(step)
    said = f"<bdi>{for_html(step)}</bdi>"
    return said if number is None else f'<a href="#p{number}">{said}</a>'
