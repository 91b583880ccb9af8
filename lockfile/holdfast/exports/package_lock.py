"""The npm packages of a lock as a `package-lock.json`, lockfileVersion 3 (npm's documentation, "package-lock.json").

The lock names no folder and no URL: the tree is computed from its graph, and a tarball's URL is taken from a listing
only if its hash is the pinned one. Without it npm asks the registry, and holds the answer to `integrity` all the same.
Of what a release bundles there are no entries and no requirements: npm finds it in the tarball, where the release says
by `bundleDependencies` that it is. Knows no socket and no disk.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from holdfast.exports.npm_flags import flags_of
from holdfast.exports.npm_graph import TABLES, Edge, Manifest, NpmGraph, table_of
from holdfast.exports.npm_tree import Place, place_all
from holdfast.exports.port import Locate
from holdfast.model.lock import Lock, Pin
from holdfast_resolver.placement.order import Key, collated
from holdfast_resolver.values.npm import OPTIONAL, PEER, PEER_OPTIONAL

# These keys come first in every object, in this order; the others follow by name, those of objects last.
_FIRST = ("name", "version", "lockfileVersion", "resolved", "integrity", "requires", "packages", "dependencies")
_TABLE_OF = {"": "dependencies", OPTIONAL: "optionalDependencies", PEER: "peerDependencies"}
_TABLE_OF[PEER_OPTIONAL] = "peerDependencies"
# What an entry of the project itself, or of a workspace, has of its manifest, as it is written there.
_COPIED = (*TABLES, "peerDependenciesMeta", "acceptDependencies", "engines", "os", "cpu", "libc", "workspaces")
_HOOKS = ("preinstall", "install", "postinstall")


def package_lock(lock: Lock, manifests: Sequence[Manifest], locate: Locate | None = None) -> str:
    """Return the text of a `package-lock.json` for the manifests of a project, the root's first.

    `locate` says where tarballs are; without it, and where another hash is offered, `resolved` is left out. What a
    manifest wishes for by dist-tag (`latest`) needs it: npm takes such a wish as met only by an entry that has it.
    Raises `Undecided` where lock and manifests do not fit, or no tree of folders meets every edge.
    """
    graph = NpmGraph(lock, manifests)
    places = place_all(graph)
    flags = flags_of(places)
    urls = {place.target: "" for place in places.values() if place.target >= 0}
    if locate is not None:
        urls = {target: _resolved(graph.nodes[target].pin, locate) for target in sorted(urls)}
    packages: dict[str, object] = {}
    for path in sorted(places, key=collated):
        place = places[path]
        if place.link:
            packages[path] = {"resolved": place.link, "link": True}
            continue
        if place.target < 0:
            entry = _importer(graph.manifests[-1 - place.target])
        else:
            entry = _release(graph, place, urls[place.target])
        packages[path] = {**entry, **dict.fromkeys(flags[path], True)}
    root = graph.manifests[0]
    head = {"name": root.name, "version": root.data.get("version")}
    document = {key: value for key, value in head.items() if isinstance(value, str) and value}
    text = json.dumps(
        _nice({**document, "lockfileVersion": 3, "requires": True, "packages": packages}), indent=2, ensure_ascii=False
    )
    return text + "\n"


def _importer(manifest: Manifest) -> dict[str, object]:
    """The entry of the project or of a workspace."""
    data = manifest.data
    entry: dict[str, object] = {}
    if manifest.name and (not manifest.folder or manifest.name != _folder_name(manifest.folder)):
        entry["name"] = manifest.name
    for key in ("version", "license"):
        value = data.get(key)
        value = value.get("type") if isinstance(value, Mapping) else value
        if isinstance(value, str) and value:
            entry[key] = value
    for key in _COPIED:
        if data.get(key):
            entry[key] = data[key]
    bins = data.get("bin")
    if isinstance(bins, str) and manifest.name:
        bins = {manifest.name.rpartition("/")[2]: bins}
    if isinstance(bins, Mapping) and bins:
        entry["bin"] = bins
    bundled = data.get("bundleDependencies", data.get("bundledDependencies"))
    if bundled:
        entry["bundleDependencies"] = list(table_of(data, "dependencies")) if bundled is True else bundled
    if any(table_of(data, "scripts").get(hook) for hook in _HOOKS):
        entry["hasInstallScript"] = True
    return entry


def _folder_name(folder: str) -> str:
    """The name that npm gives a package for its folder: with the folder above where that is a scope."""
    above, _, last = folder.rpartition("/")
    scope = above.rpartition("/")[2]
    return f"{scope}/{last}" if scope.startswith("@") else last


def _release(graph: NpmGraph, place: Place, url: str) -> dict[str, object]:
    """The entry of a package in its folder."""
    pin = graph.nodes[place.target].pin
    facts = pin.npm
    assert facts is not None
    entry: dict[str, object] = {
        "name": pin.name if pin.name != place.alias else "",
        "version": pin.version,
        "resolved": url,
        "integrity": " ".join(_integrity(artifact.hash) for artifact in pin.artifacts),
        "hasInstallScript": facts.install_script,
        "bin": dict(facts.bins),
        "bundleDependencies": list(facts.bundled),
        "cpu": list(facts.cpu),
        "engines": dict(facts.engines),
        "libc": list(facts.libc),
        "os": list(facts.os),
        **_requirements(graph.edges[place.target]),
    }
    return {key: value for key, value in entry.items() if value}


def _requirements(edges: Sequence[Edge]) -> dict[str, object]:
    """The tables of what a package asks for. An optional one that is not locked is left out: npm would look for it."""
    tables: dict[str, dict[str, Any]] = {}
    for edge in edges:
        if edge.target is None and edge.kind == OPTIONAL:
            continue
        spec = edge.range if edge.alias == edge.package else f"npm:{edge.package}@{edge.range}"
        tables.setdefault(_TABLE_OF[edge.kind], {})[edge.alias] = spec
        if edge.kind == PEER_OPTIONAL:
            tables.setdefault("peerDependenciesMeta", {})[edge.alias] = {"optional": True}
    return dict(tables)


def _resolved(pin: Pin, locate: Locate) -> str:
    """The URL of the pinned tarball, "" where it is not known to be that of these bytes."""
    offered = locate(pin)
    urls = [
        offered[one.file].url for one in pin.artifacts if one.file in offered and offered[one.file].hash == one.hash
    ]
    return urls[0] if len(urls) == len(pin.artifacts) == 1 else ""


def _integrity(digest: str) -> str:
    """`sha512:<hex>` as npm has it: `sha512-<base64>`."""
    algorithm, _, value = digest.partition(":")
    return f"{algorithm}-{b64encode(bytes.fromhex(value)).decode()}"


def _nice(value: Any) -> Any:
    """The same with the keys of every object in npm's order, so that npm finds nothing to write anew."""
    if isinstance(value, Mapping):
        return {key: _nice(value[key]) for key in sorted(value, key=lambda key: _rank(key, value[key]))}
    return value


def _rank(key: str, value: object) -> tuple[bool, int, Key]:
    first = _FIRST.index(key) if key in _FIRST else len(_FIRST)
    return isinstance(value, Mapping), first, collated(key)
