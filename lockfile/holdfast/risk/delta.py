"""What a release can do that the one before could not, and the other way round: in words, with the place as evidence.

    gains network: pkg/x.py:41 via socket.create_connection
    gains install-script: package.json:14 via postinstall: node build.js
    loses subprocess: pkg/run.py:7 via subprocess.run

Only capabilities count, never how often one is used: a line that moved is no news. Pure.
"""

from holdfast.model.scan import CAPABILITIES, MOMENTS, Evidence, Scan

_LONGEST = 80  # characters of what was found


def gains(before: Scan | None, after: Scan) -> tuple[str, ...]:
    """Return a line for each capability that `after` has and `before` lacks; of a new package (None) for each it has.

    An earlier moment counts as well: what ran when it was called, and now runs as soon as it is installed.
    """
    old = earliest(before)
    lines = []
    for capability, place in earliest(after).items():
        had = old.get(capability)
        if had is None:
            lines.append(f"gains {capability}: {spell(place)}")
        elif MOMENTS.index(place.moment) < MOMENTS.index(had.moment):
            lines.append(f"gains {capability} at {place.moment} time: {spell(place)}")
    return tuple(lines)


def holdings(scan: Scan) -> tuple[str, ...]:
    """Return a line for each capability that a release has, where there is nothing to compare it with."""
    return tuple([f"has {capability}: {spell(place)}" for capability, place in earliest(scan).items()])


def losses(before: Scan, after: Scan) -> tuple[str, ...]:
    """Return a line for each capability that `before` has and `after` lacks."""
    new = earliest(after)
    return tuple([f"loses {one}: {spell(place)}" for one, place in earliest(before).items() if one not in new])


def earliest(scan: Scan | None) -> dict[str, Evidence]:
    """Return of each capability the piece of evidence that runs first, in the order of `CAPABILITIES`."""
    found: dict[str, Evidence] = {}
    for one in sorted(scan.evidence if scan is not None else (), key=lambda one: (MOMENTS.index(one.moment), one)):
        found.setdefault(one.capability, one)
    return {capability: found[capability] for capability in CAPABILITIES if capability in found}


def spell(place: Evidence) -> str:
    """`pkg/x.py:41 via socket.create_connection`"""
    where = f"{place.path}:{place.line}" if place.line else place.path
    word = place.found if len(place.found) <= _LONGEST else place.found[: _LONGEST - 3] + "..."
    return f"{where} via {word}" if word else where
