"""The composition root of modules: pinned roots, committed states and a transport become a `ModuleMarket`.

Only commands that work with modules import this.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from holdfast.cli.project import ProjectFolder
from holdfast.configuration.configuration import Configuration
from holdfast.trust.errors import RegistryRootRefused
from holdfast.trust.registry_client import RegistryView
from holdfast.trust.registry_state import SeenState, read_state, write_state
from holdfast.workflows.module_market import ModuleMarket
from holdfast_resolver.fetch.parallel import fetch_files
from holdfast_resolver.values.wishes import Source

if TYPE_CHECKING:
    from holdfast_resolver.fetch.http import HttpTransport

# Views have folders of their own on the disk, which the end of a command removes (`close_registries`).
_open_views: list[RegistryView] = []

ROOTS = ".holdfast/roots"
STATES = ".holdfast/state"


def open_modules(
    project: ProjectFolder,
    configuration: Configuration,
    cache: str,
    connect: Callable[[], HttpTransport],
    now: int,
    *,
    offline: bool,
) -> ModuleMarket:
    """Return the module registries of a project; each is opened when it is first asked. `now` is in unix seconds."""
    instant = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))

    def open_registry(source: Source) -> RegistryView:
        path = f"{ROOTS}/{source.name}.json"
        root = project.read(path)
        if root is None:
            raise RegistryRootRefused(source.name, path, "no such file")

        def get(wanted: Mapping[str, int]) -> dict[str, bytes | None]:
            return fetch_files(None if offline else connect(), source.name, source.url, wanted)

        view = RegistryView.open(
            source.name,
            root,
            source.identity,
            store=os.path.join(cache, "modules", source.identity.rpartition(":")[2]),
            get=get,
            now=instant,
            floor=read_seen(project, source.name).floor,
            offline=offline,
            names=[wish.requirement.name for wish in configuration.modules if wish.requirement.source == source.name],
        )
        _open_views.append(view)
        return view

    return ModuleMarket(configuration, open_registry, instant)


def close_registries() -> None:
    """Remove what reading registries had on the disk beside the cache."""
    while _open_views:
        _open_views.pop().close()


def read_seen(project: ProjectFolder, source: str) -> SeenState:
    """Return the registry state that the project has seen. Raises `ConfigurationError`."""
    path = f"{STATES}/{source}.json"
    data = project.read(path)
    return SeenState() if data is None else read_state(data.decode("utf-8", "replace"), path)


def keep_states(project: ProjectFolder, market: ModuleMarket, locked: bool) -> None:
    """Write down what the registries that were asked were seen to be. Raises `FileProblem`.

    With a lock that was written (`locked`) whatever is new; else only what loading cannot do without, so that an
    `install` in CI leaves no change behind: the first state, and other keys of the revocation list.
    """
    for source, state in market.states().items():
        before = read_seen(project, source)
        wanted = state != before if locked else state[1:] != before[1:]
        if wanted:
            project.write(f"{STATES}/{source}.json", write_state(state).encode())
