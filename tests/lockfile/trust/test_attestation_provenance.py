"""Provenance objects as an index serves them: what is read, what is refused before anything is verified."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from holdfast.trust.attestations import errors
from holdfast.trust.attestations.errors import EvidenceRefused
from holdfast.trust.attestations.provenance import (
    MOST_ATTESTATIONS,
    ClaimedPublisher,
    read_attestation,
    read_provenance,
)
from holdfast.trust.attestations.verify import verify_provenance
from holdfast.trust.strict_json import LIMIT
from tests.support.attested_files import DIGEST, FILE, NOW, provenance_of, root
from tests.support.sigstore_identities import GitHubWorkflow, GitLabPipeline

GOOD: Any = provenance_of(GitHubWorkflow(environment="pypi"), GitLabPipeline())


def read(document: Any) -> Any:
    """Read a document given as a JSON value."""
    return read_provenance(json.dumps(document).encode(), FILE)


def refused(data: bytes) -> EvidenceRefused:
    """The refusal of a provenance object."""
    with pytest.raises(EvidenceRefused) as caught:
        read_provenance(data, FILE)
    return caught.value


def changed(change: Callable[[Any], object]) -> bytes:
    """The good object with a change."""
    document = json.loads(json.dumps(GOOD))
    change(document)
    return json.dumps(document).encode()


def test_bundles_are_read_with_their_claimed_publishers() -> None:
    """A provenance object gives the publishers that the index claims, and each one's attestations."""
    first, second = read(GOOD).bundles
    assert first.publisher == ClaimedPublisher(
        "GitHub", (("environment", "pypi"), ("repository", "acme/tool"), ("workflow", "release.yml"))
    )
    assert second.publisher.field("workflow_filepath") == ".gitlab-ci.yml"
    assert second.publisher.field("environment") is None
    assert [one.place for one in first.attestations] == ["attestation_bundles[0].attestations[0]"]
    assert json.loads(first.attestations[0].statement)["subject"][0]["name"] == FILE


def test_an_attestation_is_read_alone() -> None:
    """A bare attestation reads and verifies as one without a claimed publisher."""
    text = json.dumps(GOOD["attestation_bundles"][0]["attestations"][0]).encode()
    found = read_attestation(text, FILE)
    assert found.bundles[0].publisher is None
    assert verify_provenance(FILE, DIGEST, found, root(), NOW)[0].identity.kind == "github"


def test_the_text_of_an_attestation_reads_back() -> None:
    """The text that is kept of an attestation is an attestation, with the same text."""
    attestation = read(GOOD).bundles[0].attestations[0]
    assert read_attestation(attestation.text.encode(), FILE).bundles[0].attestations[0].text == attestation.text


def test_further_fields_are_passed_over() -> None:
    """Fields that PEP 740 lets indexes and signers add change nothing and reach nobody."""

    def add(document: Any) -> None:
        attestation = document["attestation_bundles"][0]["attestations"][0]
        for place in (document, document["attestation_bundles"][0], attestation, attestation["envelope"]):
            place["acme"] = {"roughtime": "x"}

    data = changed(add)
    assert read_provenance(data, FILE) == read(GOOD)


def _attestation(document: Any) -> Any:
    return document["attestation_bundles"][0]["attestations"][0]


