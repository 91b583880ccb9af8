"""`module sign`, `cosign`, `verify`: files beside an archive, exit codes, and what is said."""

import io
import json
import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives import serialization

from holdfast.cli.main import main
from holdfast.trust import ssh_agent
from holdfast.trust.dsse import parse_envelope
from holdfast.trust.signing import FileSigner
from tests.support.module_folders import write_module

ANN, BOB, VET = (FileSigner.from_seed(bytes([seed]) * 32) for seed in (11, 12, 13))
TAR = "acme-guards-1.0.0.tar"


class Said(NamedTuple):
    """Exit code, stdout and stderr."""

    code: int
    out: str
    err: str


def run(*words: str) -> Said:
    """Run a command line."""
    out, err = io.StringIO(), io.StringIO()
    return Said(main(words, {}, out, err), out.getvalue(), err.getvalue())


def good(*words: str) -> str:
    """Run a command that must succeed; return what it said."""
    said = run(*words)
    assert (said.code, said.err) == (0, ""), said
    return said.out


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a module, its archive, and three keys with their public halves."""
    monkeypatch.chdir(tmp_path)
    for name, signer in {"ann": ANN, "bob": BOB, "vet": VET}.items():
        private = signer.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        Path(name).write_bytes(private)
        Path(name).chmod(0o600)
        Path(f"{name}.pub").write_text(f"{signer.public.text} {name}@acme\n")
    write_module(tmp_path / "guards")
    good("module", "pack", "guards")
    return tmp_path


def test_sign_and_verify_an_archive() -> None:
    """The signature lies beside the archive; verifying names the signer in full, and the digests."""
    said = good("module", "sign", TAR, "--key", "ann")
    assert said == f"{TAR}.sig written: @acme/guards 1.0.0 signed by {ANN.public.id}\n"
    lines = good("module", "verify", TAR, "--trust-key", "ann.pub").splitlines()
    assert lines[0] == "@acme/guards 1.0.0 verified: trusted"
    assert f"publisher  {ANN.public.id} ann@acme" in lines
    assert re.fullmatch("archive    sha256:[0-9a-f]{64}", lines[1])


@pytest.mark.parametrize(
    "key", [ANN.public.text, ANN.public.raw.hex(), "ann"], ids=["text", "hex", "private key's file"]
)
def test_a_trusted_key_is_named_in_several_ways(key: str) -> None:
    """As text, as hex, as a file; of a private key its .pub is read."""
    good("module", "sign", TAR, "--key", "ann")
    assert "verified" in good("module", "verify", TAR, "--trust-key", "bob.pub", "--trust-key", key)


def test_an_unpacked_folder_is_signed_and_verified_like_its_archive() -> None:
    """A folder's archive is made in memory; the signature of one serves the other, beside the folder or in it."""
    good("module", "sign", "guards", "--key", "ann")
    assert "verified" in good("module", "verify", "guards", "--trust-key", "ann.pub")
    assert "verified" in good("module", "verify", TAR, "--trust-key", "ann.pub")
    os.replace(f"{TAR}.sig", f"guards/{TAR}.sig")
    assert "verified" in good("module", "verify", "guards", "--trust-key", "ann.pub")
    Path("guards/extra.md").write_text("x")
    said = run("module", "verify", "guards", "--trust-key", "ann.pub")
    assert (said.code, "module-tampered" in said.out) == (1, True)


def test_bytecode_beside_signed_sources_is_tampering() -> None:
    """Packing leaves it out; in an unpacked folder Python would run it in place of what was signed."""
    good("module", "sign", "guards", "--key", "ann")
    Path("guards/.git").mkdir()
    Path("guards/.git/config").write_text("")
    assert "verified" in good("module", "verify", "guards", "--trust-key", "ann.pub")
    Path("guards/__pycache__").mkdir()
    Path("guards/__pycache__/guard.cpython-311.pyc").write_bytes(b"evil")
    said = run("module", "verify", "guards", "--trust-key", "ann.pub")
    assert (said.code, "module-tampered" in said.out, "guard.cpython-311.pyc" in said.out) == (1, True, True)


