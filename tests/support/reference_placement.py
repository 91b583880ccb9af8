"""npm's placement once more, to be read: for worlds without peers, overrides and workspaces.

A tree is a dict from places to releases; a place is the names on the way down, () the project. A release is a package
and a version: under another name it is an alias. Everything is looked up
anew whenever it is asked: nothing is remembered but the tree. Slow, and nothing of it is shared with what it checks,
but the ranges.
"""

from collections.abc import Callable, Iterator

from holdfast_resolver.values.npm import NpmRelease
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER
from tests.support.npm_universe import MemoryRecord, Universe

Place = tuple[str, ...]
Want = tuple[str, str, bool]  # name, range, optional
Skip = Callable[[Place, Place], bool]  # whether an edge between two places does not count
Release = tuple[str, str]  # package, version
Tree = dict[Place, Release]

MISSING = ("", "")  # what could not be had
_MOST_TURNS, _MOST_PLACES = 200, 60  # trees of these worlds have some ten places


class Unmet(Exception):
    """Something that is not optional cannot be had."""


class Endless(Exception):
    """A release would be nested in itself, again and again: npm links it there, which this does not.

    Or releases push each other out for ever.
    """


class Reference:
    """Places one project."""

    def __init__(self, world: Universe, wants: list[Want], node: str = "") -> None:
        self._world = world
        self._wants = wants
        self._node = node  # its version; "" for any
        self.tree: Tree = {(): ("project", "")}

    def place(self) -> dict[str, Release]:
        """Return path -> release. Raises `Unmet`, `Endless`."""
        queue: set[Place] = {()}
        turns = 0
        while queue:
            turns += 1
            if turns > _MOST_TURNS or len(self.tree) > _MOST_PLACES:
                raise Endless
            place = min(queue, key=_turn)
            queue.discard(place)
            if place in self.tree:
                queue |= self._meet(place)
        self._let_go()
        return {
            "/".join(f"node_modules/{name}" for name in place): release for place, release in self.tree.items() if place
        }

    def _meet(self, place: Place) -> set[Place]:
        """Meet the wants of one place; return the places that have to be looked at (again)."""
        unmet = [want for want in self._wants_of(place) if not self._is_met(place, want)]
        touched: set[Place] = set()
        for name, spec, optional in sorted(unmet, key=lambda want: _order(want[0])):
            if place in self.tree and not self._is_met(place, (name, spec, optional)):
                touched |= self._put(place, name, spec)
        return touched

    def _put(self, source: Place, name: str, spec: str) -> set[Place]:
        release = self._pick(*_read(name, spec))
        place, verdict = source, ""
        for above in _upwards(source):
            found = self._verdict(above, source, name, spec, release)
            if found == "conflict":
                break
            place, verdict = above, found
            if release == MISSING:
                break
        new = (*place, name)
        if verdict == "keep":
            return set()
        if any(above and above[-1] == name and self.tree[above] == release for above in _upwards(place)):
            raise Endless
        self._exchange(new, release)
        self._fold(place, name)
        upset = {other for other in self.tree for want in self._wants_of(other) if self._upset(other, want, new)}
        return {new, *upset}

    def _verdict(self, place: Place, source: Place, name: str, spec: str, release: Release) -> str:
        """Whether a release may stand at a place: "free", "keep", "replace" or "conflict"."""
        here = self.tree.get((*place, name))
        if release == MISSING:
            return "free" if here is None else "replace"
        if here is not None:
            if here == release or self._fits(here, spec):
                return "keep"
            others = self._reached(lambda _, to: to == (*place, name))  # what only the present one needs does not count
            wanting = [want for wanter, want in self._wanting((*place, name)) if wanter in others]
            everyone = all(self._fits(release, spec) for _, spec, _ in wanting)
            if _replaces(release, here) and everyone:
                return "replace"
            return "replace" if place == source else "conflict"
        for wished, wanted, _ in self._wants_of(place):
            if wished == name and place != source and not self._fits(release, wanted):
                return "conflict"
        seen = self._lookup(place, name)
        if seen is not None and place != source:
            for other, want in self._wanting(seen):
                below = other[: len(place)] == place
                if below and self._fits(self.tree[seen], want[1]) and not self._fits(release, want[1]):
                    return "conflict"
        return "free"

    def _exchange(self, place: Place, release: Release) -> None:
        """Put a release there. What only the former one needed goes, even if the new one could make use of it."""
        before, former = self._reached(), [want[0] for want in self._wants_of(place)] if place in self.tree else []
        wanted = {name for name in former if name not in {want[0] for want in self._wants_at(place, release)}}
        doomed = before - self._reached(lambda source, to: source == place and to[-1] in wanted)
        self.tree[place] = release
        self._sweep(lambda source, to: source == place and to in doomed)

    def _fold(self, place: Place, name: str) -> None:
        """Take out what stands deeper and is served by what stands above as well."""
        for deep in sorted((other for other in self.tree if other and other[-1] == name), key=_turn):
            self._dedupe(deep, place)
            for child in [other for other in self.tree if other[:-1] == deep]:
                self._dedupe(child, place)

    def _dedupe(self, deep: Place, below: Place) -> None:
        if deep not in self.tree or len(deep) < 2 or deep[: len(below)] != below:
            return
        other = self._lookup(deep[:-2], deep[-1])
        if other is None:
            return
        mine, its = self.tree[deep], self.tree[other]
        needed = self._reached(lambda _, to: to == deep)
        wanting = [want for place, want in self._wanting(deep) if place in needed]
        if _replaces(its, mine) and all(self._fits(its, spec) for _, spec, _ in wanting):
            del self.tree[deep]
            self._sweep()

    def _sweep(self, skip: Skip = lambda source, to: False) -> None:
        """Take out what nobody reaches."""
        reached = self._reached(skip)
        kept = {place[:depth] for place in reached for depth in range(len(place) + 1)}
        self.tree = {place: release for place, release in self.tree.items() if place in kept}

    def _reached(self, skip: Skip = lambda source, to: False) -> set[Place]:
        """What the project needs, over edges that are met and not skipped."""
        reached: set[Place] = {()}
        todo: list[Place] = [()]
        for place in todo:
            for want in self._wants_of(place):
                to = self._lookup(place, want[0])
                if to is not None and to not in reached and self._is_met(place, want) and not skip(place, to):
                    reached.add(to)
                    todo.append(to)
        return reached

    def _let_go(self) -> None:
        """What could not be had must be optional, or needed by optional packages alone."""
        needed: set[Place] = {()}
        todo: list[Place] = [()]
        for place in todo:
            for name, _, optional in self._wants_of(place):
                to = self._lookup(place, name)
                if to is not None and not optional and to not in needed:
                    needed.add(to)
                    todo.append(to)
        if any(self.tree[place] == MISSING for place in needed):
            raise Unmet
        while True:  # what cannot be without something that cannot be had
            hopeless = {place for place in self.tree if self.tree[place] == MISSING or self._lacks(place)}
            if not hopeless:
                break
            self.tree = {place: release for place, release in self.tree.items() if place not in hopeless}
        self._sweep()

    def _lacks(self, place: Place) -> bool:
        return any(
            not optional and not self._is_met(place, (name, spec, optional))
            for name, spec, optional in self._wants_of(place)
        )

    def _wants_of(self, place: Place) -> list[Want]:
        return self._wants_at(place, self.tree[place])

    def _wants_at(self, place: Place, release: Release) -> list[Want]:
        if not place:
            return self._wants
        if release == MISSING:
            return []
        package, version = release
        found = self._world.releases[package][version]
        lackable = {name for name, _ in found.optional}  # this table outweighs the other
        plain = [(name, spec, False) for name, spec in found.dependencies if name not in lackable]
        return plain + [(name, spec, True) for name, spec in found.optional]

    def _wanting(self, place: Place) -> Iterator[tuple[Place, Want]]:
        """Who means what stands there."""
        for other in self.tree:
            for want in self._wants_of(other):
                if want[0] == place[-1] and self._lookup(other, want[0]) == place:
                    yield other, want

    def _lookup(self, place: Place, name: str) -> Place | None:
        for above in _upwards(place):
            if (*above, name) in self.tree:
                return (*above, name)
        return None

    def _is_met(self, place: Place, want: Want) -> bool:
        """Whether nothing more can be done for a want: it is served, or what it wants could not be had."""
        to = self._lookup(place, want[0])
        return to is not None and (self.tree[to] == MISSING or self._fits(self.tree[to], want[1]))

    def _upset(self, place: Place, want: Want, new: Place) -> bool:
        return self._lookup(place, want[0]) == new and not self._is_met(place, want)

    def _fits(self, release: Release, spec: str) -> bool:
        """Whether a release is what a spec asks for: its version counts, whatever package it is of."""
        _, text = _read("", spec)
        if text == "*":
            return True
        return release != MISSING and (_is_tag(text) or _is_in(release[1], text))

    def _pick(self, package: str, text: str) -> Release:
        record = self._world.record(package)
        if not isinstance(record, MemoryRecord):
            return MISSING
        if _is_tag(text):
            version = record.tags.get(text, "")
            return (package, version) if version else MISSING
        releases = self._world.releases[package]
        latest = record.tags["latest"]
        fits = text == "*" or _is_in(latest, text)
        if fits and not releases[latest].deprecated and self._suits(releases[latest]):
            return package, latest
        rank = {}
        for version, release in releases.items():
            if _is_in(version, text):
                suits, good = self._suits(release), not release.deprecated
                rank[version] = (suits and good, suits, good, _key(version))
        return (package, max(rank, key=lambda version: rank[version])) if rank else MISSING

    def _suits(self, release: NpmRelease) -> bool:
        """Whether a release takes the Node there is."""
        wanted = dict(release.engines).get("node", "*")
        return not self._node or _is_in(self._node, wanted)


