"""pip's settings: its files and its `PIP_*` variables, in pip's own order of precedence.

Later files win over earlier ones, `[install]` over `[global]`, variables over files. Values are taken literally: pip
expands `${VAR}` in requirements files only. Knows no path: `places` finds the files.
"""

from __future__ import annotations  # start-up: annotations are not evaluated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# What this program wants to know, by every spelling that pip accepts for it, the weakest first.
_KEYS = {
    "pypi-url": "index-url",
    "index-url": "index-url",
    "extra-index-url": "extra-index-url",
    "find-links": "find-links",
    "no-index": "no-index",
    "cert": "cert",
    "client-cert": "client-cert",
    "proxy": "proxy",
    "default-timeout": "timeout",
    "timeout": "timeout",
    "trusted-host": "trusted-host",
}


def pip_settings(environment: Mapping[str, str], files: list[tuple[str, bytes]]) -> dict[str, tuple[str, str]]:
    """`{key: (value, origin)}` for the keys above that are set; the origin in words for people.

    `files` are (path, content), weakest first. Raises `ClientSettingsError` for a file that pip refuses too.
    """
    settings: dict[str, tuple[str, str]] = {}
    for path, content in files:
        from holdfast_resolver.clients.ini import read_ini  # start-up: only where there is a file

        sections = read_ini(content, path)
        for section in ("global", "install"):
            for key, value in sections.get(section, {}).items():
                if value and key in _KEYS:
                    settings[_KEYS[key]] = (value, path)
    for key, name in _KEYS.items():
        variable = "PIP_" + key.upper().replace("-", "_")
        value = environment.get(variable, "").strip()
        if value:
            settings[name] = (value, variable)
    return settings
