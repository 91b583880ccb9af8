"""What statements about a module speak of: its package URL and its two digests, in an in-toto statement.

    pkg:holdfast/%40acme/guards@2.1.0                  the archive, by its sha256
    pkg:holdfast/%40acme/guards@2.1.0?subject=tree     the unpacked files, by their tree digest

The first step of every claim is the same: an in-toto Statement v1 (in-toto/attestation, spec/v1/statement.md) in
canonical JSON (RFC 8785) with exactly these two subjects. in-toto matches a subject on any of its digests, so each
digest has a subject of its own. Knows no predicates and no keys.
"""

import re
from collections.abc import Mapping

from holdfast.trust.errors import MalformedDocument, MalformedSignature, PayloadTypeRefused
from holdfast.trust.strict_fields import Fields
from holdfast.trust.strict_json import canonical, parse
from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.values.modules import is_module_name
from holdfast_resolver.values.tuples import NamedTuple

STATEMENT = "https://in-toto.io/Statement/v1"
LONGEST_PAYLOAD = 1024 * 1024  # bytes
ARCHIVE_ALGORITHM = "sha256"
TREE_ALGORITHM = "holdfast-tree-v1"

_TREE = "?subject=tree"
_SHA256 = "sha256:"
_PURL = re.compile(r"pkg:holdfast/%40([a-z0-9-]+)/([a-z0-9-]+)@([0-9A-Za-z.%-]+)")


class Subject(NamedTuple):
    """One release: its name and version, and the digests of its archive and of its files ("sha256:<hex>" both)."""

    name: str
    version: str
    archive: str
    tree: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Claim(NamedTuple):
    """A statement, its predicate not yet read. Nothing here is verified."""

    subject: Subject
    predicate: Fields


def purl(name: str, version: str) -> str:
    """Return the package URL of a release, percent-encoded by the package-URL specification.

    >>> purl("@acme/guards", "2.1.0+build.7")
    'pkg:holdfast/%40acme/guards@2.1.0%2Bbuild.7'
    """
    return f"pkg:holdfast/%40{name[1:]}@{version.replace('+', '%2B')}"


def read_purl(text: str) -> tuple[str, str] | None:
    """Return the name and version of a package URL; None for one that `purl` does not write."""
    found = _PURL.fullmatch(text)
    if found is None:
        return None
    name, version = f"@{found[1]}/{found[2]}", found[3].replace("%2B", "+")
    if not is_module_name(name) or not _is_version(version):
        return None
    return name, version


def write_claim(subject: Subject, predicate_type: str, predicate: Mapping[str, object]) -> bytes:
    """Return the statement's canonical JSON: the payload of an envelope. Raises `MalformedSignature`."""
    statement = {
        "_type": STATEMENT,
        "subject": _rows(subject),
        "predicateType": predicate_type,
        "predicate": dict(predicate),
    }
    payload = canonical(statement)
    if read_claim(payload, predicate_type).subject != subject:
        raise MalformedSignature(str(subject), "its name, version or digests cannot be written so that they read back")
    return payload


def read_claim(payload: bytes, predicate_type: str, about: str = "") -> Claim:
    """Read a statement, strictly; `about` names its release for errors.

    Unknown fields are passed over, as in-toto asks of readers. Raises `MalformedSignature` for a payload that is not
    canonical JSON, is no statement or has other subjects than those two, and `PayloadTypeRefused` for another
    predicate than `predicate_type`.
    """
    try:
        value = parse(payload, limit=LONGEST_PAYLOAD)
        if canonical(value) != payload:
            raise MalformedSignature(about, "the statement is not written as RFC 8785 has it")
        fields = Fields(value)
        fields.constant("_type", STATEMENT)
        kind = fields.text("predicateType")
        if kind != predicate_type:
            raise PayloadTypeRefused(about, predicate_type, kind)
        return Claim(_read_subject(fields, about), fields.table("predicate"))
    except MalformedDocument as error:
        raise malformed(about, error) from None


def malformed(about: str, error: MalformedDocument) -> MalformedSignature:
    """Return the refusal of a signed document about `about`, to be raised."""
    place = f"{error.place}: " if error.place else ""
    found = f", found {error.found}" if error.found else ""
    return MalformedSignature(about, f"{place}expected {error.expected}{found}")


def _rows(subject: Subject) -> list[dict[str, object]]:
    name = purl(subject.name, subject.version)
    return [
        {"name": name, "digest": {ARCHIVE_ALGORITHM: subject.archive.removeprefix(_SHA256)}},
        {"name": name + _TREE, "digest": {TREE_ALGORITHM: subject.tree.removeprefix(_SHA256)}},
    ]


def _read_subject(fields: Fields, about: str) -> Subject:
    rows = fields.tables("subject", most=2)
    if len(rows) != 2:
        raise fields.wrong("subject", "the archive and the tree", f"{len(rows)} subjects")
    names = [row.text("name") for row in rows]
    parts = read_purl(names[0])
    if parts is None:
        raise rows[0].wrong("name", "a package URL such as pkg:holdfast/%40scope/name@1.0.0")
    archive = rows[0].table("digest").digest(ARCHIVE_ALGORITHM, "")
    tree = rows[1].table("digest").digest(TREE_ALGORITHM, "")
    subject = Subject(parts[0], parts[1], _SHA256 + archive, _SHA256 + tree)
    # Exactly these: no further digests, annotations or locations that another tool would match on.
    if fields.value("subject") != _rows(subject):
        raise MalformedSignature(about, "its subjects are not the archive and the tree of one release")
    return subject


def _is_version(text: str) -> bool:
    from holdfast_resolver.versions.semver import SEMVER  # start-up: approvals speak of no module's version

    try:
        return SEMVER.normalize(text) == text
    except InvalidVersion:
        return False
