"""A private Sigstore in miniature: it issues real attestations for whomever a scenario needs, and tells nobody else.

    world = SigstoreWorld(seed=1)
    wheel = world.attest("tool-1.0-py3-none-any.whl", sha256, GitHubWorkflow("acme", "tool", "101", "7"))
    wheel.attestation                                # the object of PEP 740
    wheel.bundle()                                   # the same as a Sigstore bundle
    world.provenance([wheel])                        # what an index serves
    world.trust_root                                 # trusted_root.json, which verifies all of it and nothing else

Worlds of different seeds don't believe each other. The same call gives the same bytes in every run, whatever was asked
before. What may be wrong with an attestation: `tests.support.sigstore_flaws`. See docs/testing-signers.md.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from tests.support.sigstore_authority import Authority, Issued, log_id, public_der, sign
from tests.support.sigstore_flaws import GOOD, Flaws
from tests.support.sigstore_identities import Identity
from tests.support.sigstore_log import Log, Logged

SLSA = "https://slsa.dev/provenance/v1"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
TRUST_ROOT = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
INSTANT = "2026-11-01T12:00:00Z"
_START = "2020-01-01T00:00:00Z"


class Attested(NamedTuple):
    """One attestation in its parts."""

    identity: Identity
    certificate: bytes  # DER
    payload: bytes  # the statement
    payload_type: str
    signature: bytes
    entries: tuple[dict[str, object], ...]
    version: int = 1

    @property
    def attestation(self) -> dict[str, object]:
        """The attestation object (PEP 740, "Attestation objects"); a new one each time, free to be changed."""
        return {
            "version": self.version,
            "verification_material": {
                "certificate": _base64(self.certificate),
                "transparency_entries": json.loads(json.dumps(self.entries)),
            },
            "envelope": {"statement": _base64(self.payload), "signature": _base64(self.signature)},
        }

    def bundle(self, media_type: str = BUNDLE) -> dict[str, object]:
        """The Sigstore bundle, in the form of version 0.3."""
        return {
            "mediaType": media_type,
            "verificationMaterial": {
                "certificate": {"rawBytes": _base64(self.certificate)},
                "tlogEntries": json.loads(json.dumps(self.entries)),
            },
            "dsseEnvelope": {
                "payload": _base64(self.payload),
                "payloadType": self.payload_type,
                "signatures": [{"sig": _base64(self.signature)}],
            },
        }


class SigstoreWorld:
    """An authority, its certificate log and a transparency log, all decided by `seed`.

    `until`, if any, is when the trust root says that all their keys were retired (RFC 3339).
    """

    def __init__(self, seed: int | str = 1, until: str = "") -> None:
        self.name = f"sigstore {seed}"
        self.period = {"start": _START} | ({"end": until} if until else {})
        self.authority = Authority(self.name)
        self.log = Log(self.name)

    @cached_property
    def trust_root(self) -> bytes:
        """The bytes of this world's trusted_root.json."""
        return trust_root_of(self)

    @property
    def digest(self) -> str:
        """What pins the trust root: "sha256:<hex>"."""
        return f"sha256:{hashlib.sha256(self.trust_root).hexdigest()}"

    def attest(
        self,
        file: str,
        sha256: str,
        identity: Identity,
        at: str = INSTANT,
        *,
        predicate_type: str = "",
        predicate: Mapping[str, object] | None = None,
        flaws: Flaws = GOOD,
    ) -> Attested:
        """Sign that `identity` published `file`, whose digest is `sha256` (hex), at an instant (RFC 3339).

        Without a `predicate_type` it is `publish_predicate()`.
        """
        when = datetime.fromisoformat(at)
        predicate_type = predicate_type or publish_predicate()
        payload = _payload(file, sha256, predicate_type, predicate, flaws)
        issued = self.authority.issue(identity, when, f"{file} {sha256} {at} {predicate_type}", flaws)
        signature = self._signature(issued, payload, flaws)
        logged = Logged(payload, flaws.payload_type, signature, issued.pem)
        entry = self.log.entry(logged, when, flaws)
        return Attested(
            identity, issued.der, payload, flaws.payload_type, signature, (entry,) * flaws.entries, flaws.version
        )

    def provenance(
        self, attestations: Sequence[Attested], publisher: Mapping[str, object] | None = None
    ) -> dict[str, object]:
        """The provenance object (PEP 740) with one bundle a publisher, neighbours of one publisher together.

        `publisher` is what the index says in place of the truth.
        """
        bundles = [
            {"publisher": said, "attestations": [one.attestation for one in group]}
            for said, group in groupby(
                attestations, lambda one: one.identity.publisher() if publisher is None else dict(publisher)
            )
        ]
        return {"version": 1, "attestation_bundles": bundles}

    def _signature(self, issued: Issued, payload: bytes, flaws: Flaws) -> bytes:
        """The DSSE signature."""
        match flaws.signature:
            case "none":
                return b""
            case "other-key":
                return sign(self.log.unknown_key, _encoded(flaws.payload_type, payload))
            case "other-payload":
                return sign(issued.key, _encoded(flaws.payload_type, payload + b" "))
        return sign(issued.key, _encoded(flaws.payload_type, payload))


