"""The keys that a registry publishes: both forms, and everything that is no good key."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from holdfast.trust.attestations import errors
from holdfast.trust.attestations.errors import KEY, REASONS, EvidenceRefused
from holdfast.trust.npm_keys import (
    ATTESTATIONS,
    MOST_KEYS,
    SIGNATURES,
    RegistryKeys,
    canonical_registry,
    key_for,
    read_registry_keys,
)
from tests.support.npm_evidence import SigningKey
from tests.support.sigstore_authority import public_der

URL = "https://npm.acme.example"
OLD, NEW = SigningKey("old", "2025-01-29T00:00:00.000Z"), SigningKey("new")
BEFORE, AFTER = datetime(2025, 1, 28, 23, 59, 59, tzinfo=UTC), datetime(2025, 1, 29, tzinfo=UTC)


def read(*rows: Any, url: str = URL) -> RegistryKeys:
    """Read a document of these rows."""
    return read_registry_keys(json.dumps({"keys": rows}).encode(), url)


def refused(body: bytes, url: str = URL) -> EvidenceRefused:
    """The refusal of a document; the test fails when it is read."""
    with pytest.raises(EvidenceRefused) as caught:
        read_registry_keys(body, url)
    assert caught.value.reason in REASONS
    return caught.value


def released(key: SigningKey, usage: str = SIGNATURES, **period: str) -> dict[str, Any]:
    """A row in the form of a TUF root."""
    return {
        "keyId": key.key_id,
        "keyUsage": usage,
        "publicKey": {"rawBytes": key.row["key"], "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": period},
    }


def spki(key: PrivateKeyTypes) -> str:
    """The base64 DER of a key's public half."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def test_the_published_form_is_read() -> None:
    """Ids, fingerprints over the DER form and expiry come out; each key is for releases and attestations."""
    keys = read(OLD.row, NEW.row)
    old, new = keys.keys
    der = public_der(OLD.private)
    assert (old.key_id, old.fingerprint) == (OLD.key_id, "sha256:" + hashlib.sha256(der).hexdigest())
    assert (old.since, old.until, new.until) == (None, AFTER, None)
    assert old.purposes == (SIGNATURES, ATTESTATIONS)
    assert keys.fingerprints == tuple(sorted((old.fingerprint, new.fingerprint)))


def test_the_form_of_a_root_is_read() -> None:
    """A TUF root's rows tell what each key is for and since when; one id may stand once for each purpose."""
    period = {"start": "2025-01-13T00:00:00.000Z"}
    keys = read(released(NEW, **period), released(NEW, ATTESTATIONS, **period), released(OLD, "other:usage"))
    assert [key.purposes for key in keys.keys] == [(SIGNATURES,), (ATTESTATIONS,)]
    assert keys.keys[0].since == datetime(2025, 1, 13, tzinfo=UTC)
    assert keys.unknown == (OLD.key_id,)
    assert len(keys.fingerprints) == 1


def test_a_registry_without_keys_has_none() -> None:
    """An empty list is a document like any other: the registry signs nothing."""
    assert read().keys == ()


