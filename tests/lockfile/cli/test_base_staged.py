"""`check --base` where a change stages that the base has no approvals: each is refused, and none passes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.approved_project import ApprovedProject
from tests.support.project import Done
from tests.support.repositories import commit, git

JUDGING = (("check",), ("status",), ("approvals", "list"), ("approvals", "verify"), ("review",))


class Staged:
    """A repository whose project `web` has approvals at `base`, and a change of its bytes that nobody approved."""

    def __init__(self, folder: Path) -> None:
        self.project = ApprovedProject(folder, "alice", own=True)
        self.top = folder
        self.web = self.project.folder
        (folder / ".gitignore").write_text("/cache\n")
        self.base = commit(folder)
        self.project.move("click")

    def without_approvals(self, folder: Path) -> None:
        """Copy the project there, as it would be if approvals had never begun."""
        shutil.copytree(self.web, folder)
        shutil.rmtree(folder / ".holdfast")
        path = folder / "holdfast.toml"
        path.write_text(path.read_text().partition("[[approver]]")[0])

    def check(self, *words: str) -> Done:
        """Check the project by the base."""
        return self.project.run(*(words or ("check",)), "--base", self.base)


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    """A repository with a change."""
    return Staged(tmp_path)


def inside(folder: Path, base: str, environment: dict[str, str], *words: str) -> Done:
    """Run a command in a folder as a shell would that went there: its working folder, and `PWD` as written."""
    script = "from holdfast.cli.main import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", script, *words, "--base", base],
        cwd=folder,
        env={**os.environ, **environment, "PWD": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("words", JUDGING)
def test_the_project_s_folder_as_a_link(staged: Staged, words: tuple[str, ...]) -> None:
    """Behind the link is a folder that the base does not have; named or gone to, it is refused."""
    staged.without_approvals(staged.top / "decoy")
    shutil.rmtree(staged.web)
    staged.web.symlink_to("decoy")
    commit(staged.top)
    for done in (staged.check(*words), inside(staged.web, staged.base, staged.project.environment, *words)):
        assert (done.code, done.out) == (2, "")
        assert f"links within its repository, found {staged.web}" in done.err


def test_a_folder_above_the_project_as_a_link(staged: Staged) -> None:
    """The same one level up."""
    base = commit(staged.top, {"svc/.keep": ""})
    staged.without_approvals(staged.top / "decoy" / "app")
    shutil.rmtree(staged.top / "svc")
    (staged.top / "svc").symlink_to("decoy")
    commit(staged.top)
    staged.project.folder = staged.top / "svc" / "app"
    done = staged.project.run("check", "--base", base)
    assert (done.code, f"found {staged.top / 'svc'}" in done.err) == (2, True)


def test_a_link_outside_of_the_repository_is_the_user_s_own(
    staged: Staged, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """How one comes to a clone is nothing that a change decides."""
    way = tmp_path_factory.mktemp("home") / "work"
    way.symlink_to(staged.top)
    git(staged.web, "checkout", "--quiet", "--", ".")
    staged.project.folder = way / "web"
    assert staged.check().code == 0
    assert inside(way / "web", staged.base, staged.project.environment, "check").code == 0


@pytest.mark.parametrize("place", ["above", "itself"])
@pytest.mark.parametrize("common", [False, True])
def test_a_bare_repository_among_the_files(staged: Staged, tmp_path: Path, place: str, common: bool) -> None:
    """It has the base's commit, calls the folder its tree, and its settings run programs: it is not asked."""
    app = staged.web / "app"
    staged.without_approvals(app)
    bare = staged.web if place == "above" else app
    git(tmp_path, "clone", "--quiet", "--bare", str(staged.top), str(tmp_path / "bare.git"))
    sprung = tmp_path / "sprung"
    git(tmp_path / "bare.git", "config", "core.fsmonitor", f"touch {sprung}")
    git(tmp_path / "bare.git", "config", "core.bare", "false")
    git(tmp_path / "bare.git", "config", "core.worktree", str(bare))
    if common:
        shutil.copytree(tmp_path / "bare.git", bare / "store")
        (bare / "HEAD").write_text("ref: refs/heads/main\n")
        (bare / "commondir").write_text("store\n")
    else:
        shutil.copytree(tmp_path / "bare.git", bare, dirs_exist_ok=True)
    staged.project.folder = app
    for words in JUDGING:
        done = staged.check(*words)
        assert (done.code, done.out) == (2, "")
        assert f"found a bare repository in {bare}" in done.err
    assert not sprung.exists()


