"""Whether a file is, by its name, an artifact of a package and a version.

Wheels: "Binary distribution format" (PEP 427), "File name convention". Sdists: "Source distribution file
name" (PEP 625), and the older names whose package part still has its own capitals, dots and dashes. Knows
nothing of hashes.
"""

from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.values.names import normalize_name
from holdfast_resolver.versions.pep440_keys import version_key

SDIST_SUFFIXES = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz", ".tar.Z", ".tar")
_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+!")
_DIGITS = frozenset("0123456789")


def belongs(file: str, name: str, version: str) -> bool:
    """Whether `file` names a wheel or an sdist of `name` (normalised) in `version`.

    >>> belongs("Zope.Interface-5.0-cp311-cp311-win_amd64.whl", "zope-interface", "5.0")
    True
    >>> belongs("click-8.1.8.tar.gz", "click", "8.1.7")
    False
    """
    if not _CHARACTERS.issuperset(file):
        return False
    if name[:1] == "@":
        from holdfast_resolver.values.modules import archive_file_name  # start-up: only where there are modules

        return file == archive_file_name(name, version)
    if file.endswith(".whl"):
        parts = file[:-4].split("-")
        if len(parts) not in (5, 6) or "" in parts or (len(parts) == 6 and parts[2][0] not in _DIGITS):
            return False
        return normalize_name(parts[0]) == name and same_version(parts[1], version)
    stem = next((file[: -len(suffix)] for suffix in SDIST_SUFFIXES if file.endswith(suffix)), "")
    dash = stem.find("-")
    while dash > 0:
        if normalize_name(stem[:dash]) == name and same_version(stem[dash + 1 :], version):
            return True
        dash = stem.find("-", dash + 1)
    return False


def belongs_to_npm(file: str, name: str, version: str) -> bool:
    """Whether `file` is the tarball of an npm release."""
    from holdfast_resolver.values.npm_names import tarball_file_name  # start-up: only where there is npm

    return file == tarball_file_name(name, version)


def same_version(written: str, version: str) -> bool:
    """Whether a file name's spelling means `version`: `1.0_local` of old wheels is `1.0+local`."""
    if written == version:
        return True
    try:
        key = version_key(version)
    except InvalidVersion:
        return False
    for spelling in (written, written.replace("_", "+", 1)):
        try:
            if version_key(spelling) == key:
                return True
        except InvalidVersion:
            continue
    return False
