"""What of a release's artifacts is installed, and so counts as its code: its wheels, unless a target has none.

    click-8.1.8-py3-none-any.whl                  serves every target: what setup.py of the source archive does
    click-8.1.8.tar.gz                            is never done
    fast-1.0-cp312-cp312-linux_x86_64.whl         another target builds the source archive: both count
    fast-1.0.tar.gz

An archive that has no scan is left out: whether everything was looked at is for the caller to say. Pure.
"""

from collections.abc import Iterable, Mapping

from holdfast.model.lock import Pin
from holdfast.model.scan import Scan
from holdfast_resolver.versions.grid import Grid

_WHEEL = ".whl"


def installed_files(pin: Pin, grid: Grid) -> tuple[str, ...]:
    """Return the artifacts of a pin that are installed on some target on which it is locked, sorted."""
    files = sorted([artifact.file for artifact in pin.artifacts])
    wheels = [file for file in files if file.endswith(_WHEEL)]
    served = 0
    for file in wheels:
        served |= grid.wheel("-".join(file[: -len(_WHEEL)].rsplit("-", 3)[1:]))
    wanted = grid.condition(pin.when)
    return tuple(wheels if wheels and not wanted & ~served else files)


def joined(scans: Iterable[Scan]) -> Scan:
    """Return several scans as one: all that any of them saw, each thing once."""
    every = list(scans)
    return Scan(
        tuple(sorted({one for scan in every for one in scan.evidence})),
        tuple(sorted({one for scan in every for one in scan.imports})),
        tuple(sorted({one for scan in every for one in scan.provides})),
        tuple(sorted({one for scan in every for one in scan.unread})),
        sum([scan.files for scan in every]),
        sum([scan.size for scan in every]),
        next((scan.licence for scan in every if scan.licence), ""),
        sum([scan.omitted for scan in every]),
        tuple(sorted({one for scan in every for one in scan.wishes})),
    )


def installed_scan(pin: Pin, grid: Grid, scans: Mapping[str, Scan]) -> Scan | None:
    """Return what is known of the code that a pin installs; `scans` by file. None where no such file has a scan."""
    found = [scans[file] for file in installed_files(pin, grid) if file in scans]
    return joined(found) if found else None
