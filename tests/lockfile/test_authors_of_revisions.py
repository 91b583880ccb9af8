"""Who wrote what came since a base: the people who may not approve it where approvers have to be independent."""

from pathlib import Path

import pytest

from holdfast.errors import RevisionMissing, RevisionUnknown
from holdfast.revisions import authors_between
from tests.support.repositories import commit, git

ACT = ".holdfast/approvals/0.json"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "tree"
    commit(folder, {"README": "one", "code.py": "1"}, "first@acme.example")
    return folder


def since(folder: Path, base: str) -> set[str]:
    """The names of those who wrote what came since."""
    return {mail.partition("@")[0] for mail in authors_between(str(folder), base)}


def test_authors_and_committers_count_and_the_base_does_not(tree: Path) -> None:
    """Both addresses of each commit of the range, case-folded; nobody of the base."""
    base = git(tree, "rev-parse", "HEAD")
    commit(tree, {"code.py": "2"}, "Dev@Acme.Example", "MERGER@acme.example")
    assert authors_between(str(tree), base) == {"dev@acme.example", "merger@acme.example"}
    assert authors_between(str(tree), "HEAD") == frozenset()


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        ({ACT: "{}"}, False),
        ({ACT: "{}", "holdfast.lock": ""}, True),
        ({".holdfast/approvals": "a file in the folder's place"}, True),
        ({".holdfast/approvals.py": "1"}, True),
        ({".holdfast/roots/acme.json": "{}"}, True),
        ({"web/.holdfast/approvals/0.json": "{}"}, True),
        ({"README": None}, True),
        ({}, False),
    ],
)
def test_a_commit_counts_when_it_touches_more_than_approvals(
    tree: Path, files: dict[str, str | bytes | None], counts: bool
) -> None:
    """Of this project; removals count, empty commits do not."""
    base = git(tree, "rev-parse", "HEAD")
    commit(tree, files, "alice@acme.example")
    assert since(tree, base) == ({"alice"} if counts else set())


def test_approvals_of_a_project_in_a_subfolder(tree: Path) -> None:
    """Only those of the project itself are no change of it."""
    base = git(tree, "rev-parse", "HEAD")
    commit(tree, {f"web/{ACT}": "{}"}, "alice@acme.example")
    commit(tree, {ACT: "{}"}, "bob@acme.example")
    assert since(tree / "web", base) == {"bob"}
    assert since(tree, base) == {"alice"}


def test_moving_a_file_among_the_approvals_is_a_change(tree: Path) -> None:
    """Where git would call it a rename, the file that went counts, whatever git is configured to."""
    base = git(tree, "rev-parse", "HEAD")
    git(tree, "config", "diff.renames", "copies")
    (tree / ACT).parent.mkdir(parents=True)
    git(tree, "mv", "code.py", ACT)
    commit(tree, {}, "alice@acme.example")
    assert since(tree, base) == {"alice"}


def test_names_of_files_do_not_pass_for_commits(tree: Path) -> None:
    """A file that is called like another commit of the range, or oddly, hides nobody."""
    base = git(tree, "rev-parse", "HEAD")
    first = commit(tree, {ACT: "{}"}, "carol@acme.example")
    commit(tree, {first: "", "a\nb": "", ":100644 100644": "", "é": ""}, "alice@acme.example")
    assert since(tree, base) == {"alice"}


def test_a_submodule_that_moves_is_a_change(tree: Path) -> None:
    """Also where `.gitmodules` asks git to ignore it."""
    identity = "1" * 40
    git(tree, "update-index", "--add", "--cacheinfo", f"160000,{identity},vendor/part")
    commit_index(tree, "first@acme.example")
    base = git(tree, "rev-parse", "HEAD")
    ignored = '[submodule "part"]\n\tpath = vendor/part\n\turl = ../part\n\tignore = all\n'
    (tree / ".gitmodules").write_text(ignored)
    git(tree, "add", ".gitmodules")
    commit_index(tree, "bob@acme.example")
    git(tree, "update-index", "--cacheinfo", f"160000,{'2' * 40},vendor/part")
    commit_index(tree, "alice@acme.example")
    assert since(tree, base) == {"alice", "bob"}


