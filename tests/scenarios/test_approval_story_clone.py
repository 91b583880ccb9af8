"""The story of approvals, in a fresh clone of an example project: a registry that swaps, people at terminals."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ssh_agent
from tests.support.approving import FAR
from tests.support.signing_keys import public
from tests.support.story_stages import ADA, BEA, DANA, MALLORY, RELEASE, IndexStage, index_stage
from tests.support.story_team import told

FORK = RELEASE._replace(owner="mallory", repository="fork", repository_id="666", owner_id="66")
ACCEPT = ("--reason", "looked at it", "--until", FAR)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[IndexStage]:
    """A clone of the example project, on a machine that has seen nothing; whoever approves has the key beside it."""
    with index_stage(tmp_path) as stage:
        stage.git("clone", "--quiet", stage.folder.as_uri(), str(tmp_path / "clone"))
        stage.folder = tmp_path / "clone"
        stage.configuration = stage.folder / "pyproject.toml"
        stage.environment["HOLDFAST_CACHE_DIR"] = str(tmp_path / "another cache")
        assert told(stage.run("check", "--base", stage.head())) == "0"
        yield stage


def test_swapped_bytes_are_approved_only_where_they_are(clone: IndexStage) -> None:
    """Locked anew they are `artifact-changed`; `approve` makes it 0 where the registry has them."""
    base, file = clone.head(), "click-8.1.7-py3-none-any.whl"
    honest = clone.index.files[file]
    clone.swap(file)
    clone.must("lock", "--refresh", "--accept-changed", "click")
    clone.commit(DANA, "click")
    assert told(clone.run("check", "--base", base)) == "1 artifact-changed"
    clone.index.add(honest)
    for person in (ADA, BEA):
        assert told(clone.run("approve", "click", *ACCEPT, by=person)) == "1 artifact-changed"
    assert len(clone.acts) == 1
    clone.swap(file)
    clone.must("approve", "click", *ACCEPT, by=ADA)
    assert told(clone.run("check", "--base", base)) == "1 artifact-changed"
    clone.must("approve", "click", *ACCEPT, by=BEA)
    assert told(clone.run("check", "--base", base)) == "0"
    clone.commit(ADA, "approvals")
    clone.git("checkout", base, "--", "holdfast.lock")
    clone.index.add(honest)
    assert told(clone.run("check", "--base", base)) == "1 artifact-changed"
    for person in (ADA, BEA):
        clone.must("approve", "click", *ACCEPT, by=person)
    assert told(clone.run("check", "--base", base)) == "0"


def test_another_signer_is_approved_only_where_it_signs(clone: IndexStage) -> None:
    """Locked it is `signer-changed`; with other evidence than the lock has, nobody can approve it."""
    clone.release("tool", "1.1", FORK)
    assert told(clone.update("tool")) == "1 signer-changed"
    assert told(clone.run("check")) == "1 signer-changed"
    clone.index.attest("tool-1.1*", RELEASE)
    done = clone.run("approve", "tool", "--reason", "fine", by=ADA)
    assert told(done) == "1 signer-changed"
    assert "nothing was signed" in done.out
    clone.index.attest("tool-1.1*", FORK)
    clone.must("approve", "tool", "--reason", "they forked it, and told us", by=ADA)
    assert told(clone.run("check")) == "0"
    clone.git("checkout", "--", "holdfast.lock")
    assert told(clone.run("check")) == "1 signer-changed"
    clone.must("approve", "tool", "--reason", "back to where it was", by=ADA)
    assert told(clone.run("check")) == "0"


def test_a_hash_that_exists_nowhere_is_refused(clone: IndexStage) -> None:
    """Mallory writes it into the lock; two approvers who would approve anything cannot."""
    clone.edit(clone.lock, clone.index.files["flask-3.0.0-py3-none-any.whl"].sha256, "5" * 64)
    clone.commit(MALLORY, "nothing to see here")
    for person in (ADA, BEA):
        done = clone.run("approve", "flask", *ACCEPT, by=person)
        assert told(done) == "1 artifact-changed"
        assert "5" * 64 in done.out
    assert told(clone.run("check")) == "1 artifact-changed"


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo terminal")
def test_at_a_terminal(clone: IndexStage) -> None:
    """Two people, each in a process of their own: they look, give a reason and an end, and sign."""
    clone.has_terminal = True
    clone.swap("click-8.1.7-py3-none-any.whl")
    clone.must("lock", "--refresh", "--accept-changed", "click")
    first = clone.execute("holdfast review click", ADA)
    assert first.code == 1
    assert "click: 1 of 2 approvers (Ada); waits for another, since it is an alarm" in first.out
    second = clone.execute("holdfast review click", BEA)
    assert (second.code, "click: approved" in second.out) == (0, True)
    assert told(clone.run("check")) == "0"


@pytest.mark.skipif(not ssh_agent.IS_HERE, reason="there is no ssh-agent")
def test_a_key_in_an_agent_approves(clone: IndexStage) -> None:
    """Named by its comment or by its id; the file verifies like any other, and nobody needs the agent for that."""
    for version, name in (("8.1.8", "ada@laptop"), ("8.1.9", public(ADA.word).id)):
        clone.release("click", version)
        clone.update("click")
        with ssh_agent.ssh_agent(ADA.word, "ada@laptop") as settings:
            clone.environment |= settings
            clone.must("approve", "click", "--reason", "looked at it", "--agent", name)
        assert told(clone.run("check", "--base", clone.head())) == "0"
        assert clone.run("approvals", "verify").code == 0
    assert len(clone.acts) == 3


def test_no_variable_of_the_environment_turns_the_verdict(clone: IndexStage) -> None:
    """Whatever is said about bases, thresholds, projects and modes of enforcing."""
    clone.release("click", "8.1.8")
    clone.update("click")
    for name in ("PROJECT", "THRESHOLD", "POLICY", "APPROVE", "INDEPENDENT", "ROLE", "FORCE", "YES", "NO_CHECK"):
        clone.environment[f"HOLDFAST_{name}"] = "1"
    clone.environment |= {"HOLDFAST_BASE": "HEAD", "HOLDFAST_ENFORCE": "alarms", "HOLDFAST_QUIET": "1", "CI": "true"}
    assert told(clone.run("check")) == "1 change-unapproved"
    assert told(clone.run("check", "--base", clone.head())) == "1 change-unapproved"
