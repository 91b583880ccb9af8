"""One release's wheels held against its source archive, in the process that reads them: bytes in, a scan out.

The scan's evidence is what deviates: rule `DIFFERS` or `ADDED`, the path in the wheel, and the wheel; rule `DYNAMIC`
where the source archive's requirements are known only once its code was run (PEP 643). A refused archive is unread.
"""

from collections.abc import Callable, Iterable, Mapping

from holdfast.model.scan import Evidence, Scan, Unread
from holdfast.risk.signals_archives import Source
from holdfast.trust.errors import ArchiveRefused
from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries.core_metadata import parse_core_metadata

DIFFERS, ADDED, DYNAMIC = "differs", "added", "dynamic"
_SIGNAL, _METADATA = "archive-differs", "dynamic-metadata"

# Gives the files of an archive, (file, hash); None where the store lacks it. Raises `ArchiveRefused`.
Read = Callable[[str, str], Mapping[str, bytes] | None]


def compare_release(source: tuple[str, str], wheels: Iterable[tuple[str, str]], read: Read) -> Scan | None:
    """Compare; each archive is its file and its hash. None where one of them cannot be had."""
    file = source[0]
    try:
        files = read(*source)
    except ArchiveRefused as refused:
        return Scan(unread=(Unread(file, _reason(refused)),))
    if files is None:
        return None
    evidence = [] if _is_static(files) else [Evidence(_METADATA, DYNAMIC, "PKG-INFO", 0, file)]
    origin, unread = Source(file, files), []
    for wheel in wheels:
        try:
            built = read(*wheel)
        except ArchiveRefused as refused:
            unread.append(Unread(wheel[0], _reason(refused)))
            continue
        if built is None:
            return None
        found = origin.compare(wheel[0], built)
        for rule, paths in ((DIFFERS, found.differs), (ADDED, found.added)):
            evidence += [Evidence(_SIGNAL, rule, path, 0, wheel[0]) for path in paths]
    return Scan(tuple(sorted(evidence)), unread=tuple(sorted(unread)))


def _is_static(files: Mapping[str, bytes]) -> bool:
    metadata = [data for path, data in files.items() if path.count("/") == 1 and path.endswith("/PKG-INFO")]
    try:
        return len(metadata) == 1 and parse_core_metadata(metadata[0], "sdist").static
    except RegistryAnswerInvalid:
        return False


def _reason(refused: ArchiveRefused) -> str:
    return f"{refused.entry}: {refused.reason}" if refused.entry else refused.reason
