"""What the project's own files say of indexes to uv: it decides where packages come from, so it is part of what waits.

Only `uv.toml` and `[tool.uv]` in the project's folder: what the user's home and environment say is the user's own.
Takes bytes, reads no file.
"""

from holdfast.configuration.configuration import ClientIndex
from holdfast.errors import ConfigurationError
from holdfast_resolver.clients.urls import without_userinfo
from holdfast_resolver.clients.uv import uv_settings
from holdfast_resolver.errors import ClientSettingsError


def client_indexes(file: tuple[str, bytes]) -> tuple[ClientIndex, ...]:
    """Return what one file says; `file` is its name and its bytes, of a `pyproject.toml` only `[tool.uv]` counts.

    Raises `ConfigurationError` for what uv refuses as well.
    """
    try:
        settings = uv_settings({}, [file])
    except ClientSettingsError as error:
        raise ConfigurationError(error.origin, error.expected, error.found) from None
    return (
        *[ClientIndex("default" if one.default else "extra", _plain(one.url), one.name) for one in settings.indexes],
        *[ClientIndex("find-links", _plain(one)) for one in settings.find_links],
        *([ClientIndex("no-index", "")] if settings.no_index else []),
        *[ClientIndex("insecure-host", one) for one in settings.insecure_hosts],
    )


def _plain(url: str) -> str:
    """Without what may be a secret: user name, password, query and fragment."""
    return without_userinfo(url).partition("?")[0].partition("#")[0]
