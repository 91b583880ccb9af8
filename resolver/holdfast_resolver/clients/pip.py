"""pip's settings: its files and its `PIP_*` variables, in pip's own order of precedence.

Later ones win: system, user, virtual environment, `PIP_CONFIG_FILE`, variables; in a file `[install]` wins
over `[global]`. Values are taken literally: pip expands `${VAR}` in requirements files only. Reads through
the callable it is given.
"""

from collections.abc import Callable, Iterator, Mapping

from holdfast_resolver.clients.ini import read_ini

# What this program wants to know, by every spelling that pip accepts for it.
_KEYS = {
    "index-url": "index-url",
    "pypi-url": "index-url",
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
_NULL_DEVICES = ("/dev/null", "nul", "NUL")


def pip_settings(
    environment: Mapping[str, str], read: Callable[[str], bytes | None], home: str, platform: str
) -> dict[str, tuple[str, str]]:
    """`{key: (value, origin)}` for the keys above that are set; the origin in words for people.

    Raises `ClientSettingsError` for a file that pip could not read either.
    """
    settings: dict[str, tuple[str, str]] = {}
    if environment.get("PIP_CONFIG_FILE") not in _NULL_DEVICES:
        for path in _files(environment, read, home, platform):
            content = read(path)
            if content is None:
                continue
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


def _files(
    environment: Mapping[str, str], read: Callable[[str], bytes | None], home: str, platform: str
) -> Iterator[str]:
    """The paths that pip looks at, weakest first. The user's are left out where `PIP_CONFIG_FILE` exists."""
    explicit = environment.get("PIP_CONFIG_FILE", "")
    user: tuple[str, ...]
    if platform == "win32":
        base = "pip.ini"
        yield environment.get("PROGRAMDATA", "C:\\ProgramData") + "\\pip\\pip.ini"
        roaming = environment.get("APPDATA", home + "\\AppData\\Roaming")
        user = (f"{home}\\pip\\pip.ini", f"{roaming}\\pip\\pip.ini")
    elif platform == "darwin":
        base = "pip.conf"
        yield "/Library/Application Support/pip/pip.conf"
        # pip takes the first of the last two whose folder exists.
        user = (
            f"{home}/.pip/pip.conf",
            f"{home}/.config/pip/pip.conf",
            f"{home}/Library/Application Support/pip/pip.conf",
        )
    else:
        base = "pip.conf"
        for folder in (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
            if folder:
                yield f"{folder}/pip/pip.conf"
        yield "/etc/pip.conf"
        config = environment.get("XDG_CONFIG_HOME") or f"{home}/.config"
        user = (f"{home}/.pip/pip.conf", f"{config}/pip/pip.conf")
    if not (explicit and read(explicit) is not None):
        yield from user
    if environment.get("VIRTUAL_ENV"):
        yield f"{environment['VIRTUAL_ENV']}/{base}"
    if explicit:
        yield explicit
