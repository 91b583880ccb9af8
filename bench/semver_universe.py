"""A conflict-heavy SemVer universe: many modules, of which a share demands, in its newest releases, what cannot be.

Made around a planted solution, so it can always be solved; the same seed gives the same universe. A planted conflict
is a module whose releases above the planted one demand another major of a dependency than all its other dependents
do, so that it must be walked back, often long after it was chosen.

    python -m bench.semver_universe [packages]      solves one, and prints sizes and times
"""

import random
import sys
import time
from typing import NamedTuple

from holdfast_resolver.values.modules import ModuleListing, ModuleRelease, archive_file_name
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.wishes import Wish

PACKAGES = 10_000
VERSIONS = 20
CONFLICTS = 0.10
_MINORS = 5  # releases of one major
_REACH = 600  # how far down the list a dependency may stand
_DIGEST = "sha256:" + "0" * 64


class SemverUniverse(NamedTuple):
    """What a registry offers, what a project wishes, and one answer that is known to exist."""

    listings: dict[str, ModuleListing]
    wishes: tuple[Wish, ...]
    planted: dict[str, str]  # name -> version


def make_universe(
    packages: int = PACKAGES, versions: int = VERSIONS, conflicts: float = CONFLICTS, seed: int = 1
) -> SemverUniverse:
    """Return a universe of `packages` modules with `versions` releases each, `conflicts` of them planted conflicts."""
    maker = _Maker(random.Random(seed), packages, versions, conflicts)
    listings = {name: maker.listing(number) for number, name in enumerate(maker.names)}
    wanted = {name for listing in listings.values() for name, _ in listing.releases[-1].dependencies}
    roots = [name for name in maker.names if name not in wanted]
    wishes = [Wish(Requirement("acme", name), "project", "", "holdfast.toml", i) for i, name in enumerate(roots, 1)]
    planted = {name: maker.texts[maker.good[number]] for number, name in enumerate(maker.names)}
    return SemverUniverse(listings, tuple(wishes), planted)


class _Maker:
    def __init__(self, dice: random.Random, packages: int, versions: int, conflicts: float) -> None:
        self._dice = dice
        self.names = [f"@u{number % 7}/module-{number}" for number in range(packages)]
        self.texts = [f"{place // _MINORS + 1}.{place % _MINORS}.0" for place in range(versions)]
        self._newest = versions - 1
        self._needs = [self._targets(number) for number in range(packages)]
        can = [number for number in range(packages) if self._needs[number]]
        self._bad = set(dice.sample(can, min(len(can), int(packages * conflicts))))
        # A planted conflict is walked back by one to nine releases, past the end of a major or not.
        walked = {number: max(0, self._newest - dice.randint(1, 9)) for number in sorted(self._bad)}
        self.good = [walked.get(number, self._newest) for number in range(packages)]

    def _targets(self, number: int) -> list[int]:
        """One to four dependencies further down the list; one in five of them is a module that many share."""
        below = range(number + 1, min(number + 1 + _REACH, len(self.names)))
        count = min(self._dice.choice((1, 2, 2, 3, 3, 4)), len(below))
        return sorted({below[int(len(below) * self._dice.random() ** 2)] for _ in range(count)})

    def listing(self, number: int) -> ModuleListing:
        name = self.names[number]
        return ModuleListing(name, tuple(self._release(number, name, place) for place in range(len(self.texts))))

    def _release(self, number: int, name: str, place: int) -> ModuleRelease:
        version = self.texts[place]
        needs = self._needs[number]
        torn = needs[place % len(needs)] if number in self._bad and place > self.good[number] else -1
        dependencies = tuple(sorted((self.names[need], self._range(number, need, need == torn)) for need in needs))
        return ModuleRelease(version, archive_file_name(name, version), 4096, _DIGEST, _DIGEST, dependencies)

    def _range(self, number: int, need: int, torn: bool) -> str:
        """A range that admits the planted release, or, of a torn dependency, one that exists and does not."""
        good = self.good[need]
        major = good // _MINORS + 1
        if torn:
            other = major - 1 if major > 1 else major + 1
            return f"^{other}.0.0"
        low = self.texts[max(good - self._dice.randint(0, good % _MINORS), 0)]
        style = (number + need) % 5
        if style == 0:
            return f"^{low}"
        if style == 1:
            return f">={low} <{major + 1}.0.0"
        if style == 2:
            return f"^{major}.0.0"
        if style == 3:
            return f"{major}.x"
        return f"^{low} || ^{major + 7}.0.0"


def solve(universe: SemverUniverse) -> float:
    """Return the seconds that resolving takes, candidate tables included; the listings are at hand."""
    from holdfast_resolver.resolve.modules import ModuleRequest, ModuleResolution, resolve_modules

    request = ModuleRequest(universe.wishes, lambda name: "acme")
    start = time.perf_counter()
    outcome = resolve_modules(request, lambda names: {name: universe.listings.get(name) for name in names})
    seconds = time.perf_counter() - start
    if not isinstance(outcome, ModuleResolution):
        raise AssertionError("the planted solution was not found")
    newest = sum(each.release is universe.listings[each.name].releases[-1] for each in outcome.modules)
    print(
        f"{len(outcome.modules)} modules chosen, {newest} of them the newest; "
        f"{outcome.attempts} attempts, {outcome.conflicts} conflicts"
    )
    return seconds


def main() -> None:
    """Make a universe, solve it, print the times."""
    packages = int(sys.argv[1]) if len(sys.argv) > 1 else PACKAGES
    start = time.perf_counter()
    universe = make_universe(packages)
    print(f"{packages} modules, {VERSIONS} releases each, made in {time.perf_counter() - start:.1f} s")
    print(f"{len(universe.wishes)} wishes")
    print(f"solved in {solve(universe):.2f} s")


if __name__ == "__main__":
    main()
