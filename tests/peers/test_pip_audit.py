"""The same records on the same pins: pip-audit's answer and ours, and each difference with its reason.

pip-audit asks an OSV service (`-s osv`), here one on loopback that judges by the plain reference of the specification.
"""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from holdfast.advisories.judge import Judged, judge_advisories
from holdfast.advisories.select import names_of, select
from holdfast.model.lock import Lock
from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.http import HttpTransport
from holdfast_resolver.fetch.osv_api import Asked, ask_advisories
from holdfast_resolver.fetch.osv_files import read_files
from tests.peers.conftest import missing
from tests.peers.peer_servers import installed
from tests.support.osv_records import locked, pin
from tests.support.osv_reference import NotJudged, is_vulnerable
from tests.support.osv_server import OsvService, serving

pytestmark = pytest.mark.peer
NOW = "2026-11-21T00:00:00Z"
VERSIONS = ["0.9", "1.0", "1.0.post1", "1.1rc1", "1.1", "1.2.3", "2.0", "2.1", "3.0", "10.0"]
NAMES = [f"acme-{number}" for number in range(12)]
LOCK = locked(*[pin(name, VERSIONS[place % len(VERSIONS)]) for place, name in enumerate(NAMES)])


def worlds(seed: int) -> list[dict[str, Any]]:
    """Forty records: several ranges and branches, lists of versions, aliases, withdrawn ones, unknown range types."""
    chance = random.Random(seed)
    return [_record(chance, number) for number in range(40)]


def _record(chance: random.Random, number: int) -> dict[str, Any]:
    rows = []
    name = chance.choice(NAMES)
    for _ in range(chance.choice([1, 1, 1, 2])):
        row: dict[str, Any] = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": []}
        for _ in range(chance.choice([1, 1, 2])):
            kind = chance.choice(["ECOSYSTEM"] * 8 + ["GIT", "VENDOR"])
            row["ranges"].append({"type": kind, "events": _events(chance)})
        if chance.random() < 0.4:
            row["versions"] = chance.sample(VERSIONS, 2)
        rows.append(row)
    more = {"withdrawn": "2026-01-01T00:00:00Z"} if chance.random() < 0.1 else {}
    aliases = [f"CVE-{chance.randrange(12)}"] if chance.random() < 0.6 else []
    prefix = chance.choice(["GHSA-", "PYSEC-", "MAL-"])
    return {"id": f"{prefix}{number}", "modified": "2026-01-01T00:00:00Z", "aliases": aliases, "affected": rows, **more}


def _events(chance: random.Random) -> list[dict[str, str]]:
    bounds = sorted(chance.sample(VERSIONS, chance.choice([2, 2, 4])), key=Version)
    events: list[dict[str, str]] = [{"introduced": chance.choice(["0", bounds[0]])}]
    for place, version in enumerate(bounds[1:]):
        if place % 2 == 0:
            events.append({chance.choice(["fixed", "fixed", "last_affected"]): version})
        else:
            events.append({"introduced": version})
    chance.shuffle(events)
    return events[: chance.choice([len(events), len(events), 1])]


