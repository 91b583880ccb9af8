"""`--fetch`: what an audit would look at and the store lacks is downloaded, as `verify` does it; nothing else is.

Nothing is believed here: only bytes of the pinned hash come into the store. What is not as pinned is a finding.
"""

from __future__ import annotations

import time

from holdfast.cli.console import Console
from holdfast.cli.messages import message
from holdfast.cli.module_archives import Archives
from holdfast.cli.sizes import in_words
from holdfast.cli.wiring import Shop
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.errors import UsageError
from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock, Pin
from holdfast.workflows.comparisons import archives_lacking, comparisons_of
from holdfast.workflows.locate import source_named
from holdfast.workflows.market import Market
from holdfast.workflows.scans import Rooms, Wanted, absent, wanted_of
from holdfast.workflows.verify import Tell, Vault, Verified, verify
from holdfast.workflows.verify_findings import folded_findings
from holdfast_resolver.fetch.store import ArtifactStore
from holdfast_resolver.values.tuples import NamedTuple


class FetchedCode(NamedTuple):
    """What came of fetching."""

    findings: tuple[Finding, ...] = ()
    asked: tuple[str, ...] = ()
    is_incomplete: bool = False


def fetch_code(
    lock: Lock, place: Rooms, configuration: Configuration, shop: Shop, arguments: Arguments, console: Console
) -> FetchedCode:
    """Have what is missing downloaded where `--fetch` asks for it.

    Raises `UsageError`, `RegistryError`, `Undecided`.
    """
    if not arguments.switch("fetch"):
        return FetchedCode()
    if arguments.switch("offline"):
        raise UsageError("one of --fetch and --offline", "both")
    wanted = wanted_of(lock)
    missing = _together(absent(wanted, place), archives_lacking(comparisons_of(wanted), place))
    if not missing:
        return FetchedCode()

    def tell(done: int, every: int, size: int) -> None:
        console.progress(f"fetching {done}/{every}, {in_words(size)}", time.monotonic())

    store = ArtifactStore(place.store)
    # Only the bytes are wanted here: who signed them is what `verify` asks.
    outcomes = []
    python = frozenset([_name(one) for one in missing if _is_python(one.pin)])
    if python:
        files = {one.pin: one.artifacts for one in missing}
        packages = [pin._replace(artifacts=files.get(pin, ())) for pin in lock.packages if _is_python(pin)]
        market = Market(shop.market.index, shop.market.sources)
        own = lock._replace(packages=tuple(packages), signers=())
        outcomes.append(verify(own, python, market, Vault(store, shop.connect), frozenset(), tell))
    npm = [one.pin for one in missing if one.pin.npm is not None]
    if npm:
        outcomes.append(_fetch_npm(lock._replace(packages=tuple(npm), signers=()), store, shop, tell))
    findings = [one for outcome in outcomes for one in outcome.findings]
    unchecked = folded_findings([one for outcome in outcomes for one in outcome.unchecked])
    modules = [one.pin for one in missing if one.pin.module is not None]
    failed = Archives(store, configuration, shop.connect).gather(modules).failed if modules else {}
    asked = tuple([f"the code of a module: {message(error).sentence}" for error in failed.values()])
    return FetchedCode((*findings, *unchecked), asked, bool(unchecked or asked))


def _together(code: list[Wanted], compared: list[Wanted]) -> list[Wanted]:
    """What is missing to be scanned and what is missing to be compared, each pin once."""
    found = {one.pin: one for one in code}
    for one in compared:
        known = found.get(one.pin)
        files = one.artifacts if known is None else tuple(dict.fromkeys((*known.artifacts, *one.artifacts)))
        found[one.pin] = Wanted(one.pin, files)
    return list(found.values())


def _fetch_npm(lock: Lock, store: ArtifactStore, shop: Shop, tell: Tell) -> Verified:
    # start-up: only where there is npm
    from holdfast.cli.npm_wiring import url_of
    from holdfast.workflows.npm_market import NpmMarket
    from holdfast.workflows.npm_verify import verify_npm
    from holdfast_resolver.clients.npm_addresses import own_address

    market = shop.market.npm
    sources = {source.name: source for source in market.sources}

    def address(source: str, url: str) -> str:
        return own_address(url, url_of(source_named(sources, source)))

    bare = NpmMarket(market.index, market.sources, connect=market.connect)
    return verify_npm(lock, frozenset(), bare, Vault(store, market.connect), address, tell)


def _is_python(pin: Pin) -> bool:
    return pin.module is None and pin.npm is None


def _name(one: Wanted) -> str:
    return f"{one.pin.source}:{one.pin.name}"
