"""The bench's rows about signers: small projects, one signed and one not, do what the table says of the big ones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import signer_rows
from bench.budgets import BUDGETS
from bench.measure import Paired, Program, Sample, run
from bench.signer_rows import Side, anew, difference, requests, side

PACKAGES = 3
VERIFYING = frozenset(["sigstore", "pypi_attestations", "cryptography", "rfc8785", "betterproto", "pydantic", "ssl"])
SCRIPT = """
import os, sys
from holdfast.cli.main import main
code = main(["lock"], os.environ, sys.stdout, sys.stderr)
print("MODULES", *sorted(sys.modules))
raise SystemExit(code)
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep caches in the test's folder, and let the program be the console script beside this interpreter."""
    monkeypatch.setattr(signer_rows, "CACHES", tmp_path / "caches")
    monkeypatch.setattr("bench.peers.find", lambda name: str(Path(sys.executable).with_name(name)))


def loaded(program: Program) -> set[str]:
    """The modules that a `lock` loads, by their first names, and those of ours whole."""
    path = os.pathsep.join(place for place in sys.path if place)
    done = subprocess.run(
        [sys.executable, "-S", "-c", SCRIPT],
        cwd=program.folder,
        env={**program.environment, "PYTHONPATH": path},
        check=True,
        capture_output=True,
        text=True,
    )
    names = done.stdout.rpartition("MODULES ")[2].split()
    return {name if name.startswith("holdfast") else name.partition(".")[0] for name in names}


def evidence_of(one: Side) -> int:
    """How many files of evidence the cache has."""
    cache = Path(one.program.environment["HOLDFAST_CACHE_DIR"])
    return sum(1 for _ in cache.glob("v1/evidence/*/*.provenance"))


def test_a_signed_project_asks_for_the_evidence_that_it_has_not_cached_and_for_no_other(tmp_path: Path) -> None:
    """Every file is signed; without evidence in the cache each file is one request, and else there is none."""
    with side("signed", PACKAGES, tmp_path) as signed:
        lock = signed.program.folder / "holdfast.lock"
        first = lock.read_bytes()
        assert first.count(b"\n[[package]]") == PACKAGES
        assert first.count(b"github:") >= PACKAGES
        assert evidence_of(signed) == 2 * PACKAGES
        requests(signed)
        run(anew(signed.program, evidence=True))
        assert requests(signed) == 2 * PACKAGES
        run(anew(signed.program))
        assert lock.read_bytes() == first
        run(signed.program)
        assert requests(signed) == 0
        lock.unlink()
        assert loaded(signed.program) & VERIFYING  # so the next test can fail


def test_a_project_without_evidence_pays_nothing(tmp_path: Path) -> None:
    """Locking again sends no request and loads nothing that verifies evidence or asks for it; nor does a fresh lock."""
    with side("unsigned", PACKAGES, tmp_path) as unsigned:
        assert evidence_of(unsigned) == 0
        requests(unsigned)
        for _ in ("again", "fresh"):
            names = loaded(unsigned.program)
            assert not names & VERIFYING
            assert not [name for name in names if "evidence" in name or "attestations" in name]
            (unsigned.program.folder / "holdfast.lock").unlink()
        assert requests(unsigned) == 0


def test_a_row_tells_what_the_signed_project_takes_longer() -> None:
    """The budget is of the median of the differences, not of the ratio."""
    signed = tuple(Sample(wall, 1, 1, 0) for wall in (110.0, 130.0, 109.0))
    unsigned = tuple(Sample(wall, 1, 1, 0) for wall in (100.0, 100.0, 100.0))
    row = difference("signers warm", "lock again", Paired(signed, unsigned))
    assert row.found == 10.0
    assert row.verdict == "ceiling"
    assert row._replace(found=10.1).verdict == "BROKEN"
    assert BUDGETS["signers cold"].ceiling == 2000.0
