"""The finding codes of approvals, and of changes that nobody approved: rows of the table in `codes.py`.

Knows words only.
"""

from holdfast.findings.code import Code

APPROVAL_CODES: dict[str, Code] = {
    # Changes that wait. The graver ones have codes of their own: `artifact-changed`, `signer-changed` and so on.
    "change-unapproved": Code(
        "error",
        "The pins of a package are not those that were approved. `class` says what changed; with `enforce = "
        '"alarms"` this is a warning.',
        "Look at it with `holdfast review NAME`, then approve or reject it.",
        "error[change-unapproved]: click 1.1\n"
        "  expected: 1.0 (sha256:63c132bbbed0), approved by alice in 0a1b2c3d4e5f\n"
        "  found: 1.1 (sha256:9d01f3a2b7c4)\n"
        "  class: version-changed\n"
        "  why: nobody approved it\n"
        "  at: holdfast.lock\n"
        "  next: holdfast review click",
    ),
    "approval-incomplete": Code(
        "error",
        "A change was approved by fewer people than the policy asks for, or by nobody with the role that it asks for.",
        "Ask another approver to run `holdfast review NAME`: what they sign for the same step adds up.",
        "error[approval-incomplete]: click 1.1\n"
        "  expected: 1.0 (sha256:63c132bbbed0), approved by alice in 0a1b2c3d4e5f\n"
        "  found: 1.1 (sha256:9d01f3a2b7c4)\n"
        "  why: 1 of 2 approvers\n"
        "  needs: 2 approvers\n"
        "  approved by: alice\n"
        "  next: holdfast review click",
    ),
    "approval-conflict": Code(
        "error",
        "A package was approved in two ways that do not follow one another, as when two branches are merged. Nothing "
        "is approved until one approval follows both.",
        "Decide which it is with `holdfast review NAME`.",
        "error[approval-conflict]: click 1.2\n"
        "  expected: 1.1 (sha256:9d01f3a2b7c4), 1.2 (sha256:4e7a90b1c2d3), approved by alice, bob in 1f2e3d4c5b6a, "
        "7a8b9c0d1e2f\n"
        "  found: 1.2 (sha256:4e7a90b1c2d3)\n"
        "  why: two heads, and no approval follows them all\n"
        "  next: holdfast review click",
    ),
    "change-rejected": Code(
        "error",
        "An approver rejected this very change, with a reason.",
        "Put the pins back, or update to another release. If the reason no longer holds, approve the change.",
        "error[change-rejected]: click 1.1\n"
        "  expected: 1.0 (sha256:63c132bbbed0), approved by alice in 0a1b2c3d4e5f\n"
        "  found: 1.1 (sha256:9d01f3a2b7c4)\n"
        "  why: rejected by bob: it opens a socket when it is imported\n"
        "  next: holdfast review click",
    ),
    "approval-expired": Code(
        "error",
        "What was approved up to a date, as an alarm has to be, is past it.",
        "Move to another release, or approve it anew with another end date.",
        "error[approval-expired]: click 1.0\n"
        "  expected: 1.0 (sha256:63c132bbbed0), approved by alice, bob in 0a1b2c3d4e5f\n"
        "  found: 1.0 (sha256:63c132bbbed0)\n"
        "  why: the approval ended 2026-11-01T00:00:00Z\n"
        "  next: holdfast review click",
    ),
    "configuration-changed": Code(
        "error",
        "The security configuration (approvers, policy, sources, roots, trusted keys) is not the approved one, or "
        "nothing of it was ever approved, or approvals disappeared altogether.",
        "Look at it with `holdfast review --configuration`. It takes the approvers of before the change. Where "
        "nothing was ever approved, begin with `holdfast approvals baseline`.",
        "error[configuration-changed]: security configuration\n"
        "  expected: sha256:1d2c3b4a5f6e, approved by alice\n"
        "  found: sha256:a0b1c2d3e4f5\n"
        "  differs: approver added: mallory, ed25519:41c0\n"
        "  why: nobody approved it\n"
        "  at: holdfast.toml\n"
        "  next: holdfast review --configuration",
    ),
    "project-changed": Code(
        "alarm",
        "The project has another id than the base, or than all of its approvals: they were given for another project.",
        "Put the id back. A copy of a project begins with approvals of its own.",
        "alarm[project-changed]: id\n"
        "  expected: 3f1b7a52-9c0e-4d6f-8a41-5e2d7c9b6f10\n"
        "  found: c0a7de11-2b3c-4d5e-9f60-718293a4b5c6\n"
        "  at: holdfast.toml\n"
        "  next: holdfast explain project-changed",
    ),
    "module-privileged": Code(
        "error",
        "A module exports what can raise trust, and did not when it was approved.",
        "Look at what it exports with `holdfast review NAME` before you approve it.",
        "error[module-privileged]: @acme/guards 2.2.0\n"
        "  expected: 2.1.0 (sha256:63c132bbbed0), approved by alice in 0a1b2c3d4e5f\n"
        "  found: 2.2.0 (sha256:9d01f3a2b7c4)\n"
        "  why: nobody approved it\n"
        "  next: holdfast review '@acme/guards'",
    ),
    "permissions-widened": Code(
        "error",
        "A module asks for more than when it was approved.",
        "Look at what it asks for with `holdfast review NAME` before you approve it.",
        "error[permissions-widened]: @acme/guards 2.2.0\n"
        "  expected: 2.1.0 (sha256:63c132bbbed0), approved by alice in 0a1b2c3d4e5f\n"
        "  found: 2.2.0 (sha256:9d01f3a2b7c4)\n"
        "  details: network:api.acme.example\n"
        "  next: holdfast review '@acme/guards'",
    ),
    "threshold-lowered": Code(
        "error",
        "Fewer publishers have to sign a module than when it was approved.",
        "Ask its publishers why before you approve it.",
        "error[threshold-lowered]: @acme/guards 2.2.0\n"
        "  expected: 2.1.0 (sha256:63c132bbbed0), approved by alice in 0a1b2c3d4e5f\n"
        "  found: 2.2.0 (sha256:9d01f3a2b7c4)\n"
        "  details: 2 -> 1\n"
        "  next: holdfast review '@acme/guards'",
    ),
    "vetting-changed": Code(
        "error",
        "Other co-signers vouch for a module than when it was approved.",
        "Look at who does with `holdfast review NAME` before you approve it.",
        "error[vetting-changed]: @acme/guards 2.2.0\n"
        "  expected: 2.1.0 (sha256:63c132bbbed0), approved by alice in 0a1b2c3d4e5f\n"
        "  found: 2.2.0 (sha256:9d01f3a2b7c4)\n"
        "  details: no longer vouches: ed25519:41c0\n"
        "  next: holdfast review '@acme/guards'",
    ),
    # The acts themselves.
    "approval-broken": Code(
        "error",
        "A file among the approvals is none: truncated, edited, under another name than the digest of its payload, or "
        "with a signature that does not hold.",
        "Restore it from version control, or delete it if it never was an approval.",
        "error[approval-broken]: 0a1b2c3d.json\n"
        "  expected: a signed act of approval\n"
        "  found: its signature by ed25519:41c0 does not hold\n"
        "  at: .holdfast/approvals/0a1b2c3d.json\n"
        "  next: holdfast approvals verify",
    ),
    "approval-uncounted": Code(
        "warning",
        "An approval does not count, or one of the signatures on it does not: its key is no approver's, it is of "
        "another project, it does not follow what it says, it is a rule's for what no rule describes, or, by a base, "
        "its key is no approver's there. It approves nothing; it is named so that nobody relies on it.",
        "If it should count, an approver signs the same change: `holdfast review NAME`.",
        "warning[approval-uncounted]: 0a1b2c3d4e5f\n"
        "  expected: an approval that counts\n"
        "  found: its key is not an approver's\n"
        "  at: .holdfast/approvals/0a1b2c3d4e5f.json\n"
        "  next: holdfast approvals verify",
    ),
    "approval-removed": Code(
        "error",
        "An approval or rejection that the base has is gone. Approvals are added, never removed; what is pruned has a "
        "checkpoint in its place, which says just what the base approved.",
        "Bring the file back with the command below.",
        "error[approval-removed]: 0a1b2c3d.json\n"
        "  expected: the file as in origin/main\n"
        "  found: no such file\n"
        "  at: .holdfast/approvals/0a1b2c3d.json\n"
        "  next: git checkout origin/main -- .holdfast/approvals/0a1b2c3d.json",
    ),
    "approval-edited": Code(
        "error",
        "An approval or rejection that the base has is there with other bytes.",
        "Bring the file back with the command below.",
        "error[approval-edited]: 0a1b2c3d.json\n"
        "  expected: the file as in origin/main\n"
        "  found: other bytes\n"
        "  at: .holdfast/approvals/0a1b2c3d.json\n"
        "  next: git checkout origin/main -- .holdfast/approvals/0a1b2c3d.json",
    ),
    "approval-unbased": Code(
        "note",
        "The base has no approvals to judge by, so the tree was judged by its own: its approvers are those that it "
        "says itself.",
        "Nothing needs to be done when approvals begin with this change; look at who its approvers are.",
        "note[approval-unbased]: origin/main\n"
        "  expected: approvals in force at the base\n"
        "  found: none: the tree is judged by its own",
    ),
    "baseline-second": Code(
        "error",
        "There is a baseline already. A baseline takes one approver for everything at once, so a further one does not "
        "count.",
        "Delete it, and approve what changed: `holdfast review`.",
        "error[baseline-second]: 0a1b2c3d4e5f\n"
        "  expected: one baseline\n"
        "  found: another one\n"
        "  at: .holdfast/approvals/0a1b2c3d4e5f.json\n"
        "  next: holdfast approvals verify",
    ),
}
