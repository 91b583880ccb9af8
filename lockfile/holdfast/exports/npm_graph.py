"""The npm packages of a lock as a graph whose nodes are releases in one context: what each of their edges leads to.

    package.json -> a 1.0.0 -> use-it 1.0.0     -> react 18.3.1
                 -> b 1.0.0 -> use-it 1.0.0 #2  -> react 17.0.2        an instance of the same release

Wishes are those of the manifests, as npm reads them; what they lead to is the lock's word. Knows no folder and no
format.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from holdfast.errors import Undecided
from holdfast.model.instances import Instances, edges_of, reference
from holdfast.model.lock import ABSENT, Lock, Pin
from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.values.npm import OPTIONAL, PEER, PEER_OPTIONAL, NpmRequirement
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.semver_keys import PRERELEASE, version_key
from holdfast_resolver.versions.semver_ranges import range_mask

DEV = "dev"
# The tables of a manifest, and what their edges are: of a name that stands in several, the later table counts.
TABLES = {"peerDependencies": PEER, "dependencies": "", "optionalDependencies": OPTIONAL, "devDependencies": DEV}
_RANK = {PEER: 0, PEER_OPTIONAL: 0, "": 1, OPTIONAL: 2}


class Manifest(NamedTuple):
    """A `package.json` of the project: its folder ("" is the root, "packages/web" a workspace), and what it says."""

    folder: str
    data: Mapping[str, Any]

    @property
    def path(self) -> str:
        return f"{self.folder}/package.json" if self.folder else "package.json"

    @property
    def name(self) -> str:
        name = self.data.get("name")
        return name if isinstance(name, str) else ""

    @property
    def version(self) -> str:
        version = self.data.get("version")
        return version if isinstance(version, str) else "0.0.0"


class Edge(NamedTuple):
    """A name that is asked for. `target`: a node; a workspace as -1 minus the manifest's number; None for nothing."""

    alias: str
    kind: str  # "" | "optional" | "peer" | "peer optional" | "dev"
    package: str  # the package's own name
    range: str
    target: int | None

    @property
    def peer(self) -> bool:
        return self.kind in (PEER, PEER_OPTIONAL)

    @property
    def optional(self) -> bool:
        return self.kind in (OPTIONAL, PEER_OPTIONAL)


class Node(NamedTuple):
    """A release in one context; `number` tells its instances apart, and 1 is the pin."""

    pin: Pin
    number: int


class Versions(NamedTuple):
    """The locked versions of one package, ascending: a table for `range_mask`."""

    keys: list[str]
    versions: list[str]
    prereleases: int
    pins: tuple[Pin, ...]

    def highest_in(self, range_: str) -> Pin | None:
        """The highest one in a range. Of a dist-tag, which says nothing of versions, the highest."""
        try:
            mask = range_mask(self, range_, loose=True)
        except InvalidRange:
            mask = (1 << len(self.pins)) - 1
        if not mask and range_ == "*":
            mask = (1 << len(self.pins)) - 1
        return self.pins[mask.bit_length() - 1] if mask else None


