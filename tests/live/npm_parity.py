"""One package.json, locked by us and by npm at the same time: what each chose, and why they differ.

Everything is looked up in the two locks alone: npm's by the places of its folders, ours by its edges. Whether a version
lies in a range is for npm's own `semver` to say. The rules by which a difference is let be stand in
`fixtures/npm/differences.toml`, their checks in `REASONS` here.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from holdfast.format.read import read
from holdfast.model.lock import ABSENT, Lock
from holdfast_resolver.values.npm import NpmRequirement
from tests.support.node_semver import ask

ROOT = Path(__file__).parents[2]
DIFFERENCES = ROOT / "fixtures" / "npm" / "differences.toml"
ANY = "*"

Release = tuple[str, str]  # name, version


class Edge(NamedTuple):
    """What a release of our lock needs; `version` is "" where the highest one that fits is meant."""

    asker: str  # "" a manifest, else name@version
    requirement: NpmRequirement
    version: str


class Difference(NamedTuple):
    """A release that one side alone has."""

    side: str  # "npm" | "ours"
    name: str
    version: str


class Both(NamedTuple):
    """The two locks of one project."""

    workload: str
    ours: Lock
    theirs: dict[str, dict[str, Any]]  # the "packages" of package-lock.json

    @property
    def our_releases(self) -> set[Release]:
        """What our lock pins."""
        return {(pin.name, pin.version) for pin in self.ours.packages}

    @property
    def their_releases(self) -> set[Release]:
        """What npm's lock has in any `node_modules`, but for links."""
        return {release for path in self.theirs if (release := self.release_at(path)) is not None}

    @property
    def agreement(self) -> float:
        """Releases that both have, of those that any of them has."""
        return len(self.our_releases & self.their_releases) / len(self.our_releases | self.their_releases)

    def differences(self) -> list[Difference]:
        """All releases that one side alone has, in order."""
        found = [Difference("ours", *release) for release in self.our_releases - self.their_releases]
        found += [Difference("npm", *release) for release in self.their_releases - self.our_releases]
        return sorted(found)

    def release_at(self, path: str) -> Release | None:
        """The release at a place of npm's lock; None for a link and for what is the project's own."""
        entry = self.theirs[path]
        if "node_modules/" not in path or entry.get("link"):
            return None
        return entry.get("name") or path.rpartition("node_modules/")[2], entry["version"]

    def places(self, release: Release) -> list[str]:
        """Where npm's lock has a release."""
        return [path for path in self.theirs if self.release_at(path) == release]

    def found_from(self, path: str, name: str) -> str:
        """Where Node looks a name up from a folder of npm's lock; "" where there is none."""
        while True:
            place = f"{path}/node_modules/{name}" if path else f"node_modules/{name}"
            if place in self.theirs or not path:
                return place if place in self.theirs else ""
            path = path.rpartition("/node_modules/")[0] if "/node_modules/" in path else ""


