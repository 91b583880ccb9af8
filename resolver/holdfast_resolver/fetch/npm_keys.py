"""The keys that an npm registry publishes: where they are, had from the registry, else from the cache. Not read here.

Keys are asked for anew whenever something is to be verified; what the cache has serves offline only. That a registry
publishes none is believed for a day, and offline whenever it was said. Knows nothing of trust.
"""

from __future__ import annotations

from holdfast_resolver.errors import RegistryError, RegistryRefused
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.values.wishes import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast_resolver.fetch.evidence_need import EvidenceNeed
    from holdfast_resolver.fetch.transport import Transport

PATH = "/-/npm/v1/keys"  # below the registry's URL
_FILE = "the published keys"
_DAY = 86_400  # seconds


def known_silent(cache: Cache, source: Source, now: int, *, offline: bool = False) -> bool:
    """Whether a registry said that it publishes no keys: within a day, offline ever. `now` is in unix seconds."""
    said = cache.silence(source)
    return said is not None and (offline or 0 <= now - said <= _DAY)


def fetch_keys(
    cache: Cache,
    source: Source,
    base_url: str,
    connect: Callable[[], Transport] | None,
    now: int,
    *,
    refresh: bool = False,
) -> bytes | None:
    """Return the document of keys as it is served, None where a registry publishes none (or hands none out to us).

    `connect` is None offline. `refresh` does not even believe that there are none. Raises `RegistryError`.
    """
    from holdfast_resolver.fetch.evidence import TooLarge, fetch_evidence  # start-up: threads, hashes
    from holdfast_resolver.fetch.evidence_cache import EvidenceCache, NoneServed, Served

    if (not refresh or connect is None) and known_silent(cache, source, now, offline=connect is None):
        return None
    kept, need = EvidenceCache(cache), _need(source, base_url)
    known = kept.find(need, now)
    if isinstance(known, Served) and connect is None:
        return known.data
    ((_, answer),) = fetch_evidence([need], kept, connect, now, refresh=True)
    if isinstance(answer, RegistryRefused):
        cache.keep_silence(source, now)
        return None
    if isinstance(answer, RegistryError):
        raise type(answer)(source.name, _FILE, answer.url, answer.detail)
    if isinstance(answer, TooLarge):
        return b" " * (answer.limit + 1)  # whoever reads it refuses it
    if isinstance(answer, NoneServed):
        cache.keep_silence(source, now)
        return None
    kept.keep(need, answer.data)
    return answer.data


def _need(source: Source, base_url: str) -> EvidenceNeed:
    from holdfast_resolver.fetch.evidence_need import EvidenceNeed

    return EvidenceNeed(source.name, _FILE, "", base_url.rstrip("/") + PATH)