class NpmGraph:
    """The graph of a lock and of the manifests that it was made for, the root's first."""

    __slots__ = ("_instances", "_known", "_numbered", "_versions", "edges", "importers", "manifests", "nodes")

    def __init__(self, lock: Lock, manifests: Sequence[Manifest]) -> None:
        """Raises `Undecided` for a wish of a manifest, or an edge of a pin, that the lock has no answer to."""
        self.manifests = tuple(manifests)
        self.nodes: list[Node] = []
        self.edges: list[tuple[Edge, ...]] = []
        self._known: dict[tuple[str, str, str, int], int] = {}
        self._instances = Instances(lock)
        self._numbered = {(one.source, one.name, one.version, one.number): one for one in lock.instances}
        self._versions = _versions(lock)
        asked: dict[str, dict[str, NpmRequirement]] = {}
        for part in lock.inputs:
            if part.kind != "override":
                for wish in part.requires:
                    if isinstance(wish, NpmRequirement):
                        asked.setdefault(part.path, {})[wish.alias] = wish
        self.importers = tuple(
            tuple(self._wishes(manifest, asked.get(manifest.path, {}))) for manifest in self.manifests
        )
        at = 0
        while at < len(self.nodes):  # edges bring in more nodes
            self.edges.append(tuple(self._requirements(self.nodes[at])))
            at += 1
        self._let_go()

    def name_of(self, target: int) -> str:
        """The own name of a node or a workspace."""
        return self.nodes[target].pin.name if target >= 0 else self.manifests[-1 - target].name

    def version_of(self, target: int) -> str:
        return self.nodes[target].pin.version if target >= 0 else self.manifests[-1 - target].version

    def satisfies(self, target: int, edge: Edge) -> bool:
        """Whether npm takes what stands in the place of an edge that leads nowhere."""
        version = self.version_of(target)
        table = Versions([version_key(version)], [version], _prerelease(version), ())
        try:
            return edge.range == "*" or bool(range_mask(table, edge.range, loose=True))
        except InvalidRange:
            return True

    def _wishes(self, manifest: Manifest, asked: Mapping[str, NpmRequirement]) -> Iterator[Edge]:
        """The edges of a manifest; what is optional and not locked leads nowhere."""
        for alias, kind in wished(manifest).items():
            wish = asked.get(alias)
            workspace = self._workspace(alias)
            if wish is None and workspace is not None:
                yield Edge(alias, kind, alias, "*", workspace)
                continue
            if wish is None:
                if kind in (OPTIONAL, PEER_OPTIONAL):
                    continue
                raise Undecided(f"{manifest.path} asks for {alias}, and the lock has no such wish", "holdfast lock")
            pin = self._pin(wish, "")
            if pin is None and workspace is not None:
                yield Edge(alias, kind, alias, "*", workspace)
                continue
            target = None if pin is None else self._node(pin, manifest.path)
            if target is None and kind not in (OPTIONAL, PEER_OPTIONAL):
                raise Undecided(f"{manifest.path} asks for {wish}, and the lock has no pin for it", "holdfast lock")
            yield Edge(alias, kind, wish.name, wish.range or "*", target)

    def _let_go(self) -> None:
        """An optional peer installs nothing: what only such edges lead to is not there for npm.

        But where another version of the name is there that its asker must not find, it stands between them.
        """
        waiting = [edge for edges in self.importers for edge in edges]
        live: set[int] = set()
        standing: dict[str, set[int]] = {}  # alias -> what stands under it
        for place, manifest in enumerate(self.manifests):
            if manifest.folder and manifest.name:
                standing[manifest.name] = {-1 - place}
        loose: dict[Edge, None] = {}
        while waiting:
            while waiting:
                edge = waiting.pop()
                if edge.target is None or edge.target < 0:
                    continue
                if edge.kind == PEER_OPTIONAL and edge.target not in live:
                    loose[edge] = None
                    continue
                standing.setdefault(edge.alias, set()).add(edge.target)
                if edge.target not in live:
                    live.add(edge.target)
                    waiting.extend(self.edges[edge.target])
            for edge in loose:
                others = standing.get(edge.alias, ())
                if edge.target not in live and not all(self.satisfies(other, edge) for other in others):
                    waiting.append(edge._replace(kind=""))

        def kept(edge: Edge) -> Edge:
            gone = edge.target is not None and edge.target >= 0 and edge.target not in live
            return edge._replace(target=None) if gone else edge

        self.importers = tuple(tuple(map(kept, edges)) for edges in self.importers)
        self.edges = [tuple(map(kept, edges)) for edges in self.edges]

    def _workspace(self, name: str) -> int | None:
        for place, manifest in enumerate(self.manifests):
            if manifest.folder and manifest.name == name:
                return -1 - place
        return None

    def _requirements(self, node: Node) -> Iterator[Edge]:
        """The edges of a release in its context; of one name, what counts is what npm takes."""
        pin = node.pin
        who = reference(pin.source, pin.name, pin.version, node.number)
        chosen: dict[str, tuple[NpmRequirement, str]] = {}
        instance = self._numbered.get((pin.source, pin.name, pin.version, node.number))
        for requirement, version in edges_of(pin, instance):
            assert isinstance(requirement, NpmRequirement)
            known = chosen.get(requirement.alias)
            if known is None or _RANK[known[0].kind] <= _RANK[requirement.kind]:
                chosen[requirement.alias] = requirement, version
        for alias, (requirement, version) in sorted(chosen.items()):
            found = None if version == ABSENT else self._pin(requirement, version)
            target = None if found is None else self._node(found, who)
            if target is None and requirement.kind not in (OPTIONAL, PEER_OPTIONAL):
                raise Undecided(f"{who} requires {requirement}, and the lock has no pin for it", "holdfast lock")
            yield Edge(alias, requirement.kind, requirement.name, requirement.range or "*", target)

    def _pin(self, requirement: Requirement, version: str) -> Pin | None:
        versions = self._versions.get((requirement.source, requirement.name))
        if versions is None:
            return None
        if version:
            return next((pin for pin in versions.pins if pin.version == version), None)
        return versions.highest_in(requirement.range or "*")

    def _node(self, pin: Pin, dependent: str) -> int:
        instance = self._instances.seen_by(dependent, (pin.source, pin.name, pin.version))
        number = 1 if instance is None else instance.number
        key = (pin.source, pin.name, pin.version, number)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = len(self.nodes)
            self.nodes.append(Node(pin, number))
        return known


def wished(manifest: Manifest) -> dict[str, str]:
    """Alias -> kind of what a manifest asks for."""
    meta = table_of(manifest.data, "peerDependenciesMeta")
    found: dict[str, str] = {}
    for table, kind in TABLES.items():
        for alias in table_of(manifest.data, table):
            told = meta.get(alias)
            optional = kind == PEER and isinstance(told, Mapping) and told.get("optional") is True
            found[alias] = PEER_OPTIONAL if optional else kind
    return found


def table_of(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A table of a manifest, empty where there is none."""
    table = data.get(key)
    return table if isinstance(table, Mapping) else {}


def _versions(lock: Lock) -> dict[tuple[str, str], Versions]:
    pins: dict[tuple[str, str], list[Pin]] = {}
    for pin in lock.packages:
        if pin.npm is not None:
            pins.setdefault((pin.source, pin.name), []).append(pin)
    found = {}
    for key, several in pins.items():
        several.sort(key=lambda pin: version_key(pin.version))
        mask = 0
        for place, pin in enumerate(several):
            mask |= _prerelease(pin.version) << place
        keys = [version_key(pin.version) for pin in several]
        found[key] = Versions(keys, [pin.version for pin in several], mask, tuple(several))
    return found


def _prerelease(version: str) -> int:
    return int(PRERELEASE in version_key(version))
