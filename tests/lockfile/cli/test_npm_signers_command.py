"""Signers of npm packages: into the lock when it is made, and verified anew; over a registry that signs."""

import json
from pathlib import Path

from tests.support.npm_project import NpmProject
from tests.support.npm_registry import Answer, release
from tests.support.npm_signing_registry import KEYS, SigningRegistry, signing_registry
from tests.support.sigstore_identities import GitHubWorkflow

TOOL = release("tool", "1.0.0", dependencies={"left-pad": "^1"})
PAD = release("left-pad", "1.3.0")
PUBLISHER = "github:101/.github/workflows/release.yml"


def project_of(folder: Path, registry: SigningRegistry) -> NpmProject:
    """A project that asks for the attested `tool`, locked."""
    registry.attest("tool", "1.0.0", GitHubWorkflow())
    project = NpmProject(folder, registry, {"tool": "^1.0.0"})
    registry.pin_root(project)
    return project.locked()


def test_the_registry_and_the_publisher_become_signers(tmp_path: Path) -> None:
    """The registry by its signature, in its role; the workflow by the certificate of its provenance."""
    with signing_registry(TOOL, PAD) as registry:
        project = project_of(tmp_path, registry)
        own = f"npm:{registry.url.rstrip('/')}"
        assert project.pin("tool").signers == (PUBLISHER, own)
        assert project.pin("left-pad").signers == (own,)
        records = {signer.id: signer for signer in project.lock.signers}
        assert records[own].attributes == (("role", "registry"),)
        assert records[PUBLISHER].label == "acme/tool"
        asked = registry.count("/-/npm/v1/")
        assert project.run("lock").out.startswith("holdfast.lock is up to date")
        assert registry.count("/-/npm/v1/") == asked
        assert project.run("check").code == 0
        done = project.run("verify")
        assert done.code == 0, done.out
        assert "the signers of 2 files are as pinned" in done.out
        assert project.run("verify", "--offline").code == 0
        assert "acme/tool" in project.run("tree", "--signers").out


def test_a_rotation_within_the_published_keys_changes_nothing(tmp_path: Path) -> None:
    """The registry signs anew with a key that it publishes beside the old one: the same signer."""
    with signing_registry(TOOL, PAD) as registry:
        project = project_of(tmp_path, registry)
        registry.rotate("second")
        registry.publish(release("left-pad", "1.4.0"))
        done = project.run("update", "left-pad", "--refresh")
        assert done.code == 0, done.out
        assert project.pin("left-pad").signers == (f"npm:{registry.url.rstrip('/')}",)
        assert project.run("verify", "--refresh").code == 0


def test_a_signature_that_does_not_hold_blocks(tmp_path: Path) -> None:
    """Signed for other bytes: nothing is written."""
    with signing_registry(TOOL, PAD) as registry:
        other = registry.signer.attestations("tool", "1.0.0", f"sha512:{'5a' * 64}", GitHubWorkflow())
        registry.attestations["tool@1.0.0"] = json.dumps(other).encode()
        project = NpmProject(tmp_path, registry, {"tool": "^1.0.0"})
        registry.pin_root(project)
        done = project.run("lock")
    assert done.code == 1
    assert "[evidence-refused]: tool@1.0.0" in done.out
    assert not (project.folder / "holdfast.lock").exists()


def test_a_release_that_a_signing_registry_has_not_signed_is_told(tmp_path: Path) -> None:
    """A warning, and it is locked as unsigned."""
    with signing_registry(TOOL, PAD) as registry:
        registry.bare.add("left-pad@1.3.0")
        project = NpmProject(tmp_path, registry, {"left-pad": "*"})
        registry.pin_root(project)
        done = project.run("lock")
    assert done.code == 0
    assert "warning[release-unsigned]: left-pad 1.3.0" in done.out
    assert project.pin("left-pad").signers == ()