def by_pip_audit(service: OsvService, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What pip-audit prints: name -> vulnerabilities."""
    if not installed("pip_audit"):
        missing("pip-audit is not installed (`pip install --group peers`)")
    requirements = folder / "requirements.txt"
    requirements.write_text("".join(f"{one.name}=={one.version}\n" for one in LOCK.packages))
    words = ["-r", str(requirements), "--no-deps", "--disable-pip", "-f", "json", "--progress-spinner", "off"]
    where = ["-s", "osv", "--osv-url", f"{service.url}/v1/query", "--cache-dir", str(folder / "peer")]
    command = [sys.executable, "-W", "ignore", "-m", "pip_audit", *words, *where]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {one["name"]: one["vulns"] for one in json.loads(done.stdout)["dependencies"]}


def by_files(records: list[dict[str, Any]], folder: Path) -> Judged:
    """Our answer from a folder of the same records."""
    (folder / "records").mkdir()
    for one in records:
        (folder / "records" / f"{one['id']}.json").write_text(json.dumps(one))
    wanted = frozenset(NAMES)
    found = select(read_files(str(folder / "records"), wanted, names_of), wanted)
    return judge_advisories(LOCK, found.advisories, (), NOW, unread=found.unread)


def by_service(service: OsvService, folder: Path, lock: Lock = LOCK) -> Judged:
    """Our answer from the same service."""
    asked = [Asked("PyPI", one.name, one.version) for one in lock.packages]
    settings = IndexSettings(index_url="https://packages.example/simple/")
    answer = ask_advisories(Cache(str(folder / "cache")), service.url, asked, lambda: HttpTransport(settings), 0)
    found = select(answer.records, frozenset(NAMES))
    return judge_advisories(lock, found.advisories, (), NOW, unread=found.unread)


@pytest.mark.parametrize("seed", range(4))
def test_the_same_advisories_or_a_reason(seed: int, tmp_path: Path) -> None:
    """Per pin the same ids. What differs: which of them are one thing, where pip-audit never joins two PYSEC records
    and joins others with the first that shares an id, we with all; records without an answer, which only we tell of;
    and versions that fix, where we name later ones only, of every range, that nothing of the group affects."""
    records = worlds(seed)
    with serving(*records) as service:
        theirs = by_pip_audit(service, tmp_path)
        asked = by_service(service, tmp_path)
    mine = by_files(records, tmp_path)
    assert sum(len(found) for found in theirs.values()) > 10  # else it would say nothing
    hits = dict(mine.by_pin)
    for one in LOCK.packages:
        peer = theirs[one.name]
        ours = hits.get(f"pypi:{one.name} {one.version}", ())
        _same_groups(records, one.name, _ids(ours), {frozenset([vuln["id"], *vuln["aliases"]]) for vuln in peer})
        for vuln in peer:
            (hit,) = [hit for hit in ours if vuln["id"] in (hit.id, *hit.aliases)]
            _explain(records, one.name, one.version, set(hit.fixed), set(vuln["fix_versions"]), {hit.id, *hit.aliases})
    # Difference: a record that cannot be judged is told by us, and says nothing through a service.
    for doubt in mine.unjudged:
        name, _, version = doubt.pin.removeprefix("pypi:").partition(" ")
        with pytest.raises(NotJudged):
            is_vulnerable(next(each for each in records if each["id"] == doubt.record), "PyPI", name, version)
    # Through the service only records that affect a pin arrive: the same ids; one that affects no pin joins no others.
    for name, found in mine.by_pin:
        assert frozenset().union(*_ids(found)) == frozenset().union(*_ids(dict(asked.by_pin)[name]))


def _ids(hits: Any) -> set[frozenset[str]]:
    return {frozenset([hit.id, *hit.aliases]) for hit in hits}


def _same_groups(
    records: list[dict[str, Any]], name: str, ours: set[frozenset[str]], theirs: set[frozenset[str]]
) -> None:
    """Every group of theirs lies in one of ours, and what we join hangs together by aliases."""
    assert frozenset().union(*ours) == frozenset().union(*theirs)
    about = [one for one in records if one["affected"][0]["package"]["name"] == name and "withdrawn" not in one]
    links = [frozenset([one["id"], *one["aliases"]]) for one in about]
    for group in ours:
        first, *rest = [part for part in theirs if part & group]
        joined = set(first)
        while more := [link for link in links if link & joined and not link <= joined]:
            joined.update(*more)
        assert all(part <= group and part & joined for part in (first, *rest))


def _explain(
    records: list[dict[str, Any]], name: str, version: str, ours: set[str], theirs: set[str], ids: set[str]
) -> None:
    """pip-audit names what the first usable range of a record's last row calls fixed, earlier versions included."""
    group = [one for one in records if (one["id"] in ids or ids & set(one["aliases"])) and "withdrawn" not in one]
    events = [
        event
        for one in group
        for row in one["affected"]
        if row["package"]["name"] == name
        for span in row["ranges"]
        if span["type"] != "GIT"
        for event in span["events"]
    ]
    named = {event["fixed"] for event in events if "fixed" in event}
    for only_ours in ours - theirs:
        assert only_ours in named
    for only_theirs in theirs - ours:
        assert Version(only_theirs) <= Version(version) or any(_may_affect(one, name, only_theirs) for one in group)


def _may_affect(record: dict[str, Any], name: str, version: str) -> bool:
    try:
        return is_vulnerable(record, "PyPI", name, version)
    except NotJudged:
        return True
