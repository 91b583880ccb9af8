"""Reads a security configuration out of an act, as `model.security.security_document` wrote it: strict in every field.

An act's word for who could approve is only as good as its keys: one that may not be used, is spelled in another way, or
stands there twice makes the whole document unreadable. Knows the form; whose configuration counts is not decided here.
"""

from holdfast.model.security import CAUSES, Allowance, ApprovalPolicy, Approver, Demand, Security
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import KeyRefused
from holdfast.trust.strict_fields import Fields

MOST_APPROVERS = 256
_ENFORCE = ("changes", "alarms")


def read_security(value: object, place: str = "") -> Security:
    """Return the configuration of a JSON value at `place`, a key path. Raises `MalformedDocument`.

    Fields that this version does not know are refused: they would be no part of its digest.
    """
    fields = Fields(value, place)
    fields.only(("project", "approvers", "approval", "rest"))
    approvers = tuple([_approver(row) for row in fields.tables("approvers", most=MOST_APPROVERS)])
    for what, values in (("name", [one.name for one in approvers]), ("key", [one.key for one in approvers])):
        if len(set(values)) < len(values):
            raise fields.wrong("approvers", f"each {what} once", "one twice")
    return Security(fields.text("project"), approvers, _approval(fields.table("approval")), fields.text("rest"))


def _approver(row: Fields) -> Approver:
    row.only(("name", "key", "role", "emails", "revoked", "cause", "held-by"))
    key = row.text("key", empty=False)
    try:
        public = PublicKey.from_text(key)
    except KeyRefused as refusal:
        raise row.wrong("key", "a usable Ed25519 key", refusal.reason) from None
    if public.text != key:
        raise row.wrong("key", "a key such as ssh-ed25519 AAAA..., without a comment")
    revoked, cause, held_by = row.time("revoked", empty=True), row.text("cause"), row.text("held-by")
    if (cause not in CAUSES) if revoked else (cause or held_by):
        raise row.wrong("cause", f"one of {', '.join(CAUSES)} of a revoked key, else none")
    if held_by and (cause != "compromised" or len(held_by) not in (40, 64) or held_by.strip("0123456789abcdef")):
        raise row.wrong("held-by", "the full id of a commit (40 or 64 lower-case hex digits) of a compromised key")
    return Approver(
        row.text("name", empty=False), key, public.id, row.text("role"), row.texts("emails"), revoked, cause, held_by
    )


def _approval(fields: Fields) -> ApprovalPolicy:
    fields.only(("enforce", "threshold", "role", "independent", "demands", "allowances"))
    return ApprovalPolicy(
        fields.choice("enforce", _ENFORCE),
        fields.integer("threshold", minimum=1),
        fields.text("role"),
        fields.boolean("independent"),
        tuple([_demand(row) for row in fields.tables("demands", most=10_000)]),
        tuple([_allowance(row) for row in fields.tables("allowances", most=10_000)]),
    )


def _demand(row: Fields) -> Demand:
    row.only(("packages", "threshold", "role", "until"))
    threshold = row.integer("threshold", minimum=1) if row.value("threshold") is not None else None
    role = row.text("role") if row.value("role") is not None else None
    return Demand(row.texts("packages"), threshold, role, row.time("until", empty=True))


def _allowance(row: Fields) -> Allowance:
    row.only(("packages", "classes", "minimum-age", "until", "reason", "no-new-capabilities"))
    has_condition = "no-new-capabilities" in row.names()
    if has_condition and not row.boolean("no-new-capabilities"):
        raise row.wrong("no-new-capabilities", "true, or no such field", "false")
    return Allowance(
        row.texts("packages"),
        row.texts("classes"),
        row.integer("minimum-age"),
        row.time("until", empty=True),
        row.text("reason"),
        has_condition,
    )
