"""A security configuration inside an act: read as it was written, or not at all."""

import json
from base64 import b64encode
from typing import Any

import pytest

from holdfast.model.security import Allowance, ApprovalPolicy, Demand, Security, security_digest, security_document
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.security_document import MOST_APPROVERS, read_security
from tests.support.approvals import LATER, PROJECT, approver, security
from tests.support.signing_keys import public

RULES = Security(
    PROJECT,
    (
        approver("alice", "security", emails=("a@acme.example", "b@acme.example")),
        approver("bob", revoked="2026-01-01T00:00:00Z", cause="compromised", held_by="ab" * 20),
        approver("ci", "rule", revoked="2026-01-01T00:00:00Z", cause="retired"),
    ),
    ApprovalPolicy(
        "alarms",
        2,
        "security",
        True,
        (Demand(("npm:*",), 2, None, LATER), Demand(("*",), None, "security", ""), Demand(("pypi:a",), None, "", "")),
        (
            Allowance(("pypi:*",), ("version-changed",), 604800, LATER, "known publishers"),
            Allowance(("npm:*",), ("version-changed",), 0, LATER, "that gain nothing", no_new_capabilities=True),
        ),
    ),
    '{"policy":{"licenses":["MIT"]}}',
)


@pytest.mark.parametrize("rules", [RULES, Security(PROJECT), Security(""), security("alice", "bob")])
def test_it_reads_back(rules: Security) -> None:
    """Every field, so that the digest is the same."""
    read = read_security(json.loads(json.dumps(security_document(rules))))
    assert read == rules
    assert security_digest(read) == security_digest(rules)


def test_the_id_is_made_of_the_key() -> None:
    """A document has no ids: nobody can say that a key is another's."""
    [alice] = read_security(security_document(security("alice"))).approvers
    assert alice.id == public("alice").id


_ALICE = public("alice")


def _key(raw: bytes) -> str:
    return f"ssh-ed25519 {b64encode(_ALICE.blob[:-32] + raw).decode()}"


SMALL_ORDER = _key(bytes([1]) + bytes(31))
NOT_CANONICAL = _key(bytes([0xFF]) * 31 + bytes([0x7F]))
NOT_CANONICAL = (
    f"ssh-ed25519 {__import__('base64').b64encode(_ALICE.blob[:-32] + bytes([0xFF]) * 31 + bytes([0x7F])).decode()}"
)


def _rules(**fields: Any) -> dict[str, object]:
    return {**security_document(RULES), **fields}


def _approver(**fields: Any) -> Any:
    document: Any = security_document(security("alice"))
    document["approvers"][0].update(fields)
    return document


def _approval(**fields: Any) -> Any:
    document: Any = security_document(RULES)
    document["approval"].update(fields)
    return document


def _row(name: str, **fields: Any) -> Any:
    document: Any = security_document(RULES)
    document["approval"][name][0].update(fields)
    return document


