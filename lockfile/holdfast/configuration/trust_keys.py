"""The text of a public key as a configuration holds it: OpenSSH's one line, `ssh-ed25519 AAAA...`.

Knows the shape of that line (RFC 4253, section 6.6, and RFC 8709, section 4) and the id that follows from it.
Whether the key is one that may be trusted is `trust.ed25519`'s to say: nothing here does arithmetic.
"""

from binascii import Error, a2b_base64, b2a_base64

KIND = "ssh-ed25519"
EXPECTED = "an Ed25519 public key as OpenSSH writes it: ssh-ed25519 AAAA..."
_PREFIX = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"
_SIZE = 32  # bytes of a raw key


def raw_key(text: str) -> bytes | None:
    """Return the 32 bytes of the key in `ssh-ed25519 AAAA... [comment]`, None for any other text."""
    words = text.split(" ", 2)
    if len(words) < 2 or words[0] != KIND:
        return None
    try:
        blob = a2b_base64(words[1].encode("ascii"), strict_mode=True)
    except (Error, UnicodeEncodeError):
        return None
    raw = blob[len(_PREFIX) :]
    # "AAAA...=" decodes to the same bytes: a key has one spelling
    return raw if len(raw) == _SIZE and key_text(raw) == f"{KIND} {words[1]}" else None


def key_text(raw: bytes) -> str:
    """Return the one spelling of a raw key, without a comment."""
    return f"{KIND} {b2a_base64(_PREFIX + raw, newline=False).decode()}"


def key_id(raw: bytes) -> str:
    """Return the id of a raw key: `ed25519:` and the sha256 of its bytes in 64 hex."""
    from hashlib import sha256  # start-up: `openssl` is loaded with it

    return f"ed25519:{sha256(raw).hexdigest()}"
