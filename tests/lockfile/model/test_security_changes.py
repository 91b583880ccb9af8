"""A change of the security configuration in words: every field that can differ has a line."""

import json
from typing import Any

import pytest

from holdfast.configuration.configuration import Configuration
from holdfast.configuration.read import read_configuration
from holdfast.configuration.security import security_of
from holdfast.model.security import Allowance, Demand, Security
from holdfast.model.security_changes import security_changes
from tests.support.approvals import PROJECT, approver, security
from tests.support.signing_keys import public

KEY = public("release").text
TEXT = f"""
id = "{PROJECT}"

[sources.internal]
kind = "pypi"
url = "https://packages.acme.example/simple/"
packages = ["acme-*"]

[[trust]]
key = "{KEY}"
names = ["@acme/*"]
label = "release"

[[approver]]
name = "alice"
key = "{public("alice").text}"

[[approver]]
name = "carol"
key = "{public("carol").text}"

[[approver]]
name = "bob"
role = "security"
key = "{public("bob").text}"

[policy]
max-depth = 12
require-signatures = ["internal:*"]

[[policy.rule]]
package = "pypi:acme-*"
threshold = 2
reason = "our own"
"""


def configured(text: str) -> Security:
    """The security configuration of a text."""
    return security_of(read_configuration(lambda name: text.encode() if name == "holdfast.toml" else None))


EDITS: dict[str, tuple[str, str, list[str]]] = {
    "nothing": ("max-depth = 12", "max-depth  =  12  # deep", []),
    "another project": (PROJECT, "c0a7de11-2b3c-4d5e-9f60-718293a4b5c6", [f"project id: {PROJECT} -> c0a7de11"]),
    "a threshold": ("[policy]", "[policy]\nthreshold = 2", ["threshold: 1 -> 2"]),
    "who it falls on": ("[policy]", '[policy]\nrole = "security"', ["role: none -> security"]),
    "alarms only": ("[policy]", '[policy]\nenforce = "alarms"', ["enforce: changes -> alarms"]),
    "a role": ('role = "security"\n', "", ["approver bob: role: security -> none"]),
    "a name": ('name = "bob"', 'name = "bert"', ["approver bert: name: bob -> bert"]),
    "e-mails": (
        'name = "bob"',
        'name = "bob"\nemails = ["b@acme.example", "a@acme.example"]',
        ["approver bob: emails: none -> a@acme.example, b@acme.example"],
    ),
    "another key": (
        public("bob").text,
        public("mallory").text,
        [f"approver added: bob (security), {public('mallory').id}", f"removed: bob (security), {public('bob').id}"],
    ),
    "revoked": (
        'name = "bob"',
        'name = "bob"\nrevoked = "2026-01-01T00:00:00Z"\ncause = "retired"',
        ["approver bob: revoked: none -> 2026-01-01T00:00:00Z", "approver bob: cause: none -> retired"],
    ),
    "a source's address": (
        "packages.acme.example",
        "packages.evil.example",
        ["source internal: pypi https://packages.acme.example/simple/ for acme-* -> pypi https://packages.evil"],
    ),
    "a source's names": (
        'packages = ["acme-*"]',
        'packages = ["ac*"]',
        ["for acme-* -> pypi https", "/simple/ for ac*"],
    ),
    "a trusted key's names": ('names = ["@acme/*"]', 'names = ["@other/*"]', ["for @other/*", "removed: release"]),
    "a limit": ("max-depth = 12", "max-depth = 99", ["policy max-depth: 12 -> 99"]),
    "an age": (
        "[policy]",
        '[policy]\nminimum-release-age = "7 days"',
        ["policy minimum-release-age: 0 days -> 7 days"],
    ),
    "a signature": ('["internal:*"]', "[]", ["policy require-signatures: internal:* -> none"]),
    "one more signature": (
        '["internal:*"]',
        '["internal:*", "pypi:flask"]',
        ["policy require-signatures: now also pypi:flask"],
    ),
    "a rule's threshold": (
        "threshold = 2",
        "threshold = 1",
        [
            "rule added: for pypi:acme-*; threshold 1; because: our own",
            "rule removed: for pypi:acme-*; threshold 2; because: our own",
        ],
    ),
}


@pytest.mark.parametrize("row", EDITS)
def test_an_edit_in_words(row: str) -> None:
    """Each edit of a configuration says what it does; formatting and comments say nothing."""
    old, new, expected = EDITS[row]
    assert old in TEXT
    lines = security_changes(configured(TEXT), configured(TEXT.replace(old, new)))
    for line in expected:
        assert any(line in one for one in lines), lines
    assert bool(lines) == bool(expected)


