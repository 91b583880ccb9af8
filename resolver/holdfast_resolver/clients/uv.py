"""uv's settings: its variables and its files, reduced to indexes, timeouts and hosts.

The files: `uv.toml` or `[tool.uv]` of `pyproject.toml` in the project or the nearest folder above it, then
the user's, then the system's. `tomllib` is imported only where such a file says something that matters here.
Reads through the callable it is given.
"""

import os.path
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from holdfast_resolver.errors import ClientSettingsError


class UvIndex(NamedTuple):
    """One index of uv's configuration, its URL as written."""

    url: str
    origin: str  # where it is set, in words
    name: str = ""
    default: bool = False


class UvSettings(NamedTuple):
    """Indexes in uv's order, strongest first; of several defaults the first counts."""

    indexes: tuple[UvIndex, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: str = ""  # where it is set; "" when it is not
    insecure_hosts: tuple[str, ...] = ()
    timeout: tuple[str, str] = ("", "")  # (seconds as written, variable)


# A file without any of these words has nothing to say here.
_WORDS = (b"index", b"find-links", b"allow-insecure-host")
_FALSE = ("", "0", "false", "no", "n", "off", "f")


def uv_settings(
    environment: Mapping[str, str],
    read: Callable[[str], bytes | None],
    project: str,
    home: str,
    platform: str,
) -> UvSettings:
    """What uv would use for `project`. Raises `ClientSettingsError` for a file that uv refuses too."""
    indexes = list(_of_environment(environment))
    find_links = environment.get("UV_FIND_LINKS", "").split(",")
    hosts = environment.get("UV_INSECURE_HOST", "").split()
    no_index = "UV_NO_INDEX" if environment.get("UV_NO_INDEX", "").lower() not in _FALSE else ""
    for origin, table in _tables(environment, read, project, home, platform):
        indexes += _of_table(table, origin)
        find_links += _texts(table, "find-links", origin)
        hosts += _texts(table, "allow-insecure-host", origin)
        if table.get("no-index") is True:
            no_index = no_index or origin
    timeout = ("", "")
    for variable in ("UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT", "HTTP_TIMEOUT"):
        if environment.get(variable) and not timeout[0]:
            timeout = (environment[variable], variable)
    return UvSettings(
        tuple(indexes), tuple(link for link in find_links if link.strip()), no_index, tuple(hosts), timeout
    )


def _of_environment(environment: Mapping[str, str]) -> Iterator[UvIndex]:
    for variable, default in (
        ("UV_DEFAULT_INDEX", True),
        ("UV_INDEX_URL", True),
        ("UV_INDEX", False),
        ("UV_EXTRA_INDEX_URL", False),
    ):
        for word in environment.get(variable, "").split():
            # internal=https://packages.example/simple/
            name, _, url = word.partition("=") if "=" in word.partition("://")[0] else ("", "", word)
            yield UvIndex(url, variable, name, default)


def _of_table(table: dict[str, Any], origin: str) -> Iterator[UvIndex]:
    entries = table.get("index", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ClientSettingsError(origin, "index as an array of tables, [[index]]")
    for number, entry in enumerate(entries):
        url = entry.get("url")
        if not isinstance(url, str) or not url:
            raise ClientSettingsError(f"{origin}, index[{number}]", "a url")
        yield UvIndex(url, origin, str(entry.get("name", "")), entry.get("default") is True)
    for url in _texts(table, "index-url", origin):
        yield UvIndex(url, origin, "", default=True)
    for url in _texts(table, "extra-index-url", origin):
        yield UvIndex(url, origin)


def _texts(table: dict[str, Any], key: str, origin: str) -> list[str]:
    value = table.get(key, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(text, str) for text in values):
        raise ClientSettingsError(origin, f"{key} as a text or an array of texts")
    return values


def _tables(
    environment: Mapping[str, str],
    read: Callable[[str], bytes | None],
    project: str,
    home: str,
    platform: str,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(path, table) of every file that counts, strongest first."""
    explicit = environment.get("UV_CONFIG_FILE", "")
    if explicit:
        yield from _plain_file(explicit, read)
        return
    if environment.get("UV_NO_CONFIG", "").lower() not in _FALSE:
        return
    yield from _project_file(project, read)
    if platform == "win32":
        yield from _plain_file(environment.get("APPDATA", home + "\\AppData\\Roaming") + "\\uv\\uv.toml", read)
        yield from _plain_file(environment.get("PROGRAMDATA", "C:\\ProgramData") + "\\uv\\uv.toml", read)
        return
    yield from _plain_file((environment.get("XDG_CONFIG_HOME") or home + "/.config") + "/uv/uv.toml", read)
    for folder in (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
        if folder and read(f"{folder}/uv/uv.toml") is not None:
            yield from _plain_file(f"{folder}/uv/uv.toml", read)
            return
    yield from _plain_file("/etc/uv/uv.toml", read)


def _plain_file(path: str, read: Callable[[str], bytes | None]) -> Iterator[tuple[str, dict[str, Any]]]:
    content = read(path)
    if content is not None and any(word in content for word in _WORDS):
        yield path, _parse(content, path)


def _project_file(project: str, read: Callable[[str], bytes | None]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The nearest `uv.toml`, or `pyproject.toml` with `[tool.uv]`, from the project's folder upwards."""
    folder = project
    while True:
        path = os.path.join(folder, "uv.toml")
        if read(path) is not None:
            yield from _plain_file(path, read)
            return
        path = os.path.join(folder, "pyproject.toml")
        content = read(path)
        if content is not None and _may_configure_uv(content):
            if not any(word in content for word in _WORDS):
                return
            tool = _parse(content, path).get("tool", {})
            if isinstance(tool, dict) and isinstance(tool.get("uv"), dict):
                yield path, tool["uv"]
                return
        above = os.path.dirname(folder)
        if above == folder or not folder:
            return
        folder = above


def _may_configure_uv(content: bytes) -> bool:
    """False only where a `[tool.uv]` table is impossible: `[tool.uv]`, `[ tool . "uv" ]` and `[tool]` are
    found.
    """
    squeezed = content.replace(b" ", b"").replace(b"\t", b"").replace(b'"', b"").replace(b"'", b"")
    return b"tool.uv" in squeezed or b"[tool]" in squeezed or squeezed.startswith(b"tool=") or b"\ntool=" in squeezed


def _parse(content: bytes, path: str) -> dict[str, Any]:
    import tomllib  # start-up: only for a file that says something of indexes

    try:
        return tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ClientSettingsError(path, "a TOML document", str(fault)) from None
