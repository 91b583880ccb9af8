"""What the lock says of those who vouch for a module, against what its registry and the project say of them now.

`verify` compares who signed, by their ids. A pin digest covers more: names, levels of trust, how many have to sign,
who co-signed. Whoever approves a digest vouches for all of it, so all of it must be what `lock` would write today.
"""

from collections.abc import Iterable

from holdfast.configuration.configuration import Configuration
from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock, ModuleFacts, Pin, Signer
from holdfast.model.signers import named, records
from holdfast.model.words import spell_pin
from holdfast.trust.errors import TrustError
from holdfast.trust.verify_module import VerifiedModule
from holdfast.workflows.lock_modules import signer_record, verify_chosen
from holdfast.workflows.module_market import ModuleMarket
from holdfast.workflows.module_pins import module_pins
from holdfast.workflows.module_trust import trusted_keys
from holdfast.workflows.port import LOCK
from holdfast.workflows.signer_findings import spell_signer
from holdfast_resolver.resolve.modules import ChosenModule

CODE = "module-tampered"


def other_words(
    lock: Lock, names: frozenset[str], configuration: Configuration, market: ModuleMarket
) -> tuple[Finding, ...]:
    """Return a finding for each thing that the lock says otherwise of these modules.

    What `verify` refuses is passed over: it has been said. Raises the `RegistryError` of a registry that fails.
    """
    pins = module_pins(lock, names)
    listings = market.listings([pin.name for pin, _ in pins])
    trusted, known = trusted_keys(configuration), records(lock)
    findings = []
    for pin, facts in pins:
        listing = listings[pin.name]
        release = next((one for one in listing.releases if one.version == pin.version), None) if listing else None
        if release is None:
            continue
        try:
            verified = verify_chosen(ChosenModule(pin.source, pin.name, release, ()), market, configuration, trusted)
        except TrustError:
            continue
        for what, locked, now in _rows(pin, facts, known, verified):
            if locked != now:
                findings.append(_finding(pin, what, locked, now))
    return tuple(findings)


def _rows(
    pin: Pin, facts: ModuleFacts, known: dict[str, Signer], verified: VerifiedModule
) -> tuple[tuple[str, str, str], ...]:
    """(what, the lock's word, today's)."""
    publishers = [signer_record(one) for one in verified.publishers]
    vetted = [signer_record(one) for one in verified.vetted]
    threshold = verified.threshold if publishers else 0
    return (
        ("signers", _listed(named(pin.signers, known)), _listed(publishers)),
        ("co-signers", _listed(named(facts.vetted, known)), _listed(vetted)),
        ("threshold", str(facts.threshold), str(threshold)),
    )


def _listed(signers: Iterable[Signer]) -> str:
    return ", ".join(sorted(map(spell_signer, signers))) or "none"


def _finding(pin: Pin, what: str, locked: str, now: str) -> Finding:
    return Finding(
        CODE, severity(CODE), spell_pin(pin), f"{what}: {now}", locked, hints=("holdfast lock",), place=Place(LOCK)
    )
