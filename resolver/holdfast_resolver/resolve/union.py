"""From one solution per target to one list of chosen releases: the union that a lock keeps.

Restricted to one target the union is that target's own solution (docs/adr/0001-targets-and-forks.md, projection).
"""

from __future__ import annotations

from holdfast_resolver.errors import ArtifactUnhashed
from holdfast_resolver.fetch.records import artifact_of, file_of, is_yanked
from holdfast_resolver.resolve.request import Chosen
from holdfast_resolver.resolve.rows import lines_of, tag_of
from holdfast_resolver.resolve.universe import Package, Universe
from holdfast_resolver.solver.port import Solution
from holdfast_resolver.values.artifacts import Artifact
from holdfast_resolver.values.requirements import Requirement

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterable


def union(universe: Universe, solutions: Iterable[Solution]) -> tuple[Chosen, ...]:
    """Return every release that some target chose, sorted by (source, name, version)."""
    targets: dict[tuple[int, int], int] = {}
    extras: dict[tuple[int, int], dict[str, int]] = {}
    for position, solution in enumerate(solutions):
        bit = 1 << position
        for choice in solution.chosen.items():
            targets[choice] = targets.get(choice, 0) | bit
        for node in solution.extras:
            package = universe.by_node[node]
            choice = (package.node, solution.chosen[package.node])
            by_extra = extras.setdefault(choice, {})
            name = universe.extra_of[node]
            by_extra[name] = by_extra.get(name, 0) | bit
    chosen = [
        _chosen(universe, universe.by_node[node], candidate, mask, extras.get((node, candidate), {}))
        for (node, candidate), mask in targets.items()
    ]
    order = {id(item): universe.packages[item.name].table.index(item.version) for item in chosen}
    return tuple(sorted(chosen, key=lambda item: (item.source, item.name, order[id(item)])))


def _chosen(universe: Universe, package: Package, candidate: int, targets: int, extras: dict[str, int]) -> Chosen:
    facts = package.rows[candidate].facts
    lines = lines_of(universe, package, candidate)
    version = package.table.versions[candidate]
    yanked = artifact_of(lines[0], version).yanked if is_yanked(lines[0]) else None
    return Chosen(
        package.source.name,
        package.name,
        version,
        targets,
        facts.requires_python,
        _serving(universe, package, lines, version, targets),
        _dependencies(universe, facts.requires, targets, extras),
        yanked,
    )


def _serving(
    universe: Universe, package: Package, lines: list[str], version: str, targets: int
) -> tuple[Artifact, ...]:
    """The wheels that serve a target the release is chosen for, and the sdists. Raises `ArtifactUnhashed`."""
    grid = universe.grid
    serving = []
    for line in lines:
        tag = tag_of(file_of(line))
        if tag and not grid.wheel(tag) & targets:
            continue
        artifact = artifact_of(line, version)
        if tag and not grid.wheel(tag) & grid.requires_python(artifact.requires_python) & targets:
            continue
        if not artifact.hash:
            raise ArtifactUnhashed(package.source.name, artifact.file, artifact.url)
        serving.append(artifact)
    serving.sort()
    return tuple(serving)


def _dependencies(
    universe: Universe, requires: tuple[Requirement, ...], targets: int, extras: dict[str, int]
) -> tuple[Requirement, ...]:
    """The requirements that apply on a target the release is chosen for, each with the source it resolves in."""
    grid = universe.grid
    applying = {}
    for need in requires:
        applies = grid.condition(need.marker) & targets
        if not applies and "extra" in need.marker:
            applies = any(grid.condition(need.marker, extra) & mask for extra, mask in extras.items())
        if applies:
            source = universe.source_of(need.name).name
            kept = need if need.source == source else need._replace(source=source)
            applying[str(kept)] = kept
    return tuple(applying[text] for text in sorted(applying))
