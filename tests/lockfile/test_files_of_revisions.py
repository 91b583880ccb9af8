"""Files as a git revision has them."""

from pathlib import Path

import pytest

from holdfast.cli.exits import UNDECIDED, WRONG, exit_code
from holdfast.errors import RevisionMissing, RevisionUnknown
from holdfast.revisions import file_at, files_at, full_commit, is_full_commit, tree_at
from tests.support.repositories import commit, git


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
    assert exit_code(caught.value) == (UNDECIDED if "git does not know" in reason else WRONG)


def test_what_is_no_file_there_is_refused(repository: Path) -> None:
    """A folder in the file's place is an error, not an absent file."""
    with pytest.raises(RevisionUnknown, match="folder"):
        file_at(str(repository), "HEAD", "web")


@pytest.mark.parametrize("revision", ["", "HEAD~1", "origin/topic", "v1"])
def test_a_shallow_clone_says_what_fetches_it(repository: Path, tmp_path: Path, revision: str) -> None:
    """A revision beyond a shallow clone's end is refused, and the command that is named fetches it ("": a full id)."""
    first = git(repository, "rev-parse", "HEAD~1")
    git(repository, "branch", "topic", "HEAD~1")
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), "shallow")
    web = tmp_path / "shallow" / "web"
    assert file_at(str(web), "HEAD", "holdfast.lock") == b"two\n"
    with pytest.raises(RevisionMissing) as caught:
        file_at(str(web), revision or first, "holdfast.lock")
    assert "shallow" in caught.value.reason
    assert exit_code(caught.value) == UNDECIDED
    git(web, *caught.value.hint.split()[1:])
    assert file_at(str(web), revision or first, "holdfast.lock") == b"one\r\n"
    assert ("--depth=1" in caught.value.hint) == (revision not in ("HEAD~1", "v1"))


def test_a_clone_without_the_branch_says_what_fetches_it(repository: Path, tmp_path: Path) -> None:
    """The command fetches no less than all: a whole clone stays whole."""
    git(repository, "tag", "early", git(repository, "commit-tree", "HEAD^{tree}", "-m", "early"))
    later = git(repository, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "later")
    for place, revision in enumerate(("origin/topic", later, "early")):
        clone = tmp_path / f"clone{place}"
        git(tmp_path, "clone", "--quiet", "--single-branch", "--no-tags", repository.as_uri(), clone.name)
        git(repository, "branch", "--force", "topic", later)
        with pytest.raises(RevisionMissing) as caught:
            full_commit(str(clone), revision)
        git(clone, *caught.value.hint.split()[1:])
        assert full_commit(str(clone), revision)
        assert git(clone, "rev-parse", "--is-shallow-repository") == "false"


def test_revisions_have_one_full_id(repository: Path) -> None:
    """A branch, a tag and an abbreviation name the same commit; only the full id cannot be moved."""
    first = git(repository, "rev-parse", "v1")
    git(repository, "tag", "--annotate", "--message", "x", "signed", "v1")
    for name in ("v1", "signed", "HEAD~1", first, first[:12]):
        assert full_commit(str(repository), name) == first
        assert is_full_commit(name) == (name == first)
    assert not is_full_commit("g" * 40)
    assert not is_full_commit(first.upper())


def test_files_of_a_folder_are_read_at_once(repository: Path) -> None:
    """Below the project, with names relative to the folder, whatever is in the working tree; {} without the folder."""
    files: dict[str, str | bytes | None] = {"a.json": b"", "b.json": b"\r\n\0", "deep/c": "c", "README.md": "é\n"}
    commit(repository, {f"web/.holdfast/approvals/{name}": content for name, content in files.items()})
    commit(repository, {".holdfast/approvals/other.json": "", "web/.holdfast/roots/x": ""})
    found = files_at(str(repository / "web"), "HEAD", ".holdfast/approvals")
    assert found == {"a.json": b"", "b.json": b"\r\n\0", "deep/c": b"c", "README.md": "é\n".encode()}
    assert list(files_at(str(repository), "HEAD", ".holdfast/approvals")) == ["other.json"]
    assert files_at(str(repository / "web"), "v1", ".holdfast/approvals") == {}


def test_named_files_and_a_folder_are_read_together(repository: Path) -> None:
    """Names that the revision has not are left out; a folder in the place of a file is refused."""
    names = ("holdfast.lock", "holdfast.toml", "pyproject.toml")
    commit(
        repository, {"web/holdfast.toml": "id", "web/.holdfast/approvals/a.json": "", "web/x": "", "holdfast.toml": ""}
    )
    found = tree_at(str(repository / "web"), "HEAD", names, ".holdfast/approvals")
    assert found == {"holdfast.lock": b"two\n", "holdfast.toml": b"id", ".holdfast/approvals/a.json": b""}
    commit(repository, {"web/pyproject.toml/x": ""})
    with pytest.raises(RevisionUnknown, match="is not a file there, but a folder"):
        tree_at(str(repository / "web"), "HEAD", names, ".holdfast/approvals")


@pytest.mark.parametrize("where", [".holdfast", ".holdfast/approvals", ".holdfast/approvals/a.json"])
def test_links_in_the_place_of_files_are_refused(repository: Path, where: str) -> None:
    """At any level: what a link leads to is decided by whoever checks out."""
    path = repository / "web" / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("/tmp")
    commit(repository)
    with pytest.raises(RevisionUnknown, match="but a link"):
        files_at(str(repository / "web"), "HEAD", ".holdfast/approvals")


def test_a_submodule_in_the_place_of_files_is_refused(repository: Path) -> None:
    """As a link is."""
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},web/.holdfast/approvals/part")
    git(repository, "commit", "--quiet", "--message", "a submodule")
    with pytest.raises(RevisionUnknown, match="but a submodule"):
        files_at(str(repository / "web"), "HEAD", ".holdfast/approvals")


def test_content_that_the_clone_does_not_have(repository: Path) -> None:
    """A blob that is missing is not taken for an empty or an absent file; it may be had, so it is exit 3."""
    commit(repository, {"web/.holdfast/approvals/a.json": "a", "web/.holdfast/approvals/b.json": "b"})
    blob = git(repository, "rev-parse", "HEAD:web/.holdfast/approvals/a.json")
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for read in (
        lambda: files_at(str(repository / "web"), "HEAD", ".holdfast/approvals"),
        lambda: file_at(str(repository / "web"), "HEAD", ".holdfast/approvals/a.json"),
    ):
        with pytest.raises(RevisionMissing, match="does not have the content"):
            read()


def test_variables_do_not_lead_to_another_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which repository is asked is decided by the folder: git's variables for it are not heeded."""
    other = tmp_path / "other"
    commit(other, {"web/holdfast.lock": "another"})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git" / "objects"))
    assert file_at(str(repository / "web"), "HEAD", "holdfast.lock") == b"two\n"


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