def run_both(workload: str, folder: Path, work: Path) -> Both:
    """Lock a project with both at the same time, each with an empty cache, for the Node of this machine.

    `work` is an empty folder.
    """
    for place in ("npm", "ours"):
        _copy(folder, work / place)
    words = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--cache", str(work / "npm-cache")]
    npm = subprocess.Popen(words, cwd=work / "npm", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        ours = _locked(work / "ours", work / "cache")
        said, _ = npm.communicate(timeout=1200)
    finally:
        npm.kill()
        npm.wait()
    assert npm.returncode == 0, said[-3000:]
    theirs = json.loads((work / "npm" / "package-lock.json").read_text())["packages"]
    return Both(workload, ours, theirs)


def _copy(folder: Path, to: Path) -> None:
    for manifest in folder.rglob("package.json"):
        place = to / manifest.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(manifest.read_bytes())


def _locked(folder: Path, cache: Path) -> Lock:
    command = [str(Path(sys.executable).parent / "holdfast"), "lock"]
    environment = {**os.environ, "HOLDFAST_CACHE_DIR": str(cache)}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return read((folder / "holdfast.lock").read_bytes())


# Edges


def edges(lock: Lock) -> Iterator[Edge]:
    """All edges of a lock: of its manifests, its pins and its instances."""
    for part in lock.inputs:
        if part.kind != "override":
            yield from [Edge("", wish, "") for wish in part.requires if isinstance(wish, NpmRequirement)]
    lists = [(f"{pin.name}@{pin.version}", pin.dependencies) for pin in lock.packages]
    lists += [(f"{one.name}@{one.version}", one.dependencies) for one in lock.instances]
    for asker, dependencies in lists:
        for requirement, version in dependencies:
            assert isinstance(requirement, NpmRequirement)
            yield Edge(asker, requirement, version)


def unsatisfied(lock: Lock) -> list[Edge]:
    """The edges whose version npm's `semver` does not find in their range, nor in that of an override of the name.

    An edge without a version needs a pin that fits. An optional one may lead nowhere.
    """
    versions: dict[str, list[str]] = {}
    for pin in lock.packages:
        versions.setdefault(pin.name, []).append(pin.version)
    overrides = [wish for part in lock.inputs if part.kind == "override" for wish in part.requires]
    asked = [*edges(lock)]
    pairs = {(edge.requirement.name, edge.requirement.range or ANY) for edge in asked}
    pairs |= {(wish.name, wish.range or ANY) for wish in overrides}
    known = dict(zip(sorted(pairs), _fitting(sorted(pairs), versions), strict=True))
    found = []
    for edge in asked:
        name, kind = edge.requirement.name, edge.requirement.kind
        fits = set(known[name, edge.requirement.range or ANY])
        fits.update(*[known[name, wish.range or ANY] for wish in overrides if wish.name == name])
        if edge.version == ABSENT or (not edge.version and not fits):
            lackable = "optional" in kind
        else:
            lackable = False
        if not lackable and (edge.version not in fits if edge.version else not fits):
            found.append(edge)
    return found


def _fitting(pairs: list[tuple[str, str]], versions: dict[str, list[str]]) -> Iterator[list[str]]:
    """The locked versions of each name in each range, by npm's `semver`; any version is in `*`."""
    masks = ask([("range", text, versions.get(name, []), True, False) for name, text in pairs])
    for (name, text), mask in zip(pairs, masks, strict=True):
        assert mask is not None, f"{name} {text} is no range: workloads ask for none that is a dist-tag"
        there = versions.get(name, [])
        yield [version for version, bit in zip(there, str(mask), strict=True) if bit == "1" or text == ANY]


def is_unmet_for_npm(both: Both, edge: Edge) -> bool:
    """Whether npm's own lock leaves a peer unmet as well: it stands beside a version out of its range, or none."""
    if edge.requirement.kind != "peer":
        return False
    name, _, version = edge.asker.rpartition("@")
    for path in both.places((name, version)):
        at = both.found_from(path, edge.requirement.alias)
        there = both.theirs[at]["version"] if at else ""
        if not there or ask([("range", edge.requirement.range, [there], True, False)]) == ["0"]:
            return True
    return False


# Why they differ


def unexplained(both: Both) -> list[Difference]:
    """The differences that no row of the list explains."""
    rows = [
        row for row in tomllib.loads(DIFFERENCES.read_text())["difference"] if row["workload"] in (ANY, both.workload)
    ]
    return [one for one in both.differences() if not any(_explains(row, both, one) for row in rows)]


def _explains(row: dict[str, str], both: Both, one: Difference) -> bool:
    if row["name"] not in (ANY, one.name) or row["side"] not in (ANY, one.side):
        return False
    return REASONS[row["reason"]](both, one)


def _is_extraneous(both: Both, one: Difference) -> bool:
    places = both.places((one.name, one.version))
    return bool(places) and all(both.theirs[path].get("extraneous") for path in places)


REASONS: dict[str, Callable[[Both, Difference], bool]] = {"extraneous": _is_extraneous}
