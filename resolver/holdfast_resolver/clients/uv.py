"""uv's settings: its variables and its files, reduced to indexes, time-outs and hosts.

Imported only where there is a variable or a file of uv. Knows no path: `places` finds the files.
"""

from __future__ import annotations

from holdfast_resolver.clients.places import FALSE
from holdfast_resolver.errors import ClientSettingsError
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any


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


def uv_settings(environment: Mapping[str, str], files: list[tuple[str, bytes]]) -> UvSettings:
    """What uv would use. `files` are (path, content), strongest first.

    Raises `ClientSettingsError` for a file that uv refuses too.
    """
    indexes = list(_of_environment(environment))
    find_links = environment.get("UV_FIND_LINKS", "").split(",")
    hosts = environment.get("UV_INSECURE_HOST", "").split()
    no_index = "UV_NO_INDEX" if environment.get("UV_NO_INDEX", "").lower() not in FALSE else ""
    for origin, content in files:
        table = _table(content, origin)
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


def _table(content: bytes, path: str) -> dict[str, Any]:
    """uv's settings in a file: all of a `uv.toml`, `[tool.uv]` of a `pyproject.toml`."""
    import tomllib  # start-up: only for a file that speaks of indexes

    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ClientSettingsError(path, "a TOML document", str(fault)) from None
    if not path.endswith("pyproject.toml"):
        return document
    tool = document.get("tool", {})
    table = tool.get("uv", {}) if isinstance(tool, dict) else {}
    return table if isinstance(table, dict) else {}
