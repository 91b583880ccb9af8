"""The publisher that an index names beside attestations, held against the certificate's claims.

The index is never believed; it must merely not contradict. What it does not say, or the certificate does not, is no
contradiction. Names of repositories and environments are compared as their hosts do, without regard to ASCII case;
workflows and addresses to the letter. Knows PEP 740's publisher objects as they are served.
"""

from holdfast.trust.attestations.certificates import Claims
from holdfast.trust.attestations.errors import PUBLISHER, EvidenceRefused
from holdfast.trust.attestations.identities import (
    ACTIVESTATE_ISSUER,
    GITHUB_ISSUER,
    GITLAB_ISSUER,
    GOOGLE_ISSUER,
    workflow_of,
)
from holdfast.trust.attestations.provenance import ClaimedPublisher
from holdfast.trust.strict_fields import shown

_WORKFLOWS = ".github/workflows/"

# the kind that an index writes -> the identity provider of such publishers
_ISSUERS = {
    "GitHub": GITHUB_ISSUER,
    "GitLab": GITLAB_ISSUER,
    "Google": GOOGLE_ISSUER,
    "ActiveState": ACTIVESTATE_ISSUER,
}


def check_publisher(claimed: ClaimedPublisher, claims: Claims, subject: str) -> None:
    """Refuse a claimed publisher that contradicts a verified certificate. Raises `EvidenceRefused` (`publisher`)."""
    expected = _ISSUERS.get(claimed.kind)
    # A kind that this program does not know can be true only of a provider that it does not know either.
    if expected != claims.issuer and (expected is not None or claims.issuer in _ISSUERS.values()):
        raise EvidenceRefused(
            subject,
            PUBLISHER,
            f"the index names a publisher of kind {shown(claimed.kind)}, the certificate another identity provider",
        )
    for field, certified, exact in _certified(claimed.kind, claims, subject):
        said = claimed.field(field)
        if said is None or certified is None or said == certified:
            continue
        if exact or _folded(said) != _folded(certified):
            raise EvidenceRefused(
                subject,
                PUBLISHER,
                f"the index names the {field} {shown(said)}, the certificate {shown(certified)}",
            )


def _certified(kind: str, claims: Claims, subject: str) -> list[tuple[str, str | None, bool]]:
    """Return what the certificate has for each field of a publisher object, and whether letters' case counts.

    None stands for "the certificate does not say".
    """
    workflow = workflow_of(claims, subject)
    if workflow is None:
        return [("email", claims.identity if claims.is_email else "", True)] if kind == "Google" else []
    rows: list[tuple[str, str | None, bool]] = [
        ("repository", workflow.repository, False),
        ("environment", claims.environment or None, False),
    ]
    if kind == "GitHub":
        # A file of that folder of this repository: `release.yml`.
        name = workflow.path.removeprefix(_WORKFLOWS)
        rows.append(("workflow", name if name != workflow.path else "", True))
    else:
        rows.append(("workflow_filepath", workflow.path, True))
    return rows


def _folded(text: str) -> str:
    return "".join([character.lower() if character.isascii() else character for character in text])
