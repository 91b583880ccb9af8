"""Which permissions a pattern means: to allow, it must cover them; to deny, it need only touch them."""

import pytest

from holdfast.policy.permissions import first_covering, first_touching

# pattern, permission, covers, touches
CASES = [
    ("network", "network:api.acme.example", True, True),
    ("network:*", "network:*.acme.example", True, True),
    ("network", "program:git", False, False),
    ("network:api.acme.example", "network:api.acme.example", True, True),
    ("network:api.acme.example", "network:api.acme.example:443", True, True),
    ("network:api.acme.example:443", "network:api.acme.example", False, True),
    ("network:api.acme.example:443", "network:api.acme.example:80", False, False),
    ("network:api.acme.example", "network:evil.example", False, False),
    ("network:*.acme.example", "network:api.acme.example", True, True),
    ("network:*.acme.example", "network:*.eu.acme.example:443", True, True),
    ("network:*.acme.example", "network:acme.example", False, False),
    ("network:*.acme.example", "network:evilacme.example", False, False),
    ("network:api.acme.example", "network:*.acme.example", False, True),
    ("network:api.acme.example:443", "network:*.acme.example:443", False, True),
    ("network:api.acme.example:443", "network:*.acme.example:80", False, False),
    ("network:*.eu.acme.example", "network:*.acme.example", False, True),
    ("program:git", "program:git", True, True),
    ("program:git", "program:gitk", False, False),
    ("program:git*", "program:gitk", True, True),
    ("program:git*", "program:hg", False, False),
    ("environment:ACME_*", "environment:ACME_TOKEN", True, True),
    ("environment:ACME_*", "environment:ACM", False, False),
    ("filesystem-read:data/*", "filesystem-read:data/in.csv", True, True),
    ("filesystem-read:data/**", "filesystem-read:data/*", True, True),
    ("filesystem-read:data/*", "filesystem-read:database", False, False),
    ("filesystem-read:data/*", "filesystem-write:data/x", False, False),
    ("filesystem-write:etc/passwd", "filesystem-write:**", False, True),
    ("filesystem-write:etc/passwd", "filesystem-write:etc/*", False, True),
    ("filesystem-write:etc/passwd", "filesystem-write:home/*", False, False),
    ("filesystem-write:*/secret", "filesystem-write:a/secret", False, True),
    ("filesystem-write:*/secret", "filesystem-write:*/secret", True, True),
    ("filesystem-write:a/*/b*", "filesystem-write:a/x/by", False, True),
    ("filesystem-write:[ab]/x*", "filesystem-write:a/x", False, True),
    ("agent:web-search", "agent:web-search", True, True),
    ("agent:web-search", "agent:web", False, False),
]


@pytest.mark.parametrize(("pattern", "permission", "covers", "touches"), CASES)
def test_what_a_pattern_means(pattern: str, permission: str, covers: bool, touches: bool) -> None:
    """Hosts by their labels and ports, other values by their beginning; never across kinds."""
    assert first_covering((pattern,), permission) == (pattern if covers else "")
    assert first_touching((pattern,), permission) == (pattern if touches else "")


def test_what_covers_touches() -> None:
    """A pattern that would allow a permission would deny it, too."""
    assert all(touches for _, _, covers, touches in CASES if covers)


def test_the_first_pattern_is_named() -> None:
    """Of several that fit the first one of the list is given."""
    patterns = ("program", "network:*.example", "network")
    assert first_covering(patterns, "network:a.example") == "network:*.example"
    assert first_touching(patterns, "network:a.example") == "network:*.example"
    assert first_touching((), "network:a.example") == ""
