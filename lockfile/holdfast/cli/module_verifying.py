"""The part of `verify` for modules: refusals become findings, and the counts of both parts are summed."""

from holdfast.cli.distrust import finding_of
from holdfast.cli.module_archives import Archives
from holdfast.cli.wiring import Shop
from holdfast.configuration.configuration import Configuration
from holdfast.errors import UsageError
from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock, Pin
from holdfast.trust.errors import TrustError
from holdfast.workflows.port import LOCK
from holdfast.workflows.verify import Vault, Verified
from holdfast.workflows.verify_modules import verify_modules


def with_modules(
    outcome: Verified, lock: Lock, names: frozenset[str], configuration: Configuration, shop: Shop, vault: Vault
) -> Verified:
    """Return `outcome` together with what comes of verifying the modules of these names, or all.

    Raises `UsageError` for a lock with modules and a configuration without, `TrustError` that is no verdict.
    """
    market = shop.market.modules
    if market is None:
        raise UsageError(f"[modules] in the configuration, as {LOCK} has them", "none", "run `holdfast lock`")
    archives = Archives(vault.store, configuration, vault.connect and shop.connect)
    done = verify_modules(lock, names, configuration, market, archives.gather, archives.read)
    return outcome._replace(
        findings=outcome.findings + _findings(done.refused),
        artifacts=outcome.artifacts + done.modules,
        packages=outcome.packages + done.modules,
        size=outcome.size + done.size,
        fetched=outcome.fetched + done.fetched,
        unchecked=outcome.unchecked + done.unchecked,
    )


def _findings(refused: tuple[tuple[Pin, TrustError], ...]) -> tuple[Finding, ...]:
    """One finding for each refusal; a registry that is refused as a whole is told once."""
    found: dict[Finding, None] = {}
    for _, error in refused:
        finding = finding_of(error)
        if finding is None:
            raise error
        found[finding] = None
    return tuple(found)
