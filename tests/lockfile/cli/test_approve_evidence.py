"""`approve` of signed packages and modules: evidence is had and verified anew, and must say what the lock says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.model.approval import FOLDER
from holdfast.trust.approval_files import read_acts
from tests.support.approving import FAR, ApprovingProject, approver_text, key_file
from tests.support.index_server import status
from tests.support.module_project import NOW, ModuleProject, module_project
from tests.support.packages import read_releases, wheel
from tests.support.signed_project import ROOT
from tests.support.signing_index import SigningIndex, signing_index
from tests.support.sigstore_identities import GitHubWorkflow

ACME = GitHubWorkflow("acme", "tool", "101", "7")
FORK = GitHubWorkflow("mallory", "tool", "666", "13")
NEW = "tool-1.1-py3-none-any.whl"


@pytest.fixture
def index() -> Iterator[SigningIndex]:
    """An index with one release, signed by acme."""
    with signing_index(read_releases("tool 1.0\n")) as server:
        server.attest("tool-1.0*", ACME)
        yield server


@pytest.fixture
def project(tmp_path: Path, index: SigningIndex) -> ApprovingProject:
    """A project with approvals, in which tool 1.1, signed by acme too, waits."""
    made = ApprovingProject(tmp_path, ["tool"], index.url)
    path = made.folder / ROOT
    path.parent.mkdir(parents=True)
    path.write_bytes(index.world.trust_root)
    made.configure(f'\n[{{holdfast}}.sigstore]\nroot = "{index.world.digest}"\n')
    made.must("init")
    made.configure(approver_text("ann", "bob"))
    made.must("approvals", "baseline", *made.key("ann"))
    index.add(wheel("tool", "1.1"))
    index.attest("tool-1.1*", ACME)
    made.must("update", "--refresh")
    return made


def refused(project: ApprovingProject, code: int, *expected: str) -> None:
    """An approval by ann is refused with this exit code and these words, and nothing is written."""
    before = project.files()
    done = project.run("approve", "tool", "--reason", "fine", "--until", FAR, *project.key("ann"))
    assert done.code == code, done.out + done.err
    for words in expected:
        assert words in done.out + done.err
    assert project.files() == before


def test_a_signed_release_is_approved(project: ApprovingProject, index: SigningIndex) -> None:
    """The evidence is asked for anew, and who signs is told."""
    index.asked.clear()
    done = project.must("approve", "tool", "--reason", "fine", *project.key("ann"))
    assert index.integrity_count() == 1
    assert "signed by acme/tool (github:101/" in done.out
    assert ", as before" in done.out
    assert project.run("check").code == 0


def test_other_evidence_today_is_an_alarm(project: ApprovingProject, index: SigningIndex) -> None:
    """The registry shows another signer than the lock says."""
    index.attest("tool-1.1*", FORK)
    refused(project, 1, "tool 1.1", "nothing was signed: what waits is not as the lock says")


def test_evidence_that_is_gone_is_an_alarm(project: ApprovingProject, index: SigningIndex) -> None:
    """The lock says that it is signed, and nothing shows it: a lock could be edited to say so."""
    index.unsign("tool-1.1*")
    refused(project, 1, "signer-lost")


def test_evidence_that_cannot_be_asked_leaves_it_open(project: ApprovingProject, index: SigningIndex) -> None:
    """The integrity endpoint fails: 3."""
    index.faults[index.integrity_path(NEW)] = [status(403)]
    refused(project, 3, "evidence-unavailable")


def test_evidence_that_the_lock_does_not_know_is_refused(project: ApprovingProject, index: SigningIndex) -> None:
    """One more signer than the lock says is only a warning to `verify`; approved would be what is not true."""
    index.attest("tool-1.1*", ACME, FORK)
    refused(project, 1, "signer-added", "next: holdfast update tool --refresh")


def test_a_signer_edited_into_the_lock_is_refused(project: ApprovingProject) -> None:
    """A lock that names somebody who never signed cannot be approved."""
    text = project.lock.read_text()
    assert "github:101/" in text
    project.lock.write_text(text.replace("github:101/", "github:102/"))
    refused(project, 1, "tool 1.1")


def test_another_signer_of_the_lock_is_approved_where_it_is_true(
    project: ApprovingProject, index: SigningIndex
) -> None:
    """A change of signer that the registry really shows: the change says so, and a person accepts it."""
    project.must("approve", "tool", "--reason", "fine", *project.key("ann"))
    index.add(wheel("tool", "1.2"))
    index.attest("tool-1.2*", GitHubWorkflow("acme", "tools", "102", "7"))
    project.run("update", "--refresh")
    done = project.run("check")
    assert done.code == 1
    assert "signer-changed" in done.out
    done = project.must("approve", "tool", "--reason", "they moved", *project.key("ann"))
    assert "signer-changed" in done.out
    assert "before: signed by acme/tool (github:101/" in done.out
    assert "now: signed by acme/tools (github:102/" in done.out
    assert project.run("check").code == 0


def test_by_sources_that_nobody_accepted_nothing_is_proved(project: ApprovingProject) -> None:
    """A change that swaps the root of trust has to be accepted first, or in the same act."""
    text = project.manifest.read_text()
    project.configure('\n[[{holdfast}.policy.rule]]\npackage = "*"\nreason = "harmless"\nthreshold = 1\n')
    project.must("approve", "tool", "--reason", "a rule more changes no proof", "--dry-run", *project.key("ann"))
    project.manifest.write_text(
        text + '\n[tool.holdfast.sources.other]\nkind = "pypi"\nurl = "https://o.example/simple/"\npackages = ["o-*"]\n'
    )
    refused(project, 2, "the security configuration first", "holdfast review --configuration")
    done = project.must("approve", "--all", "--reason", "both", *project.key("ann"))
    assert "source other added" in done.out
    assert project.run("check").code == 0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ModuleProject]:
    """A project with modules and a baseline, in which @acme/guards 2.2.0 waits."""
    with module_project(tmp_path) as made:
        text = made.configuration.read_text(encoding="utf-8")
        made.configuration.write_text('id = "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c55"\n' + text, encoding="utf-8")
        made.append(approver_text("ann").replace("{holdfast}.", ""))
        made.must("approvals", "baseline", "--key", str(key_file(tmp_path, "ann")))
        made.registry.publish("@acme/guards", "2.2.0", dependencies={"@acme/base": "^1.2"}, cosign=True, now=NOW)
        made.registry.refresh()
        made.must("update", "@acme/guards", "--refresh")
        yield made


def test_a_module_is_approved(world: ModuleProject, tmp_path: Path) -> None:
    """Its archive and its signers by the registry's word of today; the date is when it was published."""
    assert world.run("check").code == 1
    done = world.must("approve", "@acme/guards", "--reason", "read it", "--key", str(key_file(tmp_path, "ann")))
    assert "@acme/guards 2.1.0 -> 2.2.0 (acme)" in done.out
    files = {path.name: path.read_bytes() for path in (world.folder / FOLDER).iterdir()}
    changes = [one.act.packages for one in read_acts(files, ()).acts if one.act.kind == "approval"]
    assert [(one.name, one.seen.released) for one in changes[0]] == [("@acme/guards", NOW)]
    assert world.run("check").code == 0


def test_an_archive_that_was_swapped_is_refused(world: ModuleProject, tmp_path: Path) -> None:
    """Though the store still has the right one."""
    world.must("verify")
    world.server.alter("blobs/*", lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    done = world.run("approve", "--all", "--reason", "x", "--key", str(key_file(tmp_path, "ann")))
    assert done.code == 1
    assert "module-tampered" in done.out
    assert len(list((world.folder / FOLDER).iterdir())) == 1
