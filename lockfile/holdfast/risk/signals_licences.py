"""Signs from licences: what the policy of the project does not allow, and what cannot be judged.

Without a policy on licences there is nothing to say. What an expression means is policy's business.
"""

from collections.abc import Iterator

from holdfast.risk.facts import Limits, ReleaseState
from holdfast.risk.graph import Package
from holdfast.risk.score import Sign


def licence_of(package: Package, state: ReleaseState) -> str:
    """Return the licence that a package declares: in its own files, else at the registry; "" for none that is known."""
    return (package.scan.licence if package.scan is not None else "") or state.licence


def licence_signs(package: Package, state: ReleaseState, limits: Limits) -> Iterator[Sign]:
    """Yield the sign of a licence that policy refuses or cannot read; none where the licence is not known at all."""
    licence = licence_of(package, state)
    if limits.allows_licence is None or not licence:
        return
    allowed = limits.allows_licence(package.pin.source, package.pin.name, licence)
    if allowed is None:
        yield Sign("licence-unclear", licence)
    elif not allowed:
        yield Sign("licence-refused", licence)
