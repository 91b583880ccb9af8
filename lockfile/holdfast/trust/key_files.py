"""Private keys in files: PKCS#8 PEM (RFC 5958) and OpenSSH's own form, encrypted or not. Ed25519 only.

What is refused before any passphrase is asked for: a file that others can read, a key of another algorithm (where
the file tells), a public key. Knows files and their permissions; never shows or logs what stands in them, and asks
nobody for a passphrase: that is handed in.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING

from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import KeyUnreadable
from holdfast.trust.key_forms import HINT_OTHER_KEY, OPENSSH, form_of, openssh_header, refuse_public
from holdfast.trust.signing import FileSigner

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LARGEST = 65536  # bytes of a key file
Passphrase = Callable[[], bytes]


def load_key(path: str, passphrase: bytes | Passphrase | None = None) -> FileSigner:
    """Return the signer of a private key's file.

    `passphrase` opens an encrypted key; as a callable it is called only for one. Raises `KeyUnreadable` for a file
    that is missing, readable by others, of another kind or algorithm, or that the passphrase does not open, and
    `KeyRefused` for a key that no honest tool makes.
    """
    data = _read(path, secret=True, is_key=True)
    form = form_of(data, path)
    encrypted = form.encrypted
    if form.name == OPENSSH:
        encrypted = openssh_header(data, path).encrypted
    return FileSigner(_private(data, form.name, _opened(path, encrypted, passphrase), path))


def load_public(path: str, passphrase: bytes | Passphrase | None = None) -> tuple[PublicKey, str]:
    """Return the public key of a file and its comment ("" without one).

    The file holds a public key in any form of `PublicKey.from_text`, or a private key. Only an encrypted PKCS#8
    file needs the passphrase: OpenSSH's form has the public key in the clear, which is believed as a public file is.
    Raises `KeyUnreadable`, `KeyRefused`.
    """
    data = _read(path, secret=False)
    if b"PRIVATE KEY-----" not in data:
        return _public_text(data, path)
    data = read_secret(path)
    form = form_of(data, path)
    if form.name == OPENSSH:
        return PublicKey.from_blob(openssh_header(data, path).blob), ""
    return FileSigner(_private(data, form.name, _opened(path, form.encrypted, passphrase), path)).public, ""


def read_secret(path: str) -> bytes:
    """Return the bytes of a file that only its owner can read (where the system has such permissions).

    Raises `KeyUnreadable`.
    """
    return _read(path, secret=True)


def read_passphrase(path: str) -> bytes:
    """Return a passphrase: the first line of a file that only its owner can read. Raises `KeyUnreadable`."""
    line = read_secret(path).partition(b"\n")[0].removesuffix(b"\r")
    if not line:
        raise KeyUnreadable(path, "its first line is the passphrase, and it is empty")
    return line


def _read(path: str, *, secret: bool, is_key: bool = False) -> bytes:
    try:
        with open(path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(LARGEST + 1)
            if is_key:  # a public key may be read by others, and is none to sign with
                refuse_public(data, path)
            if secret and os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                reason = f"others can read or change it (mode {stat.S_IMODE(mode):04o})"
                raise KeyUnreadable(path, reason, f"run `chmod 600 {shlex.quote(path)}`")
    except FileNotFoundError:
        hint = f"name a key that is there; `holdfast key generate {shlex.quote(path)}` makes one" if is_key else ""
        raise KeyUnreadable(path, "there is no such file", hint or "check the path") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise KeyUnreadable(path, reason) from None
    if len(data) > LARGEST:
        raise KeyUnreadable(path, f"a key file has at most {LARGEST} bytes")
    return data


def _public_text(data: bytes, path: str) -> tuple[PublicKey, str]:
    try:
        text = data.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise KeyUnreadable(path, "it holds no key") from None
    key = PublicKey.from_text(text)
    words = text.split(None, 2)
    comment = words[2] if text.startswith("ssh-") and len(words) == 3 else ""
    return key, comment


def _opened(path: str, encrypted: bool, passphrase: bytes | Passphrase | None) -> bytes | None:
    if not encrypted:
        return None
    given = passphrase() if callable(passphrase) else passphrase
    if not given:
        raise KeyUnreadable(path, "it is encrypted, and no passphrase was given")
    return given


def _private(data: bytes, form: str, passphrase: bytes | None, path: str) -> Ed25519PrivateKey:
    # start-up: only when a private key is really opened
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    load = load_ssh_private_key if form == OPENSSH else load_pem_private_key
    try:
        private = load(data, passphrase)
    except UnsupportedAlgorithm as error:
        raise KeyUnreadable(path, f"it is written in a way that cannot be read: {error}", HINT_OTHER_KEY) from None
    except (TypeError, ValueError):  # the library's words name its own calls
        if passphrase:
            raise KeyUnreadable(path, "the passphrase does not open the key", "try again with its passphrase") from None
        raise KeyUnreadable(path, "it is damaged") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyUnreadable(path, f"it holds a key of another algorithm ({_kind(private)})", HINT_OTHER_KEY)
    return private


def _kind(private: object) -> str:
    return type(private).__name__.removesuffix("PrivateKey")
