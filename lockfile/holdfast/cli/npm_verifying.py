"""The part of `verify` for npm packages: their own registries and transport, and the counts of all parts summed."""

from holdfast.cli.npm_wiring import url_of
from holdfast.cli.wiring import Shop
from holdfast.errors import Undecided
from holdfast.model.lock import Lock, Pin
from holdfast.workflows.locate import source_named
from holdfast.workflows.npm_verify import read_listed, verify_npm
from holdfast.workflows.verify import Tell, Vault, Verified
from holdfast_resolver.clients.npm_addresses import own_address
from holdfast_resolver.fetch.store import ArtifactStore, DigestMismatch
from holdfast_resolver.registries.port import Request


def fetch_tarball(pin: Pin, shop: Shop, store: ArtifactStore, largest: int) -> None:
    """Have the tarball of a pin put into the store, if its bytes are the pinned ones.

    Raises `Undecided`, `RegistryError`.
    """
    market = shop.market.npm
    listed = read_listed([pin], market)
    for error in listed.failed.values():
        raise error
    release, artifact = listed.releases.get(pin[:3]), pin.artifacts[0]
    if release is None or market.connect is None:
        raise Undecided(f"no such release in the packument of {pin.name}")
    url = own_address(release.tarball, url_of(market.source_of(pin.name)))
    request = Request(pin.source, artifact.file, url, max_bytes=largest)
    found = store.fetch_artifact(market.connect(), request, artifact.hash)
    if isinstance(found, DigestMismatch):
        raise Undecided(f"the source serves other bytes now: {found.found}, pinned is {artifact.hash}")


def with_npm(outcome: Verified, lock: Lock, names: frozenset[str], shop: Shop, vault: Vault, tell: Tell) -> Verified:
    """Return `outcome` together with what comes of verifying the npm packages of these names, or all.

    Raises `Undecided` for a source that is configured no more, and what `verify_npm` raises.
    """
    market = shop.market.npm
    sources = {source.name: source for source in market.sources}
    for pin in lock.packages:
        if pin.npm is not None:
            source_named(sources, pin.source)

    def address(source: str, url: str) -> str:
        return own_address(url, url_of(sources[source]))

    own = vault._replace(connect=vault.connect and market.connect)
    done = verify_npm(lock, names, market, own, address, tell)
    return outcome._replace(
        findings=outcome.findings + done.findings,
        artifacts=outcome.artifacts + done.artifacts,
        packages=outcome.packages + done.packages,
        size=outcome.size + done.size,
        fetched=outcome.fetched + done.fetched,
        unchecked=outcome.unchecked + done.unchecked,
        signed=outcome.signed + done.signed,
        unsure=outcome.unsure + done.unsure,
    )
