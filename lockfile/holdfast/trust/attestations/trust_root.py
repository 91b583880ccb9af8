"""The Sigstore root of trust: which authorities and logs are believed, and when each of them was.

Its bytes are pinned by digest, the shipped one's in this file; no network, no user's cache and no update takes part. A
certificate and a log entry are judged by those authorities and logs that the root has valid *at the time of signing*,
so what a retired authority signs afterwards proves nothing. Knows no attestations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from holdfast.trust.attestations.errors import TrustRootRefused
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields
from holdfast.trust.strict_json import canonical, parse

if TYPE_CHECKING:
    from sigstore.verify import Verifier

PRODUCTION = "sigstore"  # the name of the shipped root, and of its file in `trust/data`
PRODUCTION_DIGEST = "sha256:6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66"

_LONGEST = 1024 * 1024  # bytes of a root
_INSTANCES = {"certificateAuthorities": "", "ctlogs": "publicKey", "tlogs": "publicKey"}  # where `validFor` stands
# The library takes a root only inside of a client's whole configuration.
_CONFIGURATION = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json"
_SIGNING = "application/vnd.dev.sigstore.signingconfig.v0.2+json"


class TrustRoot:
    """A root of trust whose bytes were the pinned ones. `name` is for messages, `digest` is "sha256:<hex>".

    `fields` is the document. `known` are its authorities and logs by group, such as `tlogs`: each as (the value as it
    stands, valid from, valid until).
    """

    __slots__ = ("_verifiers", "digest", "fields", "known", "name")

    def __init__(self, name: str, digest: str, fields: Fields) -> None:
        self.name = name
        self.digest = digest
        self.fields = fields
        self.known = {group: tuple(_instances(fields, group, inside)) for group, inside in _INSTANCES.items()}
        self._verifiers: dict[tuple[tuple[int, ...], ...], Verifier] = {}

    def verifier_at(self, signed: datetime) -> Verifier | None:
        """Return a verifier that knows only what was valid at a time; None when an authority or a log is lacking.

        Raises `TrustRootRefused` when the library cannot use the root.
        """
        chosen = tuple(
            [
                tuple([place for place, (_, start, end) in enumerate(known) if start <= signed <= end])
                for known in self.known.values()
            ]
        )
        if not all(chosen):
            return None
        if chosen not in self._verifiers:
            self._verifiers[chosen] = self._verifier(chosen)
        return self._verifiers[chosen]

    def _verifier(self, chosen: tuple[tuple[int, ...], ...]) -> Verifier:
        from sigstore.errors import Error  # start-up: 360 ms, and only where there is evidence
        from sigstore.models import ClientTrustConfig
        from sigstore.verify import Verifier

        root: dict[str, object] = {
            group: [known[place][0] for place in places] for (group, known), places in zip(self.known.items(), chosen)
        }
        root |= {"mediaType": self.fields.value("mediaType"), "timestampAuthorities": []}
        document = {"mediaType": _CONFIGURATION, "trustedRoot": root, "signingConfig": {"mediaType": _SIGNING}}
        try:
            text = canonical(document).decode("utf-8")
            return Verifier(trusted_root=ClientTrustConfig.from_json(text).trusted_root)
        except (Error, ValueError) as error:
            raise TrustRootRefused(self.name, f"the verifying library cannot use it: {first_line(error)}") from None


def load_trust_root(data: bytes, digest: str, name: str = "private") -> TrustRoot:
    """Return the root of trust in a `trusted_root.json` (at most 1 MiB) whose pinned digest is "sha256:<64 hex>".

    Raises `TrustRootRefused` for other bytes than the pinned ones, and for bytes that are no root.
    """
    found = "sha256:" + hashlib.sha256(data).hexdigest()
    if found != digest:
        raise TrustRootRefused(name, f"its digest is {found} where {digest} is pinned")
    try:
        fields = Fields(parse(data, limit=_LONGEST))
        fields.text("mediaType", empty=False)
        return TrustRoot(name, digest, fields)
    except MalformedDocument as fault:
        raise TrustRootRefused(name, f"expected {fault.expected} at {fault.place or 'its start'}") from None


def production_trust_root() -> TrustRoot:
    """Return the root of the public Sigstore instance, as it was shipped. Raises `TrustRootRefused` for other bytes."""
    from importlib.resources import files  # start-up

    try:
        data = files("holdfast.trust").joinpath("data", f"{PRODUCTION}.json").read_bytes()
    except OSError as error:
        raise TrustRootRefused(PRODUCTION, f"the shipped file cannot be read: {error.strerror}") from None
    return load_trust_root(data, PRODUCTION_DIGEST, PRODUCTION)


def first_line(error: BaseException) -> str:
    """Return the first line of another library's message, short enough for ours and without hidden characters."""
    lines = str(error).splitlines()
    text = "".join([character if character.isprintable() else "?" for character in (lines[0] if lines else "")])
    return (text if len(text) <= 200 else text[:197] + "...") or type(error).__name__


def _instances(fields: Fields, group: str, inside: str) -> Iterator[tuple[object, datetime, datetime]]:
    rows = fields.tables(group, most=100)
    for row, value in zip(rows, fields.array(group)):
        period = (row.table(inside) if inside else row).optional_table("validFor")
        start, end = (period.optional_text(name) if period else None for name in ("start", "end"))
        yield value, _instant(start, "0001-01-01T00:00:00Z", group), _instant(end, "9999-12-31T23:59:59Z", group)


def _instant(text: str | None, otherwise: str, place: str) -> datetime:
    """Return the instant of an RFC 3339 time, which may have a fraction: `2022-12-31T23:59:59.999Z`."""
    try:
        instant = datetime.fromisoformat(text or otherwise)
    except ValueError:
        raise MalformedDocument(f"{place}.validFor", "an RFC 3339 time") from None
    if instant.tzinfo is None:
        raise MalformedDocument(f"{place}.validFor", "a time with its zone")
    return instant
