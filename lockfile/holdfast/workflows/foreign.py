"""Another tool's pins as things to prefer and to check. Loaded only with `init --from`."""

from holdfast.configuration.configuration import Project
from holdfast.findings.finding import Place
from holdfast.imports.coverage import coverage
from holdfast.imports.port import ForeignLock, ForeignPin
from holdfast.model.lock import PinnedArtifact
from holdfast.model.when import IndistinctTargetsError, marker_for
from holdfast.workflows.assembly import source_of
from holdfast.workflows.previous import Previous, Remembered
from holdfast.workflows.scope import choose_targets
from holdfast_resolver.values.wishes import Source
from holdfast_resolver.versions.grid import Grid


def remember(
    foreign: ForeignLock, project: Project, previous: Previous, sources: tuple[Source, ...], today: str
) -> tuple[Remembered, ...]:
    """Return the file's pins, each on the targets on which it applies; pins for none of ours are left out."""
    chosen = choose_targets(project.manifest, project.configuration, previous.lock, today)
    grid = Grid(chosen.targets, project.manifest.requires_python)
    masks = coverage(foreign, grid).pins
    return tuple(
        Remembered(
            source_of(pin.name, sources).name,
            pin.name,
            pin.version,
            _artifacts(pin),
            _when(mask, grid, pin),
            Place(foreign.path, pin.line),
        )
        for pin, mask in zip(foreign.pins, masks, strict=True)
        if mask
    )


def _when(mask: int, grid: Grid, pin: ForeignPin) -> str:
    try:
        return marker_for(mask, grid)
    except IndistinctTargetsError:
        return pin.marker


def _artifacts(pin: ForeignPin) -> tuple[PinnedArtifact, ...]:
    """The files that the entry names with a hash; hashes without a file name are checked by `check --against`."""
    return tuple(PinnedArtifact(file, digest) for file, digest in pin.artifacts if file and digest)
