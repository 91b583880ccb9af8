"""The kinds of text that the lock files of npm and pnpm have: names, versions, SRI hashes, places of tarballs.

Knows no format. What is asked is answered by a value, or by `ForeignFileError` with the path to the fault.
"""

from binascii import Error, a2b_base64
from urllib.parse import urlsplit

from holdfast.errors import ForeignFileError
from holdfast.imports.reading import LARGEST, Node, describe
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_json import parse
from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.values.digests import STRENGTH
from holdfast_resolver.values.npm_names import fault_of_npm_name
from holdfast_resolver.versions.semver_keys import parse_version, spelled

_LONGEST_INTEGRITY = 4096  # characters; a file that has all algorithms twice needs some 500
_PLAIN_PORTS = {"http": 80, "https": 443}


def load_json(path: str, text: str) -> Node:
    """Parse JSON strictly: no key twice, bounded in depth and length. Raises `ForeignFileError`."""
    if len(text) > LARGEST:
        raise ForeignFileError(path, f"at most {LARGEST} characters", f"{len(text)} characters")
    try:
        return Node(path, parse(text.encode("utf-8", "surrogatepass"), limit=4 * LARGEST, depth=64))
    except MalformedDocument as error:
        where, found = (_shown(text) for text in (error.place, error.found))
        raise ForeignFileError(path, error.expected or "JSON", found, where=where) from None


def npm_name(node: Node) -> str:
    """The name of a package, as it is written: npm's names have no other spelling."""
    text = node.text()
    fault = fault_of_npm_name(text)
    if fault:
        node.fail(fault)
    return text


def npm_version(node: Node) -> str:
    """A version in its normal form, without build metadata, as the registry's are kept."""
    try:
        return spelled(parse_version(node.text(), loose=True))
    except InvalidVersion:
        node.fail("a version (SemVer)")


def integrity(node: Node) -> str:
    """The strongest hash of a text of Subresource Integrity (W3C) as `algorithm:hex`; "" below sha256.

    >>> integrity(Node("", "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="))
    ''
    """
    text = node.text()
    if len(text) > _LONGEST_INTEGRITY:
        node.fail(f"at most {_LONGEST_INTEGRITY} characters")
    best = ""
    for word in text.split():
        algorithm, dash, rest = word.partition("-")
        if not dash or not algorithm.isalnum():
            node.fail("hashes such as sha512-<base64>")
        if algorithm not in STRENGTH:
            continue
        digest = _decoded(rest.partition("?")[0])
        if len(digest) * 2 != STRENGTH[algorithm]:
            node.fail(f"{STRENGTH[algorithm] // 2} bytes in base64 after {algorithm}-")
        if len(digest) * 2 > len(best.partition(":")[2]):
            best = f"{algorithm}:{digest.hex()}"
        elif best == best.partition(":")[0] + ":" + digest.hex():
            continue
        elif best.startswith(f"{algorithm}:"):
            node.fail(f"one {algorithm} hash", found="two that differ")
    return best


def location(node: Node) -> str:
    """A tarball's URL without credentials, query and fragment: `https://registry.example/lodash/-/lodash-4.17.21.tgz`.

    "" for a text that is no URL of http or https.
    """
    text = node.text()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        node.fail("a URL")
    if parts.scheme not in _PLAIN_PORTS:
        return ""
    if not parts.hostname:
        node.fail("a URL with a host")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = "" if port is None or port == _PLAIN_PORTS[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{host}{shown}{parts.path}"


def _decoded(text: str) -> bytes:
    try:
        return a2b_base64(text, strict_mode=True)
    except (Error, ValueError):
        return b""


def _shown(text: str) -> str:
    return describe(text) if text else ""
