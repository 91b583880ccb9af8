"""`check` on the command line: drift, `--base`, `--against`, in every format."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.index_server import serving
from tests.support.packages import read_releases
from tests.support.project import Project

SHELF = "flask 3.0.0\n    click>=8\nclick 8.1.7\nclick 8.1.8"
OTHER_DIGEST = "sha256:" + 64 * "0"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A locked project whose index is gone: `check` must not need it."""
    with serving(read_releases(SHELF)) as server:
        return Project(tmp_path, ["flask"], server.url).locked()


def commit(project: Project, *words: str) -> None:
    """Put the project under version control, or add a commit."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "one"]):
        subprocess.run(["git", *command], cwd=project.folder, check=True, capture_output=True)


def edit(project: Project, before: str, after: str) -> None:
    """Edit the lock by hand."""
    text = project.lock.read_text()
    assert before in text
    project.lock.write_text(text.replace(before, after))


def digest_of(project: Project, file: str) -> str:
    """The pinned hash of a file."""
    return project.lock.read_text().partition(f'"{file}", hash = "')[2].partition('"')[0]


def test_a_lock_that_holds(project: Project) -> None:
    """One line and 0; nothing when quiet; nothing asked of any index."""
    assert project.run("check")[:2] == (0, "holdfast.lock holds: 2 packages for 2 targets\n")
    assert project.run("check", "-q") == (0, "", "")
    document = project.run("check", "--format", "json").json
    assert (document["findings"], document["summary"]["fails"]) == ([], False)


def test_every_entry_that_drifted_is_named(project: Project) -> None:
    """Expected, found, where from, and the command that mends it."""
    project.manifest.write_text(project.manifest.read_text().replace('"flask"', '"flask<3", "six"'))
    done = project.run("check")
    assert done.code == 1
    assert "error[manifest-changed]: pypi:flask<3\n  expected: pypi:flask<3 (pyproject.toml)" in done.out
    assert "error[manifest-changed]: pypi:six\n" in done.out
    assert done.out.count("  at: pyproject.toml:5\n  next: holdfast lock\n") == 2
    assert done.out.endswith("holdfast.lock does not hold (2 packages for 2 targets): 2 errors\n")
    assert project.run("check", "-q").out == done.out


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_formats_for_machines(project: Project, form: str) -> None:
    """The same finding in each of them, and the same exit code."""
    project.manifest.write_text(project.manifest.read_text().replace('"flask"', '"flask>=3"'))
    done = project.run("check", "--format", form)
    assert done.code == 1
    assert "manifest-changed" in done.out
    assert "pypi:flask>=3" in done.out
    if form != "github":
        json.loads(done.out)


def test_scope_and_sources_are_compared(project: Project) -> None:
    """A target and a source that the configuration has and the lock has not."""
    text = project.manifest.read_text().replace('["3.11"]', '["3.11", "3.12"]')
    source = '[tool.holdfast.sources.own]\nkind = "pypi"\nurl = "https://own.example/simple/"\npackages = ["click"]\n'
    project.manifest.write_text(text + source)
    done = project.run("check")
    assert done.code == 1
    assert "error[scope-changed]: targets\n  expected: cp312 linux-x86_64 glibc-2.28 (pyproject.toml)" in done.out
    assert "error[source-changed]: click 8.1.8\n  expected: from the source own (pyproject.toml)" in done.out


def test_without_a_lock(project: Project) -> None:
    """2, and the command that makes one."""
    project.lock.unlink()
    done = project.run("check")
    assert (done.code, done.err) == (2, "error: there is no holdfast.lock here yet\nhint: run `holdfast lock`\n")


def test_no_environment_makes_a_failing_check_pass(project: Project) -> None:
    """Whatever is set, a lock that does not hold fails."""
    project.manifest.write_text(project.manifest.read_text().replace('"flask"', '"six"'))
    for variable in ("BASE", "PROJECT", "FORMAT", "AGAINST", "OFFLINE", "QUIET"):
        project.environment[f"HOLDFAST_{variable}"] = "1"
    assert project.run("check").code == 1


def test_a_hash_that_changed_since_the_base_is_an_alarm(project: Project) -> None:
    """`--base` compares the bytes of the same releases; `diff`, the next command, shows the change."""
    commit(project)
    assert project.run("check", "--base", "HEAD").code == 0
    edit(project, digest_of(project, "click-8.1.8-py3-none-any.whl"), OTHER_DIGEST)
    assert project.run("check").code == 0
    done = project.run("check", "--base", "HEAD")
    assert done.code == 1
    assert "alarm[artifact-changed]: click-8.1.8-py3-none-any.whl" in done.out
    assert f"  found: {OTHER_DIGEST} (holdfast.lock)" in done.out
    assert "  next: holdfast diff HEAD\n" in done.out


def test_bases_that_cannot_be_had(project: Project) -> None:
    """No repository is wrong usage, an unknown revision cannot be judged; no lock is a note, a broken one an error."""
    assert project.run("check", "--base", "HEAD").code == 2
    data = project.lock.read_bytes()
    project.lock.unlink()
    commit(project)
    project.lock.write_bytes(data)
    done = project.run("check", "--base", "HEAD")
    assert (done.code, done.err) == (0, "note: HEAD has no holdfast.lock to compare with\n")
    done = project.run("check", "--base", "nothing-like-it")
    assert done.code == 3
    assert "cannot read the revision nothing-like-it" in done.err
    project.lock.write_text("format = 99\n")
    commit(project)
    project.lock.write_bytes(data)
    done = project.run("check", "--base", "HEAD")
    assert done.code == 2
    assert "holdfast.lock at HEAD" in done.err


def test_another_tools_file_is_compared_both_ways(project: Project, tmp_path: Path) -> None:
    """What `export` writes agrees; an edited version or hash is named with its line."""
    exported = tmp_path / "requirements.txt"
    assert project.run("export", "requirements", "-o", str(exported)).code == 0
    assert project.run("check", "--against", str(exported)).code == 0
    text = exported.read_text()
    exported.write_text(text.replace("click==8.1.8", "click==8.1.7"))
    done = project.run("check", "--against", str(exported))
    assert done.code == 1
    assert "error[foreign-version]: click\n" in done.out
    assert f"  at: {exported}:" in done.out
    exported.write_text(text.replace(digest_of(project, "click-8.1.8-py3-none-any.whl"), OTHER_DIGEST))
    done = project.run("check", "--against", str(exported))
    assert done.code == 1
    assert "[foreign-hash]: click-8.1.8-py3-none-any.whl" in done.out


def test_another_tools_file_that_cannot_be_read(project: Project, tmp_path: Path) -> None:
    """A missing file, one that is no text, and one of no known format: each says so."""
    for name, data, said in (
        ("uv.lock", None, "cannot read"),
        ("poetry.lock", b"\xff\xfe\x00", "it is not UTF-8 text"),
        ("notes.md", b"# notes\n", "a file of no known format"),
    ):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        done = project.run("check", "--against", str(path))
        assert done.code == 2
        assert said in done.err


def test_capabilities_that_nobody_recorded_are_not_judged(project: Project) -> None:
    """A policy on capabilities judges what approvals recorded: without any it neither fails nor complains."""
    project.manifest.write_text(
        project.manifest.read_text() + '\n[tool.holdfast.policy]\ndeny-capabilities = ["network"]\n'
    )
    done = project.run("check")
    assert (done.code, done.err) == (0, "")
