"""What one Python distribution can do: the files of a wheel or of a source archive, each read by its kind.

A wheel is what is installed. A source archive runs its build when it is installed: setup.py, a backend of its own, and
whatever modules of the archive these import, have the moment "install"; its tests and examples run only when they are
called. Knows files as bytes.
"""

from collections.abc import Callable, Iterable

from holdfast.model.scan import Evidence, Scan, Unread
from holdfast.risk.bounded_evidence import is_beside, together
from holdfast.risk.native_files import native_kind
from holdfast.risk.python_code import scan_python
from holdfast.risk.python_metadata import licence, provided, required
from holdfast.risk.python_packaging import backend_modules, entry_points, path_file, pyproject, setup_cfg
from holdfast.risk.python_reading import Unreadable

_CODE = (".py", ".pyw")
_START_UP = ("sitecustomize.py", "usercustomize.py")
_SOURCES = (".c", ".cc", ".cpp", ".cxx", ".pyx", ".rs", ".f", ".f90", ".go", ".m", ".mm", ".cu", ".asm", ".s")
_LIBRARIES = (".so", ".pyd", ".dylib", ".dll")
# Folders at the top of a source archive that are its makers' own: nothing of them is installed.
_WORKSHOPS = frozenset(("scripts", "tools", "documentation", "packaging", "ci", "contrib", "misc", "utils"))

Files = list[tuple[str, bytes]]


def scan_distribution(name: str, files: Files) -> Scan:
    """Return what a distribution's files show; `name` is the package's."""
    is_wheel = _is_wheel(files)
    root = "" if is_wheel else _root(files)
    builds = frozenset() if is_wheel else _build_files(root, files)
    scans = [_of_file(path, data, name, root, is_wheel, builds) for path, data in files]
    if not is_wheel:
        scans.append(_sources(files))
    importable = files if is_wheel else _importable(root, files)
    metadata = _metadata(root, files)
    return together([*scans, Scan(wishes=required(metadata))], provided(importable), licence(metadata))


def _is_wheel(files: Files) -> bool:
    """Whether an archive is laid out as a wheel. A source archive whose folder is named `x.dist-info` is none."""
    if not any(path.count("/") == 1 and path.endswith(".dist-info/WHEEL") for path, _ in files):
        return False
    root = _root(files)
    return not root or not any(path in (f"{root}setup.py", f"{root}pyproject.toml") for path, _ in files)


def _of_file(path: str, data: bytes, name: str, root: str, is_wheel: bool, builds: frozenset[str]) -> Scan:
    file = path.rpartition("/")[2]
    if path.endswith(_CODE) or is_script(path, data):
        return _of_code(path, data, root, is_wheel, builds)
    if path.endswith((".pyc", ".pyo")):
        moment = "import"
        shown = Evidence("native-code", "python-bytecode", path, 0, "compiled Python", moment)
        return Scan((shown,), unread=(Unread(path, "compiled Python, not source"),), files=1, size=len(data))
    kind = native_kind(data)
    if kind:
        moment = "import" if path.endswith(_LIBRARIES) or ".so." in file else "call"
        return _shown(data, [Evidence("native-code", "python-native-file", path, 0, kind, moment)])
    if path.endswith(".pth") and (_is_at_top(path, is_wheel) if is_wheel else not is_beside(path)):
        return _of_path_file(path, data)
    if path in (f"{root}pyproject.toml", f"{root}setup.cfg") and not is_wheel:
        return _read(path, data, pyproject if file == "pyproject.toml" else setup_cfg)
    if file == "entry_points.txt" and path.count("/") <= 2:
        return _read(path, data, lambda path, data: entry_points(path, data, name))
    return Scan()


def _of_code(path: str, data: bytes, root: str, is_wheel: bool, builds: frozenset[str]) -> Scan:
    if path in builds:
        moment = "install"
    elif path.endswith("/__main__.py") or not path.endswith(_CODE) or ".data/scripts/" in path:
        moment = "call"
    else:
        is_workshop = path[len(root) :].partition("/")[0] in _WORKSHOPS
        moment = "import" if is_wheel or not (is_workshop or is_beside(path)) else "call"
    scan = scan_python(path, data, moment)
    shown: list[Evidence] = []
    if path == f"{root}setup.py" and not is_wheel:
        shown.append(Evidence("install-script", "python-setup-script", path, 0, "setup.py", "install"))
    if path.rpartition("/")[2] in _START_UP and _is_at_top(path, is_wheel):
        shown.append(Evidence("install-script", "python-start-up-module", path, 0, "runs at start-up", "import"))
    return scan._replace(evidence=(*scan.evidence, *shown)) if shown else scan


