"""Refusals of `trust` as findings: one row per class. Loaded only when something was refused.

A refusal is a verdict, not a fault of the run: it is told like any other finding, and the exit code is 1.
"""

from collections.abc import Callable

from holdfast.cli.console import Console
from holdfast.cli.exits import FOUND
from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding
from holdfast.reports.port import Summary
from holdfast.trust.attestations.errors import EvidenceRefused, TrustRootRefused
from holdfast.trust.errors import (
    ArchiveRefused,
    DigestRevoked,
    InvalidSignature,
    KeyRefused,
    MalformedDocument,
    MalformedSignature,
    PayloadTypeRefused,
    PrivilegedUntrusted,
    RegistryDistrust,
    RegistryRollback,
    RegistryRootRefused,
    RegistryStale,
    RegistryTampered,
    SignatureNotFound,
    SignerExpired,
    SignerRevoked,
    Tampered,
    ThresholdUnmet,
    TreeRefused,
    TrustError,
    UntrustedSigner,
)
from holdfast_resolver.values.tuples import NamedTuple


class _Row(NamedTuple):
    """Templates name the fields of the error; `hint` may name `{name}`, the subject without its version.

    Without a hint of its own a row's next command is to have its code explained.
    """

    code: str
    subject: str
    expected: str
    found: str
    hint: str = ""


ROWS: dict[type[TrustError], _Row] = {
    KeyRefused: _Row(
        "key-refused",
        "public key",
        "an Ed25519 public key in canonical form",
        "{reason}",
        "holdfast key generate",
    ),
    MalformedDocument: _Row("document-malformed", "{place}", "{expected}", "{found}"),
    MalformedSignature: _Row(
        "signature-malformed", "{subject}", "a signed document (a DSSE envelope) in its exact form", "{reason}"
    ),
    PayloadTypeRefused: _Row("signature-misplaced", "{subject}", "a signature for {expected}", "one for {found}"),
    SignatureNotFound: _Row("signature-missing", "{subject}", "a signature that holds", "none {where}"),
    InvalidSignature: _Row(
        "signature-invalid", "{subject}", "a signature that holds", "an invalid signature by {signer} {label}"
    ),
    UntrustedSigner: _Row(
        "signer-untrusted",
        "{subject}",
        "a key that is trusted for this name",
        "{signer} {label}",
        "holdfast trust list",
    ),
    SignerRevoked: _Row(
        "signer-revoked",
        "{subject}",
        "a key that was not revoked",
        "{signer} ({cause}: {reason}, since {effective})",
        "holdfast update {name}",
    ),
    SignerExpired: _Row(
        "signer-expired",
        "{subject}",
        "a key within its time",
        "{signer} ({span})",
        "holdfast trust list",
    ),
    DigestRevoked: _Row(
        "release-revoked",
        "{subject}",
        "a release that was not revoked",
        "{digest} ({cause}: {reason}, since {effective})",
        "holdfast update {name}",
    ),
    ThresholdUnmet: _Row("threshold-unmet", "{subject}", "signatures by {needed} distinct keys", "by {met}"),
    PrivilegedUntrusted: _Row(
        "privileged-untrusted",
        "{subject}",
        "a signature by a key that this project trusts for the name",
        "{signers}",
        "holdfast trust list",
    ),
    Tampered: _Row("module-tampered", "{subject}", "{what} {expected}", "{found}"),
    TreeRefused: _Row("tree-refused", "{path}", "a folder of regular files with portable names", "{reason}"),
    ArchiveRefused: _Row("archive-refused", "{entry}", "an archive as `holdfast module pack` writes it", "{reason}"),
    EvidenceRefused: _Row("evidence-refused", "{subject}", "evidence that verifies", "{reason}: {detail}"),
    TrustRootRefused: _Row("trust-root-refused", "{name}", "the root of trust that is pinned", "{reason}"),
    RegistryDistrust: _Row("registry-tampered", "{source} {document}", "metadata to be believed", "{reason}"),
    RegistryRollback: _Row("registry-rollback", "{source} {document}", "no older state than was seen", "{reason}"),
    RegistryStale: _Row("registry-stale", "{source} {document}", "metadata whose time is not over", "{reason}"),
    RegistryTampered: _Row(
        "registry-tampered", "{source} {document}", "the document that the registry's keys signed", "{reason}"
    ),
    RegistryRootRefused: _Row(
        "registry-root-refused", "{source} {document}", "the root that the configuration pins", "{reason}"
    ),
}


_SPAN = (("from", "since"), ("until", "until"))


def finding_of(error: TrustError) -> Finding | None:
    """Return a refusal as a finding; None for an error that is no verdict, such as an unreadable key file."""
    row = next((ROWS[kind] for kind in type(error).__mro__ if kind in ROWS), None)
    if row is None:
        return None
    fields = {key: _words(value) for key, value in error.fields().items()}
    subject = row.subject.format_map(fields).strip() or "the whole"
    fields["name"] = subject.partition(" ")[0]
    fields["span"] = " ".join([f"{word} {fields[end]}" for word, end in _SPAN if fields.get(end)])
    said: Callable[[str], str] = lambda template: " ".join(template.format_map(fields).split())  # noqa: E731
    hint = said(row.hint) if row.hint else f"holdfast explain {row.code}"
    found = said(row.found) or "nothing"
    return Finding(row.code, severity(row.code), subject, said(row.expected), found, hints=(hint,))


def tell(error: TrustError, console: Console) -> int | None:
    """Report a refusal and return the exit code; None when it is no verdict."""
    finding = finding_of(error)
    if finding is None:
        return None
    verdict = "not verified" if console.command.endswith(("verify", "inspect")) else "refused: nothing was changed"
    summary = Summary(console.command, verdict)
    console.report((finding,), summary)
    return FOUND


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value) or "nobody"
    return str(value)
