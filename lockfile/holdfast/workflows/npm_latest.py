"""What a dependency of npm asks for when nobody says it: `^` and the version that its registry calls the latest."""

from holdfast.workflows.npm_market import NpmMarket
from holdfast_resolver.errors import PackageNotFound
from holdfast_resolver.fetch.index import Absent, ListingNeed


def latest_spec(name: str, market: NpmMarket) -> str:
    """Return `^4.17.21`, or a pre-release as it is.

    Where `latest` is not among what may be chosen, it is the highest that is; "*" where there is nothing. Raises
    `PackageNotFound`, `RegistryError`.
    """
    source, index = market.source_of(name), market.index
    record = index.listing(source, name)
    if record is None:
        index.wait([ListingNeed(source, name)])
        record = index.listing(source, name)
    if record is None or isinstance(record, Absent):
        raise PackageNotFound(source.name, name, source.url)
    table = record.table
    place = table.index(record.tags.get("latest", ""))
    if place < 0:
        place = (table.everything & ~table.prereleases & ~record.deprecated or table.everything).bit_length() - 1
    if place < 0:
        return "*"
    version = table.versions[place]
    return version if table.prereleases >> place & 1 else f"^{version}"
