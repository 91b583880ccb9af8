"""New key files: the private key for its owner's eyes, `PATH.pub` beside it. Never overwrites anything.

Both files come into being whole or not at all: written under another name, then linked to their own.
"""

import os
from contextlib import suppress

from holdfast.errors import FileProblem
from holdfast.trust.errors import KeyRefused
from holdfast.trust.key_forms import OPENSSH
from holdfast.trust.signing import FileSigner


def write_key(
    path: str, signer: FileSigner, *, form: str = OPENSSH, passphrase: bytes = b"", comment: str = ""
) -> None:
    """Write a private key (mode 0600) and, as `PATH.pub`, its OpenSSH public line.

    `form` is one of `key_forms.FORMS`; a passphrase encrypts (OpenSSH: bcrypt, PKCS#8: PBKDF2); the comment stands
    in `PATH.pub`. Raises `FileProblem` when either file is there already or cannot be written, and then leaves
    neither behind; `KeyRefused` for a comment that is not one line.
    """
    if comment and not comment.isprintable():
        raise KeyRefused("a key's comment is one line of printable characters")
    public = f"{signer.public.text} {comment}".rstrip() + "\n"
    for one in (path, path + ".pub"):
        if os.path.lexists(one):
            hint = "name another path, or move it away"
            raise FileProblem(one, "write", "it is there already, and a key is never overwritten", hint)
    _write_new(path, _serialized(signer, form, passphrase), 0o600)
    try:
        _write_new(path + ".pub", public.encode(), 0o644)
    except FileProblem:
        os.unlink(path)
        raise


def _serialized(signer: FileSigner, form: str, passphrase: bytes) -> bytes:
    # start-up: only when a key is made
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    shape = PrivateFormat.OpenSSH if form == OPENSSH else PrivateFormat.PKCS8
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return signer.private.private_bytes(Encoding.PEM, shape, encryption)


def _write_new(path: str, data: bytes, mode: int) -> None:
    folder, name = os.path.split(os.path.abspath(path))
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(temporary, flags, mode)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _name(temporary, path)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise FileProblem(path, "write", reason) from None


def _name(temporary: str, path: str) -> None:
    # Both refuse a name that is taken; Windows renames so, POSIX would overwrite.
    if os.name == "nt":
        os.rename(temporary, path)
    else:
        os.link(temporary, path)
