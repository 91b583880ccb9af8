"""Which npm packages of a lock have evidence that is yet to be had. Light: verifying is loaded only for these."""

from __future__ import annotations

from holdfast.model.lock import Lock, Pin
from holdfast.workflows.npm_market import NpmMarket
from holdfast_resolver.values.npm import NpmRelease

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping

Key = tuple[str, str, str]  # source, name, version


def wanted_pins(
    pins: tuple[Pin, ...],
    before: Lock | None,
    releases: Mapping[Key, NpmRelease],
    freed: frozenset[str],
    market: NpmMarket,
) -> list[Pin]:
    """Return the pins whose evidence is to be had: new bytes, those that are freed, and those unsigned so far.

    Of a registry that is known to publish no keys there is none.
    """
    olds = {pin[:3]: pin for pin in before.packages if pin.npm is not None} if before else {}
    silent: dict[str, bool] = {}
    found = []
    for pin in pins:
        release = releases.get(pin[:3])
        if release is None or not _is_wanted(pin, olds.get(pin[:3]), release, freed):
            continue
        if pin.source not in silent:
            silent[pin.source] = market.is_silent(pin.source)
        if not silent[pin.source]:
            found.append(pin)
    return found


def _is_wanted(pin: Pin, old: Pin | None, release: NpmRelease, freed: frozenset[str]) -> bool:
    if old is None or pin.name in freed:
        return True
    if [one[:2] for one in old.artifacts] != [one[:2] for one in pin.artifacts]:
        return True
    signed = pin.signers or any(one.signers for one in pin.artifacts)
    return not signed and bool(release.signatures or release.attestations)
