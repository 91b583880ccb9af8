"""Small worlds of npm packages, in memory: written down, or thrown by dice.

`universe` reads a text, one release a line, options after `|`, what it wants on indented lines, marks after `;`:

    react-dom 18.2.0
        react ^18.2.0 ; peer
        loose-envify ^1.1.0
    old 1.0.0 | deprecated | node >=20 | bundles inside
        inside 1
        fsevents ^2 ; optional
        types * ; peer optional
    tag react-dom next 18.2.0

`project` reads the indented lines of a manifest (with `; dev` too). `latest` is the highest release that is none of
the pre-releases, unless a tag says otherwise.
"""

import random
from collections.abc import Callable, Generator, Iterable
from typing import Any

from holdfast_resolver.placement.build import place
from holdfast_resolver.placement.port import Need, NoPackage, Placement, PlacementRequest, Unplaceable
from holdfast_resolver.values.npm import NpmManifest, NpmOverride, NpmRelease, NpmWish
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER

Outcome = Placement | Unplaceable

_TABLES = {
    "dependency": "dependencies",
    "dev": "devDependencies",
    "optional": "optionalDependencies",
    "peer": "peerDependencies",
    "peer optional": "peerDependencies",
}


class MemoryRecord:
    """What the index gives of one package (implements `port.Record`)."""

    def __init__(self, releases: Iterable[NpmRelease], tags: dict[str, str], damaged: frozenset[str]) -> None:
        by_version = {release.version: release for release in releases}
        self.table = Candidates.from_versions(by_version, SEMVER)
        self._releases = [by_version[version] for version in self.table.versions]
        self.deprecated = sum([1 << place for place, release in enumerate(self._releases) if release.deprecated])
        stable = [version for version in self.table.versions if "-" not in version]
        self.tags = {"latest": (stable or self.table.versions)[-1], **tags} if by_version else tags
        self._damaged = damaged

    def engines(self) -> list[tuple[str, str, int]]:
        """See `port.Record.engines`: a row for each release, which is more than a record of the cache has."""
        told = [dict(release.engines) for release in self._releases]
        return [(one.get("node", ""), one.get("npm", ""), 1 << place) for place, one in enumerate(told)]

    def release(self, index: int) -> NpmRelease | None:
        """Return one release; None for those that are damaged."""
        release = self._releases[index]
        return None if release.version in self._damaged else release


class Universe:
    """All packages of a world."""

    def __init__(self) -> None:
        self.releases: dict[str, dict[str, NpmRelease]] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.damaged: dict[str, frozenset[str]] = {}

    def add(self, name: str, release: NpmRelease) -> None:
        """Publish one release."""
        self.releases.setdefault(name, {})[release.version] = release

    def record(self, name: str) -> MemoryRecord | NoPackage:
        """Return a package as the index would."""
        if name not in self.releases:
            return NoPackage(name)
        return MemoryRecord(self.releases[name].values(), self.tags.get(name, {}), self.damaged.get(name, frozenset()))

    def packuments(self) -> dict[str, Any]:
        """The world as npm's own tools take it."""
        return {name: self._packument(name) for name in self.releases}

    def _packument(self, name: str) -> dict[str, Any]:
        record = self.record(name)
        assert isinstance(record, MemoryRecord)
        versions = {}
        for release in self.releases[name].values():
            manifest: dict[str, Any] = {"name": name, "version": release.version}
            manifest["dependencies"] = dict(release.dependencies)
            manifest["optionalDependencies"] = dict(release.optional)
            manifest["peerDependencies"] = dict(release.peers)
            manifest["peerDependenciesMeta"] = {peer: {"optional": True} for peer in release.optional_peers}
            manifest["engines"] = dict(release.engines)
            manifest["dist"] = {"tarball": f"https://registry.example/{name}/-/{release.version}.tgz"}
            if release.deprecated:
                manifest["deprecated"] = release.deprecated
            versions[release.version] = manifest
        return {"name": name, "dist-tags": dict(record.tags), "versions": versions}


def universe(text: str) -> Universe:
    """Read a world."""
    world = Universe()
    name, release = "", NpmRelease("")
    for line in text.splitlines():
        if not line.strip():
            continue
        if line[0] in " \t" and name:
            release = _with_want(release, *_want(line))
            world.add(name, release)
        elif line.startswith("tag "):
            _, package, tag, version = line.split()
            world.tags.setdefault(package, {})[tag] = version
        else:
            head, *options = [part.strip() for part in line.split("|")]
            name, version = head.split()
            release = NpmRelease(version)
            for option in options:
                release = _with_option(world, name, release, option)
            world.add(name, release)
    return world


def project(text: str, path: str = "package.json", name: str = "project", version: str = "1.0.0") -> NpmManifest:
    """Read the wishes of one manifest, one a line."""
    wishes = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            wanted, spec, kind = _want(line)
            wishes.append(NpmWish(wanted, spec, kind or "dependency", path, number))
    return NpmManifest(path, name, version, tuple(wishes))


