"""The summary of a GitHub Actions step: findings as a Markdown table.

| severity | finding | package | change | next command |

Whatever comes from outside stands in `<code>`, and all but letters, digits and a few harmless characters of it as
numeric references: no Markdown, no HTML, no link and no cell can begin there (CommonMark 0.31, 6.2 "Entity and numeric
character references"; GitHub Flavored Markdown, "Tables" and "Autolinks"). Knows no file.
"""

from string import ascii_letters, digits

from holdfast.findings.finding import Finding, fails
from holdfast.reports.findings_text import closing_line
from holdfast.reports.plain import plain
from holdfast.reports.port import Summary, gravest_first

LIMIT = 1024 * 1024  # bytes that GitHub takes for one step; it drops all of a longer one
_LONGEST = 300  # characters of a cell; a command that is cut could not be run, so it may have more
_COMMAND = 2_000
_RESERVED = 400  # bytes for the last lines
_SAFE = frozenset(ascii_letters + digits + " ,/-")
_HEAD = "| severity | finding | package | change | next command |\n| --- | --- | --- | --- | --- |\n"


def render_summary(findings: tuple[Finding, ...], summary: Summary, room: int = LIMIT) -> str:
    """Return Markdown of at most `room` bytes as UTF-8, with a final newline; the gravest findings come first.

    What has no room is counted at the end. Where there is none for anything, "".
    """
    verdict = "failed" if any(fails(finding) for finding in findings) else "passed"
    title = f"### holdfast {_text(summary.command)}: {verdict}\n\n"
    title += f"{_text(closing_line(findings, summary))}\n"
    if not findings:
        return title if len(title.encode()) <= room else ""
    made = [title, "\n", _HEAD]
    left = room - _RESERVED - sum(len(part.encode()) for part in made)
    if left < 0:
        return ""
    rows = 0
    for finding in gravest_first(findings):
        row = _row(finding)
        left -= len(row.encode())
        if left < 0:
            break
        made.append(row)
        rows += 1
    if rows < len(findings):
        made.append(
            f"\n{len(findings) - rows} of {len(findings)} findings have no room here: the step's log has all.\n"
        )
    made.append("\n`holdfast explain` followed by the name of a finding says what it means and what to do.\n")
    return "".join(made)


def _row(finding: Finding) -> str:
    facts = dict(finding.facts)
    cells = (
        _text(finding.severity),
        _code(finding.code),
        _code(facts.get("package") or finding.subject),
        _code(facts.get("class", "")),
        "<br>".join([_code(hint, _COMMAND) for hint in finding.hints]),
    )
    return f"| {' | '.join(cells)} |\n"


def _code(text: str, longest: int = _LONGEST) -> str:
    return f"<code>{_text(text, longest)}</code>" if text else ""


def _text(text: str, longest: int = _LONGEST) -> str:
    shown = plain(text)
    if len(shown) > longest:
        shown = shown[: longest - 1] + "…"
    return "".join([one if one in _SAFE or ord(one) > 127 else f"&#{ord(one)};" for one in shown])
