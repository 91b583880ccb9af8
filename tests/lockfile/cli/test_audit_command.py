"""`audit`, `graph` and the questions of `why` on the command line: what is asked, what is said of what was not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.reports import graph_port
from tests.support import osv_server
from tests.support.index_server import IndexServer, serving
from tests.support.osv_records import affecting, python
from tests.support.packages import wheel
from tests.support.project import Project

NETWORK = "import socket\n\n\ndef call():\n    return socket.create_connection(('a.example', 1))\n"
FLAW = affecting("GHSA-462w-v97r-4m45", python("jinja2"), "ECOSYSTEM", "introduced 0", "fixed 2.10.1")
SERVICE = '\n[tool.holdfast.advisories]\nurl = "{url}/"\nask = ["pypi"]\n'


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with a package that speaks to the network, below one that does nothing."""
    files = [wheel("flask", "1.0", ["jinja2>=2"]), wheel("jinja2", "2.10", code={"jinja2/net.py": NETWORK})]
    with serving(files) as server:
        yield server


@pytest.fixture
def project(tmp_path: Path, index: IndexServer) -> Project:
    """A locked project."""
    return Project(tmp_path, ["flask"], index.url).locked()


def records(folder: Path, *found: dict[str, Any]) -> str:
    """A folder of OSV records."""
    folder.mkdir()
    for one in found:
        (folder / f"{one['id']}.json").write_text(json.dumps(one))
    return str(folder)


def test_what_is_not_in_the_store_is_said_and_not_asked_for(project: Project, index: IndexServer) -> None:
    """Without `--fetch` no archive is downloaded, and the report says what was not looked at, and the way to it."""
    index.asked.clear()
    done = project.run("audit")
    assert done.code == 0
    assert index.count("/files/") == 0
    assert "2 archives of 2 packages: not in the store; `holdfast audit --fetch` has them downloaded" in done.out
    assert "the code of 2 of 2 packages was not looked at" in done.out


def test_fetched_code_is_shown_with_its_place(project: Project, index: IndexServer) -> None:
    """`--fetch` downloads each archive once; later audits need none."""
    done = project.run("audit", "--fetch", "--format", "json")
    assert done.code == 0
    (risk,) = [one for one in done.json["packages"] if one["name"] == "jinja2"]
    assert risk["capabilities"] == ["network"]
    assert any("jinja2/net.py:5" in row["reason"] for row in risk["rows"])
    assert not [line for line in done.json["asked"] if "code" in line]
    index.asked.clear()
    assert project.run("audit", "--fetch", "--format", "json").out == done.out
    assert project.run("audit", "--offline", "--format", "json").out == done.out
    assert index.count("/files/") == 0


