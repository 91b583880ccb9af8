"""Settings of pip, uv and npm that lie in the repository, but are no part of the security configuration.

The project's own `uv.toml`, `[tool.uv]` and `.npmrc` wait for approval when they change. A file above the project, in a
virtual environment, or named by a variable does not; where it lies in the repository, a change could bring it along. So
none of these may decide what the main index is, or the way to it, where approvals are in force.
"""

from __future__ import annotations

import os
import sys

from holdfast.cli.base_place import repository_of
from holdfast.configuration.configuration import Configuration
from holdfast.configuration.read import MANIFEST, NPMRC, UV
from holdfast_resolver.clients.pip import pip_settings
from holdfast_resolver.clients.places import pip_files, uv_files
from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.errors import ClientSettingsError

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `collections` costs milliseconds
    from collections.abc import Mapping

    from holdfast_resolver.clients.npmrc import NpmSettings

_MAIN = "pypi"
_WAY = frozenset(("cert", "client-cert", "proxy"))
_EXPECTED = "a main index that is part of what approvers sign, or the user's own"
_HINT = f"name it as url of [sources.{_MAIN}], or move the settings to {UV} beside the configuration"


def refuse_unapproved(
    folder: str, configuration: Configuration, settings: IndexSettings, environment: Mapping[str, str], home: str
) -> None:
    """Raise `ClientSettingsError` where such a file decides; `folder` is the project's, `settings` what all say."""
    top = os.path.realpath(repository_of(folder) or folder)
    own = [os.path.join(folder, name) for name in (UV, MANIFEST)]
    uv = uv_files(environment, _read, folder, home, sys.platform)
    pip = [(path, data) for path, data in pip_files(environment, _read, home, sys.platform) if _is_in(path, top)]
    if all(source.name != _MAIN for source in configuration.sources):
        for path in (*[path for path, _ in uv if _is_in(path, top)], *[path for path, _ in pip]):
            if path == settings.origin and os.path.abspath(path) not in own:
                raise ClientSettingsError(path, _EXPECTED, "a file of the repository that nobody signs", _HINT)
    for path, data in pip:
        if _WAY & pip_settings({}, [(path, data)]).keys():
            found = "a certificate or a proxy in a file that nobody signs"
            raise ClientSettingsError(
                path, "the user's own way to the index", found, "set them outside of the repository"
            )


def refuse_unapproved_npm(folder: str, files: Mapping[str, bytes], settings: NpmSettings) -> None:
    """Raise `ClientSettingsError` where such a file decides for npm; `files` are those that were read, by path."""
    from holdfast.configuration.client_registries import client_registries  # start-up: only where there is npm

    top = os.path.realpath(repository_of(folder) or folder)
    own = os.path.join(folder, NPMRC)
    for path, content in files.items():
        if os.path.abspath(path) != own and _is_in(path, top) and client_registries(content):
            expected = "registries that are part of what approvers sign, or the user's own"
            hint = f"move the settings to {NPMRC} beside package.json, or out of the repository"
            raise ClientSettingsError(path, expected, "a file of the repository that nobody signs", hint)
    if settings.ca_file and _is_in(settings.ca_file, top):
        expected = "certificates that are part of what approvers sign, or the user's own"
        hint = f"write them into {NPMRC} as ca[]=, or move the file out of the repository"
        raise ClientSettingsError(settings.ca_file, expected, "a file of the repository that nobody signs", hint)


def _is_in(path: str, top: str) -> bool:
    return os.path.realpath(path).startswith(os.path.join(top, ""))


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return None
