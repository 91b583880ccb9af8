"""The public default registry of npm, which no file of this repository names."""

import pytest

from holdfast_resolver.clients.defaults import default_index_url, default_npm_registry_url, is_default_npm_registry
from holdfast_resolver.clients.npm_sources import npm_sources
from holdfast_resolver.clients.npmrc import NpmSettings


def test_the_default_registry_is_known_by_its_address() -> None:
    """With or without its final slash; then its source has no URL, and the identity that pins have."""
    url = default_npm_registry_url()
    assert url.startswith("https://")
    assert url.endswith("/")
    assert url != default_index_url()
    for written in (url, url.rstrip("/"), url.upper().replace("HTTPS", "https")):
        assert is_default_npm_registry(written)
        source = npm_sources(NpmSettings(registry=written))[0]
        assert (source.name, source.url, source.identity) == ("npm", "", "npm")


@pytest.mark.parametrize(
    "url", ["https://registry.team.example/", "http://a.b.c/", "https://a.b.c:444/", "https://a.b.c/npm/"]
)
def test_another_registry_is_not_the_default(url: str) -> None:
    """Its pins must not look as if they came from the public one."""
    assert not is_default_npm_registry(url)
    assert npm_sources(NpmSettings(registry=url))[0].identity == url
