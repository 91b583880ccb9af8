"""Refreshing: every signature that nears its end is made anew, as far as the keys at hand allow.

Timestamp and snapshot are renewed each time; a role or the revocation list when half of its time is over. What needs
a key that is not at hand is told, and the rest is renewed all the same.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from holdfast.publish.registry.change import Change
from holdfast.publish.registry.desk import Desk
from holdfast.publish.registry.errors import SigningKeyMissing
from holdfast.publish.registry.layout import BINS, REVOCATIONS, days_of, is_due
from holdfast.publish.registry.notices import days_of_list, next_list
from holdfast.publish.registry.roles import expires_text, role_keys
from holdfast.publish.registry.rotate import renew_root
from holdfast.trust.registry_metadata import MODULES, NOTICES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from holdfast.trust.revocations import RevocationList


class Refreshed(NamedTuple):
    """What was renewed, and what waits for keys that are not at hand."""

    renewed: tuple[str, ...]
    waiting: tuple[SigningKeyMissing, ...]


def refresh(desk: Desk) -> Refreshed:
    """Renew what is due. Raises `SigningKeyMissing` when the online key is not at hand: then nothing is renewed."""
    with desk.change() as change:
        attempts = _Attempts()
        state = change.state
        desk.keys.at_least(TIMESTAMP, *role_keys(state.root.signed, TIMESTAMP))
        if is_due(expires_text(state.root.signed.expires), days_of(ROOT), desk.now):
            attempts.make(ROOT, lambda: renew_root(state, desk.keys, desk.now))
        for role in (TARGETS, MODULES, NOTICES, *BINS):
            if is_due(expires_text(state.role(role).signed.expires), days_of(role), desk.now):
                attempts.make(role, partial(_renew, change, desk, role))
        listed = state.revocations()
        if is_due(listed.expires, days_of_list(listed), desk.now):
            attempts.make(REVOCATIONS, lambda: _renew_list(change, desk, listed))
        change.commit(desk.keys)
        attempts.renewed += [SNAPSHOT, TIMESTAMP]
        return Refreshed(tuple(attempts.renewed), tuple(attempts.waiting))


class _Attempts:
    """What was renewed so far, and what could not be."""

    def __init__(self) -> None:
        self.renewed: list[str] = []
        self.waiting: list[SigningKeyMissing] = []

    def make(self, what: str, act: Callable[[], None]) -> None:
        try:
            act()
        except SigningKeyMissing as error:
            self.waiting.append(error)
        else:
            self.renewed.append(what)


def _renew(change: Change, desk: Desk, role: str) -> None:
    desk.keys.at_least(role, *role_keys(change.state.delegator(role), role))
    change.renew(role)


def _renew_list(change: Change, desk: Desk, listed: RevocationList) -> None:
    desk.keys.at_least(NOTICES, *role_keys(change.state.delegator(NOTICES), NOTICES))
    by = change.state.publishers()
    change.put(REVOCATIONS, next_list(listed, (), by, desk.keys, desk.now, days_of_list(listed)))
