"""`diff` on the command line, in repositories of git."""

import subprocess
from pathlib import Path

from holdfast.format.write import write
from holdfast.model.lock import Signer
from tests.support.lock_scenarios import digest, read_lock
from tests.support.project import Project

BEFORE = """
wish flask>=3.0
flask 3.0.3
    click>=8.1.3
click 8.1.8
old 1.0
"""
AFTER = """
wish flask>=3.1
flask 3.1.0
    click>=8.1.3
click 8.1.8 | seed other
    colorama ; sys_platform == 'win32'
colorama 0.4.6
"""


def git(project: Project, *words: str) -> None:
    """Run git in the project, as somebody."""
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *words]
    subprocess.run(command, cwd=project.folder, check=True, capture_output=True)


def changed(tmp_path: Path) -> Project:
    """A project whose committed lock is BEFORE and whose lock on the disk is AFTER."""
    project = Project(tmp_path)
    project.lock.write_text(write(read_lock(BEFORE)))
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "-m", "first")
    project.lock.write_text(write(read_lock(AFTER)))
    return project


def test_the_changes_are_told_in_human_terms(tmp_path: Path) -> None:
    """Moved, added with the path that brings it, removed, other bytes, other wishes; and exit 0."""
    done = changed(tmp_path).run("diff")
    assert done.code == 0
    assert done.out.splitlines() == [
        "changed       click 8.1.8",
        "              artifact-changed (alarm): click-8.1.8.tar.gz",
        f"                before: {digest('click-8.1.8.tar.gz')}",
        f"                after: {digest('otherclick-8.1.8.tar.gz')}",
        "              also changed: dependencies",
        "added         colorama 0.4.6",
        "              from: pyproject.toml -> flask 3.1.0 -> click 8.1.8 -> colorama 0.4.6",
        "upgraded      flask 3.0.3 -> 3.1.0",
        "removed       old 1.0",
        "wish removed  pypi:flask>=3.0 (pyproject.toml, project)",
        "wish added    pypi:flask>=3.1 (pyproject.toml, project)",
        "",
        "1 added, 1 removed, 1 upgraded, 1 changed",
    ]


def test_json_has_the_path_of_what_was_added(tmp_path: Path) -> None:
    """One document, with the same paths."""
    pins = {pin["name"]: pin for pin in changed(tmp_path).run("diff", "HEAD", "--format", "json").json["pins"]}
    assert pins["colorama"]["path"] == ["pyproject.toml", "flask 3.1.0", "click 8.1.8", "colorama 0.4.6"]
    assert pins["flask"]["path"] == []


def test_the_classes_of_a_change_are_told(tmp_path: Path) -> None:
    """A new version by another workflow, one that is unsigned, and a publisher's new name, in words and as JSON."""
    project = Project(tmp_path)
    records = (Signer("github:1/a.yml", "acme/tool", (("owner-id", "7"),)), Signer("github:2/b.yml", "beta/tool"))
    before = read_lock(
        "wish a\na 1 | signers github:1/a.yml\nb 1 | signers github:2/b.yml\nc 1 | signers github:1/a.yml\n"
    )
    after = read_lock("wish a\na 1.1 | signers github:9/a.yml\nb 1.1\nc 1.1 | signers github:1/a.yml\n")
    project.lock.write_text(write(before._replace(signers=records)))
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "-m", "first")
    again = Signer("github:9/a.yml", "acme/tool", (("owner-id", "66"),))
    project.lock.write_text(write(after._replace(signers=(records[0], again))))
    done = project.run("diff")
    assert done.code == 0
    assert done.out.splitlines()[:8] == [
        "upgraded      a 1 -> 1.1",
        "              signer-impersonated (alarm): acme/tool (github:1/a.yml) -> acme/tool (github:9/a.yml)",
        "                owner-id: 7 -> 66",
        "upgraded      b 1 -> 1.1",
        "              signer-lost (alarm): beta/tool (github:2/b.yml) no longer signs; unsigned",
        "upgraded      c 1 -> 1.1",
        "              signed by acme/tool (github:1/a.yml), as before",
        "",
    ]
    pins = project.run("diff", "HEAD", "--format", "json").json["pins"]
    assert pins[0]["classes"][0] == {
        "class": "signer-impersonated",
        "severity": "alarm",
        "needs_approval": True,
        "compared_with": "1",
        "signers_before": [{"id": "github:1/a.yml", "label": "acme/tool", "owner-id": "7"}],
        "signers_after": [{"id": "github:9/a.yml", "label": "acme/tool", "owner-id": "66"}],
        "details": ["id: github:1/a.yml -> github:9/a.yml", "owner-id: 7 -> 66"],
    }
    assert [[one["class"] for one in pin["classes"]] for pin in pins[1:]] == [
        ["signer-lost", "version-changed"],
        ["version-changed"],
    ]


def test_nothing_changed(tmp_path: Path) -> None:
    """That is said too."""
    project = changed(tmp_path)
    git(project, "commit", "--quiet", "-am", "second")
    assert project.run("diff").out == "no difference\n"
    assert "upgraded" in project.run("diff", "HEAD~1").out


def test_a_revision_without_a_lock(tmp_path: Path) -> None:
    """Everything is new, and why is said on stderr."""
    project = changed(tmp_path)
    git(project, "rm", "--quiet", "--cached", "holdfast.lock")
    git(project, "commit", "--quiet", "-m", "without")
    done = project.run("diff")
    assert done.code == 0
    assert "HEAD has no holdfast.lock" in done.err
    assert done.out.count("added  ") == 4  # three packages and a wish


def test_what_cannot_be_compared_is_an_error(tmp_path: Path) -> None:
    """No repository, an unknown revision, a broken lock at the revision: exit 2, each with its reason."""
    alone = Project(tmp_path)
    alone.lock.write_text(write(read_lock(AFTER)))
    done = alone.run("diff")
    assert done.code == 2
    assert "not a git repository" in done.err
    project = changed(tmp_path)
    assert project.run("diff", "nowhere").code == 2
    assert "cannot read the revision nowhere" in project.run("diff", "nowhere").err
    good = project.lock.read_text()
    project.lock.write_text("garbage\n")
    git(project, "commit", "--quiet", "-am", "broken")
    project.lock.write_text(good)
    done = project.run("diff")
    assert done.code == 2
    assert "holdfast.lock at HEAD:1:" in done.err
    project.lock.unlink()
    assert "run `holdfast lock`" in project.run("diff").err
