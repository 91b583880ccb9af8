"""What `audit` says to somebody who mistyped, named the wrong file, denied something or asks for more."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.index_server import serving
from tests.support.osv_records import affecting, python
from tests.support.packages import wheel
from tests.support.project import Project

_CODE = "import socket\nimport six\n\n\ndef call():\n    return socket.create_connection(('a.example', 1))\n"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A locked project, one of whose packages imports what only another one requires."""
    files = [
        wheel("flask", "1.0", ["jinja2>=2"]),
        wheel("jinja2", "2.10", ["click"], code={"jinja2/net.py": _CODE}),
        wheel("click", "8.0", ["six"]),
        wheel("six", "1.0"),
    ]
    with serving(files) as server:
        made = Project(tmp_path, ["flask"], server.url).locked()
        assert made.run("audit", "--fetch").code == 0
        yield made


def test_a_name_is_refused_in_the_words_that_were_given(project: Project) -> None:
    """What is not locked is repeated as it was typed; a version behind a name is said to be too much."""
    done = project.run("audit", "--explain", "Nope.X")
    assert (done.code, "found Nope.X\n" in done.err) == (2, True)
    done = project.run("audit", "--explain", "pypi:jinja2@2.10")
    assert (done.code, "without a version, found pypi:jinja2@2.10" in done.err) == (2, True)
    assert "did you mean pypi:jinja2?" in done.err


def test_notes_are_counted_and_shown_when_asked_for(project: Project) -> None:
    """The text counts notes and names the command that shows them, which does."""
    brief = project.run("audit").out
    assert " notes\nnotes: holdfast audit -v\n" in brief
    assert "import-undeclared" not in brief
    long = project.run("audit", "-v").out
    assert "note[import-undeclared]: jinja2 2.10" in long
    assert "notes: holdfast" not in long


def test_what_policy_denies_is_named_with_its_path_and_its_evidence(project: Project) -> None:
    """The finding says by which path the package comes, and its next command shows the place."""
    text = project.manifest.read_text()
    project.manifest.write_text(text + '\n[tool.holdfast.policy]\ndeny-capabilities = ["network"]\n')
    done = project.run("audit")
    assert done.code == 1
    assert "found: network: jinja2/net.py:6 via socket.create_connection\n" in done.out
    assert "from: pyproject.toml -> flask 1.0 -> jinja2 2.10\n" in done.out
    assert "next: holdfast audit --explain jinja2\n" in done.out
    assert "jinja2/net.py:6" in project.run("audit", "--explain", "jinja2").out


def test_what_policy_denies_and_nobody_could_see_is_told(project: Project, tmp_path: Path) -> None:
    """Where the code was not looked at, an audit does not pass for one that found nothing to deny."""
    text = project.manifest.read_text()
    project.manifest.write_text(text + '\n[tool.holdfast.policy]\ndeny-capabilities = ["network"]\n')
    done = project.run("audit", "--offline", "--cache-dir", str(tmp_path / "other"))
    assert done.code == 3
    assert "warning[capability-unknown]: holdfast.lock\n" in done.out
    assert "found: not known of 4 of 4 packages: click 8.0, flask 1.0, jinja2 2.10, +1 more\n" in done.out
    assert "next: holdfast audit --fetch\n" in done.out
    assert "capability-unknown" not in project.run("audit").out


def test_an_audit_of_unseen_code_is_decided_where_nothing_is_denied(project: Project, tmp_path: Path) -> None:
    """Or where what is denied could be seen: only a question that policy asks is left open."""
    other = ("audit", "--offline", "--cache-dir", str(tmp_path / "other"))
    assert project.run(*other).code == 0
    text = project.manifest.read_text()
    project.manifest.write_text(text + '\n[tool.holdfast.policy]\ndeny-capabilities = ["install-script"]\n')
    assert project.run("audit", "--offline").code == 0
    assert project.run(*other).code == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ignore", "A-1", "--reason", "x", "--until", "2020-01-01"), "an end that is still to come"),
        (("--ignore-until-fixed", "mal-1", "--reason", "x"), "a malicious release is never ignored until it is fixed"),
    ],
)
def test_an_ignore_that_could_not_hold_is_not_written(project: Project, words: tuple[str, ...], said: str) -> None:
    """What would be an error in the next audit is refused at once, and the configuration stays."""
    before = project.manifest.read_text()
    done = project.run("audit", *words)
    assert (done.code, said in done.err) == (2, True)
    assert project.manifest.read_text() == before


def test_a_file_that_is_no_archive_is_refused_by_its_path(project: Project, tmp_path: Path) -> None:
    """A broken archive of advisories is the fault of a file, not of an index."""
    path = tmp_path / "osv.zip"
    path.write_text("nothing")
    done = project.run("audit", "--advisories", str(path))
    assert done.code == 2
    assert done.err.startswith(f"error: expected a folder or a ZIP archive of OSV records, found {path}: ")
    assert "index" not in done.err


def test_a_source_without_any_record_is_told(project: Project, tmp_path: Path) -> None:
    """An empty folder or archive is no answer: a clean audit would be one that asked nobody."""
    (tmp_path / "empty").mkdir()
    path = tmp_path / "osv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("README", "nothing")
    for place in (tmp_path / "empty", path):
        assert f"advisories of {place}: no record is in it" in project.run("audit", "--advisories", str(place)).out
    (tmp_path / "empty" / "A-1.json").write_text(
        json.dumps(affecting("A-1", python("other"), "ECOSYSTEM", "introduced 0"))
    )
    assert "advisories of" not in project.run("audit", "--advisories", str(tmp_path / "empty")).out


def test_a_broken_record_of_an_archive_is_named_with_the_archive(project: Project, tmp_path: Path) -> None:
    """Which of several archives has it is a part of its name."""
    path = tmp_path / "osv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", "{nope")
    out = project.run("audit", "--advisories", str(path)).out
    assert "advisory-unjudged]: osv.zip: a.json\n" in out
    assert f"({tmp_path})\n" in out


@pytest.mark.parametrize("is_inside", [True, False])
def test_a_record_has_the_same_fingerprint_wherever_the_project_lies(
    project: Project, tmp_path: Path, is_inside: bool
) -> None:
    """Below the project a record is named from there, elsewhere by the last part of what was given: on each machine."""
    prints, subjects, home = [], [], project.folder
    for machine in ("one", "two"):
        moved = tmp_path / machine / "web"
        shutil.copytree(home, moved)
        records = (moved if is_inside else tmp_path / machine) / "osv"
        (records / "deep").mkdir(parents=True)
        (records / "deep" / "a.json").write_text("{nope")
        with zipfile.ZipFile(records.parent / "all.zip", "w") as archive:
            archive.writestr("b.json", "{nope")
        project.folder = moved
        words = ("--advisories", str(records), "--advisories", str(records.parent / "all.zip"))
        found = project.run("audit", "--format", "sarif", *words)
        results = [one for one in found.json["runs"][0]["results"] if one["ruleId"] == "advisory-unjudged"]
        prints.append([one["partialFingerprints"] for one in results])
        subjects.append([one["properties"]["subject"] for one in results])
        assert (str(tmp_path) in str([one["message"] for one in results])) is not is_inside
    assert prints[0] == prints[1]
    assert subjects == 2 * [["all.zip: b.json", "osv/deep/a.json"]]
