"""`verify` and signers: had anew from the network, compared with the lock, and counted only when they hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.index_server import status
from tests.support.packages import read_releases
from tests.support.project import Done, Project
from tests.support.signed_project import signed_project
from tests.support.signing_index import SigningIndex, signing_index
from tests.support.sigstore_identities import GitHubWorkflow

TOOL = GitHubWorkflow("acme", "tool", "101", "7")
WHEEL, SDIST = "tool-1.0-py3-none-any.whl", "tool-1.0.tar.gz"


@pytest.fixture
def index() -> Iterator[SigningIndex]:
    """An index with a signed and an unsigned package."""
    with signing_index(read_releases("tool 1.0 | sdist static\nplain 1.0")) as server:
        server.attest("tool-1.0*", TOOL)
        yield server


@pytest.fixture
def project(tmp_path: Path, index: SigningIndex) -> Project:
    """A locked project."""
    return signed_project(tmp_path, index, ["tool", "plain"]).locked()


def verified(project: Project, *words: str) -> Done:
    """A run of `verify` in JSON."""
    return project.run("verify", "--format", "json", *words)


def codes(done: Done) -> list[str]:
    """The codes of its findings."""
    return [finding["code"] for finding in done.json["findings"]]


def test_signers_are_verified_from_the_network(project: Project, index: SigningIndex) -> None:
    """Each signed file is asked for anew, past the cache; what holds is counted."""
    asked = index.integrity_count()
    done = verified(project)
    assert (done.code, codes(done)) == (0, [])
    assert (done.json["summary"]["facts"]["signed"], done.json["summary"]["facts"]["unsure"]) == (2, 0)
    assert index.integrity_count() == asked + 2
    assert verified(project, "plain").json["summary"]["facts"]["signed"] == 0
    assert index.integrity_count() == asked + 2


def test_offline_the_cache_answers(project: Project, index: SigningIndex) -> None:
    """With the cache signers are verified again offline; without it they could not be, which is exit 3."""
    assert verified(project).code == 0
    asked = len(index.asked)
    done = verified(project, "--offline")
    assert (done.code, done.json["summary"]["facts"]["signed"]) == (0, 2)
    for path in (project.cache / "v1" / "evidence").rglob("*.provenance"):
        path.unlink()
    done = verified(project, "--offline")
    assert (done.code, codes(done)) == (3, ["evidence-unavailable"])
    assert done.json["summary"]["facts"]["unsure"] == 2
    assert len(index.asked) == asked


@pytest.mark.parametrize("code", [403, 503])
def test_no_answer_is_a_note_and_undecided(project: Project, index: SigningIndex, code: int) -> None:
    """The signers stay, are not counted as verified, and the exit code is 3."""
    index.faults[index.integrity_path(SDIST)] = [status(code)]
    lock = project.lock.read_bytes()
    done = verified(project)
    assert (done.code, codes(done)) == (3, ["evidence-unavailable"])
    (finding,) = done.json["findings"]
    assert finding["severity"] == "note"
    assert SDIST in finding["expected"]
    assert str(code) in finding["found"]
    assert done.json["summary"]["facts"]["signed"] == 1
    assert project.lock.read_bytes() == lock


def test_an_index_that_sometimes_answers_is_asked_again(project: Project, index: SigningIndex) -> None:
    """Two failures and then the evidence: nothing is said."""
    index.faults[index.integrity_path(SDIST)] = [status(503, times=2)]
    done = verified(project)
    assert (done.code, codes(done)) == (0, [])


def test_evidence_that_does_not_hold_is_an_alarm(project: Project, index: SigningIndex) -> None:
    """Refused evidence is never mistaken for missing evidence."""
    index.evidence[WHEEL] = index.evidence[SDIST]
    done = verified(project)
    assert (done.code, codes(done)) == (1, ["evidence-refused"])
    assert done.json["findings"][0]["subject"] == WHEEL


def test_a_signer_that_only_the_lock_knows_is_lost(project: Project) -> None:
    """A lock that was edited to name a signer of an unsigned file does not verify."""
    head, _, tail = project.lock.read_text().partition('name = "plain"')
    signed = tail.replace("signers = []", 'signers = [\n    "github:101/.github/workflows/release.yml",\n]', 1)
    project.lock.write_text(f'{head}name = "plain"{signed}')
    done = verified(project)
    assert (done.code, codes(done)) == (1, ["signer-lost"])
    assert done.json["findings"][0]["found"] == "unsigned"
    assert done.json["findings"][0]["subject"] == "plain 1.0"


def test_a_signer_that_the_lock_leaves_out_is_named(project: Project) -> None:
    """A lock that was edited to drop a signer: the evidence says who it is, and the next command takes it in."""
    lines = project.lock.read_text()
    start = lines.index("[[signer]]")
    lines = lines[:start] + lines[lines.index("[[package]]") :]
    project.lock.write_text(
        lines.replace('signers = [\n    "github:101/.github/workflows/release.yml",\n]', "signers = []")
    )
    done = verified(project)
    assert set(codes(done)) == {"signer-added"}
    assert done.json["findings"][0]["hints"] == ["holdfast update tool --refresh"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('label = "acme/tool"', 'label = "acme/other"', "signer-renamed"),
        ("ref=tag", "ref=branch:main", "signer-changed"),
        ('owner-id = "7"', 'owner-id = "8"', "signer-impersonated"),
        ("github:101/", "github:102/", "signer-impersonated"),
        ("release.yml", "other.yml", "signer-changed"),
    ],
)
def test_a_signer_record_that_was_edited_does_not_verify(project: Project, old: str, new: str, code: str) -> None:
    """Label, context, owner, repository and workflow in the lock are all held against the certificate."""
    project.lock.write_text(project.lock.read_text().replace(old, new))
    done = verified(project)
    assert (done.code, codes(done)) == (1, [code])


def test_changed_bytes_are_no_question_of_signers(project: Project, index: SigningIndex) -> None:
    """A listing with other bytes is an alarm of its own; the old bytes' signers could not be verified again."""
    index.add(*read_releases("tool 1.0 | salt evil"))
    done = verified(project, "--refresh")
    assert done.code == 1
    assert "artifact-changed" in codes(done)
    assert "signer-lost" not in codes(done)
