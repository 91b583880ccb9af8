"""Names of npm packages: what the registry has ever let in, and the name of a release's tarball.

Knows the rules of npm's own name check for packages that exist ("valid for old packages"): capitals and some signs are
tolerated there. Knows no registry and no manifest.
"""

from functools import lru_cache

LONGEST_NAME = 214  # characters, scope and all

# What stands in a URL as it is: npm lets nothing else into a name.
_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()")
_RESERVED = frozenset({"node_modules", "favicon.ico"})  # in any case


@lru_cache(maxsize=20_000)
def fault_of_npm_name(text: str) -> str:
    """Return what a name should be instead, in words; "" if npm takes it.

    >>> fault_of_npm_name("@babel/core"), fault_of_npm_name("JSONStream"), fault_of_npm_name("../x")
    ('', '', "a name that does not begin with '.', '-' or '_'")
    """
    if not text:
        return "a package name"
    if len(text) > LONGEST_NAME:
        return f"a package name of at most {LONGEST_NAME} characters"
    parts = [text]
    if text[0] == "@":
        parts = text[1:].split("/")
        if len(parts) != 2:
            return "a scoped name such as @scope/name"
    if text[0] in ".-_" or parts[-1][:1] == "." or parts[0][:1] == ".":
        return "a name that does not begin with '.', '-' or '_'"
    if not all(part and _CHARACTERS.issuperset(part) for part in parts):
        return "a name of letters, digits, '-', '_' and '.', or @scope/name"
    if any(part.lower() in _RESERVED for part in parts):
        return "a name that npm does not keep for itself"
    return ""


def is_npm_name(text: str) -> bool:
    """Whether `text` is the name of a package that npm installs."""
    return not fault_of_npm_name(text)


def tarball_file_name(name: str, version: str) -> str:
    """Return the name of a release's tarball, as registries give it: without the scope.

    >>> tarball_file_name("@babel/core", "7.26.0")
    'core-7.26.0.tgz'
    """
    return f"{name.rpartition('/')[2]}-{version}.tgz"
