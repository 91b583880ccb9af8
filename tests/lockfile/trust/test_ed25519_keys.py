"""Ed25519 public keys and signatures: what is refused, and what holds, by published vectors."""

import hashlib
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from holdfast.trust.ed25519 import PublicKey, is_key_id, verify
from holdfast.trust.errors import KeyRefused
from holdfast.trust.signing import FileSigner
from holdfast.trust.small_order import is_small_order
from tests.support.signing_keys import public, signer

VECTORS = Path(__file__).parents[4] / "shared" / "evidence" / "vectors" / "ed25519_test.json"
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493

# RFC 8032, section 7.1, test 1.
RFC_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
RFC_SIGNATURE = (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)

# Every encoding of every point of small order, the last six of them not canonical.
SMALL_ORDER = {
    "order 1": "0100000000000000000000000000000000000000000000000000000000000000",
    "order 2": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order 4": "0000000000000000000000000000000000000000000000000000000000000000",
    "order 4, the other": "0000000000000000000000000000000000000000000000000000000000000080",
    "order 8, 1st": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "order 8, 2nd": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "order 8, 3rd": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "order 8, 4th": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "order 1, x = -0": "0100000000000000000000000000000000000000000000000000000000000080",
    "order 1, y = p + 1": "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order 1, y = p + 1, x = -0": "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "order 2, x = -0": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "order 4, y = p": "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order 4, y = p, the other": "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
}


def test_the_fourteen_are_fourteen() -> None:
    """No encoding stands twice in the table."""
    assert len(set(SMALL_ORDER.values())) == 14


@pytest.mark.parametrize("name", SMALL_ORDER)
def test_small_order_is_refused(name: str) -> None:
    """No key is made of the fourteen encodings, in whatever form they come."""
    raw = bytes.fromhex(SMALL_ORDER[name])
    assert is_small_order(raw)
    blob = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20" + raw
    line = f"ssh-ed25519 {b64encode(blob).decode()}"
    der = b64encode(bytes.fromhex("302a300506032b6570032100") + raw).decode()
    pem = f"-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n"
    for make in (PublicKey, PublicKey.parse):
        with pytest.raises(KeyRefused, match="small order"):
            make(raw)
    with pytest.raises(KeyRefused, match="small order"):
        PublicKey.from_blob(blob)
    for text in (raw.hex(), line, pem):
        with pytest.raises(KeyRefused, match="small order"):
            PublicKey.from_text(text)


@pytest.mark.parametrize("above", range(19))
@pytest.mark.parametrize("sign", [0, 1])
def test_every_spelling_that_is_not_canonical_is_refused(above: int, sign: int) -> None:
    """RFC 8032, section 5.1.3: y >= p is no point; there are 19 such y, each with two signs."""
    with pytest.raises(KeyRefused):
        PublicKey.parse((P + above + (sign << 255)).to_bytes(32, "little"))


