"""Files as a git revision has them."""

import os
import subprocess
from pathlib import Path

import pytest

from holdfast.errors import RevisionUnknown
from holdfast.revisions import file_at


def git(folder: Path, *arguments: str) -> str:
    settings = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@a.example",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@a.example",
    }
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: `web/holdfast.lock` is "one", then "two"; the first has a tag."""
    root = tmp_path / "repository"
    (root / "web").mkdir(parents=True)
    git(root, "init", "--quiet")
    for content in (b"one\r\n", b"two\n"):
        (root / "web" / "holdfast.lock").write_bytes(content)
        git(root, "add", ".")
        git(root, "commit", "--quiet", "--message", "a change")
    git(root, "tag", "v1", "HEAD~1")
    return root


@pytest.mark.parametrize(
    ("revision", "content"),
    [("HEAD", b"two\n"), ("HEAD~1", b"one\r\n"), ("v1", b"one\r\n"), ("main", b"two\n")],
)
def test_a_file_is_read_as_the_revision_has_it(repository: Path, revision: str, content: bytes) -> None:
    """Paths start at the project, also in a subfolder of the repository; bytes come as stored."""
    assert file_at(str(repository / "web"), revision, "holdfast.lock") == content
    assert file_at(str(repository), revision, "web/holdfast.lock") == content


def test_the_working_tree_is_not_looked_at(repository: Path) -> None:
    """A file that only the folder has is None, one that the folder has lost is still there."""
    (repository / "web" / "new").write_text("new")
    (repository / "web" / "holdfast.lock").unlink()
    assert file_at(str(repository / "web"), "HEAD", "new") is None
    assert file_at(str(repository / "web"), "HEAD", "missing/deep") is None
    assert file_at(str(repository / "web"), "HEAD", "holdfast.lock") == b"two\n"


def test_stored_bytes_pass_no_filter(repository: Path, tmp_path: Path) -> None:
    """Text conversions that attributes name are not run."""
    (repository / ".gitattributes").write_text("*.lock diff=x text eol=crlf\n")
    git(repository, "config", "diff.x.textconv", f"touch {tmp_path}/ran; cat")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "attributes")
    assert file_at(str(repository / "web"), "HEAD", "holdfast.lock") == b"two\n"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("revision", "reason"),
    [
        ("nowhere", "git does not know it"),
        ("--output=x", "not the name of a revision"),
        ("-", "not the name of a revision"),
        ("", "not the name of a revision"),
        ("HEAD:web", "not the name of a revision"),
        ("a\nb", "not the name of a revision"),
        ("\0", "not the name of a revision"),
        ("HEAD^{tree}", "git does not know it"),
    ],
)
def test_a_revision_that_git_does_not_know_is_refused(repository: Path, revision: str, reason: str) -> None:
    """Unknown names, options in disguise and texts that mean something else give `RevisionUnknown`."""
    with pytest.raises(RevisionUnknown) as caught:
        file_at(str(repository / "web"), revision, "absent.lock")
    assert caught.value.revision == revision
    assert reason in caught.value.reason


def test_what_is_no_file_there_is_refused(repository: Path) -> None:
    """A folder in the file's place is an error, not an absent file."""
    with pytest.raises(RevisionUnknown, match="tree"):
        file_at(str(repository), "HEAD", "web")


def test_a_shallow_clone_says_what_it_lacks(repository: Path, tmp_path: Path) -> None:
    """A commit beyond a shallow clone's end is refused with the command that fetches it."""
    first = git(repository, "rev-parse", "HEAD~1")
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), "shallow")
    assert file_at(str(tmp_path / "shallow" / "web"), "HEAD", "holdfast.lock") == b"two\n"
    for revision in ("HEAD~1", first):
        with pytest.raises(RevisionUnknown) as caught:
            file_at(str(tmp_path / "shallow" / "web"), revision, "holdfast.lock")
        assert "shallow" in caught.value.reason
        assert "git fetch --unshallow" in caught.value.reason


def test_a_folder_without_repository_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside any repository git's own words are the reason."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(RevisionUnknown) as caught:
        file_at(str(tmp_path), "HEAD", "holdfast.lock")
    assert "not a git repository" in caught.value.reason


def test_without_git_the_reason_says_so(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No git on the PATH is said, not guessed around."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RevisionUnknown) as caught:
        file_at(str(repository), "HEAD", "web/holdfast.lock")
    assert "git is not installed" in caught.value.reason


def test_a_missing_project_folder_is_not_a_missing_git(tmp_path: Path) -> None:
    """A folder that does not exist is named as the reason."""
    with pytest.raises(RevisionUnknown) as caught:
        file_at(str(tmp_path / "missing"), "HEAD", "holdfast.lock")
    assert "no folder" in caught.value.reason
