"""What a module may declare that it needs, kind by kind.

Knows the spelling of permissions; nothing of whether anybody grants them.
"""

import re

# key of `[permissions]` in `module.toml`: the kind as it is recorded
KINDS = {
    "agent": "agent",
    "environment": "environment",
    "filesystem-read": "filesystem-read",
    "filesystem-write": "filesystem-write",
    "network": "network",
    "programs": "program",
}
LONGEST = 256  # characters
_LONGEST_HOST = 253  # RFC 1035, section 2.3.4

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:\*\.)?(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[1-9][0-9]{{0,4}}))?")
_PATH = "a path or glob without blanks and '..', with \"/\" between its parts"
# kind: (what is expected, a pattern for the whole text)
_RULES = {
    "agent": ("a capability such as web-search", re.compile(r"[a-z0-9]+(?:[-.:/][a-z0-9]+)*")),
    "environment": ("the name of an environment variable", re.compile(r"[A-Za-z_][A-Za-z0-9_]*")),
    "filesystem-read": (_PATH, re.compile(r"(?!(?:.*/)?\.\.(?:/|$))[^\s\\]+")),
    "filesystem-write": (_PATH, re.compile(r"(?!(?:.*/)?\.\.(?:/|$))[^\s\\]+")),
    "network": ("a host, host:port or *.host in lower case", _HOST),
    "program": ("the name of a program without its path", re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")),
}


def fault_of_permission(kind: str, text: str) -> str:
    """Return what was expected of a permission of `kind` where `text` stands, "" when it is well spelled."""
    expected, pattern = _RULES[kind]
    if len(text) > LONGEST:
        return f"at most {LONGEST} characters"
    found = pattern.fullmatch(text)
    if found is None:
        return expected
    if pattern is _HOST and (len(found["host"]) > _LONGEST_HOST or int(found["port"] or 1) > 65535):
        return expected
    return ""


def is_permission(text: str) -> bool:
    """Whether `text` is a permission as it is recorded: "network:api.acme.example"."""
    kind, colon, value = text.partition(":")
    return bool(colon) and kind in _RULES and not fault_of_permission(kind, value)
