"""What stands behind a dependency's name in a `package.json`: a range, a tag, another package, a folder, a URL.

Knows the grammar that npm reads specs by, and the `workspace:`, `catalog:` and `link:` of pnpm; no file, no network.
Source: npm's "package spec" documentation; pnpm's on workspaces and catalogs.

    ^1.2 || 2.x              RangeSpec            ./lib  file:../lib  link:lib     FolderSpec
    next                     TagSpec              ../lib-1.0.0.tgz                 FolderSpec, packed
    npm:@acme/core@^1        AliasSpec            https://host.example/x.tgz       TarballSpec
    workspace:^              WorkspaceSpec        acme/lib#v1  git+ssh://...       GitSpec
    catalog:react18          CatalogSpec
"""

from __future__ import annotations

import re
from functools import lru_cache

from holdfast_resolver.errors import InvalidInput, InvalidRange, InvalidRequirement
from holdfast_resolver.values.npm_names import fault_of_npm_name
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.npm_ranges import is_npm_tag, npm_range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from urllib.parse import SplitResult

LONGEST_SPEC = 4000  # characters

_SCHEME = re.compile(r"(?:git\+)?[a-z]+:", re.IGNORECASE)
_FILE = re.compile(r"\.|~/|[/\\]|[a-z]:", re.IGNORECASE)
_PACKED = re.compile(r"\.(?:tgz|tar\.gz|tar)$", re.IGNORECASE)
_SCP = re.compile(r"git\+ssh://([^:#]+:[^#]+)(?:#(.*))?", re.IGNORECASE)
_PORT = re.compile(r":[0-9]+(?:/|$)")
_GITHUB = re.compile(r"[^\s#@:/.][^\s#@:/]*/[^\s#@:/]+(?:#.*)?", re.DOTALL)
_USER_AT_HOST = re.compile(r"[^@\s/]+@[^:.\s/]+\.[^:\s]+:[^\s].*")
_SHORTCUTS = {
    "github": "github.com",
    "gitlab": "gitlab.com",
    "bitbucket": "bitbucket.org",
    "gist": "gist.github.com",
    "sourcehut": "git.sr.ht",
}
_GIT_HOSTS = frozenset(_SHORTCUTS.values())
_GIT_SCHEMES = frozenset({"git", "git+http", "git+https", "git+rsync", "git+ftp", "git+file", "git+ssh", "ssh"})
_KNOWN = "a range, a tag, npm:NAME@RANGE, file:, a folder, a tarball's URL, git, workspace: or catalog:"


class RangeSpec(NamedTuple):
    """Versions of the package. `range` is in its stored spelling, "*" for any."""

    name: str
    range: str


class TagSpec(NamedTuple):
    """What a dist-tag of the package points to."""

    name: str
    tag: str


class AliasSpec(NamedTuple):
    """Another package under this name."""

    name: str
    target: RangeSpec | TagSpec


class TarballSpec(NamedTuple):
    """A packed package behind a URL, as written: it may hold credentials."""

    name: str
    url: str


class FolderSpec(NamedTuple):
    """A folder of this machine, or with `packed` a tarball there. `path` as written, with "/", without `file:`."""

    name: str
    path: str
    packed: bool = False
    linked: bool = False  # `link:` of pnpm: its own dependencies are not installed


class GitSpec(NamedTuple):
    """A git repository. `url` without `git+` and without the part behind "#", which the other fields have."""

    name: str
    url: str
    commit: str = ""  # commit, branch or tag
    range: str = ""  # of `#semver:`: of the tags' versions
    folder: str = ""  # of `#path:`: below the repository


class WorkspaceSpec(NamedTuple):
    """A member of the same project: `target` in `range` ("*", "^" and "~" take any version), or the one at `path`."""

    name: str
    target: str
    range: str
    path: str = ""


class CatalogSpec(NamedTuple):
    """What a catalog of `pnpm-workspace.yaml` says of the package."""

    name: str
    catalog: str  # "default" where none is named


Spec = RangeSpec | TagSpec | AliasSpec | TarballSpec | FolderSpec | GitSpec | WorkspaceSpec | CatalogSpec


