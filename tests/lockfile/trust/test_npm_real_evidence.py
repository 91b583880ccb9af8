"""Evidence of the public npm registry: it verifies offline under the shipped root, or is refused as it must.

The files are not part of this repository: `HOLDFAST_EVIDENCE` names their folder, else `shared/evidence` beside it.
"""

import json
import os
import subprocess
import sys
from base64 import b64decode
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from holdfast.trust.attestations import errors
from holdfast.trust.attestations.errors import KEY, EvidenceRefused
from holdfast.trust.attestations.npm_attestations import NpmEvidence, verify_npm_attestations
from holdfast.trust.attestations.npm_bundles import read_npm_attestations
from holdfast.trust.attestations.trust_root import TrustRoot, production_trust_root
from holdfast.trust.npm_keys import ATTESTATIONS, SIGNATURES, RegistryKeys, read_registry_keys
from holdfast.trust.npm_signatures import verify_registry_signature
from holdfast_resolver.values.npm import NpmSignature
from tests.support.attested_files import root_of
from tests.support.npm_attested import keys_of
from tests.support.npm_evidence import NpmSigner

REPOSITORY = Path(__file__).parents[3]
EVIDENCE = Path(os.environ.get("HOLDFAST_EVIDENCE") or REPOSITORY.parent / "shared/evidence") / "npm"

pytestmark = pytest.mark.skipif(not EVIDENCE.is_dir(), reason="the real evidence is not on this machine")

NOW = datetime(2026, 11, 21, 6, 40, tzinfo=UTC)
VISOR = "gundam-visor-cli-v1-tag"
SIGSTORE = "provenance-npm-test-cli-v1-prega"
VISOR_DIGEST = (
    "sha512:8d9d7972f676516c75014aa074e11ae604d98f0b64ec6725a61e2838ff3dab16"
    "2118fa71433fb31e1550d30bd0dec9d086ce032b94457b583900c507acf39c40"
)
SIGSTORE_DIGEST = (
    "sha512:f06fbf5c353cc0db093904b9cac0d53b412d83dff6b80e6047d9786708a38e5c"
    "3105cad4e913dfc22dbe8c999b3fe029d47969fe75406843b8163db6fd22f681"
)
RELEASES = {
    VISOR: ("gundam-visor", "1.0.1", VISOR_DIGEST),
    SIGSTORE: ("sigstore", "2.3.1", SIGSTORE_DIGEST),
}

# Verifies in a process of its own that can make no socket.
OFFLINE = """
import socket, sys
from datetime import UTC, datetime
from pathlib import Path

class Closed(socket.socket):
    def __init__(self, *arguments, **options):
        raise AssertionError("a socket was made")

socket.socket = Closed
from holdfast.trust.attestations.npm_attestations import verify_npm_attestations
from holdfast.trust.attestations.npm_bundles import read_npm_attestations
from holdfast.trust.attestations.trust_root import production_trust_root
from holdfast.trust.npm_keys import read_registry_keys

document, keys, url, name, version, digest = sys.argv[1:]
found = verify_npm_attestations(
    read_npm_attestations(Path(document).read_bytes(), name), name, version, digest,
    read_registry_keys(Path(keys).read_bytes(), url), production_trust_root(), datetime(2026, 11, 21, tzinfo=UTC),
)
print(*[one.identity.id for one in found.publishers], len(found.publishes))
"""


@cache
def url() -> str:
    """The registry, as its own publish attestation names it."""
    document = json.loads(read(f"{VISOR}.tgz.json"))
    payload = document["attestations"][0]["bundle"]["dsseEnvelope"]["payload"]
    return str(json.loads(b64decode(payload))["predicate"]["registry"])


def read(name: str) -> bytes:
    """The bytes of an evidence file."""
    return (EVIDENCE / name).read_bytes()


def real_keys() -> RegistryKeys:
    """The keys as the root of trust's repository publishes them."""
    return read_registry_keys(read("keys.json"), url())


def published_keys() -> RegistryKeys:
    """The same keys in the form of the registry's own endpoint."""
    rows = [row for row in json.loads(read("keys.json"))["keys"] if row["keyUsage"] == SIGNATURES]
    served = [
        {
            "expires": row["publicKey"]["validFor"].get("end"),
            "keyid": row["keyId"],
            "keytype": "ecdsa-sha2-nistp256",
            "scheme": "ecdsa-sha2-nistp256",
            "key": row["publicKey"]["rawBytes"],
        }
        for row in rows
    ]
    return read_registry_keys(json.dumps({"keys": served}).encode(), url())


def verified(
    data: bytes,
    release: tuple[str, str, str],
    keys: RegistryKeys | None = None,
    trusted: TrustRoot | None = None,
) -> NpmEvidence:
    """Verify a document under the shipped root."""
    bundles = read_npm_attestations(data, f"{release[0]}@{release[1]}")
    return verify_npm_attestations(bundles, *release, keys or real_keys(), trusted or production_trust_root(), NOW)


def refusal(data: bytes, release: tuple[str, str, str], **changes: Any) -> EvidenceRefused:
    """The refusal of a document; the test fails when it verifies."""
    with pytest.raises(EvidenceRefused) as caught:
        verified(data, release, **changes)
    return caught.value


def test_the_real_keys_are_read() -> None:
    """Two keys with their periods, which overlap in January 2025; their ids are not their fingerprints."""
    keys = real_keys()
    assert len(keys.fingerprints) == 2
    old, _, new, _ = keys.keys
    assert [key.purposes for key in keys.keys] == [(SIGNATURES,), (ATTESTATIONS,)] * 2
    assert (new.since, old.until) == (datetime(2025, 1, 13, tzinfo=UTC), datetime(2025, 1, 29, tzinfo=UTC))
    assert published_keys().fingerprints == keys.fingerprints
    assert not any(key.key_id.removeprefix("SHA256:") in key.fingerprint for key in keys.keys)