ROWS: list[tuple[str, Callable[[Any], object], str, str]] = [
    ("version 2", lambda d: d.update(version=2), errors.VERSION, "expected 1 at version, found 2"),
    ("version true", lambda d: d.update(version=True), errors.VERSION, "found True"),
    ("version as text", lambda d: d.update(version="1"), errors.VERSION, "'1'"),
    ("no version", lambda d: d.pop("version"), errors.MALFORMED, "version"),
    ("attestation version 2", lambda d: _attestation(d).update(version=2), errors.VERSION, "attestations[0].version"),
    ("no bundles", lambda d: d.update(attestation_bundles=[]), errors.MALFORMED, "attestation_bundles"),
    ("bundles in a table", lambda d: d.update(attestation_bundles={}), errors.MALFORMED, "attestation_bundles"),
    ("no attestations", lambda d: d["attestation_bundles"][0].update(attestations=[]), errors.MALFORMED, "one or more"),
    ("no publisher", lambda d: d["attestation_bundles"][0].pop("publisher"), errors.MALFORMED, "publisher"),
    ("no kind", lambda d: d["attestation_bundles"][0].update(publisher={}), errors.MALFORMED, "publisher.kind"),
    ("hidden kind", lambda d: d["attestation_bundles"][0].update(publisher={"kind": "Git\u202eHub"}),
     errors.MALFORMED, "U+202E"),
    ("repository as a number", lambda d: d["attestation_bundles"][0].update(publisher={"kind": "A", "repository": 5}),
     errors.MALFORMED, "publisher.repository"),
    ("two log entries", lambda d: _attestation(d)["verification_material"]["transparency_entries"].append({}),
     errors.MALFORMED, "exactly one"),
    ("log entry as text", lambda d: _attestation(d)["verification_material"].update(transparency_entries=["x"]),
     errors.MALFORMED, "transparency_entries[0]"),
    ("base64 with a line feed", lambda d: _attestation(d)["envelope"].update(statement="e30=\n"),
     errors.MALFORMED, "envelope.statement"),
    ("base64 with spare bits", lambda d: _attestation(d)["envelope"].update(statement="e31="),
     errors.MALFORMED, "canonical"),
    ("URL-safe base64", lambda d: _attestation(d)["envelope"].update(signature="-_-_"),
     errors.MALFORMED, "envelope.signature"),
    ("no certificate", lambda d: _attestation(d)["verification_material"].update(certificate=""),
     errors.MALFORMED, "certificate"),
    ("too many attestations", lambda d: d["attestation_bundles"][0].update(
        attestations=[_attestation(d)] * MOST_ATTESTATIONS), errors.TOO_LARGE, "65"),
    ("the same attestation twice", lambda d: d["attestation_bundles"].append(d["attestation_bundles"][0]),
     errors.MALFORMED, "each attestation once"),
    ("too many bundles", lambda d: d.update(attestation_bundles=[{}] * 65), errors.TOO_LARGE, "65"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "change", "reason", "words"), ROWS, ids=[row[0] for row in ROWS])
def test_a_broken_form_is_refused(case: str, change: Callable[[Any], object], reason: str, words: str) -> None:
    """Each break of the form is refused with its reason and its place."""
    found = refused(changed(change))
    assert (found.reason, found.subject) == (reason, FILE)
    assert words in found.detail


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"version":1,"version":1,"attestation_bundles":[]}', "each key once"),
        (b'{"version":1,"attestation_bundles":[{"publisher":{"kind":"GitHub","kind":"GitLab"}}]}', "publisher.kind"),
        (b"", "a JSON document"),
        (b"[]", "an object"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"version":1.0,"attestation_bundles":[]}', "whole number"),
        (b"[" * 100_000, "levels"),
        (b"\xff", "UTF-8"),
        (b"<!doctype html>", "a JSON document"),
    ],
)
def test_a_text_that_is_no_strict_json_is_refused(data: bytes, words: str) -> None:
    """Duplicate keys, odd encodings, depth and other languages are refused as malformed."""
    found = refused(data)
    assert found.reason == errors.MALFORMED
    assert words in found.detail


@pytest.mark.parametrize("size", [LIMIT + 1, 10_000_000])
def test_too_much_is_refused_unread(size: int) -> None:
    """More than 4 MiB is refused by its length alone, in a provenance object as in an attestation."""
    data = json.dumps(GOOD).encode().ljust(size)
    assert refused(data).reason == errors.TOO_LARGE
    with pytest.raises(EvidenceRefused, match="too-large"):
        read_attestation(data, FILE)


def test_as_much_as_is_allowed_is_read() -> None:
    """Exactly 4 MiB are read."""
    assert read_provenance(json.dumps(GOOD).encode().ljust(LIMIT), FILE) == read(GOOD)
