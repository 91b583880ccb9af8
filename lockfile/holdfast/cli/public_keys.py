"""Public keys that a command line names: the key itself, its file, or the private key's file with its .pub beside it.

What stands in a private key's file is never shown.
"""

import os

from holdfast import files
from holdfast.errors import FileProblem
from holdfast.trust.errors import KeyRefused

_TEXTS = ("ssh-", "ecdsa-", "sk-ssh-", "ed25519:", "-----BEGIN")
_LARGEST = 65536  # bytes


def public_key_text(word: str, *, digits: bool = True) -> str:
    """Return the text of a public key, or an id as it is; `digits`: 64 bare hex digits are a key too.

    Raises `FileProblem`, `KeyRefused`.
    """
    if word.startswith(_TEXTS) or (digits and len(word) == 64 and set(word) <= set("0123456789abcdef")):
        return word
    path = os.path.expanduser(word)
    data = files.read_bytes(path)
    if b"PRIVATE KEY-----" in data[:_LARGEST]:
        beside = files.read_optional(path + ".pub")
        if beside is None:
            raise FileProblem(path, "read a public key from", f"it holds a private key, and there is no {word}.pub")
        data = beside
    if len(data) > _LARGEST:
        raise KeyRefused(f"a public key has less than {_LARGEST} bytes")
    try:
        return data.decode("ascii").strip()
    except UnicodeDecodeError:
        raise KeyRefused("a public key is ASCII text") from None
