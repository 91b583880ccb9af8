"""The table of verdicts on what fires in well-known packages is whole; what it says is held by a live test."""

import re
import tomllib
from pathlib import Path

from holdfast.risk.every_rule import severities

TABLE = Path(__file__).parents[3] / "fixtures" / "audit" / "verdicts.toml"
ROWS = tomllib.loads(TABLE.read_text(encoding="utf-8"))["verdict"]


def test_no_verdict_is_a_false_alarm() -> None:
    """A false alarm is mended in the rule that raised it; it gets no row."""
    assert {row["verdict"] for row in ROWS} <= {"true", "benign-but-true"}


def test_every_row_is_whole_and_stands_once() -> None:
    """Each names a rule of severity high, the place, the line itself and a reason."""
    high = {rule for rule, severity in severities().items() if severity == "high"}
    assert {row["rule"] for row in ROWS} <= high
    for row in ROWS:
        assert all(row[field] for field in ("workload", "package", "version", "path", "quote", "line")), row
        assert row["reason"].count(" ") > 2, row
    keys = [(row["workload"], row["package"], row["rule"], row["path"], row["quote"]) for row in ROWS]
    assert len(set(keys)) == len(keys)


def test_quoted_lines_name_no_host() -> None:
    """Of an address the host is a `*`, in the quote as in the reason."""
    text = TABLE.read_text(encoding="utf-8")
    assert re.findall(r"//(?!\*/)[\w.-]+\.\w+", text) == []
    assert "://*/" in text
