"""The recorded audit: what the script makes of a report is what is kept, and it reads back as it was."""

import json
from pathlib import Path

import pytest

from holdfast.findings.codes import CODES
from holdfast.reports.audit_port import level_of, reasons, render, riskiest
from holdfast.risk.score import PACKAGE_SIGNALS, Sign, scored
from tests.lockfile.reports.test_finding_formats import VALIDATOR
from tests.support.recorded_audits import FILE, recorded_audit, reduced

# What code of every kind does, in a package of an index without signatures.
ORDINARY = {
    *("unsigned", "dynamic-code", "deserialisation", "subprocess", "network", "native-code", "environment"),
    "filesystem-write",
}
PAGE = Path(__file__).parents[3] / "docs" / "findings.md"


def test_the_recorded_audit_is_what_its_script_makes() -> None:
    """Read back, printed as JSON and reduced again, it is the same file."""
    report = json.loads(render("json", recorded_audit()))
    assert reduced(report) == FILE.read_text("utf-8")


def test_the_recorded_audit_is_of_a_real_project() -> None:
    """It has the packages, paths and capabilities that a page of it is judged by, and no path of a machine."""
    audit = recorded_audit()
    assert len(audit.packages) == audit.whole.packages == 176
    assert len(audit.reaches) > 300
    assert {"jupyterlab", "django", "fastapi", "pandas"} <= {one.name for one in audit.packages if one.depth == 1}
    assert not set(Path(__file__).parts[1:3]) & set(FILE.read_text("utf-8").split("/"))


def test_nothing_ordinary_is_high() -> None:
    """All that ordinary code does is below high; of the real project a tenth is high, each for something else."""
    assert level_of(scored([Sign(one, "x") for one in ORDINARY], PACKAGE_SIGNALS)[0]) == "medium"
    high = [one for one in recorded_audit().packages if level_of(one.score) in ("high", "severe")]
    assert 0 < len(high) <= 176 / 9
    assert not [one.id for one in high if {row.signal for row in one.rows} <= ORDINARY]


@pytest.mark.parametrize(
    ("signal", "level"),
    [
        ("advisory-low", "low"),
        ("advisory-medium", "medium"),
        ("advisory-high", "high"),
        ("advisory-critical", "severe"),
        ("malware", "severe"),
        ("look-alike", "high"),
        ("archive-differs", "high"),
    ],
)
def test_one_grave_signal_is_a_level(signal: str, level: str) -> None:
    """A package without any other sign stands on the level of its advisory, or of what it hides."""
    assert level_of(scored([Sign(signal, "x")], PACKAGE_SIGNALS)[0]) == level


def test_the_riskiest_are_so_for_a_reason_that_is_shown() -> None:
    """The first words on a package are of what weighs most, so nobody has to guess why it stands there."""
    first = {one.name: reasons(one)[0] for one in riskiest(recorded_audit().packages)[:6]}
    assert first["scikit-learn"] == first["psutil"] == first["click-plugins"] == "archive-differs"
    assert (first["botocore"], first["uvloop"], first["numpy"]) == ("credentials", "install-script", "unread-code")


def test_code_scanning_takes_its_sarif() -> None:
    """It is valid, names rules that are explained in the documents, and has a result for each finding."""
    audit = recorded_audit()
    document = json.loads(render("sarif", audit))
    VALIDATOR.validate(document)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert set(rules) == {finding.code for finding in audit.findings} <= CODES.keys()
    assert all(f"### {rule}\n" in PAGE.read_text("utf-8") for rule in rules)
    assert len(run["results"]) == len(audit.findings)
