"""A `package-lock.json` of npm's own, read as the lock that we would have of that tree: for tests of the export.

Places whose edges lead to the same are one release; where they do not, the further ones are instances.
"""

import json
from typing import Any

from holdfast.exports.npm_graph import Versions
from holdfast.imports.npm_places import found_from, name_at
from holdfast.imports.npm_reading import integrity
from holdfast.imports.reading import Node
from holdfast.model.instances import reference
from holdfast.model.lock import ABSENT, Input, Instance, Lock, NpmFacts, Pin, PinnedArtifact, Scope
from holdfast_resolver.manifests.npm_specs import AliasSpec, RangeSpec, TagSpec, parse_spec
from holdfast_resolver.values.npm import OPTIONAL, PEER, PEER_OPTIONAL, NpmRequirement
from holdfast_resolver.values.npm_entries import Condition
from holdfast_resolver.values.npm_names import tarball_file_name
from holdfast_resolver.versions.semver_keys import is_prerelease_key, version_key
from holdfast_resolver.versions.semver_ranges import range_mask

_TABLES = {"peerDependencies": PEER, "dependencies": "", "optionalDependencies": OPTIONAL, "devDependencies": ""}
_KINDS = {"peerDependencies": "peer", "dependencies": "project", "optionalDependencies": "optional"}
Entry = dict[str, Any]


def lock_of(text: str, source: str = "npm") -> Lock:
    """Return the lock of a tree."""
    entries: dict[str, Entry] = json.loads(text)["packages"]
    entries = {path: entry for path, entry in entries.items() if not entry.get("inBundle")}
    edges = {path: _edges(path, entries, source) for path in entries if not entries[path].get("link")}
    numbers = _numbers(entries, edges)
    pins: dict[tuple[str, str], Pin] = {}
    instances: dict[tuple[str, str, int], Instance] = {}
    dependents = _dependents(entries, edges, numbers, source)
    for path in sorted(numbers, key=lambda path: (numbers[path], path)):
        release, number = _release(path, entries), numbers[path]
        chosen = tuple((one, ABSENT if to is None else entries[to]["version"]) for one, to in edges[path].items())
        if number == 1:
            pins.setdefault(release, _pin(release, entries[path], chosen, source))
        else:
            own = dict(pins[release].dependencies)
            differ = tuple((one, version) for one, version in chosen if own[one] != version)
            who = tuple(sorted(dependents[(*release, number)]))
            instances.setdefault((*release, number), Instance(source, *release, number, who, differ))
    ordered = tuple(pins[release] for release in sorted(pins))
    inputs = tuple(_inputs(entries, edges, source))
    return Lock(Scope("", "highest", "if-necessary", ()), inputs, ordered, instances=tuple(instances.values()))


def manifests_of(text: str) -> list[tuple[str, Entry]]:
    """The folders of the project and what their manifests ask for, the root first."""
    entries: dict[str, Entry] = json.loads(text)["packages"]
    found = {"": entries[""]}
    for path, entry in entries.items():
        if entry.get("link") and not name_at(entry["resolved"]):
            found[entry["resolved"]] = {"name": name_at(path), **entries[entry["resolved"]]}
    return list(found.items())


def _release(path: str, entries: dict[str, Entry]) -> tuple[str, str]:
    return entries[path].get("name") or name_at(path), entries[path]["version"]


def _edges(path: str, entries: dict[str, Entry], source: str) -> dict[NpmRequirement, str | None]:
    """Requirement -> the path that it leads to. Workspaces are no edges, nor is what is bundled."""
    entry = entries[path]
    asked: dict[str, tuple[str, str]] = {}
    for table, kind in _TABLES.items():
        if table != "devDependencies" or not name_at(path):
            asked.update({name: (kind, spec) for name, spec in entry.get(table, {}).items()})
    found: dict[NpmRequirement, str | None] = {}
    for name, (kind, spec) in sorted(asked.items()):
        if kind == PEER and entry.get("peerDependenciesMeta", {}).get(name, {}).get("optional"):
            kind = PEER_OPTIONAL
        to = found_from(path, name, entries)
        while to and entries[to].get("link") and name_at(entries[to]["resolved"]):
            to = entries[to]["resolved"]
        if name not in entry.get("bundleDependencies", ()) and not (to and entries[to].get("link")):
            requirement = _requirement(name, spec, kind, source)
            found[requirement] = to if to and _is_met(requirement, entries[to]["version"]) else None
    return found