def _read(name: str, spec: str) -> tuple[str, str]:
    """The package that a want means, and its range or tag: `npm:other@^1` means another one."""
    if not spec.startswith("npm:"):
        return name, spec
    package, _, text = spec.removeprefix("npm:").rpartition("@")
    return package, text


def _is_tag(text: str) -> bool:
    """Of the specs that are thrown."""
    return text in ("latest", "next")


def _is_in(version: str, text: str) -> bool:
    return bool(Candidates.from_versions([version], SEMVER).mask(text))


def _replaces(new: Release, old: Release) -> bool:
    """Whether one may take the place of the other for all that versions say: the same package, not older."""
    return MISSING not in (new, old) and new[0] == old[0] and _key(new[1]) >= _key(old[1])


def _upwards(place: Place) -> Iterator[Place]:
    for depth in range(len(place), -1, -1):
        yield place[:depth]


def _key(version: str) -> str:
    return SEMVER.key(version)


def _order(name: str) -> list[int]:
    """Names of the worlds we throw: "-" before "@" before "/" before digits before letters."""
    return ["-@/0123456789abcdefghijklmnopqrstuvwxyz_".index(sign) for sign in name]


def _turn(place: Place) -> tuple[int, list[int]]:
    return len(place), _order("/".join(f"node_modules/{name}" for name in place))
