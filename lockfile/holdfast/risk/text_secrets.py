"""What looks like a credential: its shape, and whether it could be a real one.

A placeholder ("EXAMPLE", "xxxx", counted digits) is none, nor is the header of a key without a key, nor a key or a web
token among tests. What is found is said by its first letters and its length, never as a whole.

Knows the published shapes of tokens; never whether one is valid.
"""

import re
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Iterator

Found = tuple[str, int, str]

_END = rb"(?![A-Za-z0-9_])"
# name of the check: (what its text must hold, its shape). The first begins with a letter that is rare: a search leaps.
_SHAPES = {
    "aws": (
        re.compile(rb"A(?:KIA|SIA)"),
        re.compile(rb"(?<![A-Za-z0-9+/])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9+/=])"),
    ),
    "github": (
        re.compile(rb"g(?:h[pousr]_|ithub_pat_)"),
        re.compile(rb"(?<!\w)(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})" + _END),
    ),
    "npm": (re.compile(rb"npm_"), re.compile(rb"(?<!\w)npm_[A-Za-z0-9]{36}" + _END)),
    "pypi": (re.compile(rb"pypi-AgE"), re.compile(rb"pypi-AgE[A-Za-z0-9_-]{60,}")),
    "slack": (re.compile(rb"xox[abeoprs]"), re.compile(rb"(?<!\w)xox[abeoprs]-\d{8,}-\d{8,}-[A-Za-z0-9-]{20,}")),
    "key": (
        re.compile(rb"PRIVATE KEY-----"),
        re.compile(
            rb"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----(?:\\r|\\n|[\s\"'+,;]){1,9}"
            rb"(?:[A-Za-z-]+: [^\n]{1,99}\n\s*){0,3}([A-Za-z0-9+/]{40,})"
        ),
    ),
    "jwt": (
        re.compile(rb"J(?<=eyJ)"),
        re.compile(rb"(?<![\w.])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{30,1000}(?![\w.])"),
    ),
}
_PLACEHOLDER = re.compile(
    rb"EXAMPLE|SAMPLE|DUMMY|FAKE|PLACEHOLDER|REDACTED|YOUR|(.)\1{5}|12345|abcde|98765|qwerty|deadbeef", re.IGNORECASE
)
_TESTS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?|fixtures?|examples?|testdata|mocks?|__mocks__|docs?)/|[._-](?:test|spec)\.|(?:^|/)test_"
)
_IN_TESTS_TOO = ("aws", "github", "npm", "pypi", "slack")
_MOST = 100  # of each kind in a file
_FEWEST_DIFFERENT = 10


def secrets(path: str, data: bytes) -> Iterator[Found]:
    """Yield what looks like a credential in a file."""
    is_test = _TESTS.search(path.lower()) is not None
    for name, (hint, pattern) in _SHAPES.items():
        if (is_test and name not in _IN_TESTS_TOO) or hint.search(data) is None:
            continue
        for number, match in enumerate(pattern.finditer(data)):
            if number >= _MOST:
                break
            body = match.group(1) if name == "key" else match.group()
            if _is_likely(name, body):
                shown = match.group()[: 11 if name == "key" else 6].decode()
                yield f"secret {name}", match.start(), f"{shown}... of {len(match.group())} characters"


def _is_likely(name: str, body: bytes) -> bool:
    if len(set(body)) < _FEWEST_DIFFERENT:
        return False
    if name == "jwt":
        return _is_token(body)
    return _PLACEHOLDER.search(body) is None


def _is_token(body: bytes) -> bool:
    head, claims, _ = body.split(b".")
    try:
        first = urlsafe_b64decode(head + b"=" * (-len(head) % 4))
        second = urlsafe_b64decode(claims + b"=" * (-len(claims) % 4))
    except (Error, ValueError):
        return False
    known = (b"John Doe", b"1234567890", b"example", b"test")  # what introductions show
    return b'"alg"' in first and second.startswith(b"{") and not any(one in second for one in known)
