"""The Sigstore root of trust: pinned bytes, nobody's cache, no network."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.trust.attestations.errors import TrustRootRefused
from holdfast.trust.attestations.trust_root import PRODUCTION_DIGEST, load_trust_root, production_trust_root
from tests.support.attested_files import NOW, provenance_of, root_of, verified, world
from tests.support.make_sigstore_root import SHIPPED, embedded_root
from tests.support.sigstore_identities import GitHubWorkflow


def pinned(data: bytes) -> str:
    """The digest of a root."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def test_the_shipped_root_is_the_pinned_one() -> None:
    """The package carries the production root whose digest stands in the code."""
    assert production_trust_root().digest == PRODUCTION_DIGEST == pinned(SHIPPED.read_bytes())


def test_the_script_reads_what_the_distribution_carries() -> None:
    """The script that makes the shipped file takes it from the installed distribution, a root as it is."""
    data = embedded_root()
    assert load_trust_root(data, pinned(data)).verifier_at(NOW) is not None


def test_other_bytes_are_refused() -> None:
    """One byte more is another root."""
    data = world().trust_root
    with pytest.raises(TrustRootRefused, match="is pinned"):
        load_trust_root(data + b"\n", pinned(data), "acme")


@pytest.mark.parametrize("digest", ["", "sha256:", hashlib.sha256(b"").hexdigest()])
def test_a_digest_of_another_form_never_matches(digest: str) -> None:
    """A root is pinned by "sha256:" and 64 hex digits, and by nothing else."""
    with pytest.raises(TrustRootRefused):
        load_trust_root(b"", digest)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b'{"mediaType":"x","mediaType":"x"}',
        b'{"mediaType":"x","tlogs":[],"ctlogs":[],"certificateAuthorities":{}}',
        b'{"mediaType":"x","tlogs":[{}],"ctlogs":[],"certificateAuthorities":[]}',
        b" " * (1024 * 1024 + 1),
    ],
)
def test_bytes_that_are_no_root_are_refused(data: bytes) -> None:
    """What is pinned and is no root is refused when it is loaded."""
    with pytest.raises(TrustRootRefused):
        load_trust_root(data, pinned(data))


def _changed(change: Callable[[Any], object]) -> bytes:
    document = json.loads(world().trust_root)
    change(document)
    return json.dumps(document).encode()


UNUSABLE: list[tuple[str, Callable[[Any], object]]] = [
    ("another media type", lambda d: d.update(mediaType="application/json")),
    ("a certificate that is none", lambda d: d["certificateAuthorities"][0]["certChain"].update(
        certificates=[{"rawBytes": "AAAA"}])),
    ("no certificates", lambda d: d["certificateAuthorities"][0]["certChain"].update(certificates=[])),
    ("a field that nobody knows", lambda d: d["tlogs"][0].update(acme=1)),
]  # fmt: skip


@pytest.mark.parametrize(("case", "change"), UNUSABLE, ids=[row[0] for row in UNUSABLE])
def test_a_root_that_the_library_cannot_use_is_refused(case: str, change: Callable[[Any], object]) -> None:
    """A root with the form of one and unusable contents is refused, as a root, when it is first needed."""
    with pytest.raises(TrustRootRefused, match="cannot use it"):
        verified(provenance_of(GitHubWorkflow()), trusted=root_of(_changed(change)))


@pytest.mark.parametrize("time", ["yesterday", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z"])
def test_a_period_that_is_none_is_refused(time: str) -> None:
    """Validity periods are RFC 3339 times with their zone."""
    data = _changed(lambda d: d["tlogs"][0]["publicKey"].update(validFor={"start": time}))
    with pytest.raises(TrustRootRefused, match="expected"):
        root_of(data)


def test_a_period_may_be_open_and_have_fractions() -> None:
    """A key without a period is always valid; an end with a fraction of a second holds to that fraction."""

    def change(document: Any) -> None:
        document["tlogs"][0]["publicKey"].pop("validFor")
        document["ctlogs"][0]["publicKey"]["validFor"] = {"start": "2020-01-01T00:00:00Z"}
        document["certificateAuthorities"][0]["validFor"]["end"] = "2026-12-31T23:59:59.999Z"

    trusted = root_of(_changed(change))
    assert trusted.verifier_at(datetime(2026, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)) is not None
    assert trusted.verifier_at(datetime(2027, 1, 1, tzinfo=UTC)) is None


def test_a_root_that_knows_no_certificate_log_believes_nothing() -> None:
    """Without one of authority, certificate log and transparency log there is no verifier at all."""
    assert root_of(_changed(lambda d: d.update(ctlogs=[]))).verifier_at(NOW) is None


def test_the_library_is_imported_for_evidence_only() -> None:
    """Importing the verification and loading the shipped root imports neither sigstore nor cryptography."""
    code = (
        "import sys\n"
        "from holdfast.trust.attestations import verify, trust_root\n"
        "trust_root.production_trust_root()\n"
        "print([name for name in ('sigstore', 'pypi_attestations', 'cryptography', 'pydantic') if name in sys.modules])"
    )
    paths = {"PYTHONPATH": os.pathsep.join([str(SHIPPED.parents[3]), str(SHIPPED.parents[4] / "resolver")])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=paths)
    assert done.stdout.strip() == "[]"
