"""Evidence on its way into the lock: what is asked, what is kept, what blocks, and what is said."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from holdfast.format.read import read
from holdfast.model.lock import Lock, Pin
from tests.support.index_server import Habits, status
from tests.support.packages import read_releases
from tests.support.project import Done, Project
from tests.support.signed_project import ROOT, signed_project
from tests.support.signing_index import SigningIndex, signing_index
from tests.support.sigstore_flaws import FLAWS
from tests.support.sigstore_identities import GitHubWorkflow
from tests.support.sigstore_world import SigstoreWorld

SHELF = "tool 1.0 | sdist static\nplain 1.0\n"
TOOL = GitHubWorkflow("acme", "tool", "101", "7")
SDIST = "tool-1.0.tar.gz"
ID = "github:101/.github/workflows/release.yml"


@pytest.fixture
def index() -> Iterator[SigningIndex]:
    """An index with a signed and an unsigned package."""
    with signing_index(read_releases(SHELF)) as server:
        server.attest("tool-1.0*", TOOL)
        yield server


@pytest.fixture
def project(tmp_path: Path, index: SigningIndex) -> Project:
    """A project that wishes for both; it is not locked yet."""
    return signed_project(tmp_path, index, ["tool", "plain"])


def lock_of(project: Project) -> Lock:
    """The project's lock."""
    return read(project.lock.read_bytes(), "holdfast.lock")


def pin_of(project: Project, name: str) -> Pin:
    """A package of the project's lock."""
    return next(pin for pin in lock_of(project).packages if pin.name == name)


def codes(done: Done) -> list[str]:
    """The codes of the findings of a run with --format json."""
    return [finding["code"] for finding in done.json["findings"]]


@pytest.mark.parametrize(
    ("form", "links"),
    [("json", "absolute"), ("json", "relative"), ("json", "null"), ("html", "absolute"), ("html", "relative")],
)
def test_links_of_every_form_are_followed(tmp_path: Path, form: str, links: str) -> None:
    """JSON and HTML, absolute and relative, null for none: one request for each signed file that is locked."""
    with signing_index(read_releases(SHELF), Habits(form=form), links=links) as server:
        server.attest("tool-1.0*", TOOL)
        server.add(*read_releases("tool 0.9"))
        server.attest("tool-0.9*", TOOL)
        project = signed_project(tmp_path, server, ["tool", "plain"]).locked()
        assert server.integrity_count() == 2
    assert pin_of(project, "tool").signers == (ID,)
    assert pin_of(project, "plain").signers == ()
    record = lock_of(project).signers[0]
    assert (record.id, record.label) == (ID, "acme/tool")
    assert dict(record.attributes) == {"context": "ref=tag trigger=push runner=github-hosted", "owner-id": "7"}


@pytest.mark.parametrize("links", ["silent", "none"])
def test_an_index_without_links_is_asked_for_nothing(tmp_path: Path, links: str) -> None:
    """No request, no file in the cache, nothing said; everything is unsigned."""
    with signing_index(read_releases(SHELF), links=links) as server:
        server.attest("tool-1.0*", TOOL)
        project = signed_project(tmp_path, server, ["tool", "plain"])
        done = project.run("lock", "--format", "json")
        assert codes(done) == []
        assert server.integrity_count() == 0
    assert not (project.cache / "v1" / "evidence").exists()
    assert lock_of(project).signers == ()


def test_a_warm_lock_asks_and_verifies_nothing(project: Project, index: SigningIndex) -> None:
    """What is in the lock stays; a lock made anew takes the evidence from the cache."""
    project.locked()
    text = project.lock.read_bytes()
    asked = index.integrity_count()
    assert "up to date" in project.run("lock", "--refresh").out
    assert index.integrity_count() == asked
    project.lock.unlink()
    project.locked()
    assert index.integrity_count() == asked
    assert project.lock.read_bytes() == text
    project.lock.unlink()
    assert project.run("lock", "--offline").code == 0
    assert project.lock.read_bytes() == text


def test_an_older_lock_without_signers_takes_them_in(project: Project, index: SigningIndex) -> None:
    """A wholly unsigned pin is asked again as long as the index links to evidence; while it can't be had, a note."""
    evidence = dict(index.evidence)
    index.evidence.clear()
    project.locked()
    index.evidence.update(evidence)
    for file in evidence:
        index.faults[index.integrity_path(file)] = [status(403)]
    assert codes(project.run("lock", "--refresh", "--format", "json")) == ["evidence-unavailable"]
    assert pin_of(project, "tool").signers == ()
    index.faults.clear()
    done = project.run("lock", "--format", "json")
    assert codes(done) == []
    assert pin_of(project, "tool").signers == (ID,)


