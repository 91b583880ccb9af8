"""Which release of a package serves a requirement that nothing in the tree serves yet.

    1. a version that was pinned and fits, by rules 2 and 3 among those
    2. the one tagged `latest`, if it fits, is not deprecated and suits the engines
    3. else the highest: first of those neither deprecated nor unsuited, then of the suited, then of the others

An exact version or a dist-tag has one answer or none. `*` admits a pre-release only as `latest` or as a pin.
Source: npm's documentation of `npm install` and of dist-tags.
"""

from __future__ import annotations

import re

from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.placement.specs import ANY, TAG
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER
from holdfast_resolver.versions.semver_ranges import range_mask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.placement.port import PlacementRequest
    from holdfast_resolver.placement.shelf import Shelf
    from holdfast_resolver.placement.specs import Reading


class Picker:
    """The rules of one request, with answers remembered."""

    def __init__(self, request: PlacementRequest) -> None:
        self._pins = {name: versions for name, versions in request.pins.items() if name not in request.freed}
        self._engines = [
            (name, Candidates.from_versions([version], SEMVER)) for name, version in request.engines if version
        ]
        self._strict = request.strict_engines
        self._cutoff = request.cutoff
        self._suited: dict[tuple[str, str], bool] = {}
        self._unsuited_of: dict[str, int] = {}
        self._known: dict[tuple[str, str, str], int] = {}

    def pick(self, shelf: Shelf, reading: Reading) -> int:
        """Return the index of the chosen release, -1 when there is none."""
        key = (shelf.name, reading.kind, reading.text)
        place = self._known.get(key, -2)
        if place == -2:
            place = self._known[key] = (
                self._tagged(shelf, reading.text) if reading.kind == TAG else self._best(shelf, reading.text)
            )
        return place

    def forget(self) -> None:
        """Choose anew from now on: a release turned out to be unusable."""
        self._known.clear()

    def _tagged(self, shelf: Shelf, tag: str) -> int:
        pinned = self._pinned(shelf)
        if pinned:  # it was tagged when it was pinned
            return self._highest(shelf, pinned)
        version = shelf.record.tags.get(tag, "")
        place = shelf.place(version)
        if place < 0 and version and self._cutoff:  # what the tag names is too young: the next below it
            return self._highest(shelf, shelf.mask(f"<={version}"))
        return place

    def _best(self, shelf: Shelf, text: str) -> int:
        anything = text == ANY
        mask = shelf.mask(text)
        wide = shelf.table.everything & ~shelf.damaged if anything else mask
        if self._strict and self._engines:
            wide &= ~self._unsuited(shelf)
            mask &= wide
        pinned = self._pinned(shelf) & wide
        if pinned:
            mask = wide = pinned
        latest = shelf.latest
        if (
            latest >= 0
            and wide >> latest & 1
            and not shelf.record.deprecated >> latest & 1
            and not self._unsuited(shelf) >> latest & 1
        ):
            return latest
        return self._highest(shelf, mask)

    def _highest(self, shelf: Shelf, mask: int) -> int:
        good = mask & ~shelf.record.deprecated
        suited = mask & ~self._unsuited(shelf)
        return (good & suited or suited or good or mask).bit_length() - 1

    def _pinned(self, shelf: Shelf) -> int:
        mask = 0
        for version in self._pins.get(shelf.name, ()):
            place = shelf.place(version)
            if place >= 0:
                mask |= 1 << place
        return mask

    def _unsuited(self, shelf: Shelf) -> int:
        """The mask of the releases that do not take the engines of the request."""
        if not self._engines:
            return 0
        mask = self._unsuited_of.get(shelf.name)
        if mask is None:
            mask = 0
            for node, npm, releases in shelf.record.engines():
                wanted = {"node": node, "npm": npm}
                if not all(self._engine_fits(table, wanted.get(name, "")) for name, table in self._engines):
                    mask |= releases
            self._unsuited_of[shelf.name] = mask
        return mask

    def _engine_fits(self, table: Candidates, text: str) -> bool:
        if not text:
            return True
        known = self._suited.get((table.versions[0], text))
        if known is None:
            try:
                known = bool(range_mask(table, text, prereleases=True))
            except InvalidRange:
                known = False
            self._suited[table.versions[0], text] = known
        return known


def near(shelf: Shelf, text: str, most: int = 4) -> tuple[str, ...]:
    """Return versions to name when none fits: those around the range's first number, and the highest."""
    whole = [(place, version) for place, version in enumerate(shelf.table.versions) if not shelf.damaged >> place & 1]
    stable = [version for place, version in whole if not shelf.table.prereleases >> place & 1]
    stable = stable or [version for _, version in whole]
    first = re.search(r"\d+", text)
    same = [version for version in stable if first is not None and version.partition(".")[0] == first[0]]
    chosen = [*same[:1], *same[1:][-(most - 2) :], *stable[-1:]] if same else stable[-most:]
    return tuple(dict.fromkeys(chosen))
