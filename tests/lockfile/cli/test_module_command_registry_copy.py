"""`module verify --registry FOLDER`: the signatures of a module as its registry keeps them."""

import hashlib
import io
import json
from pathlib import Path

import pytest

from holdfast.cli.main import main
from holdfast.publish.pack import Packed
from holdfast.trust.signing import FileSigner
from holdfast.trust.strict_json import canonical
from holdfast.workflows.module_sign import sign_module
from tests.support.module_folders import packed_module

ANN = FileSigner.from_seed(bytes([21]) * 32)
NOW = "2026-11-21T06:40:00Z"


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packed:
    monkeypatch.chdir(tmp_path)
    return packed_module(tmp_path / "guards")


def run(*words: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    return main(("module", "verify", "guards", "--trust-key", ANN.public.text, *words), {}, out, err), (
        out.getvalue() + err.getvalue()
    )


def write_registry(folder: Path, packed: Packed, envelopes: list[str], version: str = "1.0.0") -> Path:
    """The files that lead to one index document, and the document; signatures of the metadata are not looked at."""
    release = {
        "version": version,
        "file": f"acme-guards-{version}.tar",
        "size": len(packed.archive),
        "sha256": packed.archive_digest.removeprefix("sha256:"),
        "tree": packed.tree_digest.removeprefix("sha256:"),
        "dependencies": {},
        "permissions": [],
        "privileged": False,
        "published": NOW,
        "yanked": None,
        "publisher": "acme",
        "envelopes": envelopes,
        "vetted": [],
        "report": "",
    }
    data = canonical({"format": 1, "critical": [], "name": "@acme/guards", "releases": [release]})
    digest, target = hashlib.sha256(data).hexdigest(), "modules/@acme/guards.json"
    role = f"bin-{hashlib.sha256(target.encode()).hexdigest()[:2]}"
    documents: dict[str, object] = {
        "timestamp.json": {"meta": {"snapshot.json": {"version": 3}}},
        "3.snapshot.json": {"meta": {f"{role}.json": {"version": 2}}},
        f"2.{role}.json": {"targets": {target: {"length": len(data), "hashes": {"sha256": digest}}}},
    }
    (folder / "metadata").mkdir(parents=True)
    (folder / "targets/modules/@acme").mkdir(parents=True)
    for name, signed in documents.items():
        (folder / "metadata" / name).write_text(json.dumps({"signed": signed, "signatures": []}))
    (folder / f"targets/modules/@acme/{digest}.guards.json").write_bytes(data)
    return folder


def test_the_registrys_copy_of_a_signature_verifies_a_folder(packed: Packed, tmp_path: Path) -> None:
    """No signature lies beside the folder; that of the registry holds by itself."""
    text = sign_module(packed, ANN, NOW).text
    assert run()[0] == 1
    write_registry(tmp_path / "registry", packed, [text])
    code, said = run("--registry", "registry")
    assert code == 0, said
    assert ANN.public.id in said


def test_a_release_that_the_registry_does_not_have_is_not_signed_there(packed: Packed, tmp_path: Path) -> None:
    """Another version, an unsigned release: signature-missing."""
    write_registry(tmp_path / "other", packed, [sign_module(packed, ANN, NOW).text], "2.0.0")
    write_registry(tmp_path / "unsigned", packed, [])
    for registry in ("other", "unsigned"):
        code, said = run("--registry", registry)
        assert (code, "signature-missing" in said) == (1, True), said


def test_a_folder_that_is_no_registry_or_was_damaged_is_a_wrong_file(packed: Packed, tmp_path: Path) -> None:
    """No metadata, metadata of another form, an index document with other bytes."""
    assert run("--registry", "guards")[0] == 2
    registry = write_registry(tmp_path / "registry", packed, [sign_module(packed, ANN, NOW).text])
    document = next(registry.glob("targets/modules/@acme/*.json"))
    document.write_bytes(document.read_bytes() + b" ")
    assert run("--registry", "registry")[0] == 2
    for text in ("{", "[]", '{"signed": 1}', '{"signed": {"meta": {"snapshot.json": {"version": "../x"}}}}'):
        (registry / "metadata/timestamp.json").write_text(text)
        assert run("--registry", "registry")[0] == 2
