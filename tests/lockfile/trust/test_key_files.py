"""Key files: written for the owner only, read back, and refused for what they are not."""

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from holdfast.errors import FileProblem
from holdfast.trust.ed25519 import PublicKey, verify
from holdfast.trust.errors import KeyRefused, KeyUnreadable
from holdfast.trust.key_files import LARGEST, load_key, load_public, read_passphrase
from holdfast.trust.key_writing import write_key
from tests.support.signing_keys import public, signer

posix = pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
BOTH = pytest.mark.parametrize("form", ["openssh", "pkcs8"])


def _never() -> bytes:
    raise AssertionError("a passphrase was asked for")


def _put(path: Path, data: bytes, mode: int = 0o600) -> str:
    path.write_bytes(data)
    path.chmod(mode)
    return str(path)


@BOTH
def test_written_and_read(form: str, tmp_path: Path) -> None:
    """The same key comes back, without a passphrase being asked for; its public line stands beside it."""
    path = str(tmp_path / "key")
    write_key(path, signer("acme"), form=form, comment="ann@acme")
    loaded = load_key(path, _never)
    assert loaded.public == public("acme")
    assert verify(public("acme"), b"message", loaded.sign(b"message"))
    assert load_public(path, _never) == (public("acme"), "")
    assert load_public(path + ".pub") == (public("acme"), "ann@acme")
    assert Path(path + ".pub").read_text() == f"{public('acme').text} ann@acme\n"
    assert sorted(os.listdir(tmp_path)) == ["key", "key.pub"]


@BOTH
def test_encrypted(form: str, tmp_path: Path) -> None:
    """Only the passphrase opens it, given as bytes or by a function that is asked once."""
    path = str(tmp_path / "key")
    write_key(path, signer("acme"), form=form, passphrase=b"correct horse")
    asked = []

    def ask() -> bytes:
        asked.append(1)
        return b"correct horse"

    assert load_key(path, ask).public == load_key(path, b"correct horse").public == public("acme")
    assert asked == [1]
    with pytest.raises(KeyUnreadable, match="the passphrase does not open the key"):
        load_key(path, b"wrong")
    for none in (None, b"", lambda: b""):
        with pytest.raises(KeyUnreadable, match="no passphrase was given"):
            load_key(path, none)
    assert signer("acme").private.private_bytes_raw() not in Path(path).read_bytes()


def test_public_half_of_an_encrypted_key(tmp_path: Path) -> None:
    """OpenSSH's form shows it without the passphrase, PKCS#8 does not."""
    for form in ("openssh", "pkcs8"):
        write_key(str(tmp_path / form), signer("acme"), form=form, passphrase=b"x y")
    assert load_public(str(tmp_path / "openssh"), _never)[0] == public("acme")
    assert load_public(str(tmp_path / "pkcs8"), b"x y")[0] == public("acme")
    with pytest.raises(KeyUnreadable, match="no passphrase"):
        load_public(str(tmp_path / "pkcs8"))


@posix
def test_permissions_of_new_files(tmp_path: Path) -> None:
    """The private half is the owner's, whatever the umask lets through."""
    old = os.umask(0)
    try:
        write_key(str(tmp_path / "key"), signer("acme"))
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "key.pub").stat().st_mode) == 0o644


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o610, 0o666])
def test_a_key_that_others_can_read(mode: int, tmp_path: Path) -> None:
    """Refused as ssh refuses it, with the command that mends it; a public key may be read by all."""
    path = tmp_path / "a key"
    write_key(str(path), signer("acme"))
    path.chmod(mode)
    for load in (load_key, load_public):
        with pytest.raises(KeyUnreadable) as refused:
            load(str(path))
        assert f"mode {mode:04o}" in refused.value.reason
        assert refused.value.hint == f"run `chmod 600 '{path}'`"
    (tmp_path / "a key.pub").chmod(0o666)
    assert load_public(f"{path}.pub")[0] == public("acme")


@pytest.mark.parametrize("taken", ["key", "key.pub"])
def test_nothing_is_overwritten(taken: str, tmp_path: Path) -> None:
    """Neither half, and the other one is not written either; a dangling link is something too."""
    (tmp_path / taken).write_text("mine")
    with pytest.raises(FileProblem, match="never overwritten"):
        write_key(str(tmp_path / "key"), signer("acme"))
    assert os.listdir(tmp_path) == [taken]
    assert (tmp_path / taken).read_text() == "mine"
    (tmp_path / taken).unlink()
    (tmp_path / taken).symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileProblem, match="never overwritten"):
        write_key(str(tmp_path / "key"), signer("acme"))
    assert os.listdir(tmp_path) == [taken]