def _is_met(requirement: NpmRequirement, version: str) -> bool:
    """Whether npm left an optional edge to what stands there by chance, when what it asks for could not be had."""
    if requirement.kind != OPTIONAL or requirement.range == "*":
        return True
    table = Versions([version_key(version)], [version], int(is_prerelease_key(version_key(version))), ())
    return bool(range_mask(table, requirement.range, loose=True))


def _requirement(name: str, spec: str, kind: str, source: str) -> NpmRequirement:
    parsed = parse_spec(name, spec)
    target = parsed.target if isinstance(parsed, AliasSpec) else parsed
    assert isinstance(target, RangeSpec | TagSpec), spec
    wanted = target.range if isinstance(target, RangeSpec) else target.tag
    alias = name if isinstance(parsed, AliasSpec) else ""
    return NpmRequirement(source, target.name, (), wanted, str(Condition(kind, alias)))


def _numbers(entries: dict[str, Entry], edges: dict[str, dict[NpmRequirement, str | None]]) -> dict[str, int]:
    """The number of each place among those of its release: told apart by what its edges lead to, until all are."""
    numbers = {path: 1 for path in edges if name_at(path)}
    while True:
        known: dict[tuple[str, str], dict[object, int]] = {}
        told = {}
        for path in sorted(numbers):
            ends = tuple((one, to and (_release(to, entries), numbers[to])) for one, to in edges[path].items())
            group = known.setdefault(_release(path, entries), {})
            told[path] = group.setdefault((numbers[path], ends), len(group) + 1)
        if told == numbers:
            return numbers
        numbers = told


def _dependents(
    entries: dict[str, Entry], edges: dict[str, dict[NpmRequirement, str | None]], numbers: dict[str, int], source: str
) -> dict[tuple[str, str, int], set[str]]:
    found: dict[tuple[str, str, int], set[str]] = {}
    for path, asked in edges.items():
        manifest = f"{path}/package.json" if path else "package.json"
        who = reference(source, *_release(path, entries), numbers[path]) if name_at(path) else manifest
        for to in asked.values():
            if to is not None:
                found.setdefault((*_release(to, entries), numbers[to]), set()).add(who)
    return found


def _pin(release: tuple[str, str], entry: Entry, chosen: tuple[tuple[NpmRequirement, str], ...], source: str) -> Pin:
    name, version = release
    artifact = PinnedArtifact(tarball_file_name(name, version), integrity(Node("", entry["integrity"])))
    facts = NpmFacts(
        tuple(entry.get("bin", {}).items()),
        tuple(entry.get("os", ())),
        tuple(entry.get("cpu", ())),
        tuple(entry.get("libc", ())),
        tuple(engines.items()) if isinstance(engines := entry.get("engines", {}), dict) else (),
        bool(entry.get("hasInstallScript")),
        bool(entry.get("optional")),
        tuple(entry.get("bundleDependencies", ())),
    )
    return Pin(source, name, version, artifacts=(artifact,), dependencies=chosen, npm=facts)


def _inputs(entries: dict[str, Entry], edges: dict[str, dict[NpmRequirement, str | None]], source: str) -> list[Input]:
    found = []
    for path in edges:
        if name_at(path):
            continue
        by_alias = {requirement.alias: requirement for requirement in edges[path]}
        for table in _TABLES:
            wishes = tuple(by_alias[name] for name in entries[path].get(table, {}) if name in by_alias)
            if wishes:
                place = f"{path}/package.json" if path else "package.json"
                found.append(Input(place, _KINDS.get(table, "dev"), "", wishes))
    return found
