"""`uv.lock`, version 1: `[[package]]` blocks with source, files and the graph between them.

Entries that are no release of an index (the project itself, editable, git, path ...) are named in `skipped`;
the edges of the project and of its workspace are the roots of the graph.
"""

from collections.abc import Iterator

from holdfast.imports.entries import joined_artifacts, refuse_duplicates
from holdfast.imports.port import ForeignEdge, ForeignLock, ForeignPin, Skipped
from holdfast.imports.reading import Node, header_lines, load_toml


def read_uv_lock(path: str, text: str) -> ForeignLock:
    """Read `uv.lock`; raise `ForeignFileError`, and nothing else."""
    document = load_toml(path, text)
    version = document.need("version")
    if version.value != 1 or isinstance(version.value, bool):
        version.fail("version = 1", hint="uv lock")
    pins: list[ForeignPin] = []
    skipped: list[Skipped] = []
    roots: list[ForeignEdge] = []
    for package in document.each("package", header_lines(text, "[[package]]")):
        name = package.need("name").name()
        kind = _kind(package.need("source"))
        edges = tuple(_edges(package))
        if kind == "registry":
            pins.append(_pin(package, name, edges))
        else:
            skipped.append(Skipped(name, kind, package.line))
            # All extras and groups of the project are locked: its edges begin the graph whatever their extra.
            roots.extend(edge._replace(extra="") for edge in edges)
    refuse_duplicates(path, pins)
    requires_python = document.get("requires-python")
    return ForeignLock(
        "uv",
        path,
        tuple(pins),
        requires_python=requires_python.text() if requires_python else "",
        environments=tuple(node.marker() for node in document.each("supported-markers")),
        roots=tuple(roots),
        skipped=tuple(skipped),
    )


def _kind(source: Node) -> str:
    """`{ registry = "..." }` -> "registry"."""
    kinds = [key for key, _ in source.items() if key != "subdirectory"]
    if not kinds:
        source.fail('a source such as { registry = "..." }')
    return "registry" if "registry" in kinds else str(kinds[0])


def _pin(package: Node, name: str, edges: tuple[ForeignEdge, ...]) -> ForeignPin:
    files = list(package.each("wheels"))
    sdist = package.get("sdist")
    if sdist is not None:
        files.append(sdist)
    return ForeignPin(
        name,
        package.need("version").version(),
        joined_artifacts(_artifact(file) for file in files),
        _either(package),
        package.line,
        edges,
    )


def _artifact(file: Node) -> tuple[str, str, Node]:
    digest = file.get("hash")
    for key in ("filename", "url", "path"):
        node = file.get(key)
        if node is not None:
            return node.file(), digest.digest() if digest else "", file
    return file.need("url").file(), "", file


def _either(package: Node) -> str:
    """`resolution-markers = ["a", "b"]` -> "a or b": the forks that the entry belongs to."""
    markers = [node.marker() for node in package.each("resolution-markers")]
    return " or ".join(markers) if all(markers) else ""


def _edges(package: Node) -> Iterator[ForeignEdge]:
    yield from (_edge(node, "") for node in package.each("dependencies"))
    optional = package.get("optional-dependencies")
    if optional is not None:
        for extra, table in optional.items():
            name = table.narrowed(extra).name()
            for node in optional.each(extra):
                yield _edge(node, name)
    groups = package.get("dev-dependencies")
    if groups is not None:
        for group in [key for key, _ in groups.items()]:
            for node in groups.each(group):
                yield _edge(node, "")


def _edge(node: Node, extra: str) -> ForeignEdge:
    version = node.get("version")
    marker = node.get("marker")
    return ForeignEdge(
        node.need("name").name(),
        version.version() if version else "",
        tuple(sorted({item.name() for item in node.each("extra")})),
        marker.marker() if marker else "",
        extra,
    )
