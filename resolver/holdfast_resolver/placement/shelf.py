"""Releases as the tree needs them: a package's table with ranges remembered, and what each release wants.

Knows how a release's requirement tables become wants (a later table outweighs an earlier one); nothing of places.
"""

from __future__ import annotations

from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.placement.order import collated_name, folded
from holdfast_resolver.placement.specs import ANY, RANGE, TAG, WORKSPACE, Reading, read_spec
from holdfast_resolver.values.npm import NpmManifest, NpmRelease
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER
from holdfast_resolver.versions.semver_ranges import range_mask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast_resolver.placement.port import Record

DEPENDENCY, DEV, OPTIONAL, PEER, PEER_OPTIONAL, MEMBER = (
    "dependency",
    "dev",
    "optional",
    "peer",
    "peer optional",
    "workspace",
)


class Want:
    """One entry of a requirement table; shared by all releases that have the same. Treat as frozen."""

    __slots__ = ("dev", "key", "kind", "line", "may_lack", "name", "path", "peer", "reading", "spec")

    def __init__(self, name: str, spec: str, kind: str, path: str = "", line: int = 0) -> None:
        self.name = name  # installed as
        self.key = folded(name)
        self.spec = spec
        self.kind = kind
        self.reading = read_spec(spec) if kind != MEMBER else Reading(WORKSPACE, spec)
        self.peer = kind in (PEER, PEER_OPTIONAL)
        self.may_lack = kind in (OPTIONAL, PEER_OPTIONAL)
        self.dev = kind == DEV
        self.path = path  # of an importer's wish
        self.line = line


class Package:
    """One release, or an importer, or what could not be had (`version` is "" then)."""

    __slots__ = ("index", "name", "origin", "peers", "shelf", "source", "version", "wants")

    def __init__(
        self, name: str, version: str, source: str, shelf: Shelf | None, index: int, wants: Iterable[Want] = ()
    ) -> None:
        self.name = name  # its own
        self.version = version
        self.source = source
        self.shelf = shelf
        self.index = index
        self.origin = ""  # the spec, where no registry served it
        self.wants: dict[str, Want] = {}
        for want in wants:  # the last one stays, and stands last
            self.wants.pop(want.key, None)
            self.wants[want.key] = want
        self.peers = [want for want in self.wants.values() if want.peer]
        self.peers.sort(key=_by_name)

    def fits(self, reading: Reading) -> bool:
        """Whether this is what a spec asks for. Only the version counts, under whatever name it is installed."""
        kind = reading.kind
        if kind == RANGE:
            if reading.text == ANY:
                return True
            shelf = self.shelf
            return shelf is not None and shelf.mask(reading.text) >> self.index & 1 == 1
        if kind == TAG:  # whatever the registry served was tagged once
            return self.shelf is not None and not self.origin and self.index >= 0
        if kind == WORKSPACE:
            return False  # only a link is one
        return self.origin == reading.text


class Shelf:
    """One package's record, with what was asked of it before."""

    __slots__ = ("_masks", "_packages", "damaged", "latest", "name", "record", "source", "table")

    def __init__(self, name: str, source: str, record: Record) -> None:
        self.name = name
        self.source = source
        self.record = record
        self.table = record.table
        self.damaged = 0  # mask
        self.latest = self.place(record.tags.get("latest", ""))
        self._masks: dict[str, int] = {}
        self._packages: dict[int, Package | None] = {}

    def mask(self, text: str) -> int:
        """Return the mask of a range as npm reads those of old manifests; what is no range has no version."""
        mask = self._masks.get(text)
        if mask is None:
            try:
                mask = range_mask(self.table, text, loose=True) & ~self.damaged
            except InvalidRange:
                mask = 0
            self._masks[text] = mask
        return mask

    def place(self, version: str) -> int:
        """Return the index of a version, -1 when the table does not have it."""
        place = self.table.index(version) if version else -1
        return -1 if place >= 0 and self.damaged >> place & 1 else place

    def damage(self, index: int) -> None:
        """Take a release out of every range: its record turned out to be unusable."""
        self.damaged |= 1 << index
        self._masks.clear()
        if self.latest == index:
            self.latest = -1

    def package(self, index: int, wants: Wants) -> Package | None:
        """Return one release; None when its record is damaged."""
        try:
            return self._packages[index]
        except KeyError:
            release = self.record.release(index)
            package = None
            if release is not None:
                package = Package(
                    self.name, self.table.versions[index], self.source, self, index, wants.of_release(release)
                )
            self._packages[index] = package
            return package


class Wants:
    """Makes wants, each once."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Want] = {}

    def of_release(self, release: NpmRelease) -> list[Want]:
        """The wants of a release, in the order in which they outweigh each other; bundled ones left out."""
        known, one = self._known, self._one
        bundled = release.bundled
        found = []
        lackable = release.optional_peers
        for kind, lacks in ((PEER, False), (PEER_OPTIONAL, True)):
            for name, spec in release.peers:
                if (name in lackable) is lacks:
                    found.append(known.get((name, spec, kind)) or one(name, spec, kind))
        for name, spec in release.dependencies:
            if name not in bundled:
                found.append(known.get((name, spec, DEPENDENCY)) or one(name, spec, DEPENDENCY))
        for name, spec in release.optional:
            if name not in bundled:
                found.append(known.get((name, spec, OPTIONAL)) or one(name, spec, OPTIONAL))
        return found

    def _one(self, name: str, spec: str, kind: str) -> Want:
        want = self._known[name, spec, kind] = Want(name, spec, kind)
        return want


_WEIGHT = {PEER: 0, PEER_OPTIONAL: 1, DEPENDENCY: 2, OPTIONAL: 3, DEV: 4}


def importer_package(manifest: NpmManifest, members: Iterable[tuple[str, str]] = ()) -> Package:
    """Return an importer as a package. `members` are the (name, folder) of a root's workspaces: they outweigh all."""
    wishes = sorted(manifest.wishes, key=lambda wish: _WEIGHT[wish.kind])
    links = [Want(name, folder, MEMBER) for name, folder in members]
    taken = {link.key for link in links}
    own = [Want(wish.name, wish.spec, wish.kind, wish.path, wish.line) for wish in wishes]
    version = manifest.version
    table = Candidates.from_versions([version] if version else [], SEMVER)
    shelf = Shelf(manifest.name, "", _OneVersion(table)) if table.count else None
    package = Package(manifest.name, version, "", shelf, 0, [*links, *(want for want in own if want.key not in taken)])
    package.origin = "workspace:"  # no registry served it
    return package


def prepared_package(name: str, source: str, release: NpmRelease, origin: str, wants: Wants) -> Package:
    """Return a release that no registry serves."""
    shelf = Shelf(name, source, _OneVersion(Candidates.from_versions([release.version], SEMVER)))
    package = Package(name, release.version, source, shelf, 0, wants.of_release(release))
    package.origin = origin
    return package


class _OneVersion:
    """The record of what is in no registry."""

    __slots__ = ("table",)

    deprecated = 0
    tags: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, table: Candidates) -> None:
        self.table = table

    def engines(self) -> tuple[tuple[str, str, int], ...]:
        return ()

    def release(self, index: int) -> NpmRelease | None:
        return None


def _by_name(want: Want) -> tuple[str, str]:
    return collated_name(want.name)


# What stands where a package could not be had: without a name, nothing replaces it and it replaces nothing.
NOTHING = Package("", "", "", None, -1)
