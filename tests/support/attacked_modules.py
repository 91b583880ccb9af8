"""Attacks on releases: envelopes altered or signed by hand, and the assertion that a release is refused just so.

The release at hand is `@acme/guards 2.1.0` of the registry `REGISTRY`, in which the key "acme" publishes `@acme/*`.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from holdfast.trust.dsse import PAYLOAD_INTOTO, Envelope, parse_envelope, sign_envelope, write_envelope
from holdfast.trust.errors import TrustError
from holdfast.trust.publishers import Publishers
from holdfast.trust.revocations import RevocationList
from holdfast.trust.strict_json import canonical, parse
from holdfast.trust.trusted_keys import TrustedKey
from holdfast.trust.verify_module import VerifiedModule, verify_module
from holdfast_resolver.values.modules import ModuleRelease
from tests.support.signed_modules import (
    NOTHING,
    NOW,
    acme,
    digest_of,
    module,
    publisher_envelope,
    registry_of,
    release_of,
)
from tests.support.signing_keys import signer

NAME = "@acme/guards"
ABOUT = "@acme/guards 2.1.0"
REGISTRY = registry_of(acme())
MODULE = module()
GOOD = publisher_envelope(MODULE)
PLAIN = release_of(MODULE, GOOD)
OTHER_ID = "ed25519:" + "5" * 64
STOLEN = digest_of("other bytes")
BEFORE, AFTER = "2026-06-01T11:59:59Z", "2026-06-01T12:00:01Z"  # the release was published

# What it is, the release, what else the client believes (arguments of `verify`), the error and its fields.
Row = tuple[str, ModuleRelease, dict[str, object], type[TrustError], dict[str, object]]


def verify(
    release: ModuleRelease,
    *,
    publishers: Publishers | None = REGISTRY,
    project: Iterable[TrustedKey] = (),
    revocations: RevocationList = NOTHING,
    unsigned: bool = False,
) -> VerifiedModule:
    """Verify a release of `@acme/guards` as a client that believes this, now."""
    return verify_module(
        NAME,
        release,
        publishers=publishers,
        trusted=project,
        revocations=revocations,
        now=NOW,
        allow_unsigned=unsigned,
    )


def assert_refused(
    release: ModuleRelease, believed: dict[str, Any], error: type[TrustError], fields: dict[str, object]
) -> None:
    """Assert that exactly this error comes of a release, about it and with these fields."""
    with pytest.raises(TrustError) as caught:
        verify(release, **believed)
    assert type(caught.value) is error, caught.value
    assert caught.value.fields() == caught.value.fields() | {"subject": ABOUT} | fields


def altered(text: str, change: Callable[[dict[str, Any]], object]) -> str:
    """An envelope whose statement was changed after signing."""
    envelope = parse_envelope(text)
    statement: Any = parse(envelope.payload)
    change(statement)
    return write_envelope(envelope._replace(payload=canonical(statement)))


def signed_by_hand(
    change: Callable[[dict[str, Any]], object], *keys: str, payload_type: str = PAYLOAD_INTOTO, of: str = GOOD
) -> str:
    """An envelope over a changed statement, signed well."""
    statement: Any = parse(parse_envelope(of).payload)
    change(statement)
    return write_envelope(sign_envelope(payload_type, canonical(statement), [signer(key) for key in keys or ("acme",)]))


def payload_signed(payload: bytes) -> str:
    """An envelope by "acme" over these bytes."""
    return write_envelope(sign_envelope(PAYLOAD_INTOTO, payload, [signer("acme")]))


def under_id(text: str, *ids: str) -> str:
    """An envelope whose signatures carry these key ids instead, the last one as often as it takes."""
    envelope = parse_envelope(text)
    rows = [(name, envelope.signatures[min(place, len(envelope.signatures) - 1)][1]) for place, name in enumerate(ids)]
    return write_envelope(Envelope(envelope.payload_type, envelope.payload, tuple(rows)))


def in_predicate(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda statement: statement["predicate"].update(fields)


def nothing(statement: dict[str, Any]) -> None:
    """Changes nothing."""