def test_promised_evidence_that_is_not_served_stops_the_lock(project: Project, index: SigningIndex) -> None:
    """Of a new file: exit 3, and nothing is written; a 404 is an answer, kept for a day."""
    index.faults[index.integrity_path(SDIST)] = [status(403)]
    done = project.run("lock")
    assert done.code == 3
    assert SDIST in done.err
    assert not project.lock.exists()
    index.faults[index.integrity_path(SDIST)] = [status(404)]
    project.locked()
    assert [one.signers for one in pin_of(project, "tool").artifacts] == [(ID,), None]
    project.lock.unlink()
    index.faults.clear()
    project.locked()
    assert pin_of(project, "tool").signers == ()
    project.lock.unlink()
    project.run("lock", "--refresh")
    assert pin_of(project, "tool").signers == (ID,)


def test_offline_only_the_cache_answers(project: Project, index: SigningIndex) -> None:
    """A new file whose evidence the cache does not have cannot be locked offline."""
    project.locked()
    project.lock.unlink()
    for path in (project.cache / "v1" / "evidence").rglob("*.provenance"):
        path.unlink()
    done = project.run("lock", "--offline")
    assert done.code == 3
    assert not project.lock.exists()


@pytest.mark.parametrize("flaw", sorted(FLAWS)[:6])
def test_evidence_that_does_not_verify_blocks(project: Project, index: SigningIndex, flaw: str) -> None:
    """The file and the reason are named, nothing is written, and nothing of it stays in the cache."""
    index.attest(SDIST, TOOL, flaws=FLAWS[flaw])
    done = project.run("lock", "--format", "json")
    assert done.code == 1
    (finding,) = done.json["findings"]
    assert (finding["code"], finding["severity"], finding["subject"]) == ("evidence-refused", "alarm", SDIST)
    assert finding["found"].partition(":")[0].replace("-", "").isalpha()
    assert finding["hints"] == ["holdfast explain evidence-refused"]
    assert not project.lock.exists()
    index.attest(SDIST, TOOL)
    project.locked()


@pytest.mark.parametrize(
    "data", [b"not JSON", b"{}", b"[" * 100_000, b" " * 10_000_000, b"\xff\xfe", b'{"version": 1, "version": 1}']
)
def test_bytes_that_are_no_evidence_block(project: Project, index: SigningIndex, data: bytes) -> None:
    """Ten megabytes, nesting, duplicate keys, noise: refused, none crashes."""
    index.evidence[SDIST] = data
    done = project.run("lock", "--format", "json")
    assert (done.code, codes(done)) == (1, ["evidence-refused"])
    assert not project.lock.exists()


def test_kept_evidence_that_no_longer_verifies_is_asked_for_anew(project: Project, index: SigningIndex) -> None:
    """A cache with bytes that do not hold heals itself where there is a network, and is refused where there is none."""
    project.locked()
    text = project.lock.read_bytes()
    project.lock.unlink()
    other = SigstoreWorld(2)
    evil = json.dumps(
        other.provenance([other.attest(SDIST, index.files[SDIST].sha256, TOOL)]),
    ).encode()
    entry = b"holdfast-evidence 1 some 0 " + sha256(evil).hexdigest().encode() + b"\n" + evil
    paths = sorted((project.cache / "v1" / "evidence").rglob("*.provenance"))
    assert len(paths) == 2
    for path in paths:
        path.write_bytes(entry)
    done = project.run("lock", "--offline", "--format", "json")
    assert set(codes(done)) == {"evidence-refused"}
    for path in paths:
        path.write_bytes(entry)
    project.locked()
    assert project.lock.read_bytes() == text


def test_signers_of_kept_bytes_stay_when_files_come_and_go(tmp_path: Path) -> None:
    """A target more: only the new wheel is asked for; a target less: nothing is, and the signers stay."""
    shelf = "tool 1.0 | tags cp311-cp311-manylinux_2_17_x86_64 cp312-cp312-manylinux_2_17_x86_64 py3-none-win_amd64"
    with signing_index(read_releases(shelf)) as index:
        index.attest("*cp311*", TOOL, GitHubWorkflow("acme", "build", "202", "7"))
        index.attest("*cp312*", TOOL)
        index.attest("*win*", TOOL)
        project = signed_project(tmp_path, index, ["tool"]).locked()
        assert index.integrity_count() == 2
        pin = pin_of(project, "tool")
        assert pin.signers == (ID,)
        other = "github:202/.github/workflows/release.yml"
        assert [one.signers for one in pin.artifacts] == [(ID, other), None]
        text = project.manifest.read_text()
        project.manifest.write_text(text.replace('["3.11"]', '["3.11", "3.12"]'))
        project.locked()
        assert index.integrity_count() == 3
        project.manifest.write_text(text.replace('"linux-x86_64", ', ""))
        project.locked()
        assert index.integrity_count() == 3
    assert (pin_of(project, "tool").signers, len(lock_of(project).signers)) == ((ID,), 1)


