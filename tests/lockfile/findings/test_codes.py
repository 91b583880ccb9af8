"""The table of finding codes, its page, and what `explain` says."""

import ast
import re
from pathlib import Path

import pytest

from holdfast.findings.codes import CODES, explain, severity
from holdfast.findings.finding import SEVERITIES, Finding, fails

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
SECTIONS = {
    match[1]: match[2] for match in re.finditer(r"^### ([a-z][a-z-]*)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
SOURCES = sorted([*(ROOT / "lockfile").rglob("*.py"), *(ROOT / "resolver").rglob("*.py")])
MAKERS = ("Finding", "Problem", "Remark")


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    """The page has one section per row of the table, and no other."""
    assert set(SECTIONS) == set(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_section_says_what_the_table_says(code: str) -> None:
    """Severity, meaning, example and remedy are the same on the page, in the table and from `explain`."""
    row = CODES[code]
    section = SECTIONS[code]
    assert f"\nSeverity: {row.severity}\n" in section
    assert f"\n```text\n{row.example}\n```\n" in section
    explained = explain(code) or ""
    for sentence in (row.meaning, row.remedy):
        assert sentence in section
        assert sentence in explained
    assert all(line in explained for line in row.example.splitlines())


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_row_is_well_formed(code: str) -> None:
    """Codes are lower-case words; the example is of that code and severity; sentences end."""
    row = CODES[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert row.severity in SEVERITIES
    assert row.example.startswith(f"{row.severity}[{code}]: ")
    assert row.meaning.endswith(".")
    assert row.remedy.endswith(".")


def test_an_unknown_code_has_no_explanation() -> None:
    """`explain` says None, and severities are only of known codes."""
    assert explain("no-such-code") is None
    with pytest.raises(KeyError):
        severity("no-such-code")


def test_the_code_says_no_unknown_code() -> None:
    """Every finding that the sources make by a literal code is of the table."""
    made = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    made.add(first.value)
    assert made
    assert made <= set(CODES)


def test_errors_and_alarms_fail_a_check() -> None:
    """The threshold is `error`."""
    assert [fails(Finding("moved", severity, "x")) for severity in SEVERITIES] == [False, False, True, True]
