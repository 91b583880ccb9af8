"""What a private key's file says of itself without a passphrase: its form, its algorithm, whether it is encrypted.

Pure reading of bytes (RFC 7468 labels; OpenSSH's PROTOCOL.key). Opens nothing.
"""

import binascii
import re
from base64 import b64decode
from shlex import quote

from holdfast.trust.ed25519 import ALGORITHM
from holdfast.trust.errors import KeyUnreadable
from holdfast.trust.ssh_wire import Reader, WireError
from holdfast_resolver.values.tuples import NamedTuple

PKCS8 = "pkcs8"
OPENSSH = "openssh"
FORMS = (OPENSSH, PKCS8)
HINT_OTHER_KEY = "make an Ed25519 key with `holdfast key generate PATH`"

_LABEL = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")
_MAGIC = b"openssh-key-v1\x00"


class Form(NamedTuple):
    """How a private key is written. `encrypted` is not told for OpenSSH's form: `openssh_header` does."""

    name: str
    encrypted: bool = False


class OpensshHeader(NamedTuple):
    """The clear part of OpenSSH's form. `blob` is the public key."""

    encrypted: bool
    blob: bytes


_FORMS = {
    b"PRIVATE KEY": Form(PKCS8),
    b"ENCRYPTED PRIVATE KEY": Form(PKCS8, True),
    b"OPENSSH PRIVATE KEY": Form(OPENSSH),
}
_OTHERS = {b"RSA PRIVATE KEY": "RSA", b"EC PRIVATE KEY": "ECDSA", b"DSA PRIVATE KEY": "DSA"}


def form_of(data: bytes, path: str) -> Form:
    """Return how the private key in a file's bytes is written. Raises `KeyUnreadable` when there is none."""
    found = _LABEL.search(data)
    label = found[1] if found else b""
    form = _FORMS.get(label)
    if form is not None:
        return form
    if label in _OTHERS:
        raise KeyUnreadable(path, f"it holds a key of another algorithm ({_OTHERS[label]})", HINT_OTHER_KEY)
    refuse_public(data, path)
    raise KeyUnreadable(path, "it holds no private key in PKCS#8 or OpenSSH form", HINT_OTHER_KEY)


def refuse_public(data: bytes, path: str) -> None:
    """Raise `KeyUnreadable` for the public half of a key, naming where the private one is by custom."""
    found = _LABEL.search(data)
    if (found and found[1] == b"PUBLIC KEY") or (not found and data.lstrip().startswith((b"ssh-", b"ecdsa-", b"sk-"))):
        private = path.removesuffix(".pub")
        hint = (
            f"name the private half: --key {quote(private)}" if private != path else "name the file of the private half"
        )
        raise KeyUnreadable(path, "it is the public half of a key, and signing needs the private one", hint)


def openssh_header(data: bytes, path: str) -> OpensshHeader:
    """Read the clear part of OpenSSH's form. Raises `KeyUnreadable`, also for a key of another algorithm."""
    body = data.partition(b"-----BEGIN OPENSSH PRIVATE KEY-----")[2].partition(b"-----END")[0]
    try:
        raw = b64decode(b"".join(body.split()), validate=True)
        if not raw.startswith(_MAGIC):
            raise WireError
        reader = Reader(raw[len(_MAGIC) :])
        cipher = reader.string()
        reader.string()  # the key derivation
        reader.string()  # its options
        count = reader.number()
        blob = reader.string()
        algorithm = Reader(blob).string()
    except (binascii.Error, ValueError, WireError):
        raise KeyUnreadable(path, "it is damaged") from None
    if count != 1:
        raise KeyUnreadable(path, f"it holds {count} keys where one is read")
    if algorithm != ALGORITHM.encode():
        kind = algorithm.decode("ascii", "replace")[:60]
        raise KeyUnreadable(path, f"it holds a key of another algorithm ({kind})", HINT_OTHER_KEY)
    return OpensshHeader(cipher != b"none", blob)
