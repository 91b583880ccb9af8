"""Signers of npm packages into the lock: for what is new to it the evidence is verified, all else keeps its own.

The rules are those of `lock_evidence.py`: bytes that the lock has as signed stay signed; a release that is new to the
lock is unsigned only if its registry says so; evidence that does not verify blocks.
"""

from __future__ import annotations

from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock, Pin, Signer
from holdfast.model.words import spell_pin
from holdfast.workflows.evidence import reason_of, unavailable_findings
from holdfast.workflows.npm_evidence import prove, refused_findings, unsigned_findings
from holdfast.workflows.npm_market import NpmMarket
from holdfast_resolver.values.npm import NpmRelease
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping

Key = tuple[str, str, str]


class NpmSigned(NamedTuple):
    """Who signed the releases that were asked for anew. `blocked`: evidence was refused, and the findings say so."""

    signers: dict[Key, tuple[Signer, ...]]
    findings: tuple[Finding, ...] = ()
    blocked: bool = False


def sign_npm(
    pins: list[Pin],
    before: Lock | None,
    releases: Mapping[Key, NpmRelease],
    market: NpmMarket,
) -> NpmSigned:
    """Have and verify the evidence of some pins. Raises the `RegistryError` of evidence that a new pin needs."""
    assert market.evidence is not None
    offline = market.index.freshness.offline
    proven = prove(pins, releases, market.evidence(), refresh=market.index.freshness.refresh and not offline)
    if proven.refused:
        return NpmSigned({}, refused_findings(proven.refused), blocked=True)
    olds = {pin[:3] for pin in before.packages} if before else set()
    unavailable = []
    for pin in pins:
        error = proven.missing.get(pin[:3])
        if error is None:
            continue
        if pin[:3] not in olds:
            raise error
        unavailable.append((spell_pin(pin), pin.artifacts[0].file, reason_of(error)))
    new = [pin for pin in pins if pin[:3] not in olds]
    findings = unsigned_findings(new, proven.unsigned) + unavailable_findings(unavailable)
    signers = {key: who for key, who in proven.signers.items() if who or key not in olds}
    return NpmSigned(signers, findings)
