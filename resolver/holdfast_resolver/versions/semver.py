"""SemVer with npm's ranges as a version scheme: the rows of `port.Scheme` joined. Knows no table of its own."""

from holdfast_resolver.versions.semver_keys import is_prerelease_key, normalize_version, version_key
from holdfast_resolver.versions.semver_ranges import canonical_range, names_prerelease, range_mask


class Semver:
    """The scheme of signed modules (implements `port.Scheme`).

    Every function that reads text takes `loose=True`, and `range_mask` also `prereleases=True`.
    """

    __slots__ = ()

    name = "semver"
    key = staticmethod(version_key)
    normalize = staticmethod(normalize_version)
    is_prerelease = staticmethod(is_prerelease_key)
    range_mask = staticmethod(range_mask)
    canonical_range = staticmethod(canonical_range)
    names_prerelease = staticmethod(names_prerelease)


SEMVER = Semver()
