"""The story of signers: a package's releases, published as they should be and in each way that should be noticed.

Three releases by one workflow; then one from a branch, one from a renamed repository, one from a repository that was
deleted and made again under the same name, one unsigned, and one with a single unsigned wheel. `lock`, `diff` and
`verify` say for each what it is.
"""

import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.packages import read_releases
from tests.support.project import Project
from tests.support.signed_project import signed_project
from tests.support.signing_index import SigningIndex, signing_index
from tests.support.sigstore_identities import GitHubWorkflow

RELEASE = GitHubWorkflow("acme", "tool", "101", "7")
HONEST = ("1.0", "1.1", "1.2")
TWO_WHEELS = "tool {} | tags cp311-cp311-manylinux_2_17_x86_64 cp311-cp311-win_amd64 | sdist static"

# What happens -> (who signs the release, files that nobody signs, the class; "" = no change).
EVENTS = {
    "the same workflow again": (RELEASE._replace(ref="refs/tags/v1.3", sha="ab" * 20, run="7"), "", ""),
    "from a branch": (RELEASE._replace(ref="refs/heads/main"), "", "signer-changed"),
    "by another workflow": (RELEASE._replace(workflow=".github/workflows/x.yml"), "", "signer-changed"),
    "repository renamed": (RELEASE._replace(repository="tool-ng"), "", "signer-renamed"),
    "deleted and made again": (RELEASE._replace(repository_id="999", owner_id="66"), "", "signer-impersonated"),
    "unsigned": (RELEASE, "*", "signer-lost"),
    "one unsigned wheel": (RELEASE, "*win_amd64.whl", "signer-lost"),
}


@pytest.fixture
def index() -> Iterator[SigningIndex]:
    """An index with three releases, signed by one workflow, each from its own tag."""
    with signing_index(read_releases("\n".join(TWO_WHEELS.format(version) for version in HONEST))) as server:
        for version in HONEST:
            server.attest(f"tool-{version}*", RELEASE._replace(ref=f"refs/tags/v{version}"))
        yield server


def git(project: Project, *words: str) -> None:
    """Run git in the project, as somebody."""
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *words]
    subprocess.run(command, cwd=project.folder, check=True, capture_output=True)


def classes(text: str) -> list[str]:
    """The signer findings of a text report, in order."""
    heads = [line.partition("[")[2].partition("]")[0] for line in text.splitlines() if "]: " in line]
    return [code for code in heads if code.startswith(("signer-", "evidence-"))]


def publish(index: SigningIndex, version: str, event: str) -> None:
    """Put a release on the index as an event has it."""
    signer, unsigned, _ = EVENTS[event]
    index.add(*read_releases(TWO_WHEELS.format(version)))
    index.attest(f"tool-{version}*", signer)
    if unsigned:
        index.unsign(f"tool-{version}{unsigned}")


def test_releases_of_one_workflow_are_no_change(tmp_path: Path, index: SigningIndex) -> None:
    """From tag to tag nothing is said, and `verify` proves all files anew."""
    project = signed_project(tmp_path, index, ["tool==1.0"])
    assert project.run("lock").code == 0
    for before, version in pairwise(HONEST):
        text = project.manifest.read_text()
        project.manifest.write_text(text.replace(f"tool=={before}", f"tool=={version}"))
        done = project.run("lock", "--refresh")
        assert (done.code, classes(done.out)) == (0, []), done.out
        assert f'version = "{version}"' in project.lock.read_text()
    done = project.run("verify")
    assert (done.code, classes(done.out)) == (0, [])
    assert "the signers of 3 files are as pinned" in done.out


@pytest.mark.parametrize("event", EVENTS)
def test_lock_and_diff_name_what_a_new_release_is(tmp_path: Path, index: SigningIndex, event: str) -> None:
    """`update` writes the lock, names the class and ends with 1; `diff` names it too; the lock then verifies."""
    expected = EVENTS[event][2]
    project = signed_project(tmp_path, index, ["tool"])
    project.locked()
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "-m", "first")
    publish(index, "1.3", event)
    done = project.run("update", "--refresh")
    assert done.code == (1 if expected else 0), done.err
    assert sorted(set(classes(done.out))) == [expected] * bool(expected), done.out
    assert 'version = "1.3"' in project.lock.read_text()
    told = project.run("diff")
    assert told.code == 0
    assert ("signer-" in told.out, expected in told.out) == (bool(expected), True), told.out
    verified = project.run("verify")
    assert (verified.code, classes(verified.out)) == (0, []), verified.out
    again = project.run("lock")
    assert (again.code, classes(again.out)) == (0, [])
    assert "up to date" in again.out


@pytest.mark.parametrize("event", EVENTS)
def test_verify_names_what_a_pinned_release_has_become(tmp_path: Path, index: SigningIndex, event: str) -> None:
    """The bytes are the pinned ones, the evidence is another: `verify` fails, `lock` keeps what was verified."""
    signer, unsigned, expected = EVENTS[event]
    project = signed_project(tmp_path, index, ["tool"]).locked()
    lock = project.lock.read_bytes()
    index.attest("tool-1.2*", signer)
    if unsigned:
        index.unsign(f"tool-1.2{unsigned}")
    done = project.run("verify", "--refresh")
    assert done.code == (1 if expected else 0)
    assert set(classes(done.out)) == ({expected} if expected else set()), done.out
    relocked = project.run("lock", "--refresh")
    assert relocked.code == 0
    assert set(classes(relocked.out)) == ({"evidence-unavailable"} if unsigned else set())
    assert project.lock.read_bytes() == lock


def test_a_single_unsigned_wheel_is_named_in_the_lock(tmp_path: Path, index: SigningIndex) -> None:
    """The pin has no signer then; the files that are signed say by whom."""
    publish(index, "1.3", "one unsigned wheel")
    lines = signed_project(tmp_path, index, ["tool"]).locked().lock.read_text().splitlines()
    assert "signers = []" in lines
    own = [line for line in lines if 'signers = ["github:101/' in line]
    assert [line.split('"')[1] for line in own] == [
        "tool-1.3-cp311-cp311-manylinux_2_17_x86_64.whl",
        "tool-1.3.tar.gz",
    ]
