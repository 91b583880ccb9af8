"""`pylock.toml` (PEP 751; "pylock.toml specification"), lock-version 1.x, whoever wrote it.

Entries by archive, version control or directory are named in `skipped`.
"""

from holdfast.imports.entries import joined_artifacts, refuse_duplicates
from holdfast.imports.port import ForeignLock, ForeignPin, Skipped
from holdfast.imports.reading import Node, header_lines, load_toml
from holdfast_resolver.values.digests import strongest

_NO_INDEX = ("vcs", "directory", "archive")


def read_pylock(path: str, text: str) -> ForeignLock:
    """Read a `pylock.toml`; raise `ForeignFileError`, and nothing else."""
    document = load_toml(path, text)
    lock_version = document.need("lock-version")
    if lock_version.text().partition(".")[0] != "1":
        lock_version.fail('lock-version = "1.0"')
    pins: list[ForeignPin] = []
    skipped: list[Skipped] = []
    for package in document.each("packages", header_lines(text, "[[packages]]")):
        name = package.need("name").name()
        kind = next((key for key in _NO_INDEX if package.has(key)), "")
        if kind:
            skipped.append(Skipped(name, kind, package.line))
        else:
            pins.append(_pin(package, name))
    refuse_duplicates(path, pins)
    requires_python = document.get("requires-python")
    return ForeignLock(
        "pylock",
        path,
        tuple(pins),
        requires_python=requires_python.text() if requires_python else "",
        complete=False,
        environments=tuple(node.marker() for node in document.each("environments")),
        skipped=tuple(skipped),
    )


def _pin(package: Node, name: str) -> ForeignPin:
    files = list(package.each("wheels"))
    sdist = package.get("sdist")
    if sdist is not None:
        files.append(sdist)
    marker = package.get("marker")
    return ForeignPin(
        name,
        package.need("version").version(),
        joined_artifacts((_file(file), _hash(file), file) for file in files),
        marker.marker() if marker else "",
        package.line,
    )


def _file(file: Node) -> str:
    for key in ("name", "url", "path"):
        node = file.get(key)
        if node is not None:
            return node.file()
    return file.need("url").file()


def _hash(file: Node) -> str:
    """Of `hashes = { sha256 = "..." }` the one that may pin, or ""."""
    hashes = file.need("hashes")
    found: dict[str, str] = {}
    for algorithm, node in hashes.items():
        spelled = node.narrowed(f"{algorithm}:{node.text()}").digest()
        if spelled:
            found[algorithm.lower()] = spelled.partition(":")[2]
    return strongest(found)
