"""Evidence that real infrastructure made: it verifies offline under the shipped root, or is refused as it must.

The files are not part of this repository: `HOLDFAST_EVIDENCE` names their folder, else `shared/evidence` beside it.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from holdfast.trust.attestations import errors
from holdfast.trust.attestations.errors import EvidenceRefused
from holdfast.trust.attestations.provenance import Provenance, read_attestation, read_provenance
from holdfast.trust.attestations.trust_root import production_trust_root
from holdfast.trust.attestations.verify import VerifiedAttestation, verify_provenance
from tests.support.make_sigstore_root import embedded_root

REPOSITORY = Path(__file__).parents[3]
EVIDENCE = Path(os.environ.get("HOLDFAST_EVIDENCE") or REPOSITORY.parent / "shared/evidence") / "pypi"

pytestmark = pytest.mark.skipif(not EVIDENCE.is_dir(), reason="the real evidence is not on this machine")

NOW = datetime(2026, 11, 21, 6, 40, tzinfo=UTC)
FILE = "pypi_attestations-0.0.19.tar.gz"
DIGEST = "9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3"
STAGED = "rfc8785-0.1.2-py3-none-any.whl"
STAGED_DIGEST = "c4e92e9ecc828bef2aa7dba1de8ac983511f7532a0df11c770d39099a25cf201"

# Verifies in a process of its own whose home is poisoned, and says what the library would have believed there.
OFFLINE = """
import socket, sys
from datetime import UTC, datetime
from pathlib import Path

class Closed(socket.socket):
    def __init__(self, *arguments, **options):
        raise AssertionError("a socket was made")

socket.socket = Closed
from holdfast.trust.attestations.provenance import read_provenance
from holdfast.trust.attestations.trust_root import production_trust_root
from holdfast.trust.attestations.verify import verify_provenance

data, file, digest = Path(sys.argv[1]).read_bytes(), sys.argv[2], sys.argv[3]
found = verify_provenance(
    file, digest, read_provenance(data, file), production_trust_root(), datetime(2026, 11, 21, tzinfo=UTC)
)
print(*[one.identity.id for one in found])
if sys.argv[4:]:
    from sigstore.models import ClientTrustConfig
    print(ClientTrustConfig.production(offline=True).trusted_root.get_fulcio_certs()[0].serial_number)
"""


def read(name: str) -> bytes:
    """The bytes of an evidence file."""
    return (EVIDENCE / name).read_bytes()


def verified(evidence: Provenance, file: str = FILE, digest: str = DIGEST) -> tuple[VerifiedAttestation, ...]:
    """Verify under the shipped root."""
    return verify_provenance(file, digest, evidence, production_trust_root(), NOW)


def test_a_real_provenance_verifies() -> None:
    """A provenance object of the public index gives its publisher's repository id, workflow, owner and context."""
    (one,) = verified(read_provenance(read(f"{FILE}.provenance"), FILE))
    assert one.identity == (
        "github:772247423/.github/workflows/release.yml",
        "trailofbits/pypi-attestations",
        "2314423",
        "ref=tag trigger=release runner=github-hosted",
        "github",
    )
    assert (one.signed, one.log_index, one.ref) == ("2024-12-04T23:14:01Z", 153454663, "refs/tags/v0.0.19")
    assert one.commit == "08802efe1f8e5fec4ad842d6b8ce97656092ee72"


@pytest.mark.parametrize(
    ("name", "predicate"),
    [("publish", "/attestations/publish/v1"), ("slsa", "https://slsa.dev/provenance/v1")],
)
def test_real_attestations_verify_alone(name: str, predicate: str) -> None:
    """Both attestations of the file verify without a provenance object, each with its purpose."""
    (one,) = verified(read_attestation(read(f"{FILE}.{name}.attestation"), FILE))
    assert one.identity.id == "github:772247423/.github/workflows/release.yml"
    assert one.predicate_type.endswith(predicate)


def test_evidence_of_the_staging_instance_is_refused() -> None:
    """What another Sigstore instance issued was issued by nobody under the production root."""
    with pytest.raises(EvidenceRefused) as caught:
        verified(read_attestation(read(f"{STAGED}.publish.attestation"), STAGED), STAGED, STAGED_DIGEST)
    assert caught.value.reason == errors.ISSUER


@pytest.mark.parametrize(
    ("file", "digest", "reason"),
    [("pypi_attestations-0.0.18.tar.gz", DIGEST, errors.SUBJECT), (FILE, "0" * 64, errors.DIGEST)],
)
def test_real_evidence_proves_nothing_else(file: str, digest: str, reason: str) -> None:
    """Real evidence of one file is refused for another name and for other bytes."""
    with pytest.raises(EvidenceRefused) as caught:
        verified(read_provenance(read(f"{FILE}.provenance"), file), file, digest)
    assert caught.value.reason == reason


def test_another_publisher_in_real_evidence_is_refused() -> None:
    """The index's word against the certificate's: the evidence is refused."""
    data = read(f"{FILE}.provenance").replace(b'"trailofbits/pypi-attestations"', b'"evil/pypi-attestations"')
    with pytest.raises(EvidenceRefused) as caught:
        verified(read_provenance(data, FILE))
    assert caught.value.reason == errors.PUBLISHER


def test_a_poisoned_cache_is_not_looked_at(tmp_path: Path) -> None:
    """Real evidence verifies without any socket while the user's Sigstore cache holds another instance's root."""
    staging = "https%3A%2F%2Ftuf-repo-cdn.sigstage.dev"
    poison = embedded_root(staging)
    for cache in (".cache", "Library/Caches", ".local/share", "Library/Application Support"):
        folder = tmp_path / cache / "sigstore-python/tuf" / staging.replace("sigstage", "sigstore")
        folder.mkdir(parents=True)
        (folder / "trusted_root.json").write_bytes(poison)
        (folder / "root.json").write_bytes(b"poison")
    first, second = _offline(tmp_path, "--what-the-library-believes")
    assert first == "github:772247423/.github/workflows/release.yml"
    assert second == str(_first_authority(poison))  # the poison would have worked


def test_a_home_that_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    """Real evidence verifies where there is no home at all, and leaves nothing behind."""
    (tmp_path / "home").write_bytes(b"not a folder")
    assert _offline(tmp_path / "home") == ["github:772247423/.github/workflows/release.yml"]
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def _offline(home: Path, *further: str) -> list[str]:
    """Verify in a process of its own; its output, line by line."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
    paths = os.pathsep.join([str(REPOSITORY / "lockfile"), str(REPOSITORY / "resolver")])
    environment |= {"HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": paths}
    words = [sys.executable, "-c", OFFLINE, str(EVIDENCE / f"{FILE}.provenance"), FILE, DIGEST, *further]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _first_authority(root: bytes) -> int:
    """The serial number of a root's first certificate."""
    import base64
    import json

    from cryptography.x509 import load_der_x509_certificate

    chain = json.loads(root)["certificateAuthorities"][0]["certChain"]["certificates"]
    return load_der_x509_certificate(base64.b64decode(chain[0]["rawBytes"])).serial_number
