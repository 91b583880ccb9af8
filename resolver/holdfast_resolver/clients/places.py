"""Where the files of pip and uv stand, and which of them exist and may matter.

Knows paths and precedence, no key of any file but the words that make one worth parsing.
"""

from __future__ import annotations  # start-up: annotations are not evaluated

import os.path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Read = Callable[[str], bytes | None]

_NULL_DEVICES = ("/dev/null", "nul", "NUL")
# A uv file without any of these words has nothing to say of indexes.
_WORDS = (b"index", b"find-links", b"allow-insecure-host")
FALSE = ("", "0", "false", "no", "n", "off", "f")


def pip_files(environment: Mapping[str, str], read: Read, home: str, platform: str) -> list[tuple[str, bytes]]:
    """(path, content) of pip's files that exist, weakest first.

    The user's are left out where the file that `PIP_CONFIG_FILE` names exists, all where it names a null device.
    """
    explicit = environment.get("PIP_CONFIG_FILE", "")
    if explicit in _NULL_DEVICES:
        return []
    last = read(explicit) if explicit else None
    system, user = _pip_places(environment, home, platform)
    places = system if last is not None else system + user
    if environment.get("VIRTUAL_ENV"):
        places.append(f"{environment['VIRTUAL_ENV']}/{'pip.ini' if platform == 'win32' else 'pip.conf'}")
    found = [(path, content) for path in places if (content := read(path)) is not None]
    return found if last is None else [*found, (explicit, last)]


def _pip_places(environment: Mapping[str, str], home: str, platform: str) -> tuple[list[str], list[str]]:
    """The system's and the user's paths, weakest first."""
    if platform == "win32":
        system = environment.get("PROGRAMDATA", "C:\\ProgramData")
        roaming = environment.get("APPDATA", home + "\\AppData\\Roaming")
        return [f"{system}\\pip\\pip.ini"], [f"{home}\\pip\\pip.ini", f"{roaming}\\pip\\pip.ini"]
    if platform == "darwin":
        library = "/Library/Application Support/pip/pip.conf"
        # pip takes the first of the last two whose folder exists.
        return [library], [f"{home}/.pip/pip.conf", f"{home}/.config/pip/pip.conf", home + library]
    folders = (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    config = environment.get("XDG_CONFIG_HOME") or f"{home}/.config"
    return (
        [f"{folder}/pip/pip.conf" for folder in folders if folder] + ["/etc/pip.conf"],
        [f"{home}/.pip/pip.conf", f"{config}/pip/pip.conf"],
    )


def uv_files(
    environment: Mapping[str, str], read: Read, project: str, home: str, platform: str
) -> list[tuple[str, bytes]]:
    """(path, content) of uv's files that exist and speak of indexes, strongest first.

    The nearest `uv.toml`, or `pyproject.toml` with `[tool.uv]`, from the project's folder upwards; then the user's
    and the system's. A path that ends in `pyproject.toml` has its settings in `[tool.uv]`.
    """
    explicit = environment.get("UV_CONFIG_FILE", "")
    places: list[str]
    found: list[tuple[str, bytes]] = []
    if explicit:
        places = [explicit]
    elif environment.get("UV_NO_CONFIG", "").lower() not in FALSE:
        return []
    else:
        found += _nearest(project, read)
        if platform == "win32":
            roaming = environment.get("APPDATA", home + "\\AppData\\Roaming")
            places = [f"{roaming}\\uv\\uv.toml", environment.get("PROGRAMDATA", "C:\\ProgramData") + "\\uv\\uv.toml"]
        else:
            places = [(environment.get("XDG_CONFIG_HOME") or f"{home}/.config") + "/uv/uv.toml"]
            folders = (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
            shared = [f"{folder}/uv/uv.toml" for folder in folders if folder]
            places.append(next((path for path in shared if read(path) is not None), "/etc/uv/uv.toml"))
    found += [(path, content) for path in places if (content := read(path)) is not None]
    return [(path, content) for path, content in found if any(word in content for word in _WORDS)]


def _nearest(project: str, read: Read) -> Iterator[tuple[str, bytes]]:
    folder = project
    while True:
        for name in ("uv.toml", "pyproject.toml"):
            path = os.path.join(folder, name)
            content = read(path)
            if content is not None and (name == "uv.toml" or _may_configure_uv(content)):
                yield path, content
                return
        above = os.path.dirname(folder)
        if above == folder or not folder:
            return
        folder = above


def _may_configure_uv(content: bytes) -> bool:
    """False only where a `[tool.uv]` table is impossible, in any spelling.

    `[tool.uv]`, `[ tool . "uv" ]`, `[tool]` followed by `uv.index-url = `, `tool = { uv = ... }`.
    """
    if b"uv" not in content:
        return False
    for blank in (b" ", b"\t", b'"', b"'"):
        content = content.replace(blank, b"")
    return b"tool.uv" in content or (b"[tool]" in content or content.startswith(b"tool=") or b"\ntool=" in content)