def test_a_new_version_that_is_no_longer_signed_is_an_alarm(tmp_path: Path) -> None:
    """It is written, and the command fails: a person has to judge."""
    with signing_registry(TOOL, PAD) as registry:
        project = project_of(tmp_path, registry)
        registry.bare.add("left-pad@1.4.0")
        registry.publish(release("left-pad", "1.4.0"))
        done = project.run("update", "left-pad", "--refresh")
    assert done.code == 1
    assert "alarm[signer-lost]: left-pad 1.4.0" in done.out


def test_another_workflow_that_publishes_is_told(tmp_path: Path) -> None:
    """The next release comes from another repository."""
    with signing_registry(TOOL, PAD) as registry:
        project = project_of(tmp_path, registry)
        registry.publish(release("tool", "1.1.0"))
        registry.attest("tool", "1.1.0", GitHubWorkflow("mallory", "tool", "666", "13"))
        done = project.run("update", "tool", "--refresh")
    assert done.code == 1
    assert "signer-" in done.out
    assert "github:666/" in done.out


def test_verify_hears_that_a_signer_was_made_up(tmp_path: Path) -> None:
    """A lock that names a signer whom the evidence does not prove."""
    with signing_registry(TOOL, PAD) as registry:
        project = project_of(tmp_path, registry)
        own = f"npm:{registry.url.rstrip('/')}"
        text = project.read("holdfast.lock")
        block = text.index('name = "left-pad"')
        edited = text[block:].replace(f'signers = [\n    "{own}",', f'signers = [\n    "{PUBLISHER}",\n    "{own}",')
        project.write("holdfast.lock", text[:block] + edited)
        assert project.run("check").code == 0
        done = project.run("verify")
    assert done.code == 1
    assert "alarm[signer-lost]: left-pad 1.3.0" in done.out


def test_a_registry_without_keys_is_asked_once_a_day(tmp_path: Path) -> None:
    """It signs nothing; nothing of evidence is asked of it again until somebody refreshes."""
    with signing_registry(TOOL, PAD) as registry:
        registry.answers[KEYS] = Answer(404)
        project = NpmProject(tmp_path, registry, {"tool": "*"})
        assert project.run("lock").code == 0
        assert project.run("lock").code == 0
        assert registry.count(KEYS) == 1
        assert registry.count("/-/npm/v1/attestations") == 0
        del registry.answers[KEYS]
        assert project.run("lock", "--refresh").code == 0
        assert project.pin("left-pad").signers == (f"npm:{registry.url.rstrip('/')}",)


def test_evidence_that_cannot_be_had_holds_a_new_pin_back(tmp_path: Path) -> None:
    """The registry promises attestations and does not answer: nothing is written. Of a known pin it is only told."""
    with signing_registry(TOOL, PAD) as registry:
        registry.attest("tool", "1.0.0", GitHubWorkflow())
        project = NpmProject(tmp_path, registry, {"tool": "^1.0.0"})
        registry.pin_root(project)
        path = "/-/npm/v1/attestations/tool@1.0.0"
        registry.answers[path] = Answer(403)
        assert project.run("lock").code == 3
        assert not (project.folder / "holdfast.lock").exists()
        del registry.answers[path]
        project.locked()
        registry.answers[path] = Answer(403)
        done = project.run("verify")
        assert done.code == 3
        assert "note[evidence-unavailable]: tool 1.0.0" in done.out


def test_a_release_without_provenance_is_an_alarm_where_one_had_it(tmp_path: Path) -> None:
    """The registry signs whatever somebody uploads with a stolen password: it makes up for no publisher."""
    with signing_registry(TOOL, PAD) as registry:
        project = project_of(tmp_path, registry)
        registry.publish(release("tool", "1.1.0"))
        done = project.run("update", "tool", "--refresh")
    assert done.code == 1
    assert "alarm[signer-lost]: tool 1.1.0" in done.out
    assert project.pin("tool").signers == (f"npm:{registry.url.rstrip('/')}",)
