"""Signatures and attestations of npm releases that do not hold: `lock` writes nothing of them, `verify` names them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.approving import approver_text, key_file
from tests.support.npm_evidence import NpmSigner, SigningKey
from tests.support.npm_project import NpmProject
from tests.support.npm_registry import HTML, Answer, Habits, release
from tests.support.npm_signing_registry import KEYS, SigningRegistry, signing_registry
from tests.support.sigstore_identities import GitHubWorkflow

BEFORE, AFTER = "2025-01-20T10:00:00.000Z", "2025-02-10T10:00:00.000Z"
OLD, NEW = SigningKey("old", "2025-01-29T00:00:00.000Z"), SigningKey("new")
FOREIGN = SigningKey("of somebody else")
TOOL = release("tool", "1.0.0", time=AFTER)
IN_FULL = Habits(abbreviated=False)  # only the full form tells when a release came out
Signatures = list[dict[str, str]]


def project_of(folder: Path, registry: SigningRegistry) -> NpmProject:
    """A project that asks for `tool`, and has the registry's root of trust."""
    project = NpmProject(folder, registry, {"tool": "*"})
    registry.pin_root(project)
    return project


def served(registry: SigningRegistry, **dist: Any) -> None:
    """Let the packument of `tool` say this of version 1.0.0."""
    document = registry.packument("tool")
    document["versions"]["1.0.0"]["dist"].update(dist)
    registry.answers["/tool"] = Answer(200, json.dumps(document).encode())


def of(registry: SigningRegistry, name: str, version: str, *keys: SigningKey) -> Signatures:
    """Good signatures over the tarball of `tool` 1.0.0 as something else, or by some keys."""
    return registry.signer.signatures(name, version, registry._digest("tool", "1.0.0"), *keys)


DAMAGES: dict[str, tuple[Callable[[SigningRegistry], Signatures], str]] = {
    "another version": (lambda registry: of(registry, "tool", "1.0.1"), "signature: "),
    "another package": (lambda registry: of(registry, "fool", "1.0.0"), "signature: "),
    "an expired key": (lambda registry: of(registry, "tool", "1.0.0", OLD), "time: signed 2025-02-10T10:00:00Z"),
    "a key that nobody publishes": (lambda registry: of(registry, "tool", "1.0.0", FOREIGN), "key: "),
    "a borrowed key id": (
        lambda registry: [of(registry, "tool", "1.0.0", FOREIGN)[0] | {"keyid": NEW.key_id}],
        "signature: ",
    ),
    "a bad one beside a good one": (
        lambda registry: [*of(registry, "tool", "1.0.0", NEW), *of(registry, "tool", "1.0.0", FOREIGN)],
        "key: ",
    ),
    "no base64": (lambda registry: [{"keyid": NEW.key_id, "sig": "!!!!"}], "malformed: expected base64"),
    "empty": (lambda registry: [{"keyid": NEW.key_id, "sig": "AAAA"}], "signature: "),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_signature_that_does_not_hold_blocks_and_is_found_later(damage: str, tmp_path: Path) -> None:
    """A new release is not locked; of a locked one `verify` says that its evidence no longer holds."""
    make, reason = DAMAGES[damage]
    with signing_registry(TOOL, habits=IN_FULL) as registry:
        registry.signer = NpmSigner(registry.signer.url, (OLD, NEW), registry.signer.sigstore)
        project = project_of(tmp_path, registry)
        served(registry, signatures=make(registry))
        done = project.run("lock")
        assert done.code == 1
        assert "[evidence-refused]: tool@1.0.0" in done.out
        assert f"found: {reason}" in done.out
        assert "next: holdfast explain evidence-refused" in done.out
        assert not (project.folder / "holdfast.lock").exists()
        del registry.answers["/tool"]
        assert project.run("lock", "--refresh").code == 0
        before = project.read("holdfast.lock")
        assert project.pin("tool").signers == (f"npm:{registry.signer.url}",)
        served(registry, signatures=make(registry))
        done = project.run("verify", "--refresh")
        assert done.code == 1
        assert "[evidence-refused]: tool@1.0.0" in done.out
        assert project.run("lock", "--refresh").code in (0, 1)
        assert project.read("holdfast.lock") == before


def test_while_keys_overlap_either_signs_and_the_signer_is_the_same(tmp_path: Path) -> None:
    """Releases from before and after a rotation, signed by the key of their time, by the other, or by both."""
    releases = [release("tool", f"1.{at}.0", time=time) for at, time in enumerate((BEFORE, BEFORE, AFTER))]
    with signing_registry(*releases, habits=IN_FULL) as registry:
        registry.signer = NpmSigner(registry.signer.url, (OLD, NEW), registry.signer.sigstore)
        for version, keys in (("1.0.0", [OLD]), ("1.1.0", [OLD, NEW]), ("1.2.0", [NEW])):
            document = registry.packument("tool")
            digest = registry._digest("tool", version)
            signatures = registry.signer.signatures("tool", version, digest, *keys)
            document["versions"][version]["dist"]["signatures"] = signatures
            registry.answers["/tool"] = Answer(200, json.dumps(document).encode())
            project = project_of(tmp_path, registry)
            project.write("package.json", {"dependencies": {"tool": version}})
            done = project.run("lock", "--refresh")
            assert done.code == 0, done.out
            assert project.pin("tool").signers == (f"npm:{registry.signer.url}",)
            assert project.run("verify", "--refresh").code == 0


def test_a_signature_that_is_gone_is_a_finding(tmp_path: Path) -> None:
    """The lock keeps the signer; `verify` alarms, and so does a registry that publishes no keys any more."""
    with signing_registry(TOOL) as registry:
        project = project_of(tmp_path, registry).locked()
        before = project.read("holdfast.lock")
        registry.bare.add("tool@1.0.0")
        done = project.run("verify", "--refresh")
        assert done.code == 1
        assert "alarm[signer-lost]: tool 1.0.0" in done.out
        assert project.run("lock", "--refresh").code == 0
        assert project.read("holdfast.lock") == before
        registry.bare.clear()
        registry.answers[KEYS] = Answer(404)
        done = project.run("verify", "--refresh")
        assert done.code == 1
        assert "alarm[signer-lost]: tool 1.0.0" in done.out


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (HTML, 1, "[evidence-refused]: tool@1.0.0"),
        (Answer(200, b'{"keys": [{"keyid": "k"}]}'), 1, "malformed: "),
        (Answer(200, b'{"keys": [], "keys": []}'), 1, "malformed: "),
        (Answer(200, b" " * 2_000_000), 1, "too-large: "),
        (Answer(500), 3, "npm did not answer for the published keys"),
    ],
)
def test_keys_that_cannot_be_read_hold_a_new_release_back(answer: Answer, code: int, said: str, tmp_path: Path) -> None:
    """They are not the same as no keys: nothing is locked as unsigned for want of an answer."""
    with signing_registry(TOOL) as registry:
        registry.answers[KEYS] = answer
        project = project_of(tmp_path, registry)
        done = project.run("lock")
    assert done.code == code, done.out + done.err
    assert said in done.out + done.err
    assert not (project.folder / "holdfast.lock").exists()