@pytest.mark.parametrize("late", ["key", "key.pub"])
def test_nothing_is_overwritten_in_a_race(late: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that appears after the look is kept too, and the private half goes when the public one fails."""
    monkeypatch.setattr(os.path, "lexists", lambda path: False)
    (tmp_path / late).write_text("mine")
    with pytest.raises(FileProblem):
        write_key(str(tmp_path / "key"), signer("acme"))
    assert os.listdir(tmp_path) == [late]
    assert (tmp_path / late).read_text() == "mine"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A file problem with the path."""
    with pytest.raises(FileProblem) as refused:
        write_key(str(tmp_path / "none" / "key"), signer("acme"))
    assert refused.value.path == str(tmp_path / "none" / "key")


@pytest.mark.parametrize("comment", ["a\nssh-ed25519 AAAA", "a\x1b[31m", "a\u202eb"])
def test_comments_are_one_printable_line(comment: str, tmp_path: Path) -> None:
    """So that no second key hides in the public file."""
    with pytest.raises(KeyRefused, match="one line"):
        write_key(str(tmp_path / "key"), signer("acme"), comment=comment)
    assert os.listdir(tmp_path) == []


def _pem(
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed448.Ed448PrivateKey, shape: PrivateFormat
) -> bytes:
    return private.private_bytes(Encoding.PEM, shape, NoEncryption())


_RSA = rsa.generate_private_key(65537, 2048)
_EC = ec.generate_private_key(ec.SECP256R1())
OTHERS = {
    "RSA, PKCS#8": (_pem(_RSA, PrivateFormat.PKCS8), "RSA"),
    "RSA, PKCS#1": (_pem(_RSA, PrivateFormat.TraditionalOpenSSL), "RSA"),
    "RSA, OpenSSH": (_pem(_RSA, PrivateFormat.OpenSSH), "ssh-rsa"),
    "ECDSA, PKCS#8": (_pem(_EC, PrivateFormat.PKCS8), "EllipticCurve|EC"),
    "ECDSA, SEC 1": (_pem(_EC, PrivateFormat.TraditionalOpenSSL), "ECDSA"),
    "ECDSA, OpenSSH": (_pem(_EC, PrivateFormat.OpenSSH), "ecdsa-sha2-nistp256"),
    "Ed448": (_pem(ed448.Ed448PrivateKey.generate(), PrivateFormat.PKCS8), "Ed448"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_algorithms(name: str, tmp_path: Path) -> None:
    """Named, with the command that makes a fitting key."""
    data, kind = OTHERS[name]
    path = _put(tmp_path / "key", data)
    for load in (load_key, load_public):
        with pytest.raises(KeyUnreadable) as refused:
            load(path, _never)
        assert re.search(f"another algorithm .({kind})", refused.value.reason)
        assert "holdfast key generate" in refused.value.hint


def _written(form: str, folder: Path, passphrase: bytes = b"") -> bytes:
    path = folder / "original"
    write_key(str(path), signer("acme"), form=form, passphrase=passphrase)
    data = path.read_bytes()
    path.unlink()
    (folder / "original.pub").unlink()
    return data


@BOTH
def test_every_cut_is_damage(form: str, tmp_path: Path) -> None:
    """A file that ends too early is unreadable, wherever it ends."""
    data = _written(form, tmp_path)
    end = data.rindex(b"-----END") + len(b"-----END")
    for length in range(0, end, 5):
        path = _put(tmp_path / "key", data[:length])
        with pytest.raises(KeyUnreadable):
            load_key(path)


def test_the_halves_of_an_openssh_key_belong_together(tmp_path: Path) -> None:
    """Another public key in the clear part does not go unnoticed when the private one is opened."""
    from base64 import b64decode, b64encode

    lines = _written("openssh", tmp_path).decode().splitlines()
    raw = b64decode("".join(lines[1:-1])).replace(public("acme").raw, public("other").raw, 1)
    path = _put(tmp_path / "key", "\n".join([lines[0], b64encode(raw).decode(), lines[-1], ""]).encode())
    with pytest.raises(KeyUnreadable):
        load_key(path)


WRONG = {
    "nothing": (b"", "no private key"),
    "a text": (b"hello\n", "no private key"),
    "bytes": (bytes(range(256)), "no private key"),
    "a public line": (f"{public('acme').text}\n".encode(), "public half"),
    "a certificate": (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no private key"),
    "an empty OpenSSH body": (
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----\n",
        "damaged",
    ),
    "an OpenSSH body that is no base64": (
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n!!!\n-----END OPENSSH PRIVATE KEY-----\n",
        "damaged",
    ),
    "a PKCS#8 body that is no DER": (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "damaged"),
    "too long": (b"-----BEGIN PRIVATE KEY-----\n" + b"A" * LARGEST, "at most"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_private_key(name: str, tmp_path: Path) -> None:
    """Each with its own reason, and the path."""
    data, reason = WRONG[name]
    path = _put(tmp_path / "key", data)
    with pytest.raises(KeyUnreadable, match=reason) as refused:
        load_key(path, _never)
    assert refused.value.path == path


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_the_public_half_names_the_private_one(tmp_path: Path, mode: int) -> None:
    """That others may read it is no fault of it; a passphrase that begins like one is none."""
    path = _put(tmp_path / "ann.pub", f"{public('acme').text}\n".encode())
    (tmp_path / "ann.pub").chmod(mode)
    with pytest.raises(KeyUnreadable, match="the public half of a key") as refused:
        load_key(path)
    assert refused.value.hint == f"name the private half: --key {tmp_path / 'ann'}"
    assert read_passphrase(_put(tmp_path / "passphrase", b"ssh-ish\n")) == b"ssh-ish"


def test_a_key_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    """With what makes one."""
    path = str(tmp_path / "ann")
    with pytest.raises(KeyUnreadable) as refused:
        load_key(path)
    assert refused.value.reason == "there is no such file"
    assert refused.value.hint.endswith(f"`holdfast key generate {path}` makes one")


def test_no_file(tmp_path: Path) -> None:
    """Missing, a folder, a name that no system has."""
    for path in (str(tmp_path / "none"), str(tmp_path), "a\x00b"):
        with pytest.raises(KeyUnreadable) as refused:
            load_key(path)
        assert refused.value.reason


@pytest.mark.parametrize("data", [b"\xff\xfe", b"hello", b"ssh-rsa AAAA"])
def test_what_is_no_public_key(data: bytes, tmp_path: Path) -> None:
    """Refused as unreadable or as a key."""
    with pytest.raises((KeyUnreadable, KeyRefused)):
        load_public(_put(tmp_path / "key.pub", data))


def test_passphrase_files(tmp_path: Path) -> None:
    """The first line, without its end; never an empty one."""
    for data in (b"correct horse", b"correct horse\n", b"correct horse\r\nand more\n"):
        assert read_passphrase(_put(tmp_path / "words", data)) == b"correct horse"
    for data in (b"", b"\n", b"\r\nx"):
        with pytest.raises(KeyUnreadable, match="empty"):
            read_passphrase(_put(tmp_path / "words", data))


@posix
def test_a_passphrase_that_others_can_read(tmp_path: Path) -> None:
    """Refused like a key."""
    with pytest.raises(KeyUnreadable, match="others can read"):
        read_passphrase(_put(tmp_path / "words", b"x", 0o644))


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not on this machine")
def test_openssh_and_we_read_each_others_keys(tmp_path: Path) -> None:
    """ssh-keygen tells the public line of our keys, and we read those that it makes."""

    def run(*words: str) -> str:
        done = subprocess.run(["ssh-keygen", *words], capture_output=True, text=True, check=True, timeout=30)
        return done.stdout

    for passphrase in ("", "correct horse"):
        ours, theirs = str(tmp_path / f"ours{len(passphrase)}"), str(tmp_path / f"theirs{len(passphrase)}")
        write_key(ours, signer("acme"), passphrase=passphrase.encode())
        assert PublicKey.from_text(run("-y", "-P", passphrase, "-f", ours)) == public("acme")
        assert public("acme").ssh_fingerprint in run("-l", "-f", ours + ".pub")
        run("-q", "-t", "ed25519", "-a", "1", "-N", passphrase, "-C", "ann@acme", "-f", theirs)
        made = load_key(theirs, passphrase.encode())
        assert load_public(theirs + ".pub") == (made.public, "ann@acme")
        assert load_public(theirs, _never)[0] == made.public
