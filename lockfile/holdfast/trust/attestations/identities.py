"""The one record of who published: from a certificate's claims to an id that cannot be renamed.

    github:772247423/.github/workflows/release.yml                      repository id, workflow
    github:772247423/.github/workflows/release.yml?environment=pypi
    github-name:acme/guards/.github/workflows/release.yml               an older certificate: names only, weaker
    gitlab:1234/.gitlab-ci.yml        gitlab-name:group/sub/project//.gitlab-ci.yml
    oidc:https://accounts.acme.example?release@acme.example             issuer, address or URI

Rule 1: components are percent-encoded, so no two identities share an id; nothing is folded or normalised.
Rule 2: of a workflow's URI only a trailing "@" and the certificate's own `refs/...` is cut off, and of nothing else.
Rule 3: instructions of another repository keep their host and repository: `github:1//github.com/acme/shared/...`.
Knows no certificates' form, no index and no lock.
"""

import re
from urllib.parse import quote

from holdfast.trust.attestations.certificates import Claims
from holdfast.trust.attestations.errors import IDENTITY, EvidenceRefused
from holdfast_resolver.values.tuples import NamedTuple

GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
GITLAB_ISSUER = "https://gitlab.com"
GOOGLE_ISSUER = "https://accounts.google.com"
ACTIVESTATE_ISSUER = "https://platform.activestate.com/api/v1/oauth/oidc"

KINDS = ("github", "github-name", "gitlab", "gitlab-name", "google", "activestate", "oidc")

