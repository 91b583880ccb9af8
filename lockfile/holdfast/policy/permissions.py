"""Which permissions of modules a pattern means.

    "network"  "network:*"     any of that kind
    "network:api.acme.example" that host on every port; with ":443" only on that one
    "network:*.acme.example"   every host below it
    "environment:ACME_*"       every value that begins so; likewise for paths and programs

What is allowed must lie wholly within a pattern. What is denied need only touch one: a module that asks for
"network:*.example" is stopped by a pattern for "network:evil.example". Where globs of paths cannot be told apart, they
touch and do not lie within.
"""

from collections.abc import Iterable

_WILD = "*?["


def first_covering(patterns: Iterable[str], permission: str) -> str:
    """Return the first pattern within which a permission wholly lies, "" when there is none."""
    return next((pattern for pattern in patterns if _covers(pattern, permission)), "")


def first_touching(patterns: Iterable[str], permission: str) -> str:
    """Return the first pattern that a permission touches, "" when there is none."""
    return next((pattern for pattern in patterns if _touches(pattern, permission)), "")


def _covers(pattern: str, permission: str) -> bool:
    kind, _, wanted = pattern.partition(":")
    other, _, value = permission.partition(":")
    if kind != other:
        return False
    if wanted in ("", "*"):
        return True
    if kind == "network":
        return _host_covers(wanted, value)
    beginning = wanted.rstrip("*")
    if beginning != wanted and not _is_wild(beginning):
        return value.startswith(beginning)
    return value == wanted


def _touches(pattern: str, permission: str) -> bool:
    if _covers(pattern, permission):
        return True
    kind, _, wanted = pattern.partition(":")
    other, _, value = permission.partition(":")
    if kind != other:
        return False
    if kind == "network":
        return _hosts_touch(wanted, value)
    globs = kind.startswith("filesystem") and _is_wild(value)  # only paths are asked for by glob
    one, two = _literal(wanted), _literal(value)
    return (_is_wild(wanted) and two.startswith(one)) or (globs and one.startswith(two))


def _host_covers(wanted: str, value: str) -> bool:
    host, _, port = wanted.partition(":")
    other, _, asked = value.partition(":")
    return (not port or port == asked) and _name_covers(host, other)


def _hosts_touch(wanted: str, value: str) -> bool:
    host, _, port = wanted.partition(":")
    other, _, asked = value.partition(":")
    same_port = not port or not asked or port == asked
    return same_port and (_name_covers(host, other) or _name_covers(other, host))


def _name_covers(host: str, other: str) -> bool:
    # "*.acme.example" covers "api.acme.example" and "*.eu.acme.example", not "acme.example"
    return host == other or (host.startswith("*.") and other.removeprefix("*.").endswith(host[1:]))


def _is_wild(text: str) -> bool:
    return any(character in text for character in _WILD)


def _literal(text: str) -> str:
    # What stands before the first wildcard.
    return text[: next((place for place, character in enumerate(text) if character in _WILD), len(text))]
