"""What `audit --fetch` asks sources besides archives: their newest word on locked releases, and names elsewhere.

Law 1: the name of a package is told to another source only where `ask` of `[advisories]` names its own, or that is the
       public index: the names of private packages are nobody's business.
Law 2: what was not asked is told.

Knows sources and the lock; what a listing says is read elsewhere, from the cache.
"""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.model.lock import Pin
from holdfast.policy.words import counted
from holdfast.workflows.locate import ask_listings
from holdfast.workflows.market import Market
from holdfast_resolver.errors import RegistryError
from holdfast_resolver.fetch.index import ListingNeed
from holdfast_resolver.values.wishes import Source


def fetch_listings(pins: Iterable[Pin], market: Market, tellable: Iterable[str]) -> dict[ListingNeed, RegistryError]:
    """Have the listings of Python packages in the cache: of their own sources, and of others that may be asked.

    `tellable` are the sources whose packages may be named to others. Returns what could not be had.
    """
    told = frozenset(tellable)
    own, others = [], []
    for pin in _python(pins):
        for source in market.sources:
            if source.name == pin.source:
                own.append(ListingNeed(source, pin.name))
            elif pin.source in told:
                others.append(ListingNeed(source, pin.name))
    return ask_listings(market, [*dict.fromkeys(own), *dict.fromkeys(others)])


def unasked_names(
    pins: Iterable[Pin], sources: tuple[Source, ...], tellable: Iterable[str], *, fetched: bool
) -> list[str]:
    """Say of which packages it was not asked whether another source has their name."""
    if len(sources) < 2:
        return []
    told = frozenset(tellable)
    counts: dict[str, int] = {}
    for pin in _python(pins):
        counts[pin.source] = counts.get(pin.source, 0) + 1
    said = [
        f"whether other sources have the names of {counted(count, 'package')} of {source}: "
        "`ask` of [advisories] does not name it"
        for source, count in sorted(counts.items())
        if source not in told
    ]
    if not fetched and set(counts) & told:
        said.append("which names other sources have, but for what the cache knows: `holdfast audit --fetch` asks them")
    return said


def failed_listings(failed: dict[ListingNeed, RegistryError]) -> list[str]:
    """Say which sources gave no listing; each once, however many packages it was asked for."""
    counts: dict[str, int] = {}
    for need in failed:
        counts[need.source.name] = counts.get(need.source.name, 0) + 1
    return [
        f"what {source} says now of {counted(count, 'package')}: it gave no answer"
        for source, count in sorted(counts.items())
    ]


def _python(pins: Iterable[Pin]) -> list[Pin]:
    return [pin for pin in pins if pin.npm is None and pin.module is None]
