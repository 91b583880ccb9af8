"""`[[approver]]`: whose keys may approve changes of this project, and for what.

    [[approver]]
    name = "ann"
    key = "ssh-ed25519 AAAA..."
    role = "security"
    emails = ["ann@acme.example"]

Rule 1: an approver is a key. No two have one key or one name, so two approvals are two people's.
Rule 2: the key is one that binds its owner: no point of small order, no second spelling (`trust.small_order`).
Rule 3: what could never be fulfilled is refused here: a threshold above the number of people, a role that nobody has.
A key of the role "rule" is no person: it approves by rule, and by rule only.
"""

from collections.abc import Iterator

from holdfast.configuration.tables import Table
from holdfast.configuration.trust_keys import EXPECTED as EXPECTED_KEY
from holdfast.configuration.trust_keys import key_id, key_text, raw_key
from holdfast.model.policy import Policy
from holdfast.model.security import CAUSES, RULE_ROLE, Approver
from holdfast.trust.small_order import why_refused
from holdfast_resolver.manifests.toml import KeyPath, type_name

_KEYS = ("name", "key", "role", "emails", "revoked", "cause", "held-by")
_HEX = frozenset("0123456789abcdef")
_COMMIT_SIZES = (40, 64)  # hex digits of a full commit id


def read_approvers(table: Table) -> tuple[Approver, ...]:
    """Return the approvers in the order of the file, `table` being the whole one. Raises `ConfigurationError`."""
    approvers: list[Approver] = []
    for index, value in enumerate(table.array("approver")):
        if not isinstance(value, dict):
            raise table.refusal(("approver", index), "a table", type_name(value))
        entry = table.table("approver", index)
        one = _read_entry(entry)
        for other in approvers:
            if one.id == other.id:
                raise entry.refusal(("key",), f"a key that no other approver has; {other.name} has it", one.id)
            if one.name == other.name:
                raise entry.refusal(("name",), "each name once", one.name)
        approvers.append(one)
    return tuple(approvers)


def _read_entry(entry: Table) -> Approver:
    entry.check_keys(_KEYS)
    name = entry.required("name", "what the approver is called")
    if name.startswith("ed25519:") or name != name.strip():
        raise entry.refusal(("name",), "a name without blanks around it that cannot be taken for a key's id", name)
    written = entry.required("key", EXPECTED_KEY)
    raw = raw_key(written)
    if raw is None:
        raise entry.refusal(("key",), EXPECTED_KEY, written)
    fault = why_refused(raw)
    if fault:
        raise entry.refusal(("key",), "an Ed25519 key that binds its owner", f"{key_id(raw)}: {fault}")
    revoked, cause, held_by = _revocation(entry)
    return Approver(
        name, key_text(raw), key_id(raw), _role(entry), _emails(entry), revoked, cause, held_by, entry.line()
    )


def _role(entry: Table) -> str:
    role = entry.string("role")
    if "role" in entry.data and (not role or role != role.strip()):
        raise entry.refusal(("role",), 'a role such as "security", or no such key', role or "an empty string")
    return role


def _emails(entry: Table) -> tuple[str, ...]:
    emails = entry.strings("emails")
    for index, email in enumerate(emails):
        if not email.strip("@").count("@") or " " in email:
            raise entry.refusal(("emails", index), "an e-mail address, as git has it", email or "an empty string")
    return tuple(dict.fromkeys(emails))


def _revocation(entry: Table) -> tuple[str, str, str]:
    revoked = entry.second("revoked")
    cause = entry.choice("cause", CAUSES, CAUSES[0])
    held_by = entry.string("held-by")
    if "cause" in entry.data and not revoked:
        raise entry.refusal(("cause",), "a cause only beside revoked", "no revoked", 'add revoked = "2026-11-21"')
    if revoked and "cause" not in entry.data:
        expected = 'cause: "retired" (what the key signed before counts) or "compromised" (nothing does)'
        raise entry.refusal((), expected, "no cause")
    if "held-by" in entry.data:
        if cause != "compromised":
            raise entry.refusal(("held-by",), 'held-by only beside cause = "compromised"', "no such cause")
        if len(held_by) not in _COMMIT_SIZES or not _HEX.issuperset(held_by):
            expected = "the full id of a commit: 40 or 64 hex digits in lower case"
            raise entry.refusal(("held-by",), expected, held_by, "git rev-parse HEAD")
    return revoked, cause if revoked else "", held_by


def check_approvers(table: Table, approvers: tuple[Approver, ...], policy: Policy) -> None:
    """Refuse a policy that these approvers could never fulfil; without approvers nothing is asked.

    Raises `ConfigurationError` at the key of the policy, or at the approver without `emails`.
    """
    if not approvers:
        return
    people = [one for one in approvers if one.role != RULE_ROLE and not one.revoked]
    if not people:
        raise table.refusal(("approver",), "an approver who is a person and not revoked", "none")
    for place, threshold, role in _demands(policy):
        if threshold > len(people):
            expected = f"at most {len(people)}: so many approvers are people and not revoked"
            raise table.refusal(("policy", *place, "threshold"), expected, str(threshold))
        if role and not any(one.role == role for one in people):
            expected = "a role that an approver has who is a person and not revoked"
            raise table.refusal(("policy", *place, "role"), expected, role)
    if policy.independent:
        for index, one in enumerate(approvers):
            if one.role != RULE_ROLE and not one.revoked and not one.emails:
                hint = f'add emails = ["..."] to {one.name}: `independent` compares them with who wrote the changes'
                raise table.refusal(("approver", index), "emails, as [policy] says independent", "no emails", hint)


def _demands(policy: Policy) -> Iterator[tuple[KeyPath, int, str]]:
    """Where a threshold and a role are asked for: (keys below `policy`, threshold, role or "")."""
    yield (), policy.threshold, policy.role
    for index, rule in enumerate(policy.rules):
        yield ("rule", index), rule.threshold or 1, rule.role or ""