def test_attestations_of_another_release_are_refused(tmp_path: Path) -> None:
    """Real ones, of another version or another package, moved to this one; and provenance for other bytes."""
    with signing_registry(TOOL, release("tool", "2.0.0"), release("fool", "1.0.0")) as registry:
        registry.tags["tool"]["latest"] = "1.0.0"
        for name, version in (("tool", "2.0.0"), ("fool", "1.0.0")):
            registry.attest(name, version, GitHubWorkflow())
            registry.attestations["tool@1.0.0"] = registry.attestations[f"{name}@{version}"]
            project = project_of(tmp_path, registry)
            done = project.run("lock", "--refresh")
            assert done.code == 1
            assert "[evidence-refused]: tool@1.0.0" in done.out
            assert not (project.folder / "holdfast.lock").exists()


def test_another_publisher_waits_for_an_approval(tmp_path: Path) -> None:
    """The change is written, and `check` fails until a person has approved it; the same workflow changes no signer."""
    key = "--key", str(key_file(tmp_path, "ann"))
    with signing_registry(release("tool", "1.0.0"), habits=Habits(max_age=0)) as registry:
        project = project_of(tmp_path, registry)
        (project.folder / "holdfast.toml").unlink()
        assert project.run("init").code == 0
        registry.attest("tool", "1.0.0", GitHubWorkflow())
        text = project.read("holdfast.toml") + approver_text("ann").replace("{holdfast}.", "")
        project.write("holdfast.toml", f'{text}\n[sigstore]\nroot = "{registry.signer.sigstore.digest}"\n')
        done = project.run("update", "--refresh")
        assert done.code == 0, done.out + done.err
        done = project.run("approvals", "baseline", *key)
        assert done.code == 0, done.out + done.err
        assert project.run("check").code == 0
        registry.publish(release("tool", "1.1.0"))
        registry.attest("tool", "1.1.0", GitHubWorkflow("mallory", "tool", "666", "13"))
        assert "error[signer-changed]: tool 1.1.0" in project.run("update", "--refresh").out
        done = project.run("check")
        assert done.code == 1
        assert "class: signer-changed, version-changed" in done.out
        assert "next: holdfast review tool" in done.out
        done = project.run("approve", "tool", "--reason", "they told us", *key)
        assert done.code == 0, done.out + done.err
        assert "now: signed by mallory/tool (github:666/.github/workflows/release.yml)" in done.out
        assert project.run("check").code == 0
