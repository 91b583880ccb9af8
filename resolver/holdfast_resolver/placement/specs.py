"""What the text of a requirement asks for: a range, a dist-tag, either under another name, or nothing of a registry.

Knows the grammar that npm reads specs by; no package and no version.
Source: npm's "package spec" documentation.
"""

import re

from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.semver_ranges import compile_range

RANGE = "range"
TAG = "tag"
WORKSPACE = "workspace"  # a member of the same project
FOREIGN = "foreign"  # nothing that a registry serves

ANY = "*"

_TAG = re.compile(r"[A-Za-z0-9_.!~*'()-]+")
_FILE = re.compile(r"\.{1,2}(?:/|$)|~/|/|[A-Za-z]:[/\\]|file:", re.IGNORECASE)
_TARBALLS = (".tgz", ".tar.gz", ".tar")


class Reading(NamedTuple):
    """A spec, read. `text` is the range, the tag, or what is foreign as written."""

    kind: str
    text: str
    name: str = ""  # the package's own name, where another was given (`npm:name@range`)


ANYTHING = Reading(RANGE, ANY)
_KNOWN: dict[str, Reading] = {"": ANYTHING, ANY: ANYTHING}


def read_spec(spec: str) -> Reading:
    """Read one spec as it stands in a manifest.

    >>> read_spec("npm:string-width@^4.2.0")
    Reading(kind='range', text='^4.2.0', name='string-width')
    """
    known = _KNOWN.get(spec)
    if known is None:
        if len(_KNOWN) > 50_000:
            _KNOWN.clear()
        known = _KNOWN[spec] = _read(spec)
    return known


def foreign_kind(text: str) -> str:
    """What a foreign spec is: "folder", "tarball", "git" or "protocol"; "alias" for one that leads nowhere.

    >>> foreign_kind("file:../a"), foreign_kind("user/repository#v1")
    ('folder', 'git')
    """
    lower = text.lower()
    if lower.startswith("npm:"):
        return "alias"
    if _FILE.match(text):
        return "tarball" if lower.endswith(_TARBALLS) else "folder"
    if lower.startswith(("git", "bitbucket:", "gist:", "sourcehut:")):  # git+ssh:, git@host:, github:, gitlab:
        return "git"
    if lower.startswith(("http:", "https:")):
        return "git" if lower.partition("#")[0].endswith(".git") else "tarball"
    if "/" in text and ":" not in text:
        return "git"
    return "protocol"


def _read(spec: str) -> Reading:
    text = spec.strip()
    if ":" in text or "/" in text or text[:1] == "." or text.lower().endswith(_TARBALLS):
        if text[:4].lower() == "npm:":
            return _alias(text)
        return Reading(WORKSPACE if text.startswith("workspace:") else FOREIGN, text)
    return _of_registry(text)


def _of_registry(text: str) -> Reading:
    try:
        compile_range(text, loose=True)
    except InvalidRange:
        return Reading(TAG if _TAG.fullmatch(text) else FOREIGN, text)
    return Reading(RANGE, text or ANY)


def _alias(text: str) -> Reading:
    """`npm:name`, `npm:@scope/name@range`."""
    name, at, inner = text[5:].partition("@")  # from 5: a scope's own sign stays in the name
    name = text[4:5] + name
    if not name or name == "@" or ":" in name:
        return Reading(FOREIGN, text)
    if name.count("/") != (1 if name[0] == "@" else 0):
        return Reading(FOREIGN, text)
    read = _of_registry(inner.strip() if at else "")
    return Reading(FOREIGN, text) if read.kind == FOREIGN else read._replace(name=name)