@lru_cache(maxsize=50_000)
def parse_spec(name: str, spec: str) -> Spec:
    """Return what `name: spec` asks for; raise `InvalidRequirement`.

    >>> parse_spec("lodash", " ^ 4.17"), parse_spec("react", "npm:preact@latest")[1]
    (RangeSpec(name='lodash', range='^4.17'), TagSpec(name='preact', tag='latest'))
    """
    fault = fault_of_npm_name(name)
    if fault:
        raise InvalidRequirement(name, fault, 0)
    if len(spec) > LONGEST_SPEC or not spec.isprintable():
        # white space other than a blank is npm's to trim; anything else that is not printed hides what is meant
        spec = spec if len(spec) > LONGEST_SPEC else " ".join(spec.split())
        if len(spec) > LONGEST_SPEC or not spec.isprintable():
            raise InvalidRequirement(spec[:80], f"at most {LONGEST_SPEC} printable characters", 0)
    lower = spec.lower()
    if lower.startswith(("file:", "link:")) or (_FILE.match(spec) and not spec[1:].startswith("://")):
        return _folder(name, spec)
    scheme = lower.partition(":")[0]
    if scheme == "npm":
        return _alias(name, spec)
    if scheme == "workspace" and ":" in spec:
        return _workspace(name, spec)
    if scheme == "catalog" and ":" in spec:
        return CatalogSpec(name, spec[8:].strip() or "default")
    git = _hosted(name, spec)
    if git is not None:
        return git
    if _USER_AT_HOST.fullmatch(spec):
        place, _, fragment = spec.partition("#")
        return _git(name, spec, place, fragment)
    if _SCHEME.match(spec):
        return _url(name, spec)
    if "://" in spec:
        raise InvalidRequirement(spec, _KNOWN, 0)
    if "/" in spec or _PACKED.search(spec):
        return _folder(name, spec)
    return _registry(name, spec)


def split_name(text: str) -> tuple[str, str]:
    """Cut `name@spec` at the sign between them; the spec is "" where there is none.

    >>> split_name("@acme/core@^1"), split_name("@acme/core")
    (('@acme/core', '^1'), ('@acme/core', ''))
    """
    end = text.find("@", 1)
    return (text[:end], text[end + 1 :]) if end > 0 else (text, "")


def _registry(name: str, spec: str) -> RangeSpec | TagSpec:
    text = spec.strip()
    try:
        return RangeSpec(name, npm_range(text))
    except InvalidRange:
        if is_npm_tag(text):
            return TagSpec(name, text)
        raise InvalidRequirement(spec, _KNOWN, 0) from None


def _alias(name: str, spec: str) -> AliasSpec:
    target, rest = split_name(spec[4:].strip())
    fault = fault_of_npm_name(target)
    if fault:
        raise InvalidRequirement(spec, f"{fault} after npm:", 4)
    read = _registry(target, rest) if "/" not in rest and ":" not in rest else None
    if read is None:
        raise InvalidRequirement(spec, "a range or a tag after npm:NAME@", len(spec) - len(rest))
    return AliasSpec(name, read)


def _workspace(name: str, spec: str) -> WorkspaceSpec:
    rest = spec.partition(":")[2].strip()
    if rest.startswith((".", "/")):
        return WorkspaceSpec(name, name, "*", rest)
    target, wanted = name, rest
    if rest.find("@", 1) > 0:
        target, wanted = split_name(rest)
        fault = fault_of_npm_name(target)
        if fault:
            raise InvalidRequirement(spec, f"{fault} after workspace:", 10)
    if wanted in ("", "*", "^", "~"):
        return WorkspaceSpec(name, target, wanted or "*")
    try:
        return WorkspaceSpec(name, target, npm_range(wanted))
    except InvalidRange:
        raise InvalidRequirement(spec, "a range after workspace:", 10) from None


