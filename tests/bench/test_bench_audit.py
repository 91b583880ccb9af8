"""The bench's rows about audits: small ones do what the table says of the big ones."""

import json
import shutil
import sys
import urllib.request
from pathlib import Path

import pytest

from bench import audit_inside, audit_rows, cold
from bench.audit_rows import auditing, inside, versions_of
from bench.audit_service import EVERY, Service
from bench.budgets import BUDGETS, Budget, verdict
from bench.measure import run
from bench.table import Row, render
from holdfast.format.read import read
from tests.support.index_server import serving as index_of
from tests.support.loopback import running
from tests.support.packages import read_releases
from tests.support.project import Project

RELEASES = "app 1.0\n    web\nweb 1.0\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A locked project whose code was downloaded, in the place of L."""
    monkeypatch.setattr("bench.peers.find", lambda name: str(Path(sys.executable).with_name(name)))
    monkeypatch.setattr(audit_rows, "CACHE", tmp_path / "cache")
    with index_of(read_releases(RELEASES)) as server:
        made = Project(tmp_path, ["app"], server.url).locked()
        made.environment["HOLDFAST_CACHE_DIR"] = str(tmp_path / "cache")
        done = made.run("audit", "--fetch")
        assert done.code == 0, done.err
    return made


def test_an_audit_of_the_bench_asks_the_service(project: Project) -> None:
    """The program that is measured finds the advisories that the service has, and ends with what the row expects."""
    lock = project.folder / "holdfast.lock"
    for _ in range(2):  # each time at another port
        with cold.serving(["bench.audit_service", str(lock)]) as port:
            run(auditing(lock, f"http://127.0.0.1:{port}"))
    assert list((audit_rows.CACHE / "v1" / "advisories").iterdir())


def test_a_second_audit_scans_nothing(project: Project) -> None:
    """What the row counts: no archive is scanned twice; without what was kept, all are."""
    lock = project.folder / "holdfast.lock"
    told = inside("again", lock, audit_rows.CACHE)
    assert (told["missing"], told["looked"]) == (0, 0)
    assert told["wanted"] >= 2
    shutil.rmtree(audit_rows.CACHE / "scans")
    assert inside("again", lock, audit_rows.CACHE)["looked"] == told["wanted"]


def test_both_sides_of_the_scan_see_the_same_source(project: Project) -> None:
    """The scanner and the compiler are given the same wheels, of which the source is counted."""
    lock = project.folder / "holdfast.lock"
    wheels = audit_inside.corpus(read(lock.read_bytes(), "holdfast.lock"), str(audit_rows.CACHE))
    size = sum(audit_inside.source_of(files) for _, _, files in wheels)
    assert size > 0
    for what in ("scan", "compile"):
        told = inside(what, lock, audit_rows.CACHE)
        assert told["source"] == size
        assert told["cpu"] > 0


def test_the_service_knows_every_tenth_package() -> None:
    """By name alone, whatever the version; of the others nothing."""
    names = [f"p{number:02}" for number in range(25)]
    service = Service(names[::EVERY])
    with running(service):
        found = {name for name in names if _asked(service.url, name)}
    assert found == {"p00", "p10", "p20"}


def test_each_package_is_asked_about_once(tmp_path: Path) -> None:
    """pip-audit takes no two versions of a package."""
    lock = tmp_path / "holdfast.lock"
    packages = [("b", "2.0"), ("a", "1.0"), ("a", "1.1")]
    lock.write_text("".join(f'[[package]]\nname = "{name}"\nversion = "{version}"\n' for name, version in packages))
    assert versions_of(lock) == [("a", "1.1"), ("b", "2.0")]


def test_a_budget_may_be_a_least() -> None:
    """Where more is better, less than the ceiling is broken, and the goal lies above it."""
    budget = BUDGETS["audit scan"]
    assert budget.at_least
    assert budget == Budget(5.0, budget.goal, absolute=True, unit="MB/s", at_least=True)
    assert [verdict("audit scan", found) for found in (4.9, 5.0, budget.goal)] == ["BROKEN", "ceiling", "goal"]
    assert "5 MB/s" in render([Row("audit scan", "scan", "compile()", 1, 1.0, 1.0, 6.0)])


def _asked(url: str, name: str) -> bool:
    query = {"version": "1", "package": {"name": name, "ecosystem": "PyPI"}}
    request = urllib.request.Request(f"{url}/v1/query", json.dumps(query).encode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bool(json.loads(answer.read()))
