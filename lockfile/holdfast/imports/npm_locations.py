"""Whether a tarball's URL can be that of a release: the path has to name the package and the version.

    https://registry.example/lodash/-/lodash-4.17.21.tgz                the form of npm's registry and most others
    https://registry.example/download/@acme/ui/1.2.0/6d23a9...          forms that name both as steps of the path

A lock whose `resolved` names another package installs that one under the name that was asked for. Knows URLs as text
only.
"""

from urllib.parse import unquote, urlsplit

from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.versions.semver_keys import parse_version, spelled

_ENDS = (".tgz", ".tar.gz")


def origin(url: str) -> str:
    """Scheme, host and port of a URL, as `npm_reading.location` spells them.

    >>> origin("https://registry.example/npm/lodash/-/lodash-4.17.21.tgz")
    'https://registry.example'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_place_of(url: str, name: str, version: str) -> bool:
    """Whether the path of a URL says that it is the tarball of this release.

    >>> is_place_of("https://registry.example/lodash/-/lodash-4.17.21.tgz", "lodash", "4.17.21")
    True
    >>> is_place_of("https://registry.example/l0dash/-/lodash-4.17.21.tgz", "lodash", "4.17.21")
    False
    """
    path = unquote(urlsplit(url).path)
    before, dash, file = path.rpartition("/-/")
    if dash:
        return before.endswith(f"/{name}") and _is_file_of(file, name, version)
    inside = f"{path}/"
    place = inside.find(f"/{name}/")
    if place < 0:
        return False
    steps = inside[place + len(name) + 2 :].split("/")
    return any(step == version or _is_file_of(step, name, version) for step in steps)


def _is_file_of(file: str, name: str, version: str) -> bool:
    """`core-7.26.0.tgz` or `@babel/core-7.26.0.tgz`; releases from before SemVer was held to are `a-1.0.2beta.tgz`."""
    for stem in (name, name.rpartition("/")[2]):
        rest = file.removeprefix(f"{stem}-")
        for end in _ENDS:
            if rest != file and rest.endswith(end) and _normal(rest.removesuffix(end)) == version:
                return True
    return False


def _normal(text: str) -> str:
    try:
        return spelled(parse_version(text, loose=True))
    except InvalidVersion:
        return ""