def run(request: PlacementRequest, world: Universe, late: Callable[[Need], Iterable[str]] | None = None) -> Outcome:
    """Place a project. `late`: nothing is here until it is asked for, and then what `late` takes of a need."""
    here: dict[str, MemoryRecord | NoPackage] = {}

    def listing(name: str) -> MemoryRecord | NoPackage | None:
        if late is None and name not in here:
            here[name] = world.record(name)
        return here.get(name)

    placing: Generator[Need, None, Outcome] = place(request, listing)
    try:
        need = next(placing)
        while True:
            assert late is not None
            here.update({name: world.record(name) for name in late(need)})
            need = placing.send(None)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome


def placed(world: Universe, wishes: str, **options: Any) -> Placement:
    """Place the project of that text, which has a tree."""
    outcome = run(PlacementRequest((project(wishes),), **options), world)
    assert isinstance(outcome, Placement), outcome
    return outcome


def refused(world: Universe, wishes: str, **options: Any) -> Unplaceable:
    """Place the project of that text, which has no tree."""
    outcome = run(PlacementRequest((project(wishes),), **options), world)
    assert isinstance(outcome, Unplaceable), outcome
    return outcome


def drawn(placement: Placement) -> str:
    """Draw a tree: one node a line, what stands inside it indented below; a link as `name -> folder`."""
    lines = []
    for node in placement.nodes:
        depth = node.path.count("node_modules/") - 1
        what = f"{node.name} -> {node.link}" if node.link else f"{node.name} {node.version}"
        if node.name != node.package and not node.link:
            what = f"{node.name} {node.package}@{node.version}"
        folder = node.path.partition("node_modules/")[0]
        lines.append(f"{folder and folder + ' '}{'  ' * depth}{what}")
    return "\n".join(lines)


def names(placement: Placement) -> set[tuple[str, str]]:
    """Return the (package, version) pairs of a tree."""
    return {(node.package, node.version) for node in placement.nodes if not node.link}