def test_an_index_that_stops_linking_takes_no_signers(project: Project, index: SigningIndex) -> None:
    """The bytes are those that were verified: a note each time, and the same lock."""
    project.locked()
    text = project.lock.read_bytes()
    index.links = "silent"
    done = project.run("lock", "--refresh", "--format", "json")
    assert (done.code, codes(done)) == (0, ["evidence-unavailable"])
    assert done.json["findings"][0]["severity"] == "note"
    assert project.lock.read_bytes() == text


def test_update_with_a_name_asks_anew(project: Project, index: SigningIndex) -> None:
    """Other evidence of the same bytes is taken in when it is asked for by name, and the change is named."""
    project.locked()
    index.attest("tool-1.0*", TOOL._replace(workflow=".github/workflows/other.yml"))
    assert codes(project.run("lock", "--refresh", "--format", "json")) == []
    done = project.run("update", "tool", "--refresh", "--format", "json")
    assert codes(done) == ["signer-changed"]
    assert pin_of(project, "tool").signers == ("github:101/.github/workflows/other.yml",)
    assert [one.id for one in lock_of(project).signers] == ["github:101/.github/workflows/other.yml"]


@pytest.mark.parametrize("fault", ["missing", "other", "no root"])
def test_a_root_of_trust_that_is_not_the_pinned_one_stops_everything(project: Project, fault: str) -> None:
    """The file of the configuration's root is missing, has other bytes, or is no root: an alarm that names it."""
    path = project.folder / ROOT
    if fault == "missing":
        path.unlink()
    else:
        path.write_bytes(SigstoreWorld(2).trust_root if fault == "other" else b"{}")
    done = project.run("lock", "--format", "json")
    assert (done.code, codes(done)) == (1, ["trust-root-refused"])
    assert done.json["findings"][0]["subject"] == ROOT
    assert not project.lock.exists()


def test_the_private_root_is_for_the_named_sources_only(tmp_path: Path, index: SigningIndex) -> None:
    """`sources` says whose evidence it judges; the shipped root judges the rest, and refuses a private world's."""
    project = signed_project(tmp_path, index, ["tool"], '["internal"]')
    text = project.manifest.read_text()
    section = f'\n[tool.holdfast.sources.internal]\nkind = "pypi"\nurl = "{index.url}"\npackages = ["plain"]\n'
    project.manifest.write_text(text + section)
    done = project.run("lock", "--format", "json")
    assert (done.code, set(codes(done))) == (1, {"evidence-refused"})
    project.manifest.write_text(text + section.replace('"plain"', '"tool"'))
    project.locked()
    assert (pin_of(project, "tool").source, pin_of(project, "tool").signers) == ("internal", (ID,))


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ('root = "sha256:12"', "root"),
        ('root = "md5:' + "0" * 64 + '"', "root"),
        ("sources = []", "no root"),
        ('root = "sha256:' + "0" * 64 + '"\nsources = []', "at least one"),
        ('root = "sha256:' + "0" * 64 + '"\nsources = ["internal"]', "internal"),
        ('root = "sha256:' + "0" * 64 + '"\nroots = ""', "did you mean root"),
    ],
)
def test_a_section_that_makes_no_sense_is_refused(tmp_path: Path, section: str, words: str) -> None:
    """Wrong digests, unknown sources and keys: exit 2 with the place."""
    project = Project(tmp_path, ["tool"], more="")
    project.manifest.write_text(project.manifest.read_text() + f"\n[tool.holdfast.sigstore]\n{section}\n")
    done = project.run("lock", "--offline")
    assert done.code == 2
    assert words in done.err
    assert "pyproject.toml:" in done.err


def test_many_packages_with_one_reason_are_one_note(tmp_path: Path) -> None:
    """A mirror without evidence is said once, not for each package."""
    names = [f"tool{number}" for number in range(6)]
    with signing_index(read_releases("\n".join(f"{name} 1.0" for name in names))) as index:
        index.attest("*", TOOL)
        project = signed_project(tmp_path, index, names).locked()
        index.links = "none"
        done = project.run("lock", "--refresh")
        assert done.out.count("note[evidence-unavailable]: 6 packages") == 1
        assert "tool0 1.0, tool1 1.0, tool2 1.0, +3" in done.out
