"""The signatures that an npm registry puts on every release: `dist.signatures`, over `name@version:integrity`.

Rule 1: every signature that is there has to hold, for this name, this version and this digest.
Rule 2: that a registry which publishes keys has not signed a release is said, never passed over (`ReleaseUnsigned`).
Rule 3: the signer is the registry. Which of its published keys signed is no part of it, so that a rotation within the
published set changes nothing.
Bytes in, a signer out: no network, no clock. Source: npm docs, "About ECDSA registry signatures".
"""

from collections.abc import Sequence

from holdfast.model.lock import Signer
from holdfast.trust.attestations.errors import MALFORMED, SIGNATURE, TOO_LARGE, EvidenceRefused, ReleaseUnsigned
from holdfast.trust.attestations.provenance import decode_base64, malformed
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.npm_keys import SIGNATURES, RegistryKeys, holds, instant, key_for
from holdfast.trust.npm_subjects import package_version
from holdfast.trust.strict_fields import shown
from holdfast_resolver.values.npm import NpmSignature

MOST_SIGNATURES = 16  # of one release


def verify_registry_signature(
    keys: RegistryKeys, name: str, version: str, digest: str, signatures: Sequence[NpmSignature], published: str = ""
) -> Signer:
    """Return the registry as the signer of a release whose tarball has `digest` ("sha512:<hex>").

    `published` is when the release came out (RFC 3339), "" when nobody says: then every published key counts.
    Raises `ReleaseUnsigned` for no signature, else `EvidenceRefused` for the first that does not hold.
    """
    about = package_version(name, version, digest)
    if not signatures:
        raise ReleaseUnsigned(about.text, keys.registry)
    if len(signatures) > MOST_SIGNATURES:
        detail = f"expected at most {MOST_SIGNATURES} signatures, found {len(signatures)}"
        raise EvidenceRefused(about.text, TOO_LARGE, detail)
    if len(set(signatures)) < len(signatures):
        raise EvidenceRefused(about.text, MALFORMED, "expected each signature once, found one twice")
    message = f"{about.text}:{about.integrity}".encode()
    for place, one in enumerate(signatures):
        try:
            at = instant(published, "published") if published else None
            signature = decode_base64(one.signature, f"signatures[{place}].sig")
        except MalformedDocument as fault:
            raise malformed(about.text, fault) from None
        key = key_for(keys, one.key_id, SIGNATURES, at, about.text)
        if not holds(key, signature, message):
            detail = f"the signature of the key {shown(one.key_id)} does not hold for {about.text}:{about.integrity}"
            raise EvidenceRefused(about.text, SIGNATURE, detail)
    return registry_signer(keys)


def registry_signer(keys: RegistryKeys) -> Signer:
    """Return a registry's record: `npm:https://npm.acme.example`, role `registry`, its host and path as the label."""
    return Signer(f"npm:{keys.registry}", keys.registry.partition("://")[2], (("role", "registry"),))
