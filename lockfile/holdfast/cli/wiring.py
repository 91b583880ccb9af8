"""The composition root: settings, sources and clocks become the values and ports that a use case takes.

Only commands that ask an index import this. The clock is read once per command.
"""

from __future__ import annotations

import os
import sys
import time

from holdfast.cli.console import Console
from holdfast.cli.project import ProjectFolder, cache_folder
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.errors import UsageError
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: only what asks an index needs them
    from collections.abc import Callable, Mapping

    from holdfast.findings.finding import Finding
    from holdfast.workflows.evidence import EvidenceDesk
    from holdfast.workflows.market import Market
    from holdfast.workflows.npm_market import NpmMarket
    from holdfast_resolver.clients.settings import IndexSettings
    from holdfast_resolver.fetch.cache import Cache
    from holdfast_resolver.fetch.crew import Crew
    from holdfast_resolver.fetch.http import HttpTransport
    from holdfast_resolver.values.wishes import Source

MAIN = "pypi"


class Shop(NamedTuple):
    """All that asking an index takes. `connect` makes the one transport of the run, when it is needed."""

    market: Market
    settings: IndexSettings
    connect: Callable[[], HttpTransport]
    url_of: Callable[[Source], str]
    keep_states: Callable[[bool], None] | None = None  # writes down what the module registries were seen to be


def open_shop(
    project: ProjectFolder,
    configuration: Configuration,
    arguments: Arguments,
    environment: Mapping[str, str],
    console: Console,
    *,
    refresh: bool = False,
) -> Shop:
    """Open the sources that configuration and clients name. Nothing is sent before something is asked.

    Raises `ClientSettingsError`, `UsageError`.
    """
    from holdfast.workflows.market import Market
    from holdfast_resolver.clients.settings import index_settings
    from holdfast_resolver.errors import ClientSettingsError
    from holdfast_resolver.fetch.cache import Cache
    from holdfast_resolver.fetch.index import Freshness, Index

    home = os.path.expanduser("~")
    settings = index_settings(environment, _read_quietly, project.folder, home, sys.platform)
    if configuration.approvers:
        from holdfast.cli.repository_settings import refuse_unapproved  # start-up: only where approvals are in force

        refuse_unapproved(project.folder, configuration, settings, environment, home)
    sources = _sources(configuration, settings)
    if settings.no_index and not settings.index_url and not sources[0].url:
        raise ClientSettingsError(settings.no_index, "an index to resolve from", "no-index")
    cache = Cache(cache_folder(arguments, environment))
    now = int(time.time())
    offline = arguments.switch("offline")
    refresh = refresh or arguments.switch("refresh")
    if offline and arguments.switch("refresh"):
        raise UsageError("one of --offline and --refresh", "both")
    freshness = Freshness(now, offline, refresh and not offline, _cutoff(arguments, configuration))
    connections: list[HttpTransport] = []

    def connect() -> HttpTransport:
        if not connections:
            asked = (*sources, *configuration.module_sources)
            connections.append(_transport(settings, asked, environment, home))
        return connections[0]

    def url_of(source: Source) -> str:
        if source.url:
            return source.url
        from holdfast_resolver.clients.defaults import default_index_url

        return default_index_url()

    def hire() -> Crew:
        # start-up: only when something must be fetched. The press is born first: while its child loads the parsers, the
        # HTTP client is loaded here.
        from holdfast_resolver.fetch.press import Press

        press = Press(cache)
        from holdfast.cli.counted import CountedCrew

        return CountedCrew(console, connect(), cache, url_of, now, press)

    index = Index(cache, freshness, None if offline else hire, configuration.metadata)
    modules = keep = None
    if configuration.modules:
        from functools import partial

        # start-up: only where there are modules
        from holdfast.cli.module_wiring import keep_states, open_modules

        modules = open_modules(project, configuration, cache.folder, connect, now, offline=offline)
        keep = partial(keep_states, project, modules)

    def open_evidence() -> EvidenceDesk:
        from holdfast.cli.evidence_wiring import open_desk  # start-up: only where there is evidence

        return open_desk(project, configuration.sigstore, cache, None if offline else connect, now)

    def open_npm() -> NpmMarket:
        from holdfast.cli.npm_wiring import NpmWiring  # start-up: only where there is npm

        wiring = NpmWiring(project, environment, home, sys.platform, _read_quietly, arguments.text("node"))
        return wiring.open(configuration, cache, freshness, console)

    market = Market(index, sources, _unused(settings, configuration), modules, open_evidence, open_npm)
    return Shop(market, settings, connect, url_of, keep)


def warn_of_cache(cache: Cache, console: Console) -> None:
    """Say once that nothing could be remembered."""
    if cache.unwritable:
        console.note(
            f"warning: cannot write to the cache at {cache.folder}: {cache.unwritable}; "
            "the result stands, and the next run fetches again"
        )


def today() -> str:
    """Return the date in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def _cutoff(arguments: Arguments, configuration: Configuration) -> str:
    text = arguments.text("exclude-newer")
    if not text:
        return configuration.exclude_newer
    from holdfast.configuration.instants import EXPECTED, parse_instant

    instant = parse_instant(text)
    if instant is None:
        raise UsageError(f"{EXPECTED} after --exclude-newer", text)
    return instant


def _sources(configuration: Configuration, settings: IndexSettings) -> tuple[Source, ...]:
    """The sources, the main index first: that of the configuration, else that of the clients."""
    from holdfast_resolver.clients.defaults import is_default_index
    from holdfast_resolver.values.wishes import Source

    main = next((source for source in configuration.sources if source.name == MAIN), None)
    if main is None:
        url = settings.index_url
        public = not url or is_default_index(url)
        main = Source(MAIN, MAIN, "" if public else url, MAIN if public else url)
    return (main, *[source for source in configuration.sources if source.name != MAIN])


def _unused(settings: IndexSettings, configuration: Configuration) -> tuple[Finding, ...]:
    mapped = {source.url for source in configuration.sources}
    extra = [pair for pair in (*settings.extra_urls, *settings.find_links) if pair[0] not in mapped]
    if not extra:
        return ()
    from holdfast.cli.unused import unused_indexes  # start-up: only where there is one

    return unused_indexes(extra)


def _transport(
    settings: IndexSettings, sources: tuple[Source, ...], environment: Mapping[str, str], home: str
) -> HttpTransport:
    from holdfast_resolver.clients.credentials import CredentialBook, netrc_path
    from holdfast_resolver.fetch.http import HttpTransport

    path = netrc_path(environment, home, sys.platform)
    urls = [settings.index_url, *[source.url for source in sources]]
    book = CredentialBook(settings.credentials, [url for url in urls if url], lambda: _read_quietly(path))
    folders = [url for url in urls if url.startswith("file:")]
    return HttpTransport(settings, book, folders=folders)


def _read_quietly(path: str) -> bytes | None:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return None
