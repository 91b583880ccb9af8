"""What Python packaging runs of a distribution's files beside its code: path files, build settings, entry points.

Every function takes one file's bytes and returns its evidence. What can't be read raises `Unreadable`. Knows nothing
of archives.
"""

import configparser
import tomllib
from collections.abc import Iterator
from typing import Any

from holdfast.model.scan import Evidence
from holdfast.risk.python_reading import Unreadable
from holdfast.risk.words import words

_BACKENDS = frozenset(
    words(
        "flit_core.buildapi flit_scm:buildapi hatchling.build hatchling.ouroboros jupyter_packaging.build_api maturin "
        "mesonpy pbr.build pdm.backend pdm.pep517.api poetry.core.masonry.api poetry_dynamic_versioning.backend "
        "scikit_build_core.build scikit_build_core.setuptools.build_meta setuptools.build_meta "
        "setuptools.build_meta:__legacy__ setuptools_rust.build sipbuild.api uv_build whey enscons.api flit.buildapi "
        "py_build_cmake.build"
    )
)
_HOSTS = ("distutils.", "setuptools.", "egg_info.writers")
_COMMANDS = frozenset(
    words(
        "apt apt-get awk bash brew cargo cat cd chmod chown conda cp curl docker echo env find gcc git go gpg grep "
        "kubectl ls make mkdir mv nano node npm npx openssl passwd perl pip pip3 pnpm ps python "
        "python3 rm rsync scp sed sh "
        "ssh "
        "su sudo systemctl tar touch uname uv vi vim wget whoami yarn zsh"
    )
)
_LARGEST = 4 * 1024 * 1024


def path_file(path: str, data: bytes) -> list[Evidence]:
    """Read a `.pth` file: a line that starts with `import` and a space or tab is run (`site`, `addpackage`)."""
    return [
        Evidence("install-script", "python-path-file", path, place, "import at start-up", "import")
        for place, row in enumerate(data[:_LARGEST].split(b"\n"), 1)
        if row.startswith((b"import ", b"import\t"))
    ]


def pyproject(path: str, data: bytes) -> list[Evidence]:
    """Read the build settings of a `pyproject.toml`."""
    try:
        document = tomllib.loads(_text(data))
    except (tomllib.TOMLDecodeError, RecursionError):
        raise Unreadable("not valid TOML") from None
    system = _table(document, "build-system")
    found: list[Evidence] = []
    backend = system.get("build-backend")
    if system.get("backend-path"):
        found.append(_installs("python-build-backend", path, _line(data, b"backend-path"), "backend-path"))
    elif isinstance(backend, str) and backend not in _BACKENDS:
        found.append(_installs("python-build-backend", path, _line(data, b"build-backend"), backend[:80]))
    requires = system.get("requires")
    for one in requires if isinstance(requires, list) else []:
        if isinstance(one, str) and "@" in one and "://" in one:
            spelled = one.partition("@")[0].strip()[:80]
            line = _line(data, one.encode())
            found.append(Evidence("deferred-dependency", "python-build-requirement", path, line, spelled, "install"))
    for name, word in _hooks(_table(document, "tool")):
        found.append(_installs("python-build-hook", path, _line(data, word), name))
    return found


def setup_cfg(path: str, data: bytes) -> list[Evidence]:
    """Read the commands of its own that a `setup.cfg` gives to the build."""
    parser = _ini(data, path)
    return [
        _installs("python-build-hook", path, _line(data, name.encode()), name)
        for section, name in (("options", "cmdclass"), ("global", "command_packages"), ("global", "commands"))
        if parser.has_option(section, name)
    ]


def entry_points(path: str, data: bytes, package: str) -> list[Evidence]:
    """Read an `entry_points.txt`: hooks into other builds, and commands that hide well-known ones."""
    parser = _ini(data, path)
    found: list[Evidence] = []
    for group in parser.sections():
        if group.startswith(_HOSTS):
            found.append(_installs("python-host-hook", path, _line(data, f"[{group}]".encode()), group[:80]))
        if group in ("console_scripts", "gui_scripts"):
            found += [
                Evidence("install-script", "python-shadowed-command", path, _line(data, name.encode()), name, "call")
                for name in parser.options(group)
                if name in _COMMANDS and not name.startswith(package)
            ]
    return found


def backend_modules(data: bytes) -> tuple[tuple[str, ...], str]:
    """Return the folders of an in-tree backend and its module, ((), "") where the backend is a dependency."""
    try:
        system = _table(tomllib.loads(_text(data)), "build-system")
    except (tomllib.TOMLDecodeError, Unreadable, RecursionError):
        return (), ""
    folders, backend = system.get("backend-path"), system.get("build-backend")
    if not isinstance(folders, list) or not isinstance(backend, str):
        return (), ""
    return tuple([one.strip("./") for one in folders if isinstance(one, str)]), backend.partition(":")[0]


def _hooks(tool: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    build = _table(_table(tool, "hatch"), "build")
    targets = _table(build, "targets")
    for table in (build, *[_table(targets, name) for name in targets]):
        if "custom" in _table(table, "hooks"):
            yield "hatch custom hook", b"custom"
            break
    poetry = _table(tool, "poetry").get("build")
    if isinstance(poetry, str) or (isinstance(poetry, dict) and poetry.get("script")):
        yield "poetry build script", b"build"
    pdm = _table(_table(tool, "pdm"), "build")
    if pdm.get("custom-hook") or _table(pdm, "hooks").get("custom-hook"):
        yield "pdm custom hook", b"custom-hook"


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _ini(data: bytes, path: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # the documented way to keep upper case
    try:
        parser.read_string(_text(data))
    except configparser.Error:
        raise Unreadable("not a file of sections and options") from None
    return parser


def _text(data: bytes) -> str:
    if len(data) > _LARGEST:
        raise Unreadable(f"{len(data)} bytes, more than {_LARGEST}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("text that is not UTF-8") from None


def _line(data: bytes, word: bytes) -> int:
    at = data.find(word)
    return data.count(b"\n", 0, at) + 1 if at >= 0 else 0


def _installs(rule: str, path: str, line: int, found: str) -> Evidence:
    return Evidence("install-script", rule, path, line, found, "install")
