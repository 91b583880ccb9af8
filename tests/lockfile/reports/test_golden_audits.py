"""Every report of an audit against its golden file (see `golden_audits.py` for the command that makes them anew)."""

import pytest

from tests.lockfile.reports.golden_audits import FOLDER, reports

REPORTS = reports()


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_report_of_an_audit_is_as_its_golden_file(name: str) -> None:
    """What a report prints changes only together with its golden file."""
    assert REPORTS[name] == (FOLDER / name).read_bytes().decode()


def test_there_is_no_stale_golden_audit() -> None:
    """Each file of the folder is made by a report."""
    assert {path.name for path in FOLDER.iterdir()} == set(REPORTS)