def _on_curve(y: int) -> bool:
    # RFC 8032, section 5.1.3: a candidate of the root, or that times the root of -1, squared again.
    d = -121665 * pow(121666, -1, P) % P
    square = (y * y - 1) * pow(d * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    return square in (root * root % P, -root * root % P)


def _is_key(raw: bytes) -> bool:
    try:
        PublicKey.parse(raw)
    except KeyRefused:
        return False
    return True


@given(st.integers(2, P - 2), st.booleans())
def test_points_of_the_curve_are_keys_and_others_are_not(y: int, sign: bool) -> None:
    """RFC 8032, section 5.1.3, step 3: without a square root there is no point. Half of all y have one."""
    raw = (y | sign << 255).to_bytes(32, "little")
    assert _is_key(raw) is (_on_curve(y) and not is_small_order(raw))


@given(st.binary(min_size=32, max_size=32))
def test_every_key_that_can_be_made_is_taken(seed: bytes) -> None:
    """The key of any seed passes, and what it signs holds."""
    made = FileSigner.from_seed(seed)
    assert verify(made.public, seed, made.sign(seed))


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_key_has_32_bytes(size: int) -> None:
    """Neither fewer nor more."""
    with pytest.raises(KeyRefused, match="32 bytes"):
        PublicKey.parse(bytes(size))


def test_id_text_and_fingerprint() -> None:
    """The id is the SHA-256 of the raw key; the text is OpenSSH's line; the fingerprint that of its blob."""
    key = PublicKey.from_text(RFC_KEY)
    assert key.id == "ed25519:" + hashlib.sha256(bytes.fromhex(RFC_KEY)).hexdigest()
    assert is_key_id(key.id)
    assert key.text == "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
    assert key.ssh_fingerprint == "SHA256:" + b64encode(hashlib.sha256(key.blob).digest()).decode().rstrip("=")


def test_texts_of_one_key_are_one_key() -> None:
    """The line, with a comment or without, the PEM, and hex digits."""
    key = public("acme")
    der = b64encode(bytes.fromhex("302a300506032b6570032100") + key.raw).decode()
    pem = f"-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n"
    texts = (key.text, f"{key.text} ann@acme of acme\n", pem, pem.replace("\n", "\r\n"), key.raw.hex())
    assert {PublicKey.from_text(text) for text in texts} == {key}
    assert PublicKey.from_blob(key.blob) == key


LINE = public("acme").text
BAD_TEXTS = {
    "nothing": "",
    "an id": public("acme").id,
    "two lines": f"{LINE}\n{LINE}",
    "another algorithm": LINE.replace("ssh-ed25519", "ssh-rsa"),
    "options before it": f"no-pty {LINE}",
    "no base64": "ssh-ed25519 !!!!",
    "base64 cut": LINE[:-4],
    "a byte after the key": "ssh-ed25519 " + b64encode(public("acme").blob + b"\x00").decode(),
    "the blob of another algorithm": "ssh-ed25519 " + b64encode(b"\x00\x00\x00\x07ssh-rsa" + bytes(40)).decode(),
    "a PEM of a private key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    "two PEMs": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n" * 2,
    "a PEM of another key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    "63 hex digits": "a" * 63,
}


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_other_texts_are_no_keys(name: str) -> None:
    """Each is refused with a reason."""
    with pytest.raises(KeyRefused) as refused:
        PublicKey.from_text(BAD_TEXTS[name])
    assert refused.value.reason


def test_base64_has_one_spelling() -> None:
    """Bits that decoding drops would make two texts of one key."""
    words = LINE.split()
    assert len(public("acme").blob) % 3 == 0  # so the line itself has no such bits; a PEM has 44 bytes, and has
    der = b64encode(bytes.fromhex("302a300506032b6570032100") + public("acme").raw).decode()
    assert der.endswith("=")
    other = der[:-2] + chr(ord(der[-2]) + 1) + "="
    with pytest.raises(KeyRefused, match="canonical"):
        PublicKey.from_text(f"-----BEGIN PUBLIC KEY-----\n{other}\n-----END PUBLIC KEY-----\n")
    assert PublicKey.from_text(" ".join(words)) == public("acme")


def test_a_signature_of_the_specification_holds() -> None:
    """RFC 8032, section 7.1, test 1: the empty message."""
    assert verify(PublicKey.from_text(RFC_KEY), b"", bytes.fromhex(RFC_SIGNATURE))


@pytest.mark.parametrize("bit", range(0, 512, 7))
def test_one_flipped_bit(bit: int) -> None:
    """No bit of a signature can be other."""
    signature = bytearray(signer("acme").sign(b"message"))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verify(public("acme"), b"message", bytes(signature))


def test_other_messages_keys_and_lengths() -> None:
    """A signature holds for its message and key, as 64 bytes."""
    signature = signer("acme").sign(b"message")
    assert verify(public("acme"), b"message", signature)
    assert not verify(public("acme"), b"messages", signature)
    assert not verify(public("other"), b"message", signature)
    assert not verify(public("acme"), b"message", signature[:-1])
    assert not verify(public("acme"), b"message", signature + b"\x00")
    assert not verify(public("acme"), b"message", b"")


def test_s_is_below_the_order() -> None:
    """RFC 8032, section 5.1.7, step 1: S + L is the same number, and must not be a second signature."""
    signature = signer("acme").sign(b"message")
    s = int.from_bytes(signature[32:], "little")
    assert not verify(public("acme"), b"message", signature[:32] + (s + ORDER).to_bytes(32, "little"))


def test_r_of_small_order_is_refused() -> None:
    """With r = 0 a private key makes a signature whose R is the neutral point; the library takes it, we do not."""
    seed = hashlib.sha256(b"seed").digest()
    made = FileSigner.from_seed(seed)
    scalar = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little") & ((1 << 254) - 8) | 1 << 254
    r = bytes.fromhex(SMALL_ORDER["order 1"])
    challenge = int.from_bytes(hashlib.sha512(r + made.public.raw + b"message").digest(), "little")
    signature = r + (challenge * scalar % ORDER).to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(made.public.raw).verify(signature, b"message")
    assert not verify(made.public, b"message", signature)


@pytest.mark.skipif(not VECTORS.exists(), reason="the vectors of Project Wycheproof are not beside the repository")
def test_every_vector_of_project_wycheproof() -> None:
    """Each is taken or refused as it is labelled; none of its keys is refused."""
    document: Any = json.loads(VECTORS.read_bytes())
    wrong = []
    count = 0
    for group in document["testGroups"]:
        key = PublicKey.parse(bytes.fromhex(group["publicKey"]["pk"]))
        for test in group["tests"]:
            count += 1
            held = verify(key, bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"]))
            if test["result"] not in ("valid", "invalid") or held is not (test["result"] == "valid"):
                wrong.append(test["tcId"])
    assert wrong == []
    assert count == document["numberOfTests"] >= 150