def test_a_second_publisher_signs_the_same_statement() -> None:
    """Two signatures in one file; either key verifies it."""
    good("module", "sign", TAR, "--key", "ann")
    before = parse_envelope(Path(f"{TAR}.sig").read_text())
    said = good("module", "sign", TAR, "--key", "bob")
    assert "2 signatures of one statement" in said
    after = parse_envelope(Path(f"{TAR}.sig").read_text())
    assert (after.payload, len(after.signatures)) == (before.payload, 2)
    for key in ("ann.pub", "bob.pub"):
        assert "verified" in good("module", "verify", TAR, "--trust-key", key)


def test_a_signature_of_an_older_packing_is_not_signed_over() -> None:
    """Other bytes need another statement: refused, and the file stays as it was."""
    good("module", "sign", TAR, "--key", "ann")
    before = Path(f"{TAR}.sig").read_bytes()
    Path("guards/README.md").write_text("new\n")
    good("module", "pack", "guards")
    said = run("module", "sign", TAR, "--key", "bob")
    assert (said.code, "something else" in said.err) == (2, True)
    assert Path(f"{TAR}.sig").read_bytes() == before


def test_cosign_writes_an_envelope_of_its_own() -> None:
    """Beside the publisher's; it counts when its key is trusted, and binds the report."""
    good("module", "sign", TAR, "--key", "ann")
    Path("report.md").write_text("fine\n")
    said = good("module", "cosign", TAR, "--key", "vet", "--report", "report.md")
    assert said == f"{TAR}.vetted.sig written: @acme/guards 1.0.0 co-signed by {VET.public.id}\n"
    keys = ("--trust-key", "ann.pub", "--trust-key", "vet.pub")
    out = good("module", "verify", TAR, *keys, "--report", "report.md")
    assert f"vetted     {VET.public.id} vet@acme" in out
    Path("report.md").write_text("forged\n")
    assert run("module", "verify", TAR, *keys, "--report", "report.md").code == 1
    alone = run("module", "verify", TAR, "--trust-key", "ann.pub")
    assert (alone.code, "vetted" in alone.out, "not trusted here: 1" in alone.err) == (0, False, True)


def test_cosign_needs_a_publisher_and_another_key() -> None:
    """Nothing published is nothing to vet; a publisher does not vet itself."""
    assert run("module", "cosign", TAR, "--key", "vet").code == 1
    good("module", "sign", TAR, "--key", "ann")
    said = run("module", "cosign", TAR, "--key", "ann")
    assert (said.code, "did not publish" in said.err) == (2, True)
    assert not Path(f"{TAR}.vetted.sig").exists()


def flip(path: str, at: int) -> None:
    data = bytearray(Path(path).read_bytes())
    data[at] ^= 1
    Path(path).write_bytes(data)


def test_every_refusal_has_its_own_code() -> None:
    """Tampered, untrusted with the full fingerprint, invalid, missing, malformed: exit 1 each, by its own code."""
    verify = ("module", "verify", TAR, "--trust-key", "ann.pub")
    said = run(*verify)
    assert (said.code, "signature-missing" in said.out, f"{TAR}.sig" in said.out) == (1, True, True)
    good("module", "sign", TAR, "--key", "ann")
    text, archive = Path(f"{TAR}.sig").read_text(), Path(TAR).read_bytes()

    said = run("module", "verify", TAR, "--trust-key", "bob.pub")
    assert (said.code, "signer-untrusted" in said.out, ANN.public.id in said.out) == (1, True, True)
    for at in (600, 3, len(archive) - 1):  # content, header, end
        flip(TAR, at)
        said = run(*verify)
        assert (said.code, "module-tampered" in said.out) == (1, True), said
        Path(TAR).write_bytes(archive)
    Path(f"{TAR}.sig").write_text(text[:-60] + "\n")
    said = run(*verify)
    assert (said.code, "signature-malformed" in said.out) == (1, True)
    envelope = json.loads(text)
    envelope["signatures"][0]["sig"] = "A" * 86 + "=="
    Path(f"{TAR}.sig").write_text(json.dumps(envelope))
    said = run(*verify)
    assert (said.code, "signature-invalid" in said.out) == (1, True)
    Path(f"{TAR}.sig").write_text(text)
    assert run(*verify).code == 0


