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
from holdfast.publish.registry.layout import BINS, REVOCATIONS, days_of, is_due, is_near
from holdfast.publish.registry.notices import days_of_list, next_list
from holdfast.publish.registry.roles import expires_text, role_keys
from holdfast.publish.registry.rotate import renew_root
from holdfast.trust.registry_metadata import MODULES, NOTICES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from holdfast.trust.revocations import RevocationList


class Waiting(NamedTuple):
    """What is due, and waits for keys that are not at hand."""

    error: SigningKeyMissing
    expires: str
    near: bool  # it ends so soon that somebody must fetch the keys


class Refreshed(NamedTuple):
    """What was renewed, and what waits for keys that are not at hand."""

    renewed: tuple[str, ...]
    waiting: tuple[Waiting, ...]


def refresh(desk: Desk) -> Refreshed:
    """Renew what is due. Raises `SigningKeyMissing` when the online key is not at hand: then nothing is renewed."""
    with desk.change() as change:
        attempts = _Attempts(desk.now)
        state = change.state
        desk.keys.at_least(TIMESTAMP, *role_keys(state.root.signed, TIMESTAMP))
        expires = expires_text(state.root.signed.expires)
        attempts.make(ROOT, expires, days_of(ROOT), lambda: renew_root(state, desk.keys, desk.now))
        for role in (TARGETS, MODULES, NOTICES, *BINS):
            expires = expires_text(state.role(role).signed.expires)
            attempts.make(role, expires, days_of(role), partial(_renew, change, desk, role))
        listed = state.revocations()
        attempts.make(REVOCATIONS, listed.expires, days_of_list(listed), lambda: _renew_list(change, desk, listed))
        change.commit(desk.keys)
        attempts.renewed += [SNAPSHOT, TIMESTAMP]
        return Refreshed(tuple(attempts.renewed), tuple(attempts.waiting))


class _Attempts:
    """What was renewed so far, and what could not be."""

    def __init__(self, now: str) -> None:
        self._now = now
        self.renewed: list[str] = []
        self.waiting: list[Waiting] = []

    def make(self, what: str, expires: str, days: int, act: Callable[[], None]) -> None:
        """Renew `what` by `act`, if half of its `days` is over."""
        if not is_due(expires, days, self._now):
            return
        try:
            act()
        except SigningKeyMissing as error:
            self.waiting.append(Waiting(error, expires, is_near(expires, days, self._now)))
        else:
            self.renewed.append(what)


def _renew(change: Change, desk: Desk, role: str) -> None:
    desk.keys.at_least(role, *role_keys(change.state.delegator(role), role))
    change.renew(role)


def _renew_list(change: Change, desk: Desk, listed: RevocationList) -> None:
    desk.keys.at_least(NOTICES, *role_keys(change.state.delegator(NOTICES), NOTICES))
    by = change.state.publishers()
    change.put(REVOCATIONS, next_list(listed, (), by, desk.keys, desk.now, days_of_list(listed)))