def publish_predicate() -> str:
    """The predicate type that says "this identity published this file"."""
    from pypi_attestations import AttestationType  # 300 ms, and only for those who sign

    return AttestationType.PYPI_PUBLISH_V1.value


def trust_root_of(*worlds: SigstoreWorld) -> bytes:
    """One trusted_root.json that believes several worlds, as after a rotation of keys."""
    root = {
        "mediaType": TRUST_ROOT,
        "tlogs": [_log_instance(f"https://{world.log.host}", world.log.key, world.period) for world in worlds],
        "certificateAuthorities": [_certificate_authority(world) for world in worlds],
        "ctlogs": [
            _log_instance("https://ctfe.sigstore.example/log", world.authority.log_key, world.period)
            for world in worlds
        ],
        "timestampAuthorities": [],
    }
    return json.dumps(root, indent=1).encode()


def _certificate_authority(world: SigstoreWorld) -> dict[str, object]:
    chain = (world.authority.intermediate, world.authority.root)
    return {
        "subject": {"organization": "sigstore.example", "commonName": f"{world.name} root"},
        "uri": "https://fulcio.sigstore.example",
        "certChain": {"certificates": [{"rawBytes": _base64(issued.der)} for issued in chain]},
        "validFor": world.period,
    }


def _payload(
    file: str, sha256: str, predicate_type: str, predicate: Mapping[str, object] | None, flaws: Flaws
) -> bytes:
    """The in-toto statement, spelt as publishers spell it."""
    if flaws.payload is not None:
        values = {b"@FILE@": file, b"@SHA256@": sha256, b"@PREDICATE@": predicate_type}
        payload = flaws.payload
        for token, value in values.items():
            payload = payload.replace(token, value.encode())
        return payload
    subjects = ((file, sha256),) if flaws.subjects is None else flaws.subjects
    statement = {
        "_type": flaws.statement_type,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in subjects],
        "predicateType": flaws.predicate_type or predicate_type,
        "predicate": predicate,
    }
    return json.dumps(statement, separators=(",", ":")).encode()


def _encoded(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    return f"DSSEv1 {len(payload_type)} {payload_type} {len(payload)} ".encode() + payload


def _log_instance(url: str, key: EllipticCurvePrivateKey, period: dict[str, str]) -> dict[str, object]:
    return {
        "baseUrl": url,
        "hashAlgorithm": "SHA2_256",
        "publicKey": {
            "rawBytes": _base64(public_der(key)),
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "validFor": period,
        },
        "logId": {"keyId": _base64(log_id(key))},
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
