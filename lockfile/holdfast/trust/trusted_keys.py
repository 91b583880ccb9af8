"""Keys that somebody believes, for which names and how long. Plain values: the project's own trust, or a registry's.

Knows names, patterns and times; no documents, no envelopes.
"""

from collections.abc import Iterable

from holdfast.trust.ed25519 import PublicKey
from holdfast_resolver.values.modules import pattern_claims
from holdfast_resolver.values.tuples import NamedTuple


class TrustedKey(NamedTuple):
    """A key believed for the names that `names` claim, from `since` until `until` ("" = open; `until` excluded).

    `revoked` is "" or the time of its revocation; a revoked key is revoked for every name and at once.
    """

    key: PublicKey
    label: str = ""
    names: tuple[str, ...] = ()  # "@acme/*", "@acme/guards"
    since: str = ""
    until: str = ""
    tier: str = ""  # "unverified", "verified", "trusted"; "" = none
    revoked: str = ""

    def claims(self, name: str) -> bool:
        """Whether it is believed for this name at all, whatever the time."""
        return any(pattern_claims(pattern, name) for pattern in self.names)

    def holds_at(self, instant: str) -> bool:
        """Whether an instant (RFC 3339, UTC, seconds) lies within its time."""
        return is_within(instant, self.since, self.until)


def is_within(instant: str, since: str, until: str) -> bool:
    """Whether `since <= instant < until`; "" is an open end. Times of one form sort as text."""
    return since <= instant and (not until or instant < until)


def trusted_ids(trusted: Iterable[TrustedKey], name: str, now: str) -> frozenset[str]:
    """Return the ids of the keys that are believed for a name now."""
    return frozenset([one.key.id for one in trusted if one.claims(name) and one.holds_at(now) and not one.revoked])
