"""What cached listings say of locked releases: withdrawn, deprecated, when they came. Asks no network.

A listing of any age serves: it says what was known when it was fetched. What the cache lacks is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from holdfast.model.lock import Pin
from holdfast.risk.facts import ReleaseState
from holdfast.risk.graph import pin_id
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.values.wishes import Source


def release_states(
    pins: Iterable[Pin], cache: Cache, sources: tuple[Source, ...], npm: tuple[Source, ...]
) -> tuple[dict[str, ReleaseState], int]:
    """Return the states by id, and of how many packages the cache has no listing."""
    python, of_npm = {one.name: one for one in sources}, {one.name: one for one in npm}
    names: dict[str, frozenset[str]] = {}
    if len(sources) > 1:
        names = {one.name: frozenset(cache.names(one)) for one in sources}
    found: dict[str, ReleaseState] = {}
    unknown = 0
    for pin in pins:
        if pin.module is not None:
            continue
        state = _of_npm(pin, cache, of_npm) if pin.npm is not None else _of_python(pin, cache, python, names)
        if state is None:
            unknown += 1
        else:
            found[pin_id(pin)] = state
    return found, unknown


def _of_python(
    pin: Pin, cache: Cache, sources: Mapping[str, Source], names: Mapping[str, frozenset[str]]
) -> ReleaseState | None:
    source = sources.get(pin.source)
    record = None if source is None else cache.record(source, pin.name)
    place = -1 if record is None else record.table.index(pin.version)
    if record is None or place < 0:
        return None
    pinned = {artifact.hash for artifact in pin.artifacts}
    listed = [one for one in record.artifacts(place) or () if one.hash in pinned]
    times = sorted([one.upload_time for one in listed if one.upload_time])
    yanked = None
    if record.yanked >> place & 1:
        yanked = next((one.yanked for one in listed if one.yanked), "")
    elsewhere = tuple(sorted([name for name, known in names.items() if name != pin.source and pin.name in known]))
    return ReleaseState(times[0] if times else "", record.newest, yanked, elsewhere=elsewhere)


def _of_npm(pin: Pin, cache: Cache, sources: Mapping[str, Source]) -> ReleaseState | None:
    source = sources.get(pin.source)
    record = None if source is None else cache.packument(source, pin.name)
    place = -1 if record is None else record.table.index(pin.version)
    if record is None or place < 0:
        return None
    newest = max([record.published(index) for index in range(record.table.count)], default="")
    deprecated = ""
    if record.deprecated >> place & 1:
        release = record.release(place)
        deprecated = release.deprecated if release is not None else ""
    return ReleaseState(record.published(place), newest, deprecated=deprecated)
