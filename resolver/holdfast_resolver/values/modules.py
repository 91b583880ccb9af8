"""Signed modules: their names, what their manifest says, and what a module registry says of their releases.

Plain values. They know no TOML, no JSON, no signature: envelopes are carried here as the text that was published.
"""

from holdfast_resolver.errors import InvalidModuleName
from holdfast_resolver.values.tuples import NamedTuple

MANIFEST = "module.toml"
LONGEST_PART = 64  # characters of a scope or of a name
# What a module may ask for; in a manifest and in a lock: "network:api.acme.example".
PERMISSION_KINDS = ("agent", "environment", "filesystem-read", "filesystem-write", "network", "program")

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_EXPECTED = "a module name such as @scope/name, of lower-case ASCII letters, digits and single '-'"


def is_module_name(text: str) -> bool:
    """Whether `text` is a module's name: `@scope/name`, each part of lower-case ASCII letters, digits and inner '-'."""
    scope, slash, name = text.partition("/")
    return text.startswith("@") and bool(slash) and _is_part(scope[1:]) and _is_part(name)


def _is_part(text: str) -> bool:
    return 0 < len(text) <= LONGEST_PART and all(word and _LETTERS.issuperset(word) for word in text.split("-"))


def parse_module_name(text: str) -> str:
    """Return `text` if it is a module's name; raise `InvalidModuleName` otherwise."""
    if not is_module_name(text):
        raise InvalidModuleName(text, _EXPECTED)
    return text


def is_module_pattern(text: str) -> bool:
    """Whether `text` is a module's name, or a whole scope: `@acme/*`."""
    return is_module_name(text) or (text.endswith("/*") and is_module_name(text[:-1] + "x"))


def pattern_claims(pattern: str, name: str) -> bool:
    """Whether a pattern, `@acme/*` or a name, claims a module's name."""
    return name == pattern or (pattern.endswith("/*") and name.startswith(pattern[:-1]))


def archive_file_name(name: str, version: str) -> str:
    """Return the name of a release's archive.

    >>> archive_file_name("@acme/guards", "2.1.0")
    'acme-guards-2.1.0.tar'
    """
    return f"{name[1:].replace('/', '-')}-{version}.tar"


def blob_path(digest: str) -> str:
    """Return where a registry keeps the bytes of "sha256:<hex>", below its own address.

    >>> blob_path("sha256:" + "ab" * 32)[:22]
    'blobs/sha256/ab/ababab'
    """
    algorithm, _, value = digest.partition(":")
    return f"blobs/{algorithm}/{value[:2]}/{value}"


class Export(NamedTuple):
    """Something that a module offers to what loads it. A privileged export can raise trust."""

    name: str
    path: str  # inside the module, with "/"
    kind: str = ""  # a free word: "guard", "prompt", "skill"
    privileged: bool = False


class ModuleManifest(NamedTuple):
    """`module.toml`, read."""

    name: str
    version: str  # SemVer, with its build metadata
    description: str = ""
    license: str = ""  # an SPDX expression
    dependencies: tuple[tuple[str, str], ...] = ()  # (name, range; "" = any), sorted
    exports: tuple[Export, ...] = ()
    permissions: tuple[str, ...] = ()  # "kind:value", sorted, each once

    @property
    def privileged(self) -> bool:
        """Whether it exports anything privileged."""
        return any(export.privileged for export in self.exports)


class ModuleRelease(NamedTuple):
    """One release, as a registry's index document has it."""

    version: str
    file: str
    size: int  # bytes of the archive
    archive: str  # "sha256:<hex>" of the archive
    tree: str  # "sha256:<hex>": the tree digest
    dependencies: tuple[tuple[str, str], ...] = ()  # (name, range; "" = any), sorted
    permissions: tuple[str, ...] = ()
    privileged: bool = False
    published: str = ""  # RFC 3339 in UTC
    yanked: str | None = None  # the reason; None when it is not yanked
    publisher: str = ""  # its name in the registry
    envelopes: tuple[str, ...] = ()  # the publishers' DSSE envelopes, as published
    vetted: tuple[str, ...] = ()  # the co-signers' DSSE envelopes
    report: str = ""  # "sha256:<hex>" of a vetting report; "" without one


class ModuleListing(NamedTuple):
    """What a registry says of one module: its releases, ascending by version."""

    name: str
    releases: tuple[ModuleRelease, ...]
