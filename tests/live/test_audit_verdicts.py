"""Every firing of a rule of severity high on the most common packages of M and N2 has been read and judged.

Downloads them from the index and the registry that pip and npm are configured for. Run by `make test-live`.
"""

import re
import tomllib
from pathlib import Path

import pytest

from holdfast.risk.every_rule import severities
from holdfast_resolver.values.tuples import NamedTuple
from tests.live.common_packages import Fetched, fetched, lock_workload, most_common
from tests.live.workloads import ROOT

pytestmark = pytest.mark.live
VERDICTS = ROOT / "fixtures" / "audit" / "verdicts.toml"
COUNT = 50
_HOST = re.compile(r"(https?://)[^/'\"\s]+")


class Firing(NamedTuple):
    """What a firing and its verdict are matched by: never a version, so that a release without a new line is judged."""

    workload: str
    package: str
    rule: str
    path: str
    quote: str


def judged(workload: str) -> dict[Firing, str]:
    """Return the table: the firings of a workload, each with the version in which it was read."""
    rows = tomllib.loads(VERDICTS.read_text(encoding="utf-8"))["verdict"]
    firings = {Firing(*[row[field] for field in Firing._fields]): row["version"] for row in rows}
    return {firing: version for firing, version in firings.items() if firing.workload == workload}


def firings(workload: str, one: Fetched) -> set[Firing]:
    """Return the firings of rules of severity high on one package."""
    high = {rule for rule, severity in severities().items() if severity == "high"}
    found = set()
    for evidence in one.scan.evidence:
        if evidence.rule in high:
            path = evidence.path.replace(f"-{one.pin.version}/", "-*/")
            quote = _HOST.sub(r"\1*", one.line(evidence.path, evidence.line))
            found.add(Firing(workload, one.pin.name, evidence.rule, path, quote))
    return found


@pytest.mark.parametrize("count", [COUNT, None], ids=["common", "all"])
@pytest.mark.parametrize("workload", ["M", "N2"])
def test_every_firing_has_a_verdict(
    workload: str, count: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fires without a row is read, and gets one; a row of a version that is looked at fires."""
    cache = str(tmp_path / "cache")
    monkeypatch.setenv("HOLDFAST_CACHE_DIR", cache)
    lock = lock_workload(tmp_path / "project", workload)
    names = most_common(lock, count or len(lock.packages))
    assert len(names) >= COUNT
    packages = fetched(tmp_path / "project", lock, names, cache)
    assert {one.pin.name for one in packages} == set(names)
    found = set[Firing]().union(*[firings(workload, one) for one in packages])
    known = judged(workload)
    assert sorted(found - known.keys()) == []
    releases = {(one.pin.name, one.pin.version) for one in packages}
    assert (
        sorted(row for row, version in known.items() if (row.package, version) in releases and row not in found) == []
    )