def test_nothing_is_scanned_twice_and_a_damaged_entry_is_a_miss(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scans are kept by hash; an entry with another byte is made anew from the stored archive."""
    from holdfast.workflows import scan_workers

    first = project.run("audit", "--fetch", "--format", "json")
    scanned: list[str] = []
    scan_stored = scan_workers.scan_stored

    def watched(job: scan_workers.Job) -> Any:
        scanned.append(job.name)
        return scan_stored(job)

    monkeypatch.setattr(scan_workers, "scan_stored", watched)
    assert project.run("audit", "--format", "json").out == first.out
    assert scanned == []
    for entry in (project.cache / "scans").glob("*/*"):
        entry.write_bytes(entry.read_bytes()[:-1] + b"x")
    assert project.run("audit", "--format", "json").out == first.out
    assert sorted(scanned) == ["flask", "jinja2"]


def test_bytes_that_are_not_the_pinned_ones_are_an_alarm(project: Project, index: IndexServer) -> None:
    """They are never looked into."""
    index.add(wheel("jinja2", "2.10", code={"jinja2/net.py": "import os\n"}))
    done = project.run("audit", "--fetch", "--refresh")
    assert done.code == 1
    assert "alarm[artifact-changed]: jinja2-2.10-py3-none-any.whl" in done.out


def test_an_update_is_named_only_where_it_helps(project: Project, index: IndexServer, tmp_path: Path) -> None:
    """The resolver is asked: without a fixed release on the index `update` is not named, with one it is."""
    place = records(tmp_path / "osv", FLAW)
    done = project.run("audit", "--advisories", place)
    assert done.code == 1
    assert "error[advisory-known]: jinja2 2.10\n" in done.out
    assert "from: pyproject.toml -> flask 1.0 -> jinja2 2.10" in done.out
    assert "holdfast update jinja2" not in done.out
    assert "update: does not help" in done.out
    index.add(wheel("jinja2", "2.11.3"))
    before = project.lock.read_bytes()
    done = project.run("audit", "--advisories", place, "--refresh")
    assert "update: takes 2.11.3, which is not affected" in done.out
    assert "next: holdfast update jinja2" in done.out
    assert project.lock.read_bytes() == before
    assert project.run("update", "jinja2").code == 0
    assert project.run("audit", "--advisories", place).code == 0


def test_an_advisory_is_ignored_with_a_reason_and_an_end(project: Project, tmp_path: Path) -> None:
    """The ignore stands in the policy afterwards, and the finding becomes a note."""
    place = records(tmp_path / "osv", FLAW)
    words = ("audit", "--advisories", place, "--ignore", "GHSA-462w-v97r-4m45", "--reason", "no templates")
    done = project.run(*words)
    assert done.code == 2
    assert "--until DATE" in done.err
    assert project.run(*words, "--until", "2099-01-01").code == 0
    assert 'advisory = "GHSA-462w-v97r-4m45"' in project.manifest.read_text()
    found = project.run("audit", "--advisories", place, "--format", "json").json["findings"]
    assert [one["code"] for one in found if one["code"].startswith("advisory")] == ["advisory-ignored"]


def test_a_service_is_asked_and_its_silence_is_told(project: Project) -> None:
    """Where the configuration names one: a failing one makes the audit undecided, offline its old answers serve."""
    with osv_server.serving(FLAW) as service:
        project.manifest.write_text(project.manifest.read_text() + SERVICE.format(url=service.url))
        done = project.run("audit", "--offline")
        assert done.code == 0
        assert "advisories of 2 packages: offline, and the service was never asked about them" in done.out
        assert service.asked == []
        assert project.run("audit").code == 1
        assert "POST /v1/querybatch" in service.asked
        offline = project.run("audit", "--offline", "--format", "json")
        assert offline.code == 1
        assert offline.json["advisories-age"]
        service.answers["/v1/querybatch"] = (403, b"")
        done = project.run("audit", "--refresh")
        assert done.code == 3
        assert "advisories of the service: " in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fetch", "--offline"), "one of --fetch and --offline"),
        (("--reason", "x"), "--ignore ID"),
        (("--ignore", "A-1", "--ignore-until-fixed", "A-1", "--reason", "x"), "one of --ignore and"),
        (("--ignore-until-fixed", "A-1"), "--reason TEXT"),
        (("--explain", "flask", "--format", "json"), "--format text with --explain"),
        (("--explain", "flusk"), "flask"),
        (("--advisories", "no/such/folder"), "there is no such file"),
        (("--output", "holdfast.lock"), "another file than a project's own"),
    ],
)
def test_what_cannot_be_meant_is_refused(project: Project, words: tuple[str, ...], said: str) -> None:
    """With exit code 2, before anything is asked."""
    done = project.run("audit", *words)
    assert done.code == 2
    assert said in done.out + done.err


def test_a_score_is_taken_apart(project: Project) -> None:
    """Row by row, with the evidence."""
    project.run("audit", "--fetch")
    done = project.run("audit", "--explain", "jinja2")
    assert done.code == 0
    assert done.out.startswith("pypi:jinja2 2.10: score ")
    assert "jinja2/net.py:5" in done.out


@pytest.mark.parametrize(
    ("form", "begin"),
    [
        ("sarif", "{"),
        ("github", "::"),
        ("markdown", "#"),
        ("html", "<!doctype html>"),
        ("cyclonedx", "{"),
    ],
)
def test_every_form_is_written_to_a_file_or_the_terminal(
    project: Project, tmp_path: Path, form: str, begin: str
) -> None:
    """The same bytes."""
    place = records(tmp_path / "osv", FLAW)
    done = project.run("audit", "--format", form, "--advisories", place)
    assert done.code == 1
    assert done.out.lower().startswith(begin)
    assert "GHSA-462w-v97r-4m45" in done.out
    path = tmp_path / "report"
    again = project.run("audit", "--format", form, "--advisories", place, "-o", str(path))
    assert again.code == 1
    assert again.out == ""
    assert path.read_text() == done.out


def test_a_runner_gets_the_summary_that_annotations_speak_of(project: Project, tmp_path: Path) -> None:
    """Findings as a table in the file that the runner names; no file is needed, and other forms write none."""
    file = tmp_path / "summary.md"
    place = records(tmp_path / "osv", FLAW)
    project.environment["GITHUB_STEP_SUMMARY"] = str(file)
    for form, made in (("sarif", False), ("github", True)):
        done = project.run("audit", "--format", form, "--advisories", place)
        assert (done.code, file.exists()) == (1, made)
    assert file.read_text().startswith("### holdfast audit: failed\n")
    assert "<code>jinja2 2&#46;10</code>" in file.read_text()
    project.environment["GITHUB_STEP_SUMMARY"] = str(tmp_path)
    done = project.run("audit", "--format", "github", "--advisories", place)
    assert "the summary of this step was not written" in done.err


def test_errors_of_an_audit_for_a_page_are_told_in_words(project: Project) -> None:
    """There is no page of an error: stderr has it as for a text."""
    project.lock.unlink()
    done = project.run("audit", "--format", "html")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")


@pytest.mark.parametrize("form", graph_port.FORMATS)
def test_the_graph_is_written_without_asking_anybody(project: Project, index: IndexServer, form: str) -> None:
    """In each of its forms."""
    index.asked.clear()
    done = project.run("graph", "--format", form)
    assert done.code == 0
    assert "jinja2" in done.out
    assert index.asked == []


def test_the_graph_has_to_be_told_its_form(project: Project) -> None:
    """There is none that everybody expects."""
    done = project.run("graph")
    assert done.code == 2
    assert "--format dot" in done.err


def test_why_answers_for_capabilities_and_signers(project: Project) -> None:
    """By the shortest path from the first hop; what nobody signed is said."""
    assert "through nothing that was looked at" in project.run("why", "--capability", "network").out
    project.run("audit", "--fetch")
    done = project.run("why", "--capability", "network")
    assert "pypi:flask 1.0 -> pypi:jinja2 2.10" in done.out
    found = project.run("why", "--capability", "network", "--format", "json").json
    assert found["reaches"][0]["path"] == ["pypi:flask 1.0", "pypi:jinja2 2.10"]
    assert "no signer" in project.run("why", "--signer", "github:").out
    for words in ((), ("flask", "--signer", "x"), ("--capability", "networking")):
        assert project.run("why", *words).code == 2
