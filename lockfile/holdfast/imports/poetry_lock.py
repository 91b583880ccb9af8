"""`poetry.lock`, lock-version 2.x: `[[package]]` blocks with `files` and, from 2.1, markers."""

from holdfast.imports.entries import joined_artifacts, refuse_duplicates
from holdfast.imports.port import ForeignLock, ForeignPin, Skipped
from holdfast.imports.reading import Node, header_lines, load_toml
from holdfast_resolver.errors import InvalidInput

_NO_INDEX = ("git", "url", "directory", "file")  # `[package.source] type` of what no index released


def read_poetry_lock(path: str, text: str) -> ForeignLock:
    """Read `poetry.lock`; raise `ForeignFileError`, and nothing else."""
    document = load_toml(path, text)
    metadata = document.need("metadata")
    lock_version = metadata.need("lock-version")
    if not lock_version.text().startswith("2."):
        lock_version.fail("a lock-version 2.x", hint="poetry lock")
    pins: list[ForeignPin] = []
    skipped: list[Skipped] = []
    for package in document.each("package", header_lines(text, "[[package]]")):
        name = package.need("name").name()
        source = package.get("source")
        kind = source.need("type").text() if source else ""
        if kind in _NO_INDEX:
            skipped.append(Skipped(name, kind, package.line))
        else:
            pins.append(_pin(package, name))
    refuse_duplicates(path, pins)
    pythons = metadata.get("python-versions")
    return ForeignLock(
        "poetry",
        path,
        tuple(pins),
        requires_python=_pep440(pythons.text()) if pythons else "",
        skipped=tuple(skipped),
        marked=lock_version.text() != "2.0",
    )


def _pin(package: Node, name: str) -> ForeignPin:
    found = [(file.need("file").file(), file.need("hash").digest(), file) for file in package.each("files")]
    return ForeignPin(name, package.need("version").version(), joined_artifacts(found), _markers(package), package.line)


def _markers(package: Node) -> str:
    """`markers` is one marker, or a table of one per group; a group without one always applies."""
    markers = package.get("markers")
    if markers is None:
        return ""
    if not isinstance(markers.value, dict):
        return markers.marker()
    groups = {node.text() for node in package.each("groups")}
    by_group = {group: node.marker() for group, node in markers.items()}
    if not by_group or not all(by_group.values()) or groups - by_group.keys():
        return ""
    return " or ".join(sorted(set(by_group.values())))


def _pep440(written: str) -> str:
    """Poetry's own grammar in PEP 440's: `^3.11` -> `>=3.11,<4`; "" for what has no such form.

    >>> _pep440("^3.11"), _pep440(">=3.11,<4.0"), _pep440("*"), _pep440(">=3.8 || <3.7")
    ('>=3.11,<4', '>=3.11,<4.0', '', '')
    """
    from holdfast_resolver.versions.pep440_ranges import canonical_range  # start-up: read on use

    clauses = []
    for clause in written.split(","):
        stripped = clause.strip()
        major, _, minor = stripped[1:].partition(".")
        if stripped.startswith("^") and major.isascii() and major.isdigit() and len(major) < 9:
            clauses.append(f">={stripped[1:]},<{int(major) + 1}")
        elif stripped.startswith("~") and not stripped.startswith("~=") and minor.isascii() and minor.isdigit():
            clauses.append(f"=={stripped[1:]}.*")
        else:
            clauses.append(stripped)
    try:
        return canonical_range(",".join(clauses))
    except InvalidInput:
        return ""
