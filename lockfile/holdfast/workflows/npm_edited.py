"""What a pin says of an npm release against what its registry says: a lock that was edited by hand says other things.

Approvals vouch for bytes and signers; facts and edges are those of the bytes, so they are compared here. What an
override decides, what a tarball bundles, what no lock can spell and what a workspace may serve is no difference.
"""

from __future__ import annotations

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock, Pin
from holdfast.model.npm_changes import fact_rows
from holdfast.model.words import spell_pin
from holdfast.workflows.npm_wishes import OVERRIDE
from holdfast.workflows.port import LOCK
from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.manifests.npm_specs import AliasSpec, RangeSpec, parse_spec
from holdfast_resolver.values.npm import OPTIONAL, PEER, PEER_OPTIONAL, NpmRelease, NpmRequirement
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.npm_ranges import npm_range

CODE = "facts-differ"
_NAMED = 3
_Said = tuple[str, str, str]  # kind, name, range


class Leeway(NamedTuple):
    """What of a lock makes edges differ from what releases ask for."""

    overridden: frozenset[str]  # names that some override decides, or that the project gives to another package
    members: bool  # the project has workspaces, which serve edges without a pin


def leeway_of(lock: Lock) -> Leeway:
    """Return what a lock itself says of it."""
    overridden = {need.name for part in lock.inputs if part.kind == OVERRIDE for need in part.requires}
    overridden |= {
        need.alias
        for part in lock.inputs
        if part.kind == OVERRIDE
        for need in part.requires
        if isinstance(need, NpmRequirement)
    }
    wishes = [need for part in lock.inputs for need in part.requires if isinstance(need, NpmRequirement)]
    overridden |= {need.alias for need in wishes if need.alias != need.name}
    return Leeway(frozenset(overridden), any("/" in part.path for part in lock.inputs))


def differences(pin: Pin, release: NpmRelease, leeway: Leeway) -> tuple[str, ...]:
    """Return what the pin says and the registry does not, in words; () where they agree."""
    assert pin.npm is not None
    told = as_released(pin, release).npm
    words = (
        []
        if told is pin.npm
        else [
            f"{what} {_spelled(after)}, locked is {_spelled(before)}"
            for what, before, after in fact_rows(pin.npm, told)
            if before != after
        ]
    )
    return tuple(words + _edges(pin, release, leeway))


def as_released(pin: Pin, release: NpmRelease) -> Pin:
    """The pin with the facts of the release; whether it is optional is no fact of it, but of the lock."""
    assert pin.npm is not None
    facts = pin.npm._replace(
        bins=release.bins,
        os=release.os,
        cpu=release.cpu,
        libc=release.libc,
        engines=release.engines,
        install_script=release.install_script,
        bundled=release.bundled,
    )
    return pin if facts == pin.npm else pin._replace(npm=facts)


def edited_finding(pin: Pin, words: tuple[str, ...]) -> Finding:
    """The finding for a pin that differs."""
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return Finding(
        CODE,
        severity(CODE),
        spell_pin(pin),
        "what the registry says of the release",
        "; ".join(words[:_NAMED]) + more,
        hints=("holdfast lock",),
        place=Place(LOCK),
    )


def confused_finding(pin: Pin, found: str) -> Finding:
    """The finding for a tarball that says it is another release; `found` is what it says."""
    return Finding(
        CODE,
        severity(CODE),
        spell_pin(pin),
        f"a tarball whose own package.json says {pin.name} {pin.version}",
        found,
        hints=(f"holdfast why {pin.name}",),
        place=Place(LOCK),
    )


def _edges(pin: Pin, release: NpmRelease, leeway: Leeway) -> list[str]:
    asked = _asked(release)
    locked = {need.alias: need for need, _ in pin.dependencies if isinstance(need, NpmRequirement)}
    words = []
    for alias, need in locked.items():
        kind, written = asked.get(alias, ("", None))
        if kind == need.kind and written == need.range and alias == need.name:  # nearly always
            continue
        if alias in leeway.overridden or need.name in leeway.overridden:
            continue
        if written is None:
            words.append(f"no requirement {alias}, locked is {need.without_source()}")
            continue
        said = _said(kind, alias, written)
        if said and (need.kind, need.name, need.range or "*") != said:
            words.append(f"requires {said[1]} {said[2]}{_kind(said[0])}, locked is {need.without_source()}")
    if not leeway.members:
        for alias in asked.keys() - locked.keys() - leeway.overridden - set(release.bundled):
            said = _said(asked[alias][0], alias, asked[alias][1])
            if said:
                words.append(f"requires {said[1]} {said[2]}{_kind(said[0])}, locked is nothing of it")
    return sorted(words)


def _asked(release: NpmRelease) -> dict[str, tuple[str, str]]:
    """(kind, spec as written) by alias of what a release asks for."""
    optional_peers = frozenset(release.optional_peers)
    found = {alias: (PEER_OPTIONAL if alias in optional_peers else PEER, spec) for alias, spec in release.peers}
    found |= {alias: ("", spec) for alias, spec in release.dependencies}
    return found | {alias: (OPTIONAL, spec) for alias, spec in release.optional}


def _said(kind: str, alias: str, written: str) -> _Said | tuple[()]:
    """What a lock has of it; () where no lock can spell it."""
    spec, name = parse_spec(alias, written), alias
    if isinstance(spec, AliasSpec):
        name, spec = spec.target.name, spec.target
    if not isinstance(spec, RangeSpec):
        return ()
    try:
        return kind, name, npm_range(spec.range)
    except InvalidRange:
        return ()


def _kind(kind: str) -> str:
    return f" ; {kind}" if kind else ""


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join([" ".join(one) if isinstance(one, tuple) else str(one) for one in value]) or "none"
    return str(value)
