"""Evidence as an npm registry serves it, of our own signing: signatures of releases, publish attestations, provenance.

    registry = NpmSigner("https://npm.acme.example")
    registry.keys                                             # what /-/npm/v1/keys serves, bytes
    registry.signatures("@acme/tool", "1.0.0", digest)        # `dist.signatures`: [{"keyid": ..., "sig": ...}]
    registry.attestations("@acme/tool", "1.0.0", digest, GitHubWorkflow())    # publish and provenance, a JSON value
    registry.sigstore.trust_root                              # what the log entries and certificates verify under

`digest` is "sha512:<hex>". Everything is real and the same in every run. What can be wrong: `Flaws`, as for
attestations of wheels; the log writes entries of kind `intoto` 0.0.2 unless a flaw or the signer says `dsse` 0.0.1.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.sigstore_authority import named_key, public_der, sign
from tests.support.sigstore_flaws import GOOD, STATEMENT, Flaws
from tests.support.sigstore_identities import Identity
from tests.support.sigstore_log import Log, Logged, _Place
from tests.support.sigstore_world import INSTANT, SLSA, Attested, SigstoreWorld

PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1"
SLSA_OLD = "https://slsa.dev/provenance/v0.2"
STATEMENT_OLD = "https://in-toto.io/Statement/v0.1"
BUNDLES = {
    "0.1": "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "0.2": "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "0.3": "application/vnd.dev.sigstore.bundle.v0.3+json",
    "0.3 as it was": "application/vnd.dev.sigstore.bundle+json;version=0.3",
}
INTOTO, DSSE = "intoto 0.0.2", "dsse 0.0.1"
REGISTRY = "https://npm.acme.example"
PAYLOAD_TYPE = "application/vnd.in-toto+json"


class SigningKey(NamedTuple):
    """A registry's key: `name` decides it, `expires` is what the registry publishes of it ("" for null)."""

    name: str
    expires: str = ""

    @property
    def private(self) -> EllipticCurvePrivateKey:
        return named_key(f"npm registry key {self.name}")

    @property
    def key_id(self) -> str:
        """A name for the key that is not its digest, as with the real ones."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(f"id {self.name}".encode()).digest()).decode().rstrip("=")

    @property
    def row(self) -> dict[str, object]:
        """The key as `/-/npm/v1/keys` has it."""
        return {
            "expires": self.expires or None,
            "keyid": self.key_id,
            "keytype": "ecdsa-sha2-nistp256",
            "scheme": "ecdsa-sha2-nistp256",
            "key": _base64(public_der(self.private)),
        }


class NpmLog(Log):
    """The transparency log, which writes entries of kind `intoto` as well."""

    kind = INTOTO

    def entry(self, logged: Logged, at: datetime, flaws: Flaws) -> dict[str, object]:
        return self.record(logged, at, flaws, "")

    def record(self, logged: Logged, at: datetime, flaws: Flaws, key_id: str) -> dict[str, object]:
        """The entry of a signature with a key id, which `intoto` tells."""
        kind = self.kind if flaws.kind == GOOD.kind else flaws.kind
        if kind != INTOTO:
            return super().entry(logged, at, flaws._replace(kind=kind))
        return self.entry_of(_intoto_body(logged, flaws.entry, key_id), kind, at, flaws)

    def entry_of(self, body: bytes, kind: str, at: datetime, flaws: Flaws = GOOD) -> dict[str, object]:
        """The entry for any body at all."""
        name, _, version = kind.partition(" ")
        time = int((at + timedelta(seconds=flaws.integrated)).timestamp())
        place = _Place.of(body)
        entry: dict[str, object] = {
            "logIndex": str(1_000_000 + place.leaf),
            "logId": {"keyId": _base64(self.id)},
            "kindVersion": {"kind": name, "version": version},
            "integratedTime": str(time),
        }
        if flaws.promise != "none":
            entry["inclusionPromise"] = {"signedEntryTimestamp": self._promise(body, place, time, flaws.promise)}
        if flaws.proof != "none":
            entry["inclusionProof"] = self._proof(body, place, flaws)
        return entry | {"canonicalizedBody": _base64(body)}


class NpmSigstore(SigstoreWorld):
    """The private Sigstore whose log takes in what npm signs."""

    log: NpmLog

    def __init__(self, seed: int | str = 1, until: str = "", kind: str = INTOTO) -> None:
        super().__init__(seed, until)
        self.log = NpmLog(self.name)
        self.log.kind = kind


class NpmSigner:
    """The half of a registry that signs. `signing` are its published keys, the last one signs by default."""

    def __init__(
        self,
        url: str = REGISTRY,
        signing: Sequence[SigningKey] = (SigningKey("acme"),),
        sigstore: NpmSigstore | None = None,
    ) -> None:
        self.url = url
        self.signing = tuple(signing)
        self.sigstore = sigstore or NpmSigstore("npm")

    @property
    def keys(self) -> bytes:
        """What `/-/npm/v1/keys` serves."""
        return json.dumps({"keys": [key.row for key in self.signing]}).encode()

    def signatures(self, name: str, version: str, digest: str, *signing: SigningKey) -> list[dict[str, str]]:
        """`dist.signatures` of a release."""
        message = f"{name}@{version}:{integrity(digest)}".encode()
        return [
            {"keyid": key.key_id, "sig": _base64(sign(key.private, message))} for key in signing or self.signing[-1:]
        ]

    def attestations(
        self, name: str, version: str, digest: str, *identities: Identity, at: str = INSTANT, bundle: str = "0.2"
    ) -> dict[str, Any]:
        """What `/-/npm/v1/attestations/name@version` serves: the publish attestation, then provenance of each."""
        rows = [self.publish(name, version, digest, at=at, bundle=bundle)]
        rows += [self.provenance(name, version, digest, one, at=at, bundle=bundle) for one in identities]
        return {"attestations": rows}

    def publish(
        self,
        name: str,
        version: str,
        digest: str,
        *,
        at: str = INSTANT,
        bundle: str = "0.2",
        signing: SigningKey | None = None,
        predicate: Mapping[str, object] | None = None,
        flaws: Flaws = GOOD,
    ) -> dict[str, Any]:
        """The publish attestation of a release, signed by the registry."""
        signing = signing or self.signing[-1]
        said = {"name": name, "version": version, "registry": self.url} if predicate is None else predicate
        payload = statement(name, version, digest, PUBLISH, said, STATEMENT_OLD, flaws)
        signature = _signature(signing.private, payload, flaws)
        pem = signing.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).rstrip()
        logged = Logged(payload, flaws.payload_type, signature, pem)
        entry = self.sigstore.log.record(logged, datetime.fromisoformat(at), flaws, signing.key_id)
        envelope = _envelope(payload, flaws.payload_type, signature, signing.key_id)
        material = {"publicKey": {"hint": signing.key_id}}
        return _row(flaws.predicate_type or PUBLISH, bundle, material, [entry] * flaws.entries, envelope)

    def provenance(
        self,
        name: str,
        version: str,
        digest: str,
        identity: Identity,
        *,
        at: str = INSTANT,
        bundle: str = "0.2",
        kind: str = SLSA,
        flaws: Flaws = GOOD,
    ) -> dict[str, Any]:
        """The provenance of a release, signed by a CI identity."""
        said: dict[str, object] = {"buildDefinition": {"buildType": "https://ci.acme.example/workflow/v1"}}
        payload = statement(name, version, digest, kind, said, STATEMENT, flaws)
        attested = self.sigstore.attest(
            f"{name}@{version}", digest, identity, at, predicate_type=kind, flaws=flaws._replace(payload=payload)
        )
        material = _certificate(attested, bundle)
        envelope = _envelope(attested.payload, attested.payload_type, attested.signature, "")
        entries = json.loads(json.dumps(attested.entries))
        return _row(flaws.predicate_type or kind, bundle, material, entries, envelope)


def integrity(digest: str) -> str:
    """`dist.integrity` of a digest."""
    algorithm, _, digits = digest.partition(":")
    return f"{algorithm}-{_base64(bytes.fromhex(digits))}"


def statement(
    name: str,
    version: str,
    digest: str,
    kind: str,
    predicate: Mapping[str, object],
    statement_type: str,
    flaws: Flaws = GOOD,
) -> bytes:
    """The in-toto statement about a release."""
    purl = f"pkg:npm/{name.replace('@', '%40', 1)}@{version}"
    if flaws.payload is not None:
        return flaws.payload.replace(b"@FILE@", purl.encode()).replace(b"@PREDICATE@", kind.encode())
    subjects = ((purl, digest.removeprefix("sha512:")),) if flaws.subjects is None else flaws.subjects
    value = {
        "_type": statement_type if flaws.statement_type == GOOD.statement_type else flaws.statement_type,
        "subject": [{"name": one, "digest": {"sha512": digits}} for one, digits in subjects],
        "predicateType": flaws.predicate_type or kind,
        "predicate": predicate,
    }
    return json.dumps(value, separators=(",", ":")).encode()


def _row(
    kind: str, bundle: str, material: dict[str, Any], entries: Sequence[dict[str, Any]], envelope: dict[str, Any]
) -> dict[str, Any]:
    if bundle == "0.1":  # its proof came later
        entries = [{key: value for key, value in entry.items() if key != "inclusionProof"} for entry in entries]
    material = {**material, "tlogEntries": list(entries)}
    if not bundle.startswith("0.3"):
        material["timestampVerificationData"] = {"rfc3161Timestamps": []}
    value = {"mediaType": BUNDLES[bundle], "verificationMaterial": material, "dsseEnvelope": envelope}
    return {"predicateType": kind, "bundle": value}


def _certificate(attested: Attested, bundle: str) -> dict[str, Any]:
    certificate = {"rawBytes": _base64(attested.certificate)}
    if bundle.startswith("0.3"):
        return {"certificate": certificate}
    return {"x509CertificateChain": {"certificates": [certificate]}}


def _envelope(payload: bytes, kind: str, signature: bytes, key_id: str) -> dict[str, Any]:
    return {
        "payload": _base64(payload),
        "payloadType": kind,
        "signatures": [{"sig": _base64(signature), "keyid": key_id}],
    }


def _signature(key: EllipticCurvePrivateKey, payload: bytes, flaws: Flaws) -> bytes:
    kind = flaws.payload_type
    message = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    match flaws.signature:
        case "none":
            return b""
        case "other-key":
            return sign(named_key("npm registry key of nobody"), message)
        case "other-payload":
            return sign(key, message + b" ")
    return sign(key, message)


def _intoto_body(logged: Logged, which: str, key_id: str) -> bytes:
    """The canonical body of an entry of kind intoto 0.0.2, which has its signature in base64 twice."""
    if which == "no-json":
        return b"\xff no JSON"
    payload = b"other" if which == "other-payload" else logged.payload
    signature = b"other" if which == "other-signature" else logged.signature
    verifier = logged.certificate.replace(b"A", b"B") if which == "other-certificate" else logged.certificate
    row = {"publicKey": _base64(verifier), "sig": _base64(_base64(signature).encode())}
    if key_id:
        row["keyid"] = key_id
    whole = {
        "payload": _base64(logged.payload),
        "payloadType": logged.payload_type,
        "signatures": [row | {"publicKey": logged.certificate.decode(), "sig": _base64(logged.signature)}],
    }
    content = {
        "envelope": {"payloadType": logged.payload_type, "signatures": [row]},
        "hash": _sha256(json.dumps(whole, separators=(",", ":"), sort_keys=True).encode()),
        "payloadHash": _sha256(payload),
    }
    entry = {"apiVersion": "0.0.2", "kind": "intoto", "spec": {"content": content}}
    return json.dumps(entry, separators=(",", ":"), sort_keys=True).encode()


def _sha256(data: bytes) -> dict[str, str]:
    return {"algorithm": "sha256", "value": hashlib.sha256(data).hexdigest()}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
