"""The security configuration: what belongs to it, and that formatting does not."""

import json

import pytest

from holdfast.configuration.configuration import Configuration
from holdfast.configuration.read import read_configuration
from holdfast.configuration.security import security_of
from holdfast.model.policy import DAY
from holdfast.model.security import Allowance, ApprovalPolicy, Demand, security_digest
from holdfast.trust.signing import FileSigner

KEYS = [FileSigner.from_seed(bytes([number]) * 32).public.text for number in (1, 2)]
WHOLE = f"""
id = "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c55"

[sources.acme]
kind = "modules"
url = "https://modules.acme.example/"
root = "sha256:{64 * "7"}"
[sources.internal]
kind = "pypi"
url = "https://packages.acme.example/simple/"
packages = ["acme-*", "corp-*"]

[[trust]]
key = "{KEYS[0]}"
names = ["@acme/*", "@corp/*"]

[policy]
enforce = "alarms"
threshold = 2
independent = true
minimum-release-age = "7 days"
require-signatures = ["acme:*"]
deny-permissions = ["program"]
[[policy.rule]]
package = "pypi:requests"
threshold = 1
reason = "small"
until = 2027-01-01
[[policy.rule]]
package = ["pypi:a", "pypi:b"]
approve = ["version-changed"]
reason = "known"
until = "2027-01-01"
[[policy.rule]]
package = "pypi:*"
approve = ["artifact-added"]
minimum-release-age = "1 day"
role = "security"
reason = "wheels"
until = "2027-01-01"

[[approver]]
name = "zoe"
key = "{KEYS[0]}"
emails = ["z@acme.example"]
[[approver]]
name = "ann"
role = "security"
key = "{KEYS[1]}"
emails = ["a@acme.example"]

[sigstore]
root = "sha256:{64 * "a"}"
"""


def reading(text: str) -> Configuration:
    return read_configuration({"holdfast.toml": text.encode()}.get)


def digest(text: str) -> str:
    return security_digest(security_of(reading(text)))


def test_chains_are_judged_by_typed_values() -> None:
    """Approvers come sorted by name; rules with threshold or role are demands, those with `approve` allowances."""
    found = security_of(reading(WHOLE))
    assert found.project == "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c55"
    assert [one.name for one in found.approvers] == ["ann", "zoe"]
    end = "2027-01-01T00:00:00Z"
    assert found.approval == ApprovalPolicy(
        "alarms",
        2,
        "",
        True,
        (Demand(("pypi:requests",), 1, None, end), Demand(("pypi:*",), None, "security", end)),
        (
            Allowance(("pypi:a", "pypi:b"), ("version-changed",), 7 * DAY, end, "known"),
            Allowance(("pypi:*",), ("artifact-added",), DAY, end, "wheels"),
        ),
    )


def test_the_rest_is_whatever_else_decides() -> None:
    """Sources, trusted keys, the root of evidence and the other keys of the policy are compared as one text."""
    rest = json.loads(security_of(reading(WHOLE)).rest)
    assert set(rest) == {"sources", "trust", "sigstore", "policy"}
    assert [one["name"] for one in rest["sources"]] == ["acme", "internal"]
    assert rest["policy"]["deny-permissions"] == ["program"]
    assert [one["reason"] for one in rest["policy"]["rules"]] == ["small", "known", "wheels"]
    assert security_of(Configuration()).rest != "{}"


SAME = [
    ("\n\n[policy]", "\n# a comment\n\n\n[policy]"),
    ('packages = ["acme-*", "corp-*"]', 'packages = [\n  "corp-*",\n  "Acme_*",\n]'),
    ('"7 days"', '"1 week"'),
    ('"2027-01-01"\n[[policy', "2027-01-01T01:00:00+01:00\n[[policy"),
    ('["@acme/*", "@corp/*"]', '["@corp/*", "@acme/*"]'),
    ('id = "', 'strategy = "lowest"\nexclude-newer = 2026-01-01\nconstraints = ["click<9"]\nid = "'),
    ("https://modules.acme.example/", "https://mirror.acme.example/"),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_the_digest_is_of_what_is_said_not_of_how(old: str, new: str) -> None:
    """Comments, order within sets, spellings of one value and what is no matter of security do not change it."""
    assert old in WHOLE
    assert digest(WHOLE.replace(old, new)) == digest(WHOLE)


OTHER = [
    ("0f6f4f0e", "1f6f4f0e"),
    ("packages.acme.example", "packages.evil.example"),
    ('"corp-*"]', '"corps-*"]'),
    (f'root = "sha256:{64 * "7"}"', f'root = "sha256:{64 * "8"}"'),
    ('names = ["@acme/*", ', 'names = ["@evil/*", '),
    ('names = ["@acme/*"', 'revoked = 2026-01-01\nnames = ["@acme/*"'),
    ('enforce = "alarms"\n', ""),
    ("threshold = 2", "threshold = 1"),
    ("independent = true\n", ""),
    ('"7 days"', '"6 days"'),
    ('require-signatures = ["acme:*"]\n', ""),
    ('deny-permissions = ["program"]\n', 'privileged = ["@acme/x"]\ndeny-permissions = ["program"]\n'),
    ('deny-permissions = ["program"]\n', 'licenses = ["MIT"]\ndeny-permissions = ["program"]\n'),
    ('deny-permissions = ["program"]\n', 'max-depth = 3\ndeny-permissions = ["program"]\n'),
    ('deny-permissions = ["program"]\n', 'max-packages = 3\ndeny-permissions = ["program"]\n'),
    ('deny-permissions = ["program"]\n', 'deny-capabilities = ["network"]\ndeny-permissions = ["program"]\n'),
    ('deny-permissions = ["program"]\n', 'deny-advisories = "high"\ndeny-permissions = ["program"]\n'),
    ('deny-permissions = ["program"]\n', "\n"),
    ('["pypi:a", "pypi:b"]', '["pypi:a", "pypi:c"]'),
    ('approve = ["version-changed"]', 'approve = ["new-package"]'),
    ('approve = ["version-changed"]', 'approve = ["version-changed"]\nno-new-capabilities = true'),
    ('reason = "known"', 'reason = "unknown"'),
    ('"1 day"', '"0 days"'),
    ("a@acme.example", "b@acme.example"),
    ('role = "security"\nkey', 'role = "rule"\nkey'),
    ('name = "ann"', 'name = "bob"'),
    (f'root = "sha256:{64 * "a"}"', f'root = "sha256:{64 * "b"}"'),
    ("[sigstore]", '[sigstore]\nsources = ["internal"]'),
]


@pytest.mark.parametrize(("old", "new"), OTHER)
def test_whatever_decides_changes_the_digest(old: str, new: str) -> None:
    """Each key that says who may approve what, or whom to believe, is a part of the digest."""
    assert old in WHOLE
    text = WHOLE.replace(old, new)
    if "role" in old:  # an approver with another role: the rule that asks for the old one goes along
        text = text.replace('role = "security"\nreason', "threshold = 1\nreason")
        assert digest(WHOLE.replace('role = "security"\nreason', "threshold = 1\nreason")) != digest(WHOLE)
        text = text.replace("threshold = 2\n", "")
    assert digest(text) != digest(WHOLE)


def test_the_order_of_rules_counts() -> None:
    """The first rule that matches decides, so to change places is to change the policy."""
    head, first, second, third = WHOLE.split("[[policy.rule]]\n")
    third, approvers = third.split("\n[[approver]]", 1)
    turned = "[[policy.rule]]\n".join([head, second, first, third]) + "\n[[approver]]" + approvers
    assert digest(turned) != digest(WHOLE)
