"""What evidence costs those who don't ask for it: nothing is loaded for what is in the lock already."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.index_server import Habits
from tests.support.packages import read_releases
from tests.support.signed_project import signed_project
from tests.support.signing_index import signing_index
from tests.support.sigstore_identities import GitHubWorkflow

SCRIPT = """
import os, sys
from holdfast.cli.main import main
code = main(sys.argv[1:], os.environ, sys.stdout, sys.stderr)
print("MODULES", *sorted(sys.modules))
raise SystemExit(code)
"""
LIBRARIES = ("sigstore", "pypi_attestations", "cryptography", "urllib3", "json", "hashlib", "datetime", "threading")
OURS = ("evidence", "signing", "signer", "attestations", "holdfast.trust")


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        pytest.param("", set(), id="without evidence"),
        pytest.param("*", {"holdfast.workflows.lock_evidence"}, id="all signed"),
    ],
)
def test_a_warm_lock_loads_nothing_for_signers(tmp_path: Path, signed: str, expected: set[str]) -> None:
    """Without evidence no module more than before; with signers in the lock the one that sees that all is done."""
    with signing_index(read_releases("tool 1.0 | sdist static\nplain 1.0"), Habits(max_age=3600)) as index:
        if signed:
            index.attest(signed, GitHubWorkflow())
        project = signed_project(tmp_path, index, ["tool", "plain"]).locked()
    done = subprocess.run(
        [sys.executable, "-S", "-c", SCRIPT, "lock", "--project", str(project.folder)],
        env={**os.environ, **project.environment, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "up to date" in done.stdout
    loaded = done.stdout.rpartition("MODULES ")[2].split()
    assert {name for name in loaded if name.startswith("holdfast") and any(part in name for part in OURS)} == expected
    assert not [name for name in loaded if name.partition(".")[0] in LIBRARIES]


def test_lock_says_how_much_is_signed_once_and_only_when_asked(tmp_path: Path) -> None:
    """`unsigned` is no message of each package: with -v one line counts them."""
    with signing_index(read_releases("tool 1.0\nplain 1.0")) as index:
        index.attest("tool*", GitHubWorkflow())
        project = signed_project(tmp_path, index, ["tool", "plain"])
        done = project.run("lock", "-v")
        assert "1 of 2 packages are signed" in done.err
        project.lock.unlink()
        quiet = project.run("lock")
    assert "signed" not in quiet.out + quiet.err