def submodule(staged: Staged) -> None:
    """Make `web` a submodule: a fork that has the base's commit as well."""
    fork = staged.top.parent / f"{staged.top.name}-fork"
    git(staged.top, "clone", "--quiet", str(staged.top), str(fork))
    staged.without_approvals(fork / "decoy")
    for path in (fork / "decoy").iterdir():
        path.rename(fork / path.name)
    shutil.rmtree(fork / "web")
    commit(fork)
    git(staged.top, "rm", "-r", "--quiet", "--force", "web")
    shutil.rmtree(staged.web, ignore_errors=True)
    git(staged.top, "submodule", "--quiet", "add", str(fork), "web")
    commit(staged.top)


def test_a_submodule_that_has_the_base_as_well(staged: Staged) -> None:
    """It is a repository of its own, in which the project is at the top."""
    submodule(staged)
    done = staged.check()
    assert (done.code, done.out) == (2, "")
    assert f"found a repository of its own in {staged.web}" in done.err
    assert inside(staged.web, staged.base, staged.project.environment, "check").code == 2


def test_a_clone_or_a_working_tree_within_a_repository_is_judged(staged: Staged) -> None:
    """What is no part of the outer tree, and a second working tree of the same repository, are no submodules."""
    git(staged.top, "clone", "--quiet", str(staged.top), "mine")
    git(staged.top, "worktree", "add", "--quiet", "trees/second", staged.base)
    commit(staged.top, {".gitignore": "/cache\n/mine\n/trees\n"})
    for place in ("mine", "trees/second"):
        staged.project.folder = staged.top / place / "web"
        assert staged.check().code == 0, place


def test_a_project_that_is_gone(staged: Staged) -> None:
    """`cd web && holdfast check --base` judges no project above it, with and without files that are left."""
    staged.without_approvals(staged.top / "copy")
    for path in (staged.top / "copy").iterdir():
        path.rename(staged.top / path.name)
    for left in ("pyproject.toml", ""):
        for path in staged.web.iterdir():
            if path.is_file() and path.name != left:
                path.unlink()
        (staged.web / "src").mkdir(exist_ok=True)
        if left:
            (staged.web / left).write_text("[build-system]\n")
        for folder in (staged.web, staged.web / "src"):
            done = inside(folder, staged.base, staged.project.environment, "check")
            assert (done.code, done.out) == (2, "")
            assert f"has in {staged.web}, found one in {staged.top}" in done.err
    staged.project.folder = staged.top  # named, it is what is asked for
    assert "approval-unbased" in staged.check().out or staged.check().code == 0


def test_a_project_that_comes_between(staged: Staged) -> None:
    """A new one nearer than the base's is not judged in its place, unless it is named."""
    src = staged.web / "src"
    staged.without_approvals(staged.top / "copy")
    (staged.top / "copy").rename(src)
    done = inside(src, staged.base, staged.project.environment, "check")
    assert (done.code, f"has in {staged.web}, found one in {src}" in done.err) == (2, True)
    git(staged.web, "checkout", "--quiet", "--", ".")
    shutil.rmtree(src)
    src.mkdir()
    assert inside(src, staged.base, staged.project.environment, "check").code == 0


@pytest.mark.parametrize("name", ["holdfast.toml", "holdfast.lock", "pyproject.toml", "uv.toml"])
def test_a_link_in_the_place_of_a_file_that_decides(staged: Staged, name: str) -> None:
    """Today it says the same, and from then on no base of it can be read: with and without a base it is refused."""
    git(staged.web, "checkout", "--quiet", "--", ".")
    path = staged.web / name
    path.touch()
    path.rename(staged.web / "real")
    path.symlink_to("real")
    for done in (staged.check(), staged.project.run("check"), staged.check("status")):
        assert (done.code, done.out) == (2, "")
        assert f"cannot read the file {path}: it is a link" in done.err


def test_links_are_no_matter_without_approvals(staged: Staged, tmp_path: Path) -> None:
    """A project without approvals and without a base may have its manifest where it likes."""
    plain = tmp_path / "plain"
    staged.without_approvals(plain)
    (plain / "pyproject.toml").rename(plain / "real")
    (plain / "pyproject.toml").symlink_to("real")
    staged.project.folder = plain
    assert staged.project.run("check").code == 0


def test_pages_beside_the_approvals_are_only_named(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long they are: neither the tree's nor the base's is read."""
    git(staged.web, "checkout", "--quiet", "--", ".")
    names = ("README.md", ".gitattributes")
    base = commit(staged.top, {f"web/.holdfast/approvals/{name}": "x" for name in names})
    git(staged.top, "config", "core.hooksPath", os.devnull)
    for name in names:
        blob = git(staged.web, "rev-parse", f"HEAD:./.holdfast/approvals/{name}")
        (staged.top / ".git" / "objects" / blob[:2] / blob[2:]).unlink(missing_ok=True)
    read = []

    def reading(path: str) -> bytes:
        read.append(os.path.basename(path))
        return Path(path).read_bytes()

    monkeypatch.setattr("holdfast.files.read_bytes", reading)
    assert staged.project.run("check", "--base", base).code == 0
    assert len(read) == 1
    assert not set(names) & set(read)
