"""Which version scheme a package's versions follow: that of modules, whose names begin with "@", is SemVer.

Knows names and schemes only; SemVer is imported for the first module.
"""

from __future__ import annotations

from holdfast_resolver.versions.pep440 import PEP440

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` costs 8 ms
    from holdfast_resolver.versions.port import Scheme


def scheme_of(name: str) -> Scheme:
    """Return the scheme of a package's versions and ranges: `@scope/name` is a module."""
    if name[:1] != "@":
        return PEP440
    from holdfast_resolver.versions.semver import SEMVER  # start-up: only where there are modules

    return SEMVER
