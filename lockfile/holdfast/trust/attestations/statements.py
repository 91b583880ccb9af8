"""What an attestation states, once its signature holds: this file, these bytes, for a purpose that is known.

in-toto Statement v1 with exactly one subject (PEP 740, "Attestation statement"). The subject's name must be the same
distribution file name, compared as PEP 740 asks: parsed as a wheel's or a source distribution's name, since an equal
name may be written in other letters. Knows no certificates.
"""

import re
from functools import cache

from holdfast.trust.attestations.errors import DIGEST, PREDICATE, STATEMENT, SUBJECT, EvidenceRefused
from holdfast.trust.attestations.provenance import malformed
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields, shown
from holdfast.trust.subjects import STATEMENT as STATEMENT_TYPE

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_SUFFIXES = (".whl", ".tar.gz", ".zip")
_HEX = re.compile(r"[0-9a-f]{64}")


def read_predicate_type(payload: bytes, file_name: str, digest: str) -> str:
    """Return the purpose of a verified statement about a file and its bytes (sha256, 64 lower-case hex digits).

    Raises `EvidenceRefused`: `statement`, `subject`, `digest` or `predicate`.
    """
    try:
        fields = Fields.of(payload)
        fields.constant("_type", STATEMENT_TYPE)
        subjects = fields.tables("subject")
        kind = fields.text("predicateType")
        if len(subjects) != 1:
            raise EvidenceRefused(file_name, SUBJECT, f"expected one subject, found {len(subjects)}")
        name, found = subjects[0].text("name"), subjects[0].table("digest").hex_digest("sha256")
    except MalformedDocument as fault:
        raise malformed(file_name, fault, STATEMENT) from None
    if not is_same_file(name, file_name):
        raise EvidenceRefused(file_name, SUBJECT, f"it is about {shown(name)}")
    if not _HEX.fullmatch(digest) or found != digest:
        raise EvidenceRefused(file_name, DIGEST, f"it is about sha256:{found}")
    if kind not in _known_predicates():
        raise EvidenceRefused(file_name, PREDICATE, f"its predicate {shown(kind)} is not known")
    return kind


def is_same_file(name: str, file_name: str) -> bool:
    """Whether two distribution file names are the same when parsed, and both are such names at all.

    >>> is_same_file("Acme.Guards-1.0.tar.gz", "acme_guards-1.0.tar.gz")
    True
    """
    parsed = _parsed(file_name)
    return parsed is not None and parsed == _parsed(name)


@cache
def _known_predicates() -> frozenset[str]:
    """Return the two purposes of PEP 740: published by a trusted publisher, and built so (SLSA provenance v1)."""
    from pypi_attestations import AttestationType  # start-up

    return frozenset((AttestationType.PYPI_PUBLISH_V1.value, AttestationType.SLSA_PROVENANCE_V1.value))


def _parsed(name: str) -> tuple[object, ...] | None:
    from packaging.utils import (  # start-up
        InvalidSdistFilename,
        InvalidWheelFilename,
        parse_sdist_filename,
        parse_wheel_filename,
    )

    suffix = next((one for one in _SUFFIXES if name.endswith(one)), None)
    try:
        if suffix == ".whl":
            return (suffix, *parse_wheel_filename(name))
        return None if suffix is None else (suffix, *parse_sdist_filename(name))
    except (InvalidSdistFilename, InvalidWheelFilename):
        return None
