"""`diff` on the command line, in repositories of git."""

import hashlib
import io
import subprocess
import zipfile
from pathlib import Path

from holdfast.format.write import write
from holdfast.model.lock import Pin, PinnedArtifact, Signer
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.records import distil
from holdfast_resolver.values.artifacts import Artifact, Listing
from holdfast_resolver.values.wishes import Source
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
        "              from: pyproject.toml -> flask 3.1.0 -> click 8.1.8",
        "              also changed: dependencies",
        "added         colorama 0.4.6",
        "              from: pyproject.toml -> flask 3.1.0 -> click 8.1.8 -> colorama 0.4.6",
        "upgraded      flask 3.0.3 -> 3.1.0",
        "              from: pyproject.toml -> flask 3.1.0",
        "removed       old 1.0",
        "wish removed  pypi:flask>=3.0 (pyproject.toml, project)",
        "wish added    pypi:flask>=3.1 (pyproject.toml, project)",
        "",
        "1 added, 1 removed, 1 upgraded, 1 changed",
    ]


def test_json_has_the_path_of_what_came_or_moved(tmp_path: Path) -> None:
    """One document, with the same paths; what is not known is null."""
    pins = {pin["name"]: pin for pin in changed(tmp_path).run("diff", "HEAD", "--format", "json").json["pins"]}
    assert pins["colorama"]["path"] == ["pyproject.toml", "flask 3.1.0", "click 8.1.8", "colorama 0.4.6"]
    assert pins["flask"]["path"] == ["pyproject.toml", "flask 3.1.0"]
    assert pins["old"]["path"] == []
    unknown = {"released": None, "newest_file": None, "age_days": None, "size": None}
    assert {key: pins["flask"][key] for key in unknown} == unknown
    assert pins["colorama"]["files"] == {"added": ["colorama-0.4.6.tar.gz"], "removed": []}


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
    assert done.out.splitlines()[:9] == [
        "upgraded      a 1 -> 1.1",
        "              signer-impersonated (alarm): acme/tool (github:1/a.yml) -> acme/tool (github:9/a.yml)",
        "                owner-id: 7 -> 66",
        "              from: pyproject.toml -> a 1.1",
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
    """No repository or a broken lock at the revision: exit 2; an unknown revision: exit 3; each with its reason."""
    alone = Project(tmp_path)
    alone.lock.write_text(write(read_lock(AFTER)))
    done = alone.run("diff")
    assert done.code == 2
    assert "not a git repository" in done.err
    project = changed(tmp_path)
    assert project.run("diff", "nowhere").code == 3
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


def test_what_is_known_of_releases_is_told(tmp_path: Path) -> None:
    """When a release came, by the cached listing; which files came and went; how much differs, of what is stored."""
    project = Project(tmp_path)
    wheels = {"1.0": {"a.py": b"x = 1\n"}, "1.1": {"a.py": b"x = 2\n", "b.py": b"\n"}}
    pins = []
    for version, files in wheels.items():
        data = wheel_of(files)
        hash_ = f"sha256:{hashlib.sha256(data).hexdigest()}"
        place = project.cache / "store" / "sha256" / hash_[7:9] / hash_[7:]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        artifacts = [PinnedArtifact(f"a-{version}-py3-none-any.whl", hash_)]
        if version == "1.1":
            artifacts.append(PinnedArtifact("a-1.1.tar.gz", digest("late")))
        pins.append(Pin("pypi", "a", version, artifacts=tuple(artifacts)))
    times = ("2020-01-01T00:00:00Z", "2026-11-01T00:00:00.5Z")
    listing = Listing(
        "a",
        tuple(Artifact(one.file, "1.1", "", one.hash, upload_time=when) for one, when in zip(pins[1].artifacts, times)),
    )
    Cache(str(project.cache)).write_record(
        Source("pypi", "pypi", "", "pypi"), "a", distil(listing, fetched=1, fresh_for=1)
    )
    project.lock.write_text(write(read_lock("wish a")._replace(packages=(pins[0],))))
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "-m", "first")
    project.lock.write_text(write(read_lock("wish a")._replace(packages=(pins[1],))))
    done = project.run("diff")
    lines = done.out.splitlines()
    assert lines[:2] == ["upgraded      a 1.0 -> 1.1", "              from: pyproject.toml -> a 1.1"]
    assert lines[2].startswith("              released 2020-01-01, ")
    assert "days ago; its newest file 2026-11-01, " in lines[2]
    assert lines[3:5] == [
        "              1 file added: a-1.1.tar.gz",
        "              1 file changed, 1 added, 0 removed; +2 -1 lines (a-1.1-py3-none-any.whl)",
    ]
    (pin,) = project.run("diff", "--format", "json").json["pins"]
    assert (pin["released"], pin["newest_file"]) == times
    assert pin["age_days"] > 2500
    assert pin["size"] == {
        "file": "a-1.1-py3-none-any.whl",
        "files_added": 1,
        "files_removed": 0,
        "files_changed": 1,
        "lines_added": 2,
        "lines_removed": 1,
    }


def wheel_of(files: dict[str, bytes]) -> bytes:
    """A wheel with just these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_change_of_the_security_configuration_is_told(tmp_path: Path) -> None:
    """Also where the lock is the same; what cannot be compared is said and fails nothing."""
    project = changed(tmp_path)
    git(project, "commit", "--quiet", "-am", "second")
    (project.folder / "holdfast.toml").write_text("")
    manifest = project.manifest.read_text()
    project.manifest.write_text(manifest + "[tool.holdfast.policy]\nmax-depth = 12\n")
    done = project.run("diff")
    assert done.out == "security      policy max-depth: none -> 12\n\nno pin changed\n"
    assert project.run("diff", "--format", "json").json["security"] == ["policy max-depth: none -> 12"]
    git(project, "commit", "--quiet", "-am", "third")
    project.manifest.write_text(manifest)
    assert project.run("diff").out.startswith("security      policy max-depth: 12 -> none\n")
    project.manifest.write_text(manifest + "[tool.holdfast]\nunknown = 1\n")
    git(project, "commit", "--quiet", "-am", "fourth")
    project.manifest.write_text(manifest)
    done = project.run("diff")
    assert (done.code, done.out) == (0, "no difference\n")
    assert "note: the configuration at HEAD cannot be compared" in done.err