def test_fields_that_nobody_knows_are_passed_over() -> None:
    """A registry may add fields to the document and to its rows."""
    assert read({**NEW.row, "comment": 5}).keys[0].key_id == NEW.key_id


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (spki(ec.derive_private_key(7, ec.SECP384R1())), "another curve"),
        (spki(ec.derive_private_key(7, ec.SECP256K1())), "another curve of the same size"),
        (spki(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))), "another kind"),
        (base64.b64encode(public_der(NEW.private) + b"\0").decode(), "bytes behind it"),
        (base64.b64encode(public_der(NEW.private)[:-1]).decode(), "too short"),
        (base64.b64encode(public_der(NEW.private)[:-1] + b"\xff").decode(), "a point that is not on the curve"),
        (base64.b64encode(bytes(91)).decode(), "zeros"),
        (str(NEW.row["key"]).rstrip("="), "base64 without its end"),
        (f" {NEW.row['key']}", "a blank before it"),
        ("", "nothing"),
        (None, "null"),
        (5, "a number"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_a_key_that_is_no_point_on_the_curve_spoils_the_document(key: object, problem: str) -> None:
    """What says P-256 and holds anything else is refused, with its place."""
    error = refused(json.dumps({"keys": [OLD.row, {**NEW.row, "key": key}]}).encode())
    assert (error.reason, error.subject) == (errors.MALFORMED, URL), problem
    assert "keys[1].key" in error.detail


def test_a_compressed_point_is_refused() -> None:
    """A key has one DER form, so that one key has one fingerprint."""
    point = NEW.private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    head = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
    assert refused(_one(key=base64.b64encode(head + point).decode())).reason == errors.MALFORMED


@pytest.mark.parametrize(
    "change",
    [
        {"keyid": ""}, {"keyid": 5}, {"keyid": "a\u202eb"}, {"keytype": None}, {"scheme": 7}, {"expires": ""},
        {"expires": "soon"}, {"expires": "2025-01-29T00:00:00"}, {"expires": 1738108800},
    ],
)  # fmt: skip
def test_a_malformed_row_spoils_the_document(change: dict[str, object]) -> None:
    """Fields of another type, and times that are none or have no zone, are refused."""
    assert refused(_one(**change)).reason == errors.MALFORMED


@pytest.mark.parametrize("missing", ["keyid", "keytype", "scheme", "key"])
def test_a_row_needs_its_fields(missing: str) -> None:
    """A row without id, kind or key is refused; without expiry it is valid for ever."""
    row = {name: value for name, value in NEW.row.items() if name != missing}
    assert missing in refused(json.dumps({"keys": [row]}).encode()).detail
    assert read({name: value for name, value in OLD.row.items() if name != "expires"}).keys[0].until is None


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"{}", b'{"keys": {}}', b'{"keys": [5]}', b'{"keys": null}', b'{"keys":[],"keys":[]}',
        b"\xff", b'{"keys": [' + b"[" * 100,
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(body: bytes) -> None:
    """Bytes that are no such JSON document are malformed."""
    assert refused(body).reason == errors.MALFORMED


def test_too_much_is_refused() -> None:
    """More bytes or keys than any registry needs are not read."""
    assert refused(b" " * (1024 * 1024 + 1)).reason == errors.TOO_LARGE
    rows = [SigningKey(str(number)).row for number in range(MOST_KEYS + 1)]
    assert refused(json.dumps({"keys": rows}).encode()).reason == errors.MALFORMED


@pytest.mark.parametrize(
    "rows",
    [
        [NEW.row, NEW.row],
        [NEW.row, {**NEW.row, "key": OLD.row["key"]}],
        [NEW.row, {**NEW.row, "expires": "2030-01-01T00:00:00Z"}],
        [NEW.row, {**NEW.row, "keytype": "ecdsa-sha2-nistp384"}],
        [{**NEW.row, "keytype": "ecdsa-sha2-nistp384"}, NEW.row],
        [released(NEW), released(NEW)],
        [released(NEW), released(NEW, ATTESTATIONS), released(NEW)],
        [released(NEW), {**released(OLD, ATTESTATIONS), "keyId": NEW.key_id}],
        [released(NEW), NEW.row],
    ],
)
def test_a_key_id_stands_once(rows: list[dict[str, Any]]) -> None:
    """An id that stands twice for one purpose, or for two keys, is refused: nobody could say which key is meant."""
    assert refused(json.dumps({"keys": rows}).encode()).reason == errors.MALFORMED


def test_a_key_of_an_unknown_kind_is_set_aside() -> None:
    """A registry may publish a kind of key that came later; only what it signed is refused."""
    later = {**OLD.row, "keytype": "ml-dsa-65", "scheme": "ml-dsa-65", "key": "AAAA"}
    keys = read(later, NEW.row)
    assert key_for(keys, NEW.key_id, SIGNATURES, None, "acme@1.0.0").key_id == NEW.key_id
    with pytest.raises(EvidenceRefused) as caught:
        key_for(keys, OLD.key_id, SIGNATURES, None, "acme@1.0.0")
    assert (caught.value.reason, caught.value.subject) == (errors.VERSION, "acme@1.0.0")


@pytest.mark.parametrize(
    ("key", "at", "reason"),
    [
        (OLD, BEFORE, ""),
        (OLD, AFTER, errors.TIME),
        (OLD, None, ""),
        (NEW, BEFORE, ""),
        (NEW, AFTER, ""),
        (SigningKey("nobody"), BEFORE, KEY),
    ],
)
def test_keys_have_their_time(key: SigningKey, at: datetime | None, reason: str) -> None:
    """A key is good before it expires, both keys of a rotation are while they overlap, and nobody else's ever is."""
    assert _outcome(read(OLD.row, NEW.row), key.key_id, SIGNATURES, at) == reason


@pytest.mark.parametrize(
    ("at", "purpose", "reason"),
    [
        (datetime(2025, 1, 12, 23, 59, 59, tzinfo=UTC), SIGNATURES, errors.TIME),
        (datetime(2025, 1, 13, tzinfo=UTC), SIGNATURES, ""),
        (datetime(2025, 1, 13, tzinfo=UTC), ATTESTATIONS, KEY),
    ],
)
def test_keys_of_a_root_have_a_start_and_a_purpose(at: datetime, purpose: str, reason: str) -> None:
    """A key counts from its start on, and for what the root says it is for."""
    keys = read(released(NEW, start="2025-01-13T00:00:00.000Z"))
    assert _outcome(keys, NEW.key_id, purpose, at) == reason


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://npm.acme.example/", "https://npm.acme.example"),
        ("HTTPS://NPM.Acme.Example:443//", "https://npm.acme.example"),
        ("http://localhost:4873/", "http://localhost:4873"),
        ("http://[::1]:4873", "http://[::1]:4873"),
        ("https://npm.acme.example/team/a%20b/", "https://npm.acme.example/team/a%20b"),
        ("https://npm.acme.example/t\u00e9am", "https://npm.acme.example/t%C3%A9am"),
    ],
)
def test_a_registry_has_one_url(url: str, expected: str) -> None:
    """Spellings of one URL become one text; a path is another registry."""
    assert canonical_registry(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "", "npm.acme.example", "ftp://npm.acme.example", "https://", "https://user@npm.acme.example",
        "https://npm.acme.example?x=1", "https://npm.acme.example#x", "https://npm.acme.example:port",
        "https://npm acme.example", "https://np\u043c.acme.example", "file:///keys",
    ],
)  # fmt: skip
def test_what_is_no_registry_url_is_refused(url: str) -> None:
    """No scheme, a user, a query or letters that look like others: nobody's identity is made of that."""
    with pytest.raises(EvidenceRefused) as caught:
        canonical_registry(url)
    assert caught.value.reason == errors.MALFORMED


def _one(**change: object) -> bytes:
    return json.dumps({"keys": [{**NEW.row, **change}]}).encode()


def _outcome(keys: RegistryKeys, key_id: str, purpose: str, at: datetime | None) -> str:
    try:
        key_for(keys, key_id, purpose, at, "acme@1.0.0")
    except EvidenceRefused as refusal:
        return refusal.reason
    return ""