def test_the_first_configuration_is_told_whole() -> None:
    """Without one before everything came."""
    lines = security_changes(None, configured(TEXT))
    assert lines[0] == f"project id: none -> {PROJECT}"
    assert f"approver added: alice, {public('alice').id}" in lines
    assert "source internal added: pypi https://packages.acme.example/simple/ for acme-*" in lines
    assert not [line for line in lines if "none -> none" in line or line.endswith(("-> none", "-> 0 days"))]
    assert security_changes(security_of(Configuration()), security_of(Configuration())) == ()


def test_indexes_that_the_project_names_to_uv() -> None:
    """Which came, which went, and which of two comes first; credentials are never told."""

    def told(before: str, after: str) -> tuple[str, ...]:
        states = [
            security_of(read_configuration({"holdfast.toml": TEXT.encode(), "uv.toml": one.encode()}.get))
            for one in (before, after)
        ]
        return security_changes(*states)

    main = '[[index]]\nurl = "https://me:word@one.example/simple/?key=word"\nname = "one"\ndefault = true\n'
    extra = '[[index]]\nurl = "https://two.example/simple/"\n'
    assert told("", main + extra) == (
        "index added: default https://one.example/simple/ (one)",
        "index added: extra https://two.example/simple/",
    )
    assert told(main, "") == ("index removed: default https://one.example/simple/ (one)",)
    assert told(main + extra, extra + main) == ("the order of the indexes",)
    assert told("", 'find-links = ["/wheels"]\nno-index = true\nallow-insecure-host = ["h.example"]') == (
        "index added: find-links /wheels",
        "index added: no-index",
        "index added: insecure-host h.example",
    )
    assert told("", "# nothing") == ()


def test_where_an_approver_is_written_is_no_change() -> None:
    """Neither the line nor the order of approvers is told: the digest does not know them."""
    moved = security(approver("alice", line=4), approver("bob", line=9))
    assert security_changes(security(approver("alice", line=1), approver("bob", line=5)), moved) == ()
    assert security_changes(moved._replace(approvers=moved.approvers[::-1]), moved) == ()
    other = moved._replace(approvers=(moved.approvers[0], approver("bob", "security", line=9)))
    assert security_changes(moved, other) == ("approver bob: role: none -> security",)


def test_a_new_approver_is_told_with_role_and_emails() -> None:
    """The addresses decide whose changes he may not approve."""
    bob = approver("bob", "security", emails=("bob@acme.example", "b@acme.example"))
    (line,) = security_changes(security("alice"), security("alice", bob))
    assert line == f"approver added: bob (security), {bob.id}, emails b@acme.example, bob@acme.example"


def test_what_a_rule_lets_through_is_told_in_the_words_of_the_configuration() -> None:
    """`minimum-release-age` is its key, whatever a record calls it."""
    value = Allowance(("pypi:*",), ("version-changed",), 86_400, "2027-01-01T00:00:00Z", "ours")
    (line,) = security_changes(security("alice"), security("alice", allowances=(value,)))
    assert "; minimum-release-age 1 day; " in line


FIELDS: dict[str, Any] = {
    "enforce": "alarms",
    "threshold": 2,
    "role": "security",
    "independent": True,
    "demands": ((("pypi:*",), 2, None, ""),),
    "allowances": ((("pypi:*",), ("version-changed",), 86_400, "2027-01-01T00:00:00Z", "ours"),),
}


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_of_the_approval_policy_changes_in_silence(field: str) -> None:
    """Whether or not the rules themselves are recorded."""
    value = FIELDS[field]
    if field in ("demands", "allowances"):
        value = tuple((Demand if field == "demands" else Allowance)(*one) for one in value)
    assert security_changes(security("alice"), security("alice", **{field: value}))


@pytest.mark.parametrize("field", [one for one in approver("bob")._fields if one not in ("line", "key")])
def test_no_field_of_an_approver_changes_in_silence(field: str) -> None:
    """The key is told by its id."""
    other: Any = ("x@acme.example",) if field == "emails" else "else"
    assert security_changes(security(approver("bob")), security(approver("bob", **{field: other})))


@pytest.mark.parametrize("key", ["sources", "trust", "sigstore", "policy", "later"])
def test_no_other_part_changes_in_silence(key: str) -> None:
    """Also of a form that this version does not write."""
    empty = security("alice")._replace(rest="{}")
    for value in ([["x"]], {"x": 1}, [{"name": "x", "later": 1}]):
        if key == "policy" and isinstance(value, list):
            continue
        assert security_changes(empty, empty._replace(rest=json.dumps({key: value}))), value
