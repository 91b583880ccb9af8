"""Another tool's lock file, read for the commands that compare with it or begin from it."""

from holdfast import files
from holdfast.errors import FileProblem
from holdfast.imports.compare import NPM_TOOLS
from holdfast.imports.coverage import coverage
from holdfast.imports.port import ForeignLock
from holdfast.imports.table import read_foreign
from holdfast.workflows.foreign import OtherLock, OtherPin
from holdfast_resolver.versions.grid import Grid


def read_foreign_file(path: str) -> ForeignLock:
    """Read a file of any known format. Raises `ForeignFileError`, `FileProblem`."""
    data = files.read_bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileProblem(path, "read", "it is not UTF-8 text") from None
    return read_foreign(path, text)


def other_lock(foreign: ForeignLock) -> OtherLock:
    """Return what a use case needs of it."""

    def masks(grid: Grid) -> tuple[int, ...]:
        return coverage(foreign, grid).pins

    pins = [OtherPin(pin.name, pin.version, pin.artifacts, pin.marker, pin.line) for pin in foreign.pins]
    return OtherLock(foreign.path, tuple(pins), masks, foreign.tool in NPM_TOOLS)