_NUMBER = re.compile(r"[1-9][0-9]{0,19}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_UNRESERVED = "/"  # beside letters, digits and "-._~"
_UNRESERVED_IN_URI = "/:@"


class PublisherIdentity(NamedTuple):
    """Who signed. Two are the same publisher when `id`, `owner_id` and `context` are the same; `label` is for people.

    `kind` is one of `KINDS`; `owner_id` is "" where the certificate has none; `context` is "" for persons and service
    accounts, else such as "ref=tag trigger=release runner=github-hosted".
    """

    id: str
    label: str
    owner_id: str
    context: str
    kind: str


class Forge(NamedTuple):
    """A host of repositories that runs workflows."""

    kind: str
    issuer: str
    host: str
    between: str  # what stands between repository and path in the URI of a workflow
    depth: tuple[int, int]  # least and most segments of a repository's name


FORGES = (
    Forge("github", GITHUB_ISSUER, "https://github.com/", "/", (2, 2)),
    Forge("gitlab", GITLAB_ISSUER, "https://gitlab.com/", "//", (2, 32)),
)


class Workflow(NamedTuple):
    """The instructions that published: `path` inside of `repository`, "" when another repository holds them."""

    forge: Forge
    repository: str
    path: str
    elsewhere: str  # their URI without its scheme when another repository holds them, else ""


def identity_of(claims: Claims, subject: str) -> PublisherIdentity:
    """Return the identity of a verified certificate's holder; `subject` names the file that was signed.

    Raises `EvidenceRefused` (`identity`) for claims that name nobody.
    """
    workflow = workflow_of(claims, subject)
    if workflow is not None:
        return _of_workflow(workflow, claims, subject)
    shown = claims.identity if claims.is_email else _without_ref(claims.identity, claims.ref)
    name = f"oidc:{quote(claims.issuer, safe=_UNRESERVED_IN_URI)}?{quote(shown, safe=_UNRESERVED_IN_URI)}"
    kinds = {GOOGLE_ISSUER: "google", ACTIVESTATE_ISSUER: "activestate"}
    context = "" if claims.is_email else context_of(claims)
    return PublisherIdentity(name, shown, claims.owner_id, context, kinds.get(claims.issuer, "oidc"))


def workflow_of(claims: Claims, subject: str) -> Workflow | None:
    """Return the workflow that a certificate names; None for certificates of other identity providers.

    Raises `EvidenceRefused` (`identity`) when the provider runs workflows and the certificate names none.
    """
    for forge in FORGES:
        if claims.issuer == forge.issuer:
            return _workflow(forge, claims, subject)
    return None


def context_of(claims: Claims) -> str:
    """Return how the instructions ran, as one canonical text: what may not change unseen, and none of what always does.

    "ref=tag trigger=release runner=github-hosted"
    "ref=branch:main trigger=push runner=self-hosted signer=https://github.com/acme/shared/build.yml@tag"
    """
    signer = "" if claims.build_signer in (claims.build_config, "") else _signer(claims.build_signer)
    if claims.build_config == "" and claims.build_signer == claims.identity:
        signer = ""
    parts = {
        "ref": _short_ref(claims.ref),
        "trigger": quote(claims.trigger, safe=""),
        "runner": quote(claims.runner, safe=""),
        "signer": signer,
    }
    return " ".join([f"{name}={value}" for name, value in parts.items() if value])


def _of_workflow(workflow: Workflow, claims: Claims, subject: str) -> PublisherIdentity:
    forge, path = workflow.forge, quote(workflow.path, safe=_UNRESERVED)
    if workflow.elsewhere:
        path = "/" + quote(workflow.elsewhere, safe=_UNRESERVED)
    if claims.repository_id:
        if not _NUMBER.fullmatch(claims.repository_id):
            raise EvidenceRefused(subject, IDENTITY, "expected a number as repository id")
        kind, name = forge.kind, f"{claims.repository_id}/{path}"
    else:
        kind, name = f"{forge.kind}-name", quote(workflow.repository, safe=_UNRESERVED) + forge.between + path
    environment = f"?environment={quote(claims.environment, safe='')}" if claims.environment else ""
    return PublisherIdentity(
        f"{kind}:{name}{environment}", workflow.repository, claims.owner_id, context_of(claims), kind
    )


def _workflow(forge: Forge, claims: Claims, subject: str) -> Workflow:
    repository = _repository(forge, claims, subject)
    uri = claims.build_config or claims.identity
    home = f"{forge.host}{repository}{forge.between}"
    if not uri.startswith(home):
        if not uri.startswith("https://"):
            raise EvidenceRefused(subject, IDENTITY, "expected the URL of a workflow in the certificate")
        return Workflow(forge, repository, "", uri.removeprefix("https://"))
    path = _without_ref(uri.removeprefix(home), claims.ref)
    if not all(path.split("/")):
        raise EvidenceRefused(subject, IDENTITY, "expected the path of a workflow in the certificate")
    return Workflow(forge, repository, path, "")


def _repository(forge: Forge, claims: Claims, subject: str) -> str:
    uri = claims.repository or (forge.host + claims.short_repository if claims.short_repository else "")
    name = uri.removeprefix(forge.host)
    segments = name.split("/")
    least, most = forge.depth
    if not uri.startswith(forge.host) or not all(segments) or not least <= len(segments) <= most:
        raise EvidenceRefused(subject, IDENTITY, "expected the name of a repository in the certificate")
    if claims.short_repository not in ("", name):
        raise EvidenceRefused(subject, IDENTITY, "the certificate contradicts itself: repository")
    return name


def _without_ref(uri: str, ref: str) -> str:
    # ".github/workflows/release.yml@refs/tags/v1" under "refs/tags/v1"
    return uri.removesuffix(f"@{ref}") if ref.startswith("refs/") else uri


def _short_ref(ref: str) -> str:
    """Return which kind of ref it was, and which branch: the tag itself is new with each release."""
    for prefix, kind in (("refs/tags/", "tag"), ("refs/pull/", "pull"), ("refs/merge-requests/", "pull")):
        if ref.startswith(prefix):
            return kind
    if ref.startswith("refs/heads/"):
        return "branch:" + quote(ref.removeprefix("refs/heads/"), safe=_UNRESERVED)
    return "other:" + quote(ref, safe=_UNRESERVED) if ref else ""


def _signer(uri: str) -> str:
    """Return the URI of a reusable workflow, its version cut down as `_short_ref` does, a commit to its kind."""
    # "https://github.com/acme/shared/.github/workflows/build.yml@refs/tags/v2" -> "...build.yml@tag"
    start, at, ref = uri.rpartition("@")
    if at and ref.startswith("refs/"):
        return quote(start, safe="/:") + "@" + _short_ref(ref)
    if at and _COMMIT.fullmatch(ref):
        return quote(start, safe="/:") + "@commit"
    return quote(uri, safe="/:")
