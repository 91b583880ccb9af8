"""The candidate table: the versions of one package, sorted once, and ranges as bitmasks over them.

A set of versions is an int: bit i is the i-th candidate, ascending. Knows no registry, and not which
pre-releases may be chosen (`prereleases.py`).
"""

from __future__ import annotations

from bisect import bisect_left

from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.versions.pep440 import PEP440

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast_resolver.versions.port import Scheme

_UNKNOWN = -1


class Candidates:
    """The versions of one package, ascending and without duplicates. Treat the lists as frozen."""

    __slots__ = ("_masks", "_prereleases", "_versions", "count", "everything", "keys", "scheme")

    def __init__(
        self,
        keys: list[str],
        versions: list[str] | str,
        prereleases: int = _UNKNOWN,
        scheme: Scheme = PEP440,
    ) -> None:
        """Take sorted lists as they are: `keys` strictly ascending, `versions` their normal forms.

        `versions` may be one text, joined by blanks: it is split when a version is first wanted.

        `prereleases` is the mask of the pre-releases where it is already known; else it is worked out when
        it is first asked for.
        """
        self.keys = keys
        self._versions = versions
        self.scheme = scheme
        self.count = len(keys)
        self.everything = (1 << self.count) - 1
        self._prereleases = prereleases
        self._masks: dict[str, int] = {}

    @classmethod
    def from_versions(cls, texts: Iterable[str], scheme: Scheme = PEP440) -> Candidates:
        """Make a table of version texts in any order and spelling; what is no version is left out.

        Of equal versions (`1.0`, `1.0.0`) the one whose normal form sorts first as text stays, so the order
        of `texts` never matters.
        """
        pairs = set()
        for text in texts:
            try:
                pairs.add((scheme.key(text), scheme.normalize(text)))
            except InvalidVersion:
                continue
        by_key: dict[str, str] = {}
        for key, version in sorted(pairs):
            by_key.setdefault(key, version)
        return cls(list(by_key), list(by_key.values()), scheme=scheme)

    @property
    def versions(self) -> list[str]:
        """The versions in normal form, ascending."""
        if isinstance(self._versions, str):
            self._versions = self._versions.split(" ") if self._versions else []
        return self._versions

    @property
    def prereleases(self) -> int:
        """The mask of pre-releases, developmental releases included."""
        if self._prereleases < 0:
            is_prerelease = self.scheme.is_prerelease
            self._prereleases = sum([1 << i for i, key in enumerate(self.keys) if is_prerelease(key)])
        return self._prereleases

    def mask(self, range_text: str) -> int:
        """Return the mask of the candidates in a range, as the scheme reads it. Raises `InvalidRange`.

        PEP 440 counts pre-releases like any other version; an npm range says itself which ones it admits, and ""
        admits none.
        """
        known = self._masks.get(range_text)
        if known is None:
            known = self._masks[range_text] = self.scheme.range_mask(self, range_text)
        return known

    def index(self, version_text: str) -> int:
        """Return the place of a version in any spelling; -1 when the table does not have it."""
        try:
            key = self.scheme.key(version_text)
        except InvalidVersion:
            return -1
        place = bisect_left(self.keys, key)
        return place if place < self.count and self.keys[place] == key else -1
