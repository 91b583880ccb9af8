"""The npm pins of a lock by name: which versions there are, and which of them a requirement means.

    locked: debug 2.6.9, 4.4.1        debug ^4   -> 4.4.1        debug *  -> 4.4.1        debug ^3  -> none
                                      debug next -> 4.4.1        (a dist-tag says nothing of versions: the highest)

Knows versions and ranges; no tree and no instance.
"""

from __future__ import annotations

from holdfast.model.lock import Pin
from holdfast_resolver.errors import InvalidRange, InvalidVersion
from holdfast_resolver.versions.semver_keys import PRERELEASE, version_key
from holdfast_resolver.versions.semver_ranges import range_mask

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterable

    from holdfast_resolver.values.requirements import Requirement

NOWHERE = -1
ANY = "*"


class NpmPins:
    """The npm packages among some pins; pins are told by their place in the order that they came in."""

    __slots__ = ("_rows",)

    def __init__(self, pins: Iterable[Pin]) -> None:
        self._rows: dict[tuple[str, str], _Row] = {}
        several: dict[tuple[str, str], list[tuple[str, str, int]]] = {}
        for place, pin in enumerate(pins):
            if pin.npm is not None:
                several.setdefault((pin.source, pin.name), []).append((_key(pin.version), pin.version, place))
        for name, found in several.items():
            found.sort()
            self._rows[name] = _Row(found)

    def highest(self, requirement: Requirement) -> int:
        """Return the place of the highest version that fits a requirement; `NOWHERE` where none does."""
        row = self._rows.get((requirement.source, requirement.name))
        return NOWHERE if row is None else row.highest(requirement.range)

    def exactly(self, source: str, name: str, version: str) -> int:
        """Return the place of a version; `NOWHERE` where it is not locked."""
        row = self._rows.get((source, name))
        if row is None or version not in row.versions:
            return NOWHERE
        return row.places[row.versions.index(version)]

    def admits(self, requirement: Requirement, version: str) -> bool:
        """Whether a locked version fits a requirement."""
        row = self._rows.get((requirement.source, requirement.name))
        if row is None or version not in row.versions:
            return False
        return bool(row.mask(requirement.range) >> row.versions.index(version) & 1)

    def places(self, source: str, name: str) -> tuple[int, ...]:
        """Return the places of all versions of a package, the lowest first."""
        row = self._rows.get((source, name))
        return () if row is None else tuple(row.places)


class _Row:
    """The versions of one package, ascending: a table for `range_mask`."""

    __slots__ = ("_masks", "everything", "keys", "places", "prereleases", "versions")

    def __init__(self, found: list[tuple[str, str, int]]) -> None:
        self.keys = [key for key, _, _ in found]
        self.versions = [version for _, version, _ in found]
        self.places = [place for _, _, place in found]
        self.prereleases = sum([1 << at for at, key in enumerate(self.keys) if PRERELEASE in key])
        self.everything = (1 << len(found)) - 1
        self._masks: dict[str, int] = {}

    def highest(self, text: str) -> int:
        if (text == ANY or not text) and self.prereleases != self.everything:
            mask = self.everything & ~self.prereleases
        else:
            mask = self.mask(text)
        return self.places[mask.bit_length() - 1] if mask else NOWHERE

    def mask(self, text: str) -> int:
        """The versions that fit; all of them for `*`, as npm has it for what is placed, and for a dist-tag."""
        if text == ANY or not text:
            return self.everything
        mask = self._masks.get(text)
        if mask is None:
            try:
                mask = range_mask(self, text, loose=True)
            except InvalidRange:
                mask = self.everything
            self._masks[text] = mask
        return mask


def _key(version: str) -> str:
    try:
        return version_key(version)
    except InvalidVersion:
        return ""
