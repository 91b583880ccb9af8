"""An audit as Markdown, for a pull request or a job's summary: what it comes to, findings, changes, where to look.

What comes from outside stands in `<code>` as numeric references, so that no Markdown, HTML, link, mention or cell
begins there. Long lists are cut and say so.
"""

from collections.abc import Sequence

from holdfast.findings.finding import Finding
from holdfast.model.audit import Audit
from holdfast.reports.audit_escapes import code_in_markdown, for_markdown
from holdfast.reports.audit_port import Context, count, percent, reasons, riskiest, sentence
from holdfast.reports.findings_text import closing_line
from holdfast.reports.port import Summary, gravest_first

_FINDINGS, _PACKAGES, _SIGNERS, _CHANGES = 50, 15, 5, 50
_COMMAND = 2_000  # a command that is cut could not be run


def render(audit: Audit, context: Context, colour: bool = False) -> str:
    """Return the Markdown, with a final newline; `colour` has no meaning here."""
    title = f"Audit of {code_in_markdown(context.project)}" if context.project else "Audit"
    closing = closing_line(audit.findings, Summary(context.command, sentence(audit)))
    parts = [f"## {title}\n\n{for_markdown(closing)}\n", _findings(audit), _changes(context), _packages(audit),
             _signers(audit), _asked(audit)]  # fmt: skip
    return "\n".join(part for part in parts if part)


def _findings(audit: Audit) -> str:
    rows = [
        (one.severity, code_in_markdown(one.code), code_in_markdown(one.subject), code_in_markdown(one.expected),
         code_in_markdown(one.found), _path(one), "<br>".join(code_in_markdown(hint, _COMMAND) for hint in one.hints))
        for one in gravest_first(audit.findings)
    ]  # fmt: skip
    heads = ("severity", "finding", "package", "expected", "found", "from", "next command")
    return _table("Findings", heads, rows, _FINDINGS)


def _changes(context: Context) -> str:
    if not context.since:
        return ""
    rows = [
        (code_in_markdown(one.change), code_in_markdown(one.package), code_in_markdown(one.before),
         code_in_markdown(one.after), "<br>".join(code_in_markdown(line) for line in (*one.gains, *one.loses)))
        for one in context.changes
    ]  # fmt: skip
    title = f"Changed since {for_markdown(context.since)}"
    return _table(title, ("change", "package", "approved", "now", "its code"), rows, _CHANGES) or (
        f"### {title}\n\nNothing changed.\n"
    )


def _packages(audit: Audit) -> str:
    rows = [
        (str(one.score), code_in_markdown(one.id), str(one.depth), percent(one.blast),
         for_markdown(", ".join(reasons(one))), for_markdown(one.trust))
        for one in riskiest(audit.packages)
        if one.score
    ]  # fmt: skip
    heads = ("score", "package", "depth", "blast", "why", "trust")
    return _table("Look here first", heads, rows, _PACKAGES)


def _signers(audit: Audit) -> str:
    ordered = sorted(audit.signers, key=lambda one: (-one.blast, -one.packages, one.signer))
    rows = [
        (code_in_markdown(one.signer), str(one.packages), percent(one.blast), percent(one.install_blast))
        for one in ordered
    ]
    return _table("Whose keys reach furthest", ("signer", "packages", "blast", "at install"), rows, _SIGNERS)


def _asked(audit: Audit) -> str:
    lines = "".join(f"- {for_markdown(line)}\n" for line in audit.asked)
    return f"### Not asked\n\n{lines}" if lines else ""


def _path(finding: Finding) -> str:
    return " → ".join(code_in_markdown(step) for step in finding.path)


def _table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], most: int) -> str:
    if not rows:
        return ""
    body = "".join(f"| {' | '.join(row)} |\n" for row in rows[:most])
    rule = " | ".join("---" for _ in heads)
    more = f"\nand {count(len(rows) - most, 'more', 'more')}\n" if len(rows) > most else ""
    return f"### {title}\n\n| {' | '.join(heads)} |\n| {rule} |\n{body}{more}"