MALFORMED = {
    "null": (None, "rules"),
    "a field unknown": (_rules(quorum=3), "rules.quorum"),
    "no project": ({key: value for key, value in _rules().items() if key != "project"}, "rules.project"),
    "a project null": (_rules(project=None), "rules.project"),
    "rest that is an object": (_rules(rest={}), "rules.rest"),
    "approvers null": (_rules(approvers=None), "rules.approvers"),
    "one name twice": (
        _rules(approvers=security_document(security("alice", approver("bob", name="alice")))["approvers"]),
        "rules.approvers",
    ),
    "one key twice": (
        _rules(approvers=security_document(security("alice", approver("alice", name="bob")))["approvers"]),
        "rules.approvers",
    ),
    "too many": (
        _rules(approvers=[{**security_document(security("a")), "name": str(at)} for at in range(MOST_APPROVERS + 1)]),
        "rules.approvers",
    ),
    "a small-order key": (_approver(key=SMALL_ORDER), "rules.approvers[0].key"),
    "a key that is not canonical": (_approver(key=NOT_CANONICAL), "rules.approvers[0].key"),
    "a key with a comment": (_approver(key=f"{_ALICE.text} alice"), "rules.approvers[0].key"),
    "a key of blanks": (_approver(key=f" {_ALICE.text}"), "rules.approvers[0].key"),
    "a key in hex": (_approver(key=_ALICE.raw.hex()), "rules.approvers[0].key"),
    "an id": (_approver(key=_ALICE.id), "rules.approvers[0].key"),
    "no key": (_approver(key=""), "rules.approvers[0].key"),
    "another kind of key": (_approver(key="ssh-rsa AAAA"), "rules.approvers[0].key"),
    "no name": (_approver(name=""), "rules.approvers[0].name"),
    "a name that turns around": (_approver(name="a\u202eb"), "rules.approvers[0].name"),
    "a role null": (_approver(role=None), "rules.approvers[0].role"),
    "an approver's field unknown": (_approver(id=_ALICE.id), "rules.approvers[0].id"),
    "an empty address": (_approver(emails=[""]), "rules.approvers[0].emails[0]"),
    "revoked some day": (_approver(revoked="2026-01-01"), "rules.approvers[0].revoked"),
    "revoked without cause": (_approver(revoked="2026-01-01T00:00:00Z"), "rules.approvers[0].cause"),
    "another cause": (_approver(revoked="2026-01-01T00:00:00Z", cause="bored"), "rules.approvers[0].cause"),
    "a cause without revocation": (_approver(cause="retired"), "rules.approvers[0].cause"),
    "held without revocation": (_approver(**{"held-by": "0" * 40}), "rules.approvers[0].cause"),
    "held though retired": (
        _approver(revoked="2026-01-01T00:00:00Z", cause="retired", **{"held-by": "0" * 40}),
        "rules.approvers[0].held-by",
    ),
    "held by a short id": (
        _approver(revoked="2026-01-01T00:00:00Z", cause="compromised", **{"held-by": "0" * 12}),
        "rules.approvers[0].held-by",
    ),
    "held by a branch": (
        _approver(revoked="2026-01-01T00:00:00Z", cause="compromised", **{"held-by": "m" * 40}),
        "rules.approvers[0].held-by",
    ),
    "approval null": (_rules(approval=None), "rules.approval"),
    "another enforcement": (_approval(enforce="never"), "rules.approval.enforce"),
    "nobody needed": (_approval(threshold=0), "rules.approval.threshold"),
    "true needed": (_approval(threshold=True), "rules.approval.threshold"),
    "independent by number": (_approval(independent=1), "rules.approval.independent"),
    "a part unknown": (_approval(quorum=1), "rules.approval.quorum"),
    "a demand for nobody": (_row("demands", threshold=0), "rules.approval.demands[0].threshold"),
    "a demand unknown": (_row("demands", quorum=0), "rules.approval.demands[0].quorum"),
    "a demand for ever": (_row("demands", until="never"), "rules.approval.demands[0].until"),
    "an allowance of minus a day": (
        _row("allowances", **{"minimum-age": -1}),
        "rules.approval.allowances[0].minimum-age",
    ),
    "a condition that is none": (
        _row("allowances", **{"no-new-capabilities": False}),
        "rules.approval.allowances[0].no-new-capabilities",
    ),
    "a condition of nothing": (
        _row("allowances", **{"no-new-capabilities": None}),
        "rules.approval.allowances[0].no-new-capabilities",
    ),
    "an allowance unknown": (_row("allowances", alarms=True), "rules.approval.allowances[0].alarms"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed(name: str) -> None:
    """Every field is looked at, and the refusal names it."""
    document, place = MALFORMED[name]
    with pytest.raises(MalformedDocument) as refused:
        read_security(document, "rules")
    assert refused.value.place == place
    assert refused.value.expected