class Throw:
    """A random world with a project, made to collide: few packages, ranges that half exclude each other.

    `wild`: with pre-releases, dist-tags and aliases, some of which have the name of another package.
    """

    def __init__(
        self, seed: int, *, peers: bool = True, members: bool = False, overrides: bool = False, wild: bool = False
    ) -> None:
        self._dice = random.Random(seed)
        self._wild = wild
        dice = self._dice
        self._names = [*"abcdefghi"[: dice.randint(3, 9)], "@s/x", "b-b"]
        self._peers = peers
        self.world = Universe()
        self.engines = (("node", "20.0.0"),) if dice.random() < 0.3 else ()
        for name in self._names:
            for major in range(1, dice.choice([2, 3, 3, 3, 3, 3, 3, 3]) + 1):
                for minor in range(dice.choice([1, 2, 2, 2, 2, 3])):
                    self.world.add(name, self._release(name, f"{major}.{minor}.0"))
                if wild and dice.random() < 0.3:
                    self.world.add(name, self._release(name, f"{major + 1}.0.0-rc.{major}"))
            if dice.random() < 0.2:
                self.world.tags[name] = {"latest": dice.choice(list(self.world.releases[name]))}
            if wild and dice.random() < 0.8:
                self.world.tags.setdefault(name, {})["next"] = dice.choice(list(self.world.releases[name]))
        folders = dice.sample(["packages/m", "packages/n"], dice.randint(1, 2)) if members else []
        self.root = self._manifest("package.json", "project", folders)
        self.members = tuple([self._manifest(f"{folder}/package.json", folder[-1], folders) for folder in folders])
        self.overrides = self._overrides() if overrides else ()

    def request(self, **options: Any) -> PlacementRequest:
        """The project, as a request."""
        return PlacementRequest((self.root, *self.members), self.overrides, engines=self.engines, **options)

    def question(self) -> dict[str, Any]:
        """The project, as npm's own tools take it."""
        manifest = _package_json(self.root)
        if self.members:
            manifest["workspaces"] = ["packages/*"]
        if self.overrides:
            manifest["overrides"] = _nested(self.overrides)
        return {
            "project": manifest,
            "members": {member.path.rpartition("/")[0]: _package_json(member) for member in self.members},
            "packuments": self.world.packuments(),
            "engines": dict(self.engines),
        }

    def _release(self, name: str, version: str) -> NpmRelease:
        dice = self._dice
        release = NpmRelease(version)
        kinds = ["dependency"] * 4 + ["optional"] + (["peer", "peer", "peer optional"] if self._peers else [])
        others = [other for other in self._names if other != name] + (["gone"] if dice.random() < 0.05 else [])
        for other in dice.sample(others, min(len(others), dice.choice([0, 0, 1, 1, 2, 3]))):
            wanted, spec = self._aliased(other, self._spec())
            if wanted not in {one for one, _ in (*release.dependencies, *release.optional, *release.peers)}:
                release = _with_want(release, wanted, spec, dice.choice(kinds))
        if dice.random() < 0.1:
            release = release._replace(deprecated="old")
        if dice.random() < 0.1:
            release = release._replace(engines=(("node", dice.choice([">=18", ">=22", "<16"])),))
        return release

    def _manifest(self, path: str, name: str, folders: list[str]) -> NpmManifest:
        dice = self._dice
        wishes: list[NpmWish] = []
        kinds = ["dependency"] * 5 + ["dev", "optional"] + (["peer"] if self._peers else [])
        for wanted in dice.sample(self._names, dice.randint(1, min(4, len(self._names)))):
            spec = self._spec() if dice.random() < 0.5 else "*"
            wished, spec = self._aliased(wanted, spec)
            if all(wish.name != wished for wish in wishes):
                wishes.append(NpmWish(wished, spec, dice.choice(kinds), path, len(wishes) + 1))
        wishes += [
            NpmWish(folder[-1], dice.choice(["*", "^1.0.0"]), "dependency", path, 99)
            for folder in folders
            if dice.random() < 0.3
        ]
        return NpmManifest(path, name, "1.0.0", tuple(wishes))

    def _spec(self) -> str:
        dice = self._dice
        major = dice.randint(1, 3)
        if self._wild and dice.random() < 0.25:
            return dice.choice(
                ["next", "latest", f"^{major}.0.0-rc.1", f">={major}.0.0-0", f"{major + 1}.0.0-rc.{major}"]
            )
        return dice.choice(
            ["*", f"^{major}.0.0", f"^{major}.1.0", f"{major}.0.0", f">={major}", f"<{major + 1}", "1 || 3"]
        )

    def _aliased(self, name: str, spec: str) -> tuple[str, str]:
        """The name and spec of a wish, now and then another name for it."""
        if not self._wild or self._dice.random() >= 0.15:
            return name, spec
        return self._dice.choice(["al", "al-2", *self._names]), f"npm:{name}@{spec}"

    def _overrides(self) -> tuple[NpmOverride, ...]:
        dice = self._dice
        direct = {wish.name for wish in self.root.wishes}
        found: dict[object, NpmOverride] = {}
        for _ in range(dice.randint(1, 3)):
            name = dice.choice(self._names)
            within = ((dice.choice(self._names), ""),) if dice.random() < 0.5 else ()
            key_range = dice.choice(["", "", "^1.0.0", "<3"])
            if within or name not in direct:
                override = NpmOverride(within, name, key_range, dice.choice(["1.0.0", "^2.0.0", "*", ">=1"]))
                found[within, name, key_range] = override
        return tuple(found.values())


def _want(line: str) -> tuple[str, str, str]:
    wanted, _, mark = line.partition(";")
    name, _, spec = wanted.strip().partition(" ")
    return name, spec.strip(), mark.strip()


def _with_want(release: NpmRelease, name: str, spec: str, kind: str) -> NpmRelease:
    if kind == "optional":
        return release._replace(optional=tuple(sorted([*release.optional, (name, spec)])))
    if kind.startswith("peer"):
        lackable = release.optional_peers
        if kind == "peer optional":
            lackable = tuple(sorted([*lackable, name]))
        return release._replace(peers=tuple(sorted([*release.peers, (name, spec)])), optional_peers=lackable)
    return release._replace(dependencies=tuple(sorted([*release.dependencies, (name, spec)])))


def _with_option(world: Universe, name: str, release: NpmRelease, option: str) -> NpmRelease:
    word, _, rest = option.partition(" ")
    if word == "deprecated":
        return release._replace(deprecated=rest or "old")
    if word == "bundles":
        return release._replace(bundled=tuple(sorted(rest.split())))
    if word == "damaged":
        world.damaged[name] = world.damaged.get(name, frozenset()) | {release.version}
        return release
    assert word in ("node", "npm"), option
    return release._replace(engines=(*release.engines, (word, rest)))


def _package_json(manifest: NpmManifest) -> dict[str, Any]:
    found: dict[str, Any] = {"name": manifest.name, "version": manifest.version}
    for wish in manifest.wishes:
        found.setdefault(_TABLES[wish.kind], {})[wish.name] = wish.spec
        if wish.kind == "peer optional":
            found.setdefault("peerDependenciesMeta", {})[wish.name] = {"optional": True}
    return found


def _nested(overrides: tuple[NpmOverride, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for override in overrides:
        table = found
        for name, key_range in (*override.within, (override.name, override.range)):
            table = table.setdefault(f"{name}@{key_range}" if key_range else name, {})
        table["."] = override.spec
    return found
