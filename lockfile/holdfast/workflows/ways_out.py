"""How to leave a locked release that its publisher withdrew: by an update, where the resolver says that it helps.

Asks through what comes in; nothing is written. What the project itself pins exactly is named, since no update moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from holdfast.model.lock import Lock, Pin
from holdfast.risk.facts import ReleaseState, WayOut
from holdfast.risk.graph import pin_id
from holdfast.workflows.exact_wishes import exact_wishes
from holdfast_resolver.values.wishes import Wish


def ways_out(
    lock: Lock,
    states: Mapping[str, ReleaseState],
    wishes: tuple[Wish, ...],
    would_leave: Callable[[Pin, tuple[str, ...]], str | None],
) -> dict[str, WayOut]:
    """Return the way out of each withdrawn release, by its id. Raises `ResolverError` where the resolver cannot say."""
    found = {}
    for pin in lock.packages:
        state = states.get(pin_id(pin))
        if state is None or state.yanked is None:
            continue
        version = would_leave(pin, ()) or ""
        exact = () if version else exact_wishes(wishes, pin.name, pin.version)
        found[pin_id(pin)] = WayOut(version, tuple([(str(one), one.place) for one in exact]))
    return found
