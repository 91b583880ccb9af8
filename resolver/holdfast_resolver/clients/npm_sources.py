"""The sources that npm's settings amount to, and the settings of the transport that reaches them. Sends nothing."""

from __future__ import annotations

from holdfast_resolver.clients.defaults import is_default_npm_registry
from holdfast_resolver.clients.npm_credentials import NpmCredentialBook
from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.values.wishes import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.clients.npmrc import NpmSettings

MAIN = "npm"
_TAKEN = (MAIN, "pypi")  # names of main sources, which a scope may bear as well


def npm_sources(settings: NpmSettings) -> tuple[Source, ...]:
    """The main registry first, then one source for each scope that has a registry of its own, sorted.

    A scope's source has the scope's name (`npm-scope-npm` for `@npm`, since `npm` is the main registry).
    """
    main = _source(MAIN, settings.registry, ())
    sources = [main]
    for scope, url in settings.scopes:
        source = _source(f"npm-scope-{scope}" if scope in _TAKEN else scope, url, (f"@{scope}/*",))
        if source.identity != main.identity:
            sources.append(source)
    return tuple(sources)


def transport_settings(settings: NpmSettings) -> IndexSettings:
    """What `HttpTransport` needs of npm's settings; its credentials are those of `npm_credential_book`."""
    return IndexSettings(
        index_url=settings.registry,
        origin=settings.origin,
        ca_file=settings.ca_file,
        proxies=settings.proxies,
        ca_text=settings.ca_text,
        extra_ca_file=settings.extra_ca_file,
        client_certs=settings.client_certs,
        unverified=settings.unverified,
    )


def npm_credential_book(settings: NpmSettings) -> NpmCredentialBook:
    """The credentials for the registries of `settings`."""
    return NpmCredentialBook(settings.credentials, [settings.registry, *[url for _, url in settings.scopes]])


def _source(name: str, url: str, packages: tuple[str, ...]) -> Source:
    public = not url or is_default_npm_registry(url)
    return Source(name, MAIN, "" if public else url, MAIN if public else url, packages)
