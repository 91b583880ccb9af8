"""The formats that can be read: which file is which, and the function that reads it.

A new format is a new file and one row.
"""

from holdfast.errors import ForeignFileError
from holdfast.imports.port import ForeignLock, Reader
from holdfast_resolver.values.tuples import NamedTuple


class Row(NamedTuple):
    """A format: the file names it usually has, the words that all of its files contain, its reader."""

    tool: str
    patterns: tuple[str, ...]
    words: tuple[str, ...]
    reader: str  # "module:function"


ROWS = (
    Row("uv", ("uv.lock",), ("[[package]]", "version = 1\n", "source = {"), "holdfast.imports.uv_lock:read_uv_lock"),
    Row(
        "poetry",
        ("poetry.lock",),
        ("[metadata]", "lock-version", "content-hash"),
        "holdfast.imports.poetry_lock:read_poetry_lock",
    ),
    Row(
        "pylock",
        ("pylock.toml", "pylock.*.toml"),
        ("lock-version", "[[packages]]"),
        "holdfast.imports.pylock:read_pylock",
    ),
    Row("requirements", ("*.txt",), ("==", "--hash"), "holdfast.imports.requirements:read_requirements"),
    Row(
        "npm",
        ("package-lock.json", "npm-shrinkwrap.json"),
        ('"lockfileVersion"',),
        "holdfast.imports.package_lock:read_package_lock",
    ),
    Row(
        "pnpm",
        ("pnpm-lock.yaml", "pnpm-lock.*.yaml"),
        ("lockfileVersion:",),
        "holdfast.imports.pnpm_lock:read_pnpm_lock",
    ),
)


def detect(path: str, text: str) -> Row:
    """Return the row of a file, by its name, or where no pattern fits, by what it contains.

    Raises `ForeignFileError` for a file of no known format.
    """
    from fnmatch import fnmatchcase  # start-up: only when a foreign file is read

    name = path.replace("\\", "/").rpartition("/")[2].lower()
    for row in ROWS:
        if any(fnmatchcase(name, pattern) for pattern in row.patterns):
            return row
    text = text.replace("\r\n", "\n")
    for row in ROWS:
        if all(word in text for word in row.words):
            return row
    known = ", ".join(pattern for row in ROWS for pattern in row.patterns)
    raise ForeignFileError(path, f"one of {known}", "a file of no known format")


def read_foreign(path: str, text: str) -> ForeignLock:
    """Read another tool's lock file; `path` is for messages. Raises `ForeignFileError`, and nothing else."""
    from importlib import import_module  # start-up: only when a foreign file is read

    module, _, function = detect(path, text).reader.partition(":")
    reader: Reader = getattr(import_module(module), function)
    return reader(path, text)
