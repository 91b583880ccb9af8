"""The composition root of npm: `.npmrc`, sources and a transport become an `NpmMarket`.

Only projects that have npm packages import this.
"""

from __future__ import annotations

from functools import partial

from holdfast.cli.console import Console
from holdfast.cli.project import ProjectFolder
from holdfast.configuration.configuration import Configuration
from holdfast.workflows.npm_market import NodeToServe, NpmMarket
from holdfast_resolver.clients.npm_sources import MAIN, npm_sources
from holdfast_resolver.clients.npmrc import NpmSettings, npm_settings
from holdfast_resolver.fetch.npm_index import NpmIndex
from holdfast_resolver.values.name_patterns import patterns_overlap
from holdfast_resolver.values.wishes import Source

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable, Mapping

    from holdfast.workflows.npm_evidence import NpmEvidenceDesk
    from holdfast_resolver.fetch.cache import Cache
    from holdfast_resolver.fetch.crew import Crew
    from holdfast_resolver.fetch.http import HttpTransport
    from holdfast_resolver.fetch.index import Freshness
    from holdfast_resolver.fetch.npm_keys_ahead import KeysAhead


class NpmWiring:
    """What npm is configured to use for a project. Sends nothing before something is asked."""

    def __init__(
        self,
        project: ProjectFolder,
        environment: Mapping[str, str],
        home: str,
        platform: str,
        read: Callable[[str], bytes | None],
        asked_node: str = "",
    ) -> None:
        """Raises `ClientSettingsError`."""
        self._files: dict[str, bytes] = {}

        def remembered(path: str) -> bytes | None:
            content = read(path)
            if content is not None:
                self._files[path] = content
            return content

        self.settings: NpmSettings = npm_settings(environment, remembered, project.folder, home, platform)
        self._project = project
        self._environment = environment
        self._asked_node = asked_node
        self._transport: HttpTransport | None = None

    def sources(self, configuration: Configuration) -> tuple[Source, ...]:
        """The main registry first, then those of the configuration, then the scopes that `.npmrc` adds to them."""
        main, *scopes = npm_sources(self.settings)
        own = [source for source in configuration.npm_sources if source.name != MAIN]
        main = next((source for source in configuration.npm_sources if source.name == MAIN), main)
        taken = [pattern for source in own for pattern in source.packages]
        names = {source.name for source in (*own, *configuration.sources, *configuration.module_sources)}
        found = [main, *own]
        for source in scopes:
            if not any(patterns_overlap(mine, theirs) for mine in source.packages for theirs in taken):
                name = source.name if source.name not in names else f"npm-scope-{source.name}"
                found.append(source._replace(name=name))
        return tuple(found)

    def open(self, configuration: Configuration, cache: Cache, freshness: Freshness, console: Console) -> NpmMarket:
        """Return the registries of a project. Raises `ClientSettingsError`, `UsageError`."""
        if configuration.approvers:
            # start-up: only where approvals are in force
            from holdfast.cli.repository_settings import refuse_unapproved_npm

            refuse_unapproved_npm(self._project.folder, self._files, self.settings)
        sources = self.sources(configuration)

        by_name = {source.name: source for source in sources}
        ahead: list[KeysAhead] = []  # of the main registry, on a cold run
        connect = None if freshness.offline else partial(self.connect, sources)

        def hire() -> Crew:
            # start-up: only when something must be fetched; see `wiring.open_shop` for the order
            from holdfast_resolver.fetch.press import Press

            press = Press(cache, kinds=("npm",))
            from holdfast.cli.counted import CountedCrew

            crew = CountedCrew(console, self.connect(sources), cache, url_of, freshness.now, press)
            if not is_silent(sources[0].name):
                from holdfast_resolver.fetch.npm_keys_ahead import KeysAhead

                ahead.append(KeysAhead(partial(_fetch_keys, cache, sources[0], connect, freshness)))
            return crew

        def open_evidence() -> NpmEvidenceDesk:
            from holdfast.cli.npm_evidence_wiring import open_npm_desk  # start-up: only where there is evidence

            def fetch(name: str, refresh: bool) -> bytes | None:
                if ahead and name == sources[0].name and refresh <= freshness.refresh:
                    return ahead[0].answer()
                return _fetch_keys(cache, by_name[name], connect, freshness._replace(refresh=refresh))

            return open_npm_desk(self._project, configuration.sigstore, cache, connect, by_name, freshness.now, fetch)

        def is_silent(name: str) -> bool:
            if freshness.refresh:
                return False
            from holdfast_resolver.fetch.npm_keys import known_silent  # start-up: only where something may be signed

            return known_silent(cache, by_name[name], freshness.now, offline=freshness.offline)

        index = NpmIndex(cache, freshness, None if freshness.offline else hire)
        node = self._node(console)
        return NpmMarket(index, sources, open_evidence, is_silent=is_silent, connect=connect, node=node)

    def _node(self, console: Console) -> NodeToServe:
        """What decides on the Node where package.json does not. Raises `UsageError`."""

        def here() -> str:
            from holdfast.cli.machine_node import node_here  # start-up: only for a first lock

            node = node_here(self._environment)
            if node:
                console.note(f"for node {node}, which this machine has: package.json names none in `engines`")
            return node

        if not self._asked_node:
            return NodeToServe(here=here)
        from holdfast.cli.machine_node import asked_node  # start-up: only where a Node is asked for

        return NodeToServe(asked_node(self._asked_node), here)

    def connect(self, sources: tuple[Source, ...]) -> HttpTransport:
        """Return the one transport to npm registries of the run."""
        if self._transport is None:
            from holdfast_resolver.clients.npm_credentials import NpmCredentialBook
            from holdfast_resolver.clients.npm_sources import transport_settings
            from holdfast_resolver.fetch.http import HttpTransport

            urls = [source.url for source in sources if source.url]
            book = NpmCredentialBook(self.settings.credentials, urls)
            self._transport = HttpTransport(transport_settings(self.settings), book)
        return self._transport


def _fetch_keys(
    cache: Cache, source: Source, connect: Callable[[], HttpTransport] | None, freshness: Freshness
) -> bytes | None:
    from holdfast_resolver.fetch.npm_keys import fetch_keys  # start-up: only where keys are asked for

    return fetch_keys(cache, source, url_of(source), connect, freshness.now, refresh=freshness.refresh)


def url_of(source: Source) -> str:
    """The URL of a registry."""
    if source.url:
        return source.url
    from holdfast_resolver.clients.defaults import default_npm_registry_url

    return default_npm_registry_url()