def _folder(name: str, spec: str) -> FolderSpec:
    linked = spec[:5].lower() == "link:"
    path = spec[5:] if linked or spec[:5].lower() == "file:" else spec
    path = _unquoted(path) if spec[:5].lower() == "file:" else path
    path = path.replace("\\", "/")
    if path.startswith(
        "//"
    ):  # file://lib and file:///lib are /lib; npm reads ./ and ../ behind the signs as they stand
        path = "/" + path.lstrip("/")
    if path.startswith(("/./", "/../")):
        path = path[1:]
    if not path.isprintable():
        raise InvalidRequirement(spec, "a path of printable characters", 0)
    return FolderSpec(name, path or ".", bool(_PACKED.search(path)) and not linked, linked)


def _hosted(name: str, spec: str) -> GitSpec | None:
    """`user/repository`, `github:user/repository`, and URLs of the hosts that these stand for."""
    if _GITHUB.fullmatch(spec) and not spec.partition("#")[0].endswith("/"):
        spec = "github:" + spec
    scheme, colon, rest = spec.partition(":")
    host = _SHORTCUTS.get(scheme) if colon else None
    if host is not None:
        place, _, fragment = rest.partition("#")
        place = place.lstrip("/").rpartition("@")[2].removesuffix(".git")
        if not place:
            raise InvalidRequirement(spec, f"a repository after {scheme}:", len(scheme) + 1)
        return _git(name, spec, f"https://{host}/{_unquoted(place)}.git", _unquoted(fragment))
    if scheme.lower() not in ("http", "https"):
        return None
    parts = _parts(spec)
    host = (parts.hostname or "").removeprefix("www.")
    if host not in _GIT_HOSTS or (scheme.lower() == "http" and host != "github.com"):
        return None
    folders = [folder for folder in parts.path.split("/") if folder]
    fragment = _unquoted(parts.fragment)
    if len(folders) == 4 and folders[2] == "tree" and host == "github.com":
        fragment = _unquoted(folders.pop())
        folders.pop()
    if host == "gitlab.com":
        if "-" in folders or "archive.tar.gz" in folders or len(folders) < 2:
            return None
    elif len(folders) != 2 and not (host == "gist.github.com" and len(folders) == 1):
        return None  # an archive, which is a tarball
    return _git(name, spec, spec.partition("#")[0].partition("/tree/")[0], fragment)


def _url(name: str, spec: str) -> TarballSpec | GitSpec:
    scp = _SCP.fullmatch(spec)
    if scp and not _PORT.search(scp[1]):
        return _git(name, spec, scp[1], scp[2] or "")
    scheme = spec.partition(":")[0].lower()
    parts = _parts(spec)
    if scheme in _GIT_SCHEMES:
        return _git(name, spec, spec.partition("#")[0].removeprefix("git+"), parts.fragment)
    if scheme in ("http", "https") and parts.hostname:
        return TarballSpec(name, spec)
    raise InvalidRequirement(spec, _KNOWN, 0)


def _unquoted(text: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote  # start-up: few specs are addresses

    return unquote(text)


def _parts(spec: str) -> SplitResult:
    from urllib.parse import urlsplit  # start-up: few specs are addresses

    try:
        parts = urlsplit(spec)
        parts.port  # noqa: B018  # raises for what is no port
    except ValueError:
        raise InvalidRequirement(spec, "a URL", 0) from None
    return parts


def _git(name: str, spec: str, url: str, fragment: str) -> GitSpec:
    """`#v1`, `#semver:^1`, `#path:packages/a`, joined by `::`."""
    commit = range_ = folder = ""
    for part in fragment.split("::") if fragment else ():
        key, colon, value = part.partition(":")
        if colon and key == "path" and not folder:
            folder = value.lstrip("/")
        elif colon and key == "semver" and not range_ and not commit:
            try:
                range_ = npm_range(_unquoted(value))
            except InvalidInput:
                raise InvalidRequirement(spec, "a range after #semver:", spec.find("#")) from None
        elif not colon and not commit and not range_:
            commit = part
        elif not colon or key in ("path", "semver"):
            raise InvalidRequirement(spec, "one commit or one range after '#', and at most one path", spec.find("#"))
    return GitSpec(name, url, commit, range_, folder)
