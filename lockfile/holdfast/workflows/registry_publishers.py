"""Publishers: who may publish under which names, with which keys. Every act here needs the offline targets key.

A key is registered when its holder signed a challenge that the operator made up for this name: proof that it is
theirs. The challenge waits in the keys folder and counts once.
"""

import os
from typing import NamedTuple

from holdfast.errors import UsageError
from holdfast.publish.registry.desk import Desk
from holdfast.publish.registry.folder import make_private_folder, read_file, remove_file, write_file
from holdfast.publish.registry.layout import PUBLISHERS
from holdfast.publish.registry.state import RegistryState
from holdfast.trust.challenge import Challenge, accept_answer, read_challenge, write_challenge
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.publisher_edits import add_key, add_publisher, retire_key, set_threshold, set_tier
from holdfast.trust.publishers import Publisher, Publishers, RegisteredKey, write_publishers

_CHALLENGES = "challenges"


class Wanted(NamedTuple):
    """A publisher that is to be registered; what is "", 0 or () takes the usual, or stays as it is."""

    name: str
    scopes: tuple[str, ...] = ()
    tier: str = ""
    threshold: int = 0
    label: str = ""  # of the key
    until: str = ""  # of the key


def list_publishers(desk: Desk) -> Publishers:
    """Return who may publish what."""
    return RegistryState.load(desk.folder).publishers()


def challenge(desk: Desk, name: str, nonce: bytes, expires: str) -> bytes:
    """Return a challenge for a publisher, and keep it in the keys folder in place of an earlier one.

    `nonce` is 32 random bytes. Raises `MalformedDocument` for a name that no publisher may have.
    """
    data = write_challenge(Challenge(nonce, RegistryState.load(desk.folder).identity, name, expires))
    folder = os.path.join(desk.keys.folder, _CHALLENGES)
    make_private_folder(folder)
    write_file(os.path.join(folder, f"{name}.json"), data, os.path.join(folder, ".tmp"))
    return data


def register(desk: Desk, wanted: Wanted, key: PublicKey, answer: str) -> Publisher:
    """Register a publisher with its first key, or a further key of one that is there.

    `answer` is the challenge, signed by `key`. Raises what `accept_answer` and an edit of the document raise, and
    `UsageError` where no challenge waits.
    """
    _check_answer(desk, wanted.name, key, answer)
    registered = RegisteredKey(key, wanted.label or wanted.name, desk.now, wanted.until)
    with desk.change() as change:
        old = change.state.publishers()
        if old.named(wanted.name):
            if wanted.scopes or wanted.tier or wanted.threshold:
                raise UsageError("no scope, tier or threshold with a further key of a publisher", wanted.name)
            new = add_key(old, wanted.name, registered)
        else:
            scopes = wanted.scopes or (f"@{wanted.name}/*",)
            tier = wanted.tier or "unverified"
            publisher = Publisher(wanted.name, scopes, tier, wanted.threshold or 1, (registered,))
            new = add_publisher(old, publisher)
        change.put(PUBLISHERS, write_publishers(new))
        change.commit(desk.keys)
    remove_file(_challenge_path(desk, wanted.name))
    return _named(new, wanted.name)


def put_in_tier(desk: Desk, name: str, tier: str) -> Publisher:
    """Put a publisher into another tier."""
    with desk.change() as change:
        new = set_tier(change.state.publishers(), name, tier)
        change.put(PUBLISHERS, write_publishers(new))
        change.commit(desk.keys)
    return _named(new, name)


def ask_for_keys(desk: Desk, name: str, threshold: int) -> Publisher:
    """Let a publisher's releases need another number of distinct keys."""
    with desk.change() as change:
        new = set_threshold(change.state.publishers(), name, threshold)
        change.put(PUBLISHERS, write_publishers(new))
        change.commit(desk.keys)
    return _named(new, name)


def retire(desk: Desk, name: str, key_id: str, until: str) -> Publisher:
    """End the time of a publisher's key."""
    with desk.change() as change:
        new = retire_key(change.state.publishers(), name, key_id, until)
        change.put(PUBLISHERS, write_publishers(new))
        change.commit(desk.keys)
    return _named(new, name)


def _check_answer(desk: Desk, name: str, key: PublicKey, answer: str) -> None:
    data = read_file(_challenge_path(desk, name))
    if data is None:
        hint = f"`holdfast registry publishers DIR challenge {name}` makes one"
        raise UsageError(f"a challenge for {name} that waits to be answered", "none", hint)
    accept_answer(answer, read_challenge(data), key, desk.now)


def _challenge_path(desk: Desk, name: str) -> str:
    return os.path.join(desk.keys.folder, _CHALLENGES, f"{os.path.basename(name)}.json")


def _named(document: Publishers, name: str) -> Publisher:
    return next(one for one in document.publishers if one.name == name)
