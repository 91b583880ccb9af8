"""Where the keys of an npm registry come from: the registry, or the cache; and for how long "none" is believed."""

from pathlib import Path

import pytest

from holdfast_resolver.clients.npm_sources import npm_credential_book, transport_settings
from holdfast_resolver.clients.npmrc import npm_settings
from holdfast_resolver.errors import OfflineMiss
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.http import HttpTransport
from holdfast_resolver.fetch.npm_keys import fetch_keys, known_silent
from holdfast_resolver.values.wishes import Source
from tests.support.npm_registry import Answer, NpmRegistry, release, serving

NOW = 1_800_000_000
DAY = 86_400


def connect(registry: NpmRegistry) -> HttpTransport:
    content = registry.npmrc.encode()
    settings = npm_settings(
        {}, lambda path: content if path == "/project/.npmrc" else None, "/project", "/home/me", "linux"
    )
    return HttpTransport(transport_settings(settings), npm_credential_book(settings), retries=0)


def test_that_there_are_none_is_believed_for_a_day_and_offline_ever(tmp_path: Path) -> None:
    """After a day the registry is asked anew; without a network what it said last serves whenever that was."""
    cache = Cache(str(tmp_path))
    with serving(release("left-pad", "1.3.0")) as registry:
        registry.answers["/-/npm/v1/keys"] = Answer(404)
        source = Source("npm", "npm", registry.url, registry.url)
        with pytest.raises(OfflineMiss):
            fetch_keys(cache, source, registry.url, None, NOW)
        assert fetch_keys(cache, source, registry.url, lambda: connect(registry), NOW) is None
        asked = len(registry.asked)
        assert fetch_keys(cache, source, registry.url, lambda: connect(registry), NOW + DAY - 1) is None
        assert len(registry.asked) == asked
        assert fetch_keys(cache, source, registry.url, None, NOW + 400 * DAY) is None
        assert known_silent(cache, source, NOW + 400 * DAY, offline=True)
        assert not known_silent(cache, source, NOW + 400 * DAY)
        assert fetch_keys(cache, source, registry.url, lambda: connect(registry), NOW + 2 * DAY) is None
        assert len(registry.asked) > asked
