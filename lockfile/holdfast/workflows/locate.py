"""What the index offers now of the pinned files. Believes nothing: whoever asks compares the hashes.

Listings are asked for all at once; one that cannot be had spoils nothing but its own package.
"""

from collections.abc import Iterable

from holdfast.errors import Undecided
from holdfast.model.lock import Pin
from holdfast.workflows.market import Market
from holdfast_resolver.errors import RegistryError
from holdfast_resolver.fetch.index import Absent, Answer, ListingNeed, Need
from holdfast_resolver.values.artifacts import Artifact
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source


class Offers(NamedTuple):
    """`files`: (source, name, version) -> {file name: what its listing says}. `failed`: why a listing is missing."""

    files: dict[tuple[str, str, str], dict[str, Artifact]]
    failed: dict[tuple[str, str], RegistryError]  # (source, name) -> error


def offers(market: Market, pins: Iterable[Pin]) -> Offers:
    """Return what the listings of some pins offer; a package that its source does not have offers nothing.

    Raises `Undecided` for a pin whose source is not configured.
    """
    sources = {source.name: source for source in market.sources}
    wanted = list(pins)
    needs = {(pin.source, pin.name): ListingNeed(source_named(sources, pin.source), pin.name) for pin in wanted}
    failed = ask_listings(market, list(needs.values()))
    files = {}
    for pin in wanted:
        need = needs[pin.source, pin.name]
        if need not in failed:
            try:
                files[pin.source, pin.name, pin.version] = _files(market, need, pin.version)
            except RegistryError as error:  # a damaged record was asked for anew, in vain
                failed[need] = error
    return Offers(files, {(need.source.name, need.name): error for need, error in failed.items()})


def source_named(sources: dict[str, Source], name: str) -> Source:
    """Return a configured source. Raises `Undecided` where there is none of the name."""
    found = sources.get(name)
    if found is None:
        raise Undecided(
            f"the lock has packages of the source {name}, which the configuration does not have",
            f"add [sources.{name}] to the configuration; `holdfast check` names the packages",
        )
    return found


def ask_listings(market: Market, needs: list[ListingNeed]) -> dict[ListingNeed, RegistryError]:
    """Ask for all listings and wait for each; return the failures. What the cache has, and is fresh, is not asked."""
    index = market.index
    failed: dict[ListingNeed, RegistryError] = {}

    def arrived(need: Need, answer: Answer) -> None:
        if isinstance(answer, RegistryError) and isinstance(need, ListingNeed):
            failed[need] = answer

    index.arrived = arrived
    for need in needs:
        if index.listing(need.source, need.name) is None:
            index.ask(need)
    for need in needs:
        if need not in failed:
            try:
                index.wait((need,))
            except RegistryError as error:
                failed[need] = error
    return failed


def _files(market: Market, need: ListingNeed, version: str) -> dict[str, Artifact]:
    index = market.index
    while True:
        record = index.listing(need.source, need.name)
        if record is None:
            index.wait((need,))
            continue
        if isinstance(record, Absent):
            return {}
        place = record.table.index(version)
        if place < 0:
            return {}
        artifacts = record.artifacts(place)
        if artifacts is not None:
            return {artifact.file: artifact for artifact in artifacts}
        index.forget(need.source.name, need.name)
