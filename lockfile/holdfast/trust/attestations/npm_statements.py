"""What npm's attestations state, once a signature holds: this package, this version, these bytes.

Two purposes are known. A publish attestation is the registry's word that it took the release in; its predicate names
package, version and registry. SLSA provenance is the publisher's word of how it was built. Both are in-toto statements
with exactly one subject, `pkg:npm/...` with the tarball's sha512 (npm/attestation, specs/publish/v0.1; npm docs,
"Generating provenance statements"). Knows no certificates, keys and logs.
"""

import re

from holdfast.trust.attestations.errors import DIGEST, PREDICATE, STATEMENT, SUBJECT, EvidenceRefused
from holdfast.trust.attestations.provenance import malformed
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.npm_keys import canonical_registry
from holdfast.trust.npm_subjects import PackageVersion
from holdfast.trust.strict_fields import Fields, shown
from holdfast.trust.subjects import STATEMENT as STATEMENT_V1

PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1"
SLSA = ("https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v1")

_STATEMENTS = ("https://in-toto.io/Statement/v0.1", STATEMENT_V1)
_SHA512 = re.compile(r"[0-9a-f]{128}")


def check_statement(payload: bytes, predicate_type: str, about: PackageVersion, registry: str) -> None:
    """Refuse a verified statement that is not about this release, or has another purpose than is said beside it.

    `registry` is the canonical URL of the registry whose word a publish attestation has to be.
    Raises `EvidenceRefused`: `statement`, `subject`, `digest` or `predicate`.
    """
    try:
        fields = Fields.of(payload)
        fields.choice("_type", _STATEMENTS)
        subjects, kind = fields.tables("subject"), fields.text("predicateType")
        if len(subjects) != 1:
            raise EvidenceRefused(about.text, SUBJECT, f"expected one subject, found {len(subjects)}")
        name, digest = subjects[0].text("name"), subjects[0].table("digest").text("sha512")
        if not _SHA512.fullmatch(digest):
            raise subjects[0].table("digest").wrong("sha512", "128 lower-case hex digits")
        stated = _stated(fields.table("predicate")) if kind == PUBLISH else None
    except MalformedDocument as fault:
        raise malformed(about.text, fault, STATEMENT) from None
    if name != about.purl:
        raise EvidenceRefused(about.text, SUBJECT, f"it is about {shown(name)}")
    if f"sha512:{digest}" != about.digest:
        raise EvidenceRefused(about.text, DIGEST, f"it is about sha512:{digest}")
    if kind not in (PUBLISH, *SLSA):
        raise EvidenceRefused(about.text, PREDICATE, f"its predicate {shown(kind)} is not known")
    if kind != predicate_type:
        raise EvidenceRefused(about.text, PREDICATE, f"its predicate is {shown(kind)}, not {shown(predicate_type)}")
    if stated is not None:
        _check_published(stated, about, registry)


def _stated(predicate: Fields) -> tuple[str, str, str]:
    return predicate.text("name"), predicate.text("version"), predicate.text("registry", empty=False)


def _check_published(stated: tuple[str, str, str], about: PackageVersion, registry: str) -> None:
    name, version, url = stated
    if (name, version) != (about.name, about.version):
        raise EvidenceRefused(about.text, SUBJECT, f"the registry published {shown(f'{name}@{version}')}")
    if canonical_registry(url) != registry:
        raise EvidenceRefused(about.text, SUBJECT, f"it was published by {shown(url)}, not by {registry}")
