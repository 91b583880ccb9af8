"""Peers that stand beside what asks for them, seen from whoever needs both.

    old 1.0.0 -> react 17.0.2, hook 1.0.0        hook 1.0.0 -> react (a peer)

`old` brings hook and react together, so hook's react is expected to be 17.0.2 there. npm may have it otherwise: a hook
that stands above `old` already, beside another react, serves `old` as well. So this is a reason to look again, and no
finding. A lock that lost an `[[instance]]` looks like this. Knows a lock; no tree.
"""

from __future__ import annotations

from holdfast.model.lock import Lock
from holdfast.model.npm_graph import spread
from holdfast_resolver.values.npm import PEER, PEER_OPTIONAL, NpmRequirement

_PEERS = (PEER, PEER_OPTIONAL)


def has_split_peers(lock: Lock) -> bool:
    """Whether something needs a package in one version, beside what has it as its peer in another."""
    walked = spread(lock)
    ends = {
        (pin.source, pin.name, pin.version): [
            (need, end) for need, end in pin.dependencies if isinstance(need, NpmRequirement)
        ]
        for pin in walked.lock.packages
        if pin.npm is not None
    }
    peers = {
        release: [(need.alias, end) for need, end in edges if need.kind in _PEERS] for release, edges in ends.items()
    }
    manifests: dict[str, list[tuple[NpmRequirement, str]]] = {}
    for (path, wish), end in walked.wishes.items():
        if isinstance(wish, NpmRequirement):
            manifests.setdefault(path, []).append((wish, end))
    for edges in (*ends.values(), *manifests.values()):
        own = {need.alias: end for need, end in edges if need.kind not in _PEERS and end}
        for need, end in edges:
            for alias, beside in peers.get((need.source, need.name, end), ()):
                if own.get(alias, beside) != beside:
                    return True
    return False