def _of_path_file(path: str, data: bytes) -> Scan:
    shown = path_file(path, data)
    scans = [Scan(tuple(shown), files=1, size=len(data))]
    rows = data.split(b"\n")
    for one in shown:
        scan = scan_python(path, b"\n" * (one.line - 1) + rows[one.line - 1].strip() + b"\n")
        scans.append(scan._replace(files=0, size=0))
    return together(scans)


def _read(path: str, data: bytes, reader: Callable[[str, bytes], list[Evidence]]) -> Scan:
    try:
        return _shown(data, reader(path, data))
    except Unreadable as error:
        return Scan(unread=(Unread(path, error.reason),), files=1, size=len(data))


def _shown(data: bytes, evidence: list[Evidence]) -> Scan:
    return Scan(tuple(evidence), files=1, size=len(data))


def _sources(files: Files) -> Scan:
    """One piece of evidence for all sources that a build compiles: they are not read."""
    found = sorted([path for path, _ in files if path.lower().endswith(_SOURCES) and not is_beside(path)])
    if not found:
        return Scan()
    word = f"{len(found)} {'source' if len(found) == 1 else 'sources'} to compile, not read"
    return Scan((Evidence("native-code", "python-native-source", found[0], 0, word, "install"),))


def is_script(path: str, data: bytes) -> bool:
    """Whether a file without an ending is a Python script, by its first line."""
    if not data.startswith(b"#!"):
        return False
    first = data[:200].partition(b"\n")[0]
    return b"python" in first and "." not in path.rpartition("/")[2]


def _is_at_top(path: str, is_wheel: bool) -> bool:
    """Whether a file lies where the interpreter looks when it starts, or may be put there."""
    return "/" not in path or (is_wheel and ".data/" in path) or (not is_wheel and path.count("/") <= 2)


def _root(files: Files) -> str:
    """The folder that all files of a source archive lie in, with its slash; "" where they do not share one."""
    folders = {path.partition("/")[0] for path, _ in files if "/" in path}
    shares = len(folders) == 1 and all("/" in path for path, _ in files)
    return f"{folders.pop()}/" if shares else ""


def _importable(root: str, files: Files) -> Iterable[tuple[str, bytes]]:
    """The files of a source archive by the paths at which they are installed, as far as the layout tells."""
    inner = [(path[len(root) :], data) for path, data in files if not is_beside(path)]
    tops: set[str] = set()
    for path, data in inner:
        if path.endswith(".egg-info/top_level.txt"):
            tops.update(data[:10_000].decode("utf-8", "replace").split())
    places = [(path.removeprefix("src/").removeprefix("lib/"), data) for path, data in inner]
    if tops:  # setuptools says what it installs
        return [(path, data) for path, data in places if path.partition("/")[0].partition(".")[0] in tops]
    below = [(path[4:], data) for path, data in inner if path.startswith("src/")]
    return below or [
        (path, data)
        for path, data in inner
        if path not in ("setup.py", "noxfile.py", "tasks.py", "conf.py") and path.partition("/")[0] not in _WORKSHOPS
    ]


def _build_files(root: str, files: Files) -> frozenset[str]:
    """The paths of what a build runs: setup.py, an in-tree backend, and the modules of the archive that they import."""
    modules = {path: data for path, data in files if path.endswith(".py")}
    folders: tuple[str, ...] = ()
    waiting = [f"{root}setup.py"]
    for path, data in files:
        if path == f"{root}pyproject.toml":
            folders, backend = backend_modules(data)
            waiting += [one for folder in folders for one in _paths(f"{root}{folder}", backend)]
    for hook in ("hatch_build.py", "pdm_build.py"):
        waiting.append(f"{root}{hook}")
    found: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in found or path not in modules:
            continue
        found.add(path)
        names = {one.name for one in scan_python(path, modules[path], "install").imports}
        places = (root, *[f"{root}{folder}" for folder in folders])
        waiting += [one for name in names for place in places for one in _paths(place, name)]
    return frozenset(found)


def _paths(folder: str, module: str) -> list[str]:
    """Where a module may lie below a folder, with the packages that it is in."""
    start = folder.rstrip("/") + "/" if folder else ""
    parts = module.split(".")
    found: list[str] = []
    for count in range(1, len(parts) + 1):
        stem = start + "/".join(parts[:count])
        found += (f"{stem}.py", f"{stem}/__init__.py")
    return found


def _metadata(root: str, files: Files) -> bytes:
    for path, data in files:
        if (path.endswith(".dist-info/METADATA") and path.count("/") == 1) or path == f"{root}PKG-INFO":
            return data
    return b""
