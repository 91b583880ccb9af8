"""The registry of the tests is one: its tarballs, hashes, signatures and forms are what a real one serves."""

import base64
import hashlib
import io
import json
import ssl
import tarfile
import urllib.request
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.errors import ClientSettingsError
from holdfast_resolver.fetch.pools import tls_context
from holdfast_resolver.registries.npm_packument import read_packument
from tests.support.npm_registry import Habits, Signer, release, serving


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url) as response:
        data: bytes = response.read()
        return data


def test_a_tarball_has_the_hash_that_its_packument_tells() -> None:
    """The same release has the same bytes each time, with its package.json below `package/`."""
    with serving(release("@acme/web", "1.0.0", files={"index.js": b"1"})) as registry:
        listing = read_packument(_get(registry.url + "@acme%2Fweb"), "@acme/web", "npm", registry.url)
        data = _get(listing.releases[0].tarball)
    assert listing.releases[0].integrity == "sha512:" + hashlib.sha512(data).hexdigest()
    assert data == release("@acme/web", "1.0.0", files={"index.js": b"1"}).tarball
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert archive.getnames() == ["package/package.json", "package/index.js"]


def test_signatures_are_by_the_keys_that_the_registry_publishes() -> None:
    """ECDSA on P-256 over name, version and integrity; another text does not verify."""
    old, new = Signer(expires="2025-01-29T00:00:00.000Z"), Signer()
    with serving(release("demo", "1.0.0"), habits=Habits(signers=(old, new))) as registry:
        keys = {key["keyid"]: key for key in json.loads(_get(registry.url + "-/npm/v1/keys"))["keys"]}
        dist = json.loads(_get(registry.url + "demo"))["versions"]["1.0.0"]["dist"]
    assert [keys[entry["keyid"]]["expires"] for entry in dist["signatures"]] == ["2025-01-29T00:00:00.000Z", None]
    for entry in dist["signatures"]:
        public = serialization.load_der_public_key(base64.b64decode(keys[entry["keyid"]]["key"]))
        assert isinstance(public, ec.EllipticCurvePublicKey)
        signature = base64.b64decode(entry["sig"])
        public.verify(signature, f"demo@1.0.0:{dist['integrity']}".encode(), ec.ECDSA(hashes.SHA256()))
        with pytest.raises(InvalidSignature):
            public.verify(signature, f"demo@1.0.1:{dist['integrity']}".encode(), ec.ECDSA(hashes.SHA256()))


def test_attestations_are_linked_and_served() -> None:
    """A release that has them says where; the address gives the document as it was put there."""
    with serving(release("demo", "1.0.0"), release("demo", "2.0.0")) as registry:
        registry.attestations["demo@2.0.0"] = b'{"attestations": []}'
        listing = read_packument(_get(registry.url + "demo"), "demo", "npm", registry.url)
        assert listing.releases[0].attestations == ""
        assert _get(listing.releases[1].attestations) == b'{"attestations": []}'


def test_certificates_of_npms_settings_reach_the_connection(tmp_path: Path) -> None:
    """Text that is no certificate is refused; an extra file that is not there is passed over, as Node does."""
    with pytest.raises(ClientSettingsError):
        tls_context(IndexSettings(ca_text="-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"))
    context = tls_context(IndexSettings(extra_ca_file=str(tmp_path / "none.pem")))
    assert context.verify_mode == ssl.CERT_REQUIRED
