"""What module registries offer, asked for wave by wave: all names that are wanted at one time in one call.

When a module's listing arrives, the requirements of its likely choice are asked for in the next wave, so that a graph
is at hand after as many calls as it is deep. Guessing decides nothing: it only asks earlier.
"""

from __future__ import annotations

from holdfast_resolver.solver.port import Term
from holdfast_resolver.values.modules import ModuleListing, ModuleRelease
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

Listings: TypeAlias = "Callable[[tuple[str, ...]], Mapping[str, ModuleListing | None]]"


class Offer:
    """One module as its registry lists it, with its candidate table. `exists` is False where there is none."""

    __slots__ = ("exists", "name", "node", "releases", "table", "terms", "yanked")

    def __init__(self, node: int, name: str, listing: ModuleListing | None, keys: dict[str, str]) -> None:
        """`keys` remembers the keys of version texts, which modules share."""
        self.node = node
        self.name = name
        self.exists = listing is not None
        self.releases: tuple[ModuleRelease, ...] = listing.releases if listing is not None else ()
        versions = [release.version for release in self.releases]
        for version in versions:
            if version not in keys:
                keys[version] = SEMVER.key(version)
        self.table = Candidates([keys[version] for version in versions], versions, scheme=SEMVER)
        self.yanked = sum([1 << at for at, release in enumerate(self.releases) if release.yanked is not None])
        self.terms: dict[str, tuple[int, Term]] = {}  # range -> (allowed, the term "none of these")

    def mask(self, range_text: str) -> int:
        """Return the candidates in a range. Raises `InvalidRange`."""
        return self.table.mask(range_text or "*")  # the table's own "" would admit every pre-release

    def term(self, range_text: str) -> tuple[int, Term]:
        """Return the candidates in a range, and the term that the module is none of them. Raises `InvalidRange`."""
        known = self.terms.get(range_text)
        if known is None:
            allowed = self.mask(range_text)
            known = self.terms[range_text] = (allowed, (self.node, ((2 << self.table.count) - 1) ^ allowed))
        return known

    def place(self, version: str) -> int:
        """Return the place of just this version, build metadata included; -1 when it is not listed."""
        at = self.table.index(version)
        return at if at >= 0 and self.table.versions[at] == version else -1


class Offers:
    """Every module asked for so far, numbered as its listing arrived."""

    def __init__(self, listings: Listings, pins: Mapping[str, str], *, lowest: bool = False) -> None:
        """`pins` are the versions to keep, by name: the likely choices where ranges admit them."""
        self._listings = listings
        self._pins = pins
        self._lowest = lowest
        self._keys: dict[str, str] = {}
        self._ranges: dict[str, list[str]] = {}  # what is wanted of modules that are not at hand
        self._likely: dict[str, tuple[int, int]] = {}  # name -> (candidates that all wants admit, the likely choice)
        self.by_name: dict[str, Offer] = {}
        self.by_node: list[Offer] = []

    def expect(self, wants: Iterable[tuple[str, str]]) -> None:
        """Have at hand all that these (name, range) pairs and their likely requirements name."""
        wave: dict[str, None] = {}
        for name, range_text in wants:
            self._want(name, range_text, wave, [])
        self.fetch(wave)

    def fetch(self, names: Iterable[str]) -> None:
        """Ask for these modules in one call, then for what they will likely require, until nothing is missing."""
        wave = sorted(name for name in names if name not in self.by_name)
        while wave:
            answers = self._listings(tuple(wave))
            for name in wave:
                offer = Offer(len(self.by_node), name, answers.get(name), self._keys)
                self.by_name[name] = offer
                self.by_node.append(offer)
            wave = sorted(self._guess(wave))

    def _guess(self, names: list[str]) -> dict[str, None]:
        """Return the names that the likely choices of these modules require, as far as they are not at hand."""
        wave: dict[str, None] = {}
        changed: list[Offer] = []
        for name in names:
            offer = self.by_name[name]
            self._likely[name] = (offer.table.everything, -1)
            ranges = self._ranges.pop(name, [""])
            for range_text in ranges:
                self._narrow(offer, range_text)
            if any(offer.mask(range_text) for range_text in ranges):
                self._choose(offer, changed)
        while changed:
            offer = changed.pop()
            for need, range_text in offer.releases[self._likely[offer.name][1]].dependencies:
                self._want(need, range_text, wave, changed)
        return wave

    def _want(self, name: str, range_text: str, wave: dict[str, None], changed: list[Offer]) -> None:
        offer = self.by_name.get(name)
        if offer is None:
            ranges = self._ranges.setdefault(name, [])
            if range_text not in ranges:
                ranges.append(range_text)
            wave[name] = None
        elif self._narrow(offer, range_text):
            self._choose(offer, changed)

    def _narrow(self, offer: Offer, range_text: str) -> bool:
        """Take a want into account unless it contradicts the others; return whether the likely choice falls."""
        domain, choice = self._likely[offer.name]
        after = domain & offer.mask(range_text)
        if not after or after == domain:
            return False
        self._likely[offer.name] = (after, choice)
        return not after >> choice & 1 if choice >= 0 else True

    def _choose(self, offer: Offer, changed: list[Offer]) -> None:
        domain = self._likely[offer.name][0]
        pinned = offer.place(self._pins[offer.name]) if offer.name in self._pins else -1
        free = domain & ~offer.yanked
        if pinned >= 0 and domain >> pinned & 1:
            choice = pinned
        elif free:
            choice = (free & -free).bit_length() - 1 if self._lowest else free.bit_length() - 1
        else:
            return
        self._likely[offer.name] = (domain, choice)
        changed.append(offer)
