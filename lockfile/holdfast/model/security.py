"""The security configuration: what decides who may approve what. It is a pin of its own.

Its digest is the sha256 of its RFC 8785 JSON, `{"project", "approvers", "approval", "rest"}`. `approvers` and
`approval` are typed, since chains are judged by those of the past; `rest` (sources, roots, trusted keys, other keys
of the policy) is only shown and compared. Formatting, comments and order of tables never change the digest. Pure.
"""

from holdfast_resolver.values.tuples import NamedTuple

CONFIGURATION = "security configuration"  # what it is called where packages have a name
RULE_ROLE = "rule"  # the role of a key that approves by rule, and by rule only
CAUSES = ("retired", "compromised")


class Approver(NamedTuple):
    """One `[[approver]]`: a key that may approve. Two approvers never share a raw key."""

    name: str
    key: str  # "ssh-ed25519 AAAA...", without a comment
    id: str  # "ed25519:<sha256 of the raw key, 64 hex>"
    role: str = ""
    emails: tuple[str, ...] = ()  # as git has them: who may not approve what they wrote
    revoked: str = ""  # RFC 3339, UTC, whole seconds; "" = not revoked
    cause: str = ""  # of a revoked one: one of CAUSES
    held_by: str = ""  # of a compromised one: the full id of the commit up to which its approvals count
    line: int = 0  # 1-based, in the configuration; no part of the digest


class Demand(NamedTuple):
    """Whose approval some packages need: of a rule with `threshold` or `role`."""

    packages: tuple[str, ...]
    threshold: int | None
    role: str | None
    until: str


class Allowance(NamedTuple):
    """What a key of the role `rule` may approve: of a rule with `approve`. Never an alarm."""

    packages: tuple[str, ...]
    classes: tuple[str, ...]
    minimum_age: int  # seconds since the release, when it was approved
    until: str
    reason: str
    no_new_capabilities: bool = False  # whether only of changes whose code is known to gain no capability


class ApprovalPolicy(NamedTuple):
    """The part of the policy that chains are judged by."""

    enforce: str = "changes"
    threshold: int = 1
    role: str = ""
    independent: bool = False
    demands: tuple[Demand, ...] = ()
    allowances: tuple[Allowance, ...] = ()


class Security(NamedTuple):
    """A security configuration. `rest` is RFC 8785 JSON text."""

    project: str  # the project's UUID; "" before `holdfast init`
    approvers: tuple[Approver, ...] = ()
    approval: ApprovalPolicy = ApprovalPolicy()
    rest: str = "{}"


def security_document(security: Security) -> dict[str, object]:
    """Return it as JSON has it; `trust.security_document` reads the same."""
    approval = security.approval
    return {
        "project": security.project,
        "approvers": [
            {
                "name": one.name,
                "key": one.key,
                "role": one.role,
                "emails": sorted(one.emails),
                "revoked": one.revoked,
                "cause": one.cause,
                "held-by": one.held_by,
            }
            for one in sorted(security.approvers)
        ],
        "approval": {
            "enforce": approval.enforce,
            "threshold": approval.threshold,
            "role": approval.role,
            "independent": approval.independent,
            "demands": [
                {"packages": list(one.packages), "threshold": one.threshold, "role": one.role, "until": one.until}
                for one in approval.demands
            ],
            "allowances": [
                {
                    "packages": list(one.packages),
                    "classes": list(one.classes),
                    "minimum-age": one.minimum_age,
                    "until": one.until,
                    "reason": one.reason,
                    # only where it is asked for: an allowance without has the digest that it always had
                    **({"no-new-capabilities": True} if one.no_new_capabilities else {}),
                }
                for one in approval.allowances
            ],
        },
        "rest": security.rest,
    }


def security_digest(security: Security) -> str:
    """Return `sha256:<64 hex>`."""
    from holdfast.model.pin_digest import digest_of

    return digest_of(security_document(security))