@pytest.mark.parametrize("keys", [real_keys, published_keys])
def test_a_real_registry_signature_verifies(keys: Any) -> None:
    """A signature of the registry over a scoped package holds by its newer key, in either form of the key set."""
    signer = verify_registry_signature(keys(), *_signed(), _signatures(), "2026-04-07T00:00:00.000Z")
    assert (signer.id, signer.attributes) == (f"npm:{url()}", (("role", "registry"),))


def test_a_real_registry_signature_proves_nothing_else() -> None:
    """Not another version, not other bytes, not a release from before the key, and not under other keys."""
    name, version, digest = _signed()
    for release in ((name, f"{version}0", digest), (name, version, digest[:-1] + "0"), (name[1:], version, digest)):
        with pytest.raises(EvidenceRefused) as caught:
            verify_registry_signature(real_keys(), *release, _signatures())
        assert caught.value.reason in (errors.SIGNATURE, errors.SUBJECT)
    with pytest.raises(EvidenceRefused) as caught:
        verify_registry_signature(real_keys(), name, version, digest, _signatures(), "2025-01-12T00:00:00Z")
    assert caught.value.reason == errors.TIME
    with pytest.raises(EvidenceRefused) as caught:
        verify_registry_signature(keys_of(NpmSigner()), name, version, digest, _signatures())
    assert caught.value.reason == KEY


@pytest.mark.parametrize(
    ("name", "identity", "context", "signed"),
    [
        (VISOR, "810002373/.github/workflows/npm-publish.yml", "ref=tag trigger=release", "2024-06-03T22:17:59Z"),
        (SIGSTORE, "495574555/.github/workflows/release.yml", "ref=branch:main trigger=push", "2024-05-16T17:12:03Z"),
    ],
)
@pytest.mark.parametrize("keys", [real_keys, published_keys])
def test_real_attestations_verify(name: str, identity: str, context: str, signed: str, keys: Any) -> None:
    """The registry's publish attestation and the publisher's provenance verify, with their entries of kind intoto."""
    ((publisher,), (publish,)) = verified(read(f"{name}.tgz.json"), RELEASES[name], keys())
    assert publisher.identity.id == f"github:{identity}"
    assert publisher.identity.context == f"{context} runner=github-hosted"
    assert publisher.signed == signed
    assert publish.signer.id == f"npm:{url()}"
    assert publish.fingerprint in real_keys().fingerprints


@pytest.mark.parametrize("name", [VISOR, SIGSTORE])
@pytest.mark.parametrize("damage", ["invalidsigprov", "invalidsigpub"])
def test_damaged_attestations_are_refused(name: str, damage: str) -> None:
    """Where provenance or publish attestation is damaged, nothing of the document counts."""
    assert refusal(read(f"{name}-{damage}.tgz.json"), RELEASES[name]).reason == errors.SIGNATURE


@pytest.mark.parametrize("name", [VISOR, SIGSTORE])
def test_real_attestations_prove_nothing_else(name: str) -> None:
    """Real evidence is refused for another package, version and digest."""
    package, version, digest = RELEASES[name]
    other = RELEASES[SIGSTORE if name == VISOR else VISOR]
    data = read(f"{name}.tgz.json")
    assert refusal(data, other).reason == errors.SUBJECT
    assert refusal(data, (f"@{package}/{package}", version, digest)).reason == errors.SUBJECT
    assert refusal(data, (package, f"{version}-rc.1", digest)).reason == errors.SUBJECT
    assert refusal(data, (package, version, other[2])).reason == errors.DIGEST


def test_real_attestations_need_the_real_root_and_keys() -> None:
    """Under another instance's root no log is known, and under another registry's keys no key."""
    data, release = read(f"{VISOR}.tgz.json"), RELEASES[VISOR]
    assert refusal(data, release, trusted=root_of(NpmSigner().sigstore.trust_root)).reason == errors.LOG
    assert refusal(data, release, keys=keys_of(NpmSigner())).reason == KEY
    moved = read_registry_keys(read("keys.json"), "https://mirror.example")
    assert refusal(data, release, keys=moved).reason == errors.SUBJECT


def test_real_attestations_verify_offline(tmp_path: Path) -> None:
    """Nothing is asked of anybody, and a home that cannot be written does not matter."""
    (tmp_path / "home").write_bytes(b"not a folder")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
    paths = os.pathsep.join([str(REPOSITORY / "lockfile"), str(REPOSITORY / "resolver")])
    environment |= {"HOME": str(tmp_path / "home"), "USERPROFILE": str(tmp_path / "home"), "PYTHONPATH": paths}
    files = [str(EVIDENCE / f"{SIGSTORE}.tgz.json"), str(EVIDENCE / "keys.json")]
    words = [sys.executable, "-c", OFFLINE, *files, url(), *RELEASES[SIGSTORE]]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["github:495574555/.github/workflows/release.yml", "1"]


def _signed() -> tuple[str, str, str]:
    known = json.loads(read("registry-signature.json"))
    return known["package"], known["version"], "sha512:" + b64decode(known["integrity"].removeprefix("sha512-")).hex()


def _signatures() -> list[NpmSignature]:
    rows = json.loads(read("registry-signature.json"))["signatures"]
    return [NpmSignature(row["keyid"], row["sig"]) for row in rows]
