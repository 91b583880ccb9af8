"""PEP 440 as a version scheme: the rows of `port.Scheme` joined. Knows no table of its own."""

from holdfast_resolver.versions.pep440_keys import is_prerelease_key, normalize_version, version_key
from holdfast_resolver.versions.pep440_ranges import canonical_range, names_prerelease, range_mask


class Pep440:
    """The scheme of Python distributions (implements `port.Scheme`)."""

    __slots__ = ()

    name = "pep440"
    key = staticmethod(version_key)
    normalize = staticmethod(normalize_version)
    is_prerelease = staticmethod(is_prerelease_key)
    range_mask = staticmethod(range_mask)
    canonical_range = staticmethod(canonical_range)
    names_prerelease = staticmethod(names_prerelease)


PEP440 = Pep440()