def test_a_signature_elsewhere_is_named() -> None:
    """Written with -o, read with --signature; a file that is not there is a wrong file, not a missing signature."""
    good("module", "sign", TAR, "--key", "ann", "-o", "ann.sig")
    assert run("module", "verify", TAR, "--trust-key", "ann.pub").code == 1
    assert "verified" in good("module", "verify", TAR, "--trust-key", "ann.pub", "--signature", "ann.sig")
    assert run("module", "verify", TAR, "--trust-key", "ann.pub", "--signature", "gone.sig").code == 2
    good("module", "cosign", TAR, "--key", "vet", "--signature", "ann.sig", "-o", "vet.sig")
    out = good(
        *("module", "verify", TAR, "--signature", "vet.sig", "--signature", "ann.sig"),
        *("--trust-key", "ann.pub", "--trust-key", "vet.pub"),
    )
    assert "vetted" in out


CONFIGURATION = """\
id = "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c55"

[[trust]]
key = "{key}"
label = "acme-release"
names = ["@acme/*"]
"""


def test_without_a_named_key_the_projects_trust_counts(here: Path) -> None:
    """`[[trust]]` of the project, with its label; its revocations and its time hold; an id picks one of it."""
    good("module", "sign", TAR, "--key", "ann")
    assert run("module", "verify", TAR).code == 1
    text = CONFIGURATION.format(key=ANN.public.text)
    Path("holdfast.toml").write_text(text)
    assert f"{ANN.public.id} acme-release" in good("module", "verify", TAR)
    assert "verified" in good("module", "verify", TAR, "--trust-key", ANN.public.id)
    assert run("module", "verify", TAR, "--trust-key", BOB.public.id).code == 2
    Path("holdfast.toml").write_text(text + 'until = "2020-01-01"\n')
    assert "signer-expired" in run("module", "verify", TAR).out
    Path("holdfast.toml").write_text(text + 'revoked = "2020-01-01"\nreason = "lost"\n')
    said = run("module", "verify", TAR, "--trust-key", ANN.public.id)
    assert (said.code, "signer-revoked" in said.out) == (1, True)


def test_json_says_the_same() -> None:
    """Every key is there."""
    signed = json.loads(good("module", "sign", TAR, "--key", "ann", "--format", "json"))["module"]
    assert (signed["file"].endswith(f"{TAR}.sig"), signed["signer"]) == (True, ANN.public.id)
    verified = json.loads(good("module", "verify", TAR, "--trust-key", "ann.pub", "--format", "json"))["module"]
    assert (verified["name"], verified["version"], verified["level"]) == ("@acme/guards", "1.0.0", "trusted")
    assert verified["publishers"] == [
        {"id": ANN.public.id, "label": "ann@acme", "role": "publisher", "key": ANN.public.text}
    ]
    assert verified["archive"] == signed["archive"]


@pytest.mark.parametrize("words", [[], ["--key", "ann", "--agent", "x"], ["--key", "gone"], ["--key", "ann.pub"]])
def test_a_signer_must_be_named_once_and_be_usable(words: list[str]) -> None:
    """Neither, both, no such file, a public key: nothing is written."""
    said = run("module", "sign", TAR, *words)
    assert said.code in (2, 3)
    assert not Path(f"{TAR}.sig").exists()


def test_an_encrypted_key_needs_its_passphrase_and_never_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a file of one's own; without one and without a terminal it is refused with the way out."""
    private = ANN.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"open")
    )
    for name, data in {"locked": private, "right": b"open\n", "wrong": b"shut\n"}.items():
        Path(name).write_bytes(data)
        Path(name).chmod(0o600)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    said = run("module", "sign", TAR, "--key", "locked")
    assert (said.code in (2, 3), "ssh-add" in said.err) == (True, True)
    assert run("module", "sign", TAR, "--key", "locked", "--passphrase-file", "wrong").code in (2, 3)
    assert not Path(f"{TAR}.sig").exists()
    assert ANN.public.id in good("module", "sign", TAR, "--key", "locked", "--passphrase-file", "right")


def test_a_key_of_the_agent_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named by its id; the private key stays where it is."""
    asked: list[str] = []

    def agent_signer(environment: object, wanted: str = "") -> FileSigner:
        asked.append(wanted)
        return BOB

    monkeypatch.setattr(ssh_agent, "agent_signer", agent_signer)
    assert BOB.public.id in good("module", "sign", TAR, "--agent", BOB.public.id)
    assert asked == [BOB.public.id]
    assert "verified" in good("module", "verify", TAR, "--trust-key", "bob.pub")
