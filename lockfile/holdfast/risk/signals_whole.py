"""Signs of the whole graph: what its packages come to together. Every sign names the packages it counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.model.audit import PackageRisk
from holdfast.risk.facts import Limits
from holdfast.risk.graph import RiskGraph
from holdfast.risk.measured import Measured
from holdfast.risk.measures_capabilities import INSTALL_SCRIPT
from holdfast.risk.score import Sign

RISKY = 40  # points
_TENTHS, _TWENTIETHS = 10, 20


def whole_signs(
    packages: Sequence[PackageRisk], graph: RiskGraph, measured: Measured, limits: Limits
) -> Iterator[Sign]:
    """Yield the signs of a whole graph; `packages` are scored."""
    for package in packages:
        signals = {row.signal: row for row in package.rows}
        if "malware" in signals:
            yield Sign("malware", f"{package.id}: {signals['malware'].reason}")
        if package.advisories:
            yield Sign("advised-packages", package.id)
        if package.score >= RISKY:
            yield Sign("risky-packages", package.id)
        if INSTALL_SCRIPT in package.capabilities:
            yield Sign("install-scripts", package.id)
        if "look-alike" in signals:
            yield Sign("look-alikes", f"{package.id}: {signals['look-alike'].reason}")
    worst = min(packages, key=lambda package: (-package.score, package.id), default=None)
    if worst is not None and worst.score:
        yield Sign("worst-package", worst.id, worst.score)
    every = len(packages)
    unsigned = len(measured.unsigned)
    if every and unsigned * _TWENTIETHS >= every:
        yield Sign("unsigned-share", f"{unsigned} of {every} packages", unsigned * _TWENTIETHS // every)
    share, strongest = measured.concentration
    if int(share * _TENTHS):
        yield Sign("concentration", f"{strongest}: {share:.0%} of the packages", int(share * _TENTHS))
    for module in sorted({one.module for one in measured.privileged}):
        yield Sign("privileged-reached", module)
    depth = measured.paths.depth
    if limits.max_depth is not None and depth > limits.max_depth:
        yield Sign("too-deep", f"{depth} steps, at most {limits.max_depth}", depth - limits.max_depth)
    if limits.max_packages is not None and every > limits.max_packages:
        yield Sign("too-many", f"{every} packages, at most {limits.max_packages}")
