"""Rotating a registry's keys, by the name of what they sign."""

from collections.abc import Iterable

from holdfast.errors import UsageError
from holdfast.publish.registry.desk import Desk
from holdfast.publish.registry.layout import COSIGNER, ONLINE, REVOKER
from holdfast.publish.registry.rotate import (
    rotate_cosigner,
    rotate_delegated,
    rotate_revoker,
    rotate_root,
    rotate_top,
)
from holdfast.publish.registry.state import RegistryState
from holdfast.trust.registry_metadata import ROOT, TARGETS


def rotate_key(desk: Desk, what: str, retire: Iterable[str] = ()) -> RegistryState:
    """Put new keys in the place of those of `what`, one of `rotate.ROLES`; return the state that has them.

    `retire` names root keys, by their files or ids. Raises `SigningKeyMissing`, `UsageError`.
    """
    named = tuple(retire)
    if named and what != ROOT:
        raise UsageError("--retire with the role root only", what)
    with desk.change() as change:
        if what == ROOT:
            rotate_root(change.state, desk.keys, desk.now, named)
        elif what in (ONLINE, TARGETS):
            rotate_top(change, desk.keys, desk.now, what)
        elif what == COSIGNER:
            rotate_cosigner(change, desk.keys, desk.now)
        elif what == REVOKER:
            rotate_revoker(change, desk.keys, desk.now)
        else:
            rotate_delegated(change, desk.keys, what)
        return RegistryState.load(desk.folder)
