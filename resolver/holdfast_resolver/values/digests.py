"""Content digests in one spelling: `algorithm:lowercase-hex`.

Knows which algorithms are strong enough to pin with; never reads a file.
"""

from holdfast_resolver.errors import InvalidDigest

# Algorithms that may pin an artifact, weakest first, with the length of their hex form.
STRENGTH = {"sha256": 64, "sha384": 96, "sha512": 128}
_HEX = frozenset("0123456789abcdef")


def parse_digest(text: str) -> str:
    """Return `text` if it is a digest strong enough to pin with; raise `InvalidDigest` otherwise."""
    algorithm, colon, value = text.partition(":")
    length = STRENGTH.get(algorithm)
    if not colon or length is None:
        raise InvalidDigest(text, "one of " + ", ".join(f"{name}:<hex>" for name in STRENGTH))
    if len(value) != length or not _HEX.issuperset(value):
        raise InvalidDigest(text, f"{length} lowercase hex digits after {algorithm}:")
    return text


def strongest(digests: dict[str, str]) -> str:
    """Of `{algorithm: hex}` give the pin-worthy digest that lockfiles agree on (sha256 first), or ""."""
    for algorithm in STRENGTH:
        value = digests.get(algorithm, "").lower()
        if len(value) == STRENGTH[algorithm] and _HEX.issuperset(value):
            return f"{algorithm}:{value}"
    return ""