def commit_index(tree: Path, author: str) -> None:
    """Commit what is in the index, and nothing else."""
    git(tree, "commit", "--quiet", "--message", "a change", author=author)


def test_a_merge_counts_only_for_what_it_adds(tree: Path) -> None:
    """Who merges cleanly is no author; who changes something while merging is one."""
    base = git(tree, "rev-parse", "HEAD")
    git(tree, "checkout", "--quiet", "-b", "side")
    commit(tree, {"side.py": "1"}, "alice@acme.example")
    git(tree, "checkout", "--quiet", "main")
    commit(tree, {"main.py": "1"}, "bob@acme.example")
    git(tree, "merge", "--quiet", "--no-ff", "--message", "merged", "side", author="carol@acme.example")
    assert since(tree, base) == {"alice", "bob"}
    git(tree, "reset", "--quiet", "--hard", "HEAD~1")
    git(tree, "merge", "--quiet", "--no-ff", "--no-commit", "side")
    commit(tree, {"evil.py": "1"}, "mallory@acme.example")
    assert since(tree, base) == {"alice", "bob", "mallory"}


def test_a_rebased_branch_has_its_own_authors_since_the_merge_base(tree: Path) -> None:
    """A base that is no ancestor: what the base has alone is nobody's change here."""
    git(tree, "checkout", "--quiet", "-b", "topic")
    commit(tree, {"topic.py": "1"}, "alice@acme.example")
    git(tree, "checkout", "--quiet", "main")
    base = commit(tree, {"main.py": "1"}, "bob@acme.example")
    git(tree, "checkout", "--quiet", "topic")
    assert since(tree, base) == {"alice"}


def test_the_first_commit_of_all_counts(tree: Path, tmp_path: Path) -> None:
    """Also one without parents, in a history that has nothing in common with the base's."""
    base = git(tree, "rev-parse", "HEAD")
    git(tree, "config", "log.showRoot", "false")
    git(tree, "checkout", "--quiet", "--orphan", "new")
    commit(tree, {"new.py": "1"}, "alice@acme.example")
    assert since(tree, base) == {"alice"}


def test_a_shallow_clone_that_ends_within_the_range_does_not_know(tree: Path, tmp_path: Path) -> None:
    """Its oldest commit hides who was before it: refused with the command that mends it, which does."""
    base = git(tree, "rev-parse", "HEAD")
    commit(tree, {"code.py": "2"}, "alice@acme.example")
    commit(tree, {"code.py": "3"}, "bob@acme.example")
    git(tmp_path, "clone", "--quiet", "--depth=1", tree.as_uri(), "clone")
    clone = tmp_path / "clone"
    git(clone, "fetch", "--quiet", "--depth=1", "origin", base)
    with pytest.raises(RevisionMissing) as caught:
        authors_between(str(clone), base)
    assert caught.value.hint == "git fetch --unshallow"
    git(clone, *caught.value.hint.split()[1:])
    assert since(clone, base) == {"alice", "bob"}


def test_a_shallow_clone_that_has_the_range_whole_knows(tree: Path, tmp_path: Path) -> None:
    """What lies before the base is not needed."""
    commit(tree, {"code.py": "2"}, "alice@acme.example")
    base = git(tree, "rev-parse", "HEAD")
    commit(tree, {"code.py": "3"}, "bob@acme.example")
    git(tmp_path, "clone", "--quiet", "--depth=2", tree.as_uri(), "clone")
    assert since(tmp_path / "clone", base) == {"bob"}


def test_what_is_no_revision_is_refused(tree: Path) -> None:
    """Nothing of the name reaches git as an option."""
    for base in ("--all", "", "HEAD:code.py"):
        with pytest.raises(RevisionUnknown):
            authors_between(str(tree), base)
