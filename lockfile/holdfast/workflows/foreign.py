"""Another tool's pins as things to prefer and to check. Loaded only with `import`; knows no format."""

from collections.abc import Callable

from holdfast.configuration.configuration import Project
from holdfast.findings.finding import Place
from holdfast.model.lock import PinnedArtifact
from holdfast.model.when import IndistinctTargetsError, marker_for
from holdfast.workflows.assembly import source_of
from holdfast.workflows.previous import Previous, Remembered
from holdfast.workflows.scope import choose_targets
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source
from holdfast_resolver.versions.grid import Grid


class OtherPin(NamedTuple):
    """One package at one version. `artifacts` are (file, hash), either "" where the file does not say."""

    name: str  # normalised
    version: str
    artifacts: tuple[tuple[str, str], ...]
    marker: str
    line: int  # 1-based; 0 when unknown


class OtherLock(NamedTuple):
    """A whole file. `masks` gives the targets of a grid on which each pin applies."""

    path: str
    pins: tuple[OtherPin, ...]
    masks: Callable[[Grid], tuple[int, ...]]
    npm: bool = False  # of npm packages


def remember(
    foreign: OtherLock, project: Project, previous: Previous, sources: tuple[Source, ...], today: str
) -> tuple[Remembered, ...]:
    """Return the file's pins, each on the targets on which it applies; pins for none of ours are left out."""
    chosen = choose_targets(project.manifest, project.configuration, previous.lock, today)
    grid = Grid(chosen.targets, project.manifest.requires_python)
    masks = foreign.masks(grid)
    return tuple(
        Remembered(
            source_of(pin.name, sources).name,
            pin.name,
            pin.version,
            _artifacts(pin, grid),
            _when(mask, grid, pin),
            Place(foreign.path, pin.line),
        )
        for pin, mask in zip(foreign.pins, masks, strict=True)
        if mask
    )


def _when(mask: int, grid: Grid, pin: OtherPin) -> str:
    try:
        return marker_for(mask, grid)
    except IndistinctTargetsError:
        return pin.marker


def _artifacts(pin: OtherPin, grid: Grid) -> tuple[PinnedArtifact, ...]:
    """The files that the entry names with a hash and that serve a target of ours, and its sdists.

    Hashes without a file name are checked by `check --against`.
    """
    named = [PinnedArtifact(file, digest) for file, digest in pin.artifacts if file and digest]
    return tuple(artifact for artifact in named if _serves(artifact.file, grid))


def _serves(file: str, grid: Grid) -> bool:
    """Whether a file is an sdist, or a wheel that some target takes."""
    parts = file[:-4].rsplit("-", 3)
    return not file.endswith(".whl") or (len(parts) == 4 and bool(grid.wheel("-".join(parts[1:]))))
