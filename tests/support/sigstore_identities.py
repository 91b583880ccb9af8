"""Who can publish in a test: the claims that a certificate carries for them, and what an index says of them.

    GitHubWorkflow("acme", "tool", "101", "7").claims()[15]     "101", the repository's id
    GitHubWorkflow("acme", "tool", "101", "7").publisher()      {"kind": "GitHub", "repository": "acme/tool", ...}

Claims are numbered as Fulcio's extensions are: claim 15 is 1.3.6.1.4.1.57264.1.15. Nothing is signed here.
"""

from typing import NamedTuple, Protocol

GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"
GOOGLE = "https://accounts.google.com"
ACTIVESTATE = "https://platform.activestate.com/api/v1/oauth/oidc"
SHA = "5f0c6e2a9d1b4c7e8f30a1b2c3d4e5f607182930"


class Identity(Protocol):
    """Whoever gets a certificate."""

    def name(self) -> tuple[str, str]:
        """The subject alternative name: ("uri" or "email", text)."""

    def claims(self) -> dict[int, str]:
        """The extensions by number, in the certificate's order."""

    def publisher(self) -> dict[str, object]:
        """The publisher object of PEP 740 that an honest index shows."""


class GitHubWorkflow(NamedTuple):
    """A workflow's run. `workflow` is its path, `signer` the URI of a reusable workflow that does the signing."""

    owner: str = "acme"
    repository: str = "tool"
    repository_id: str = "101"
    owner_id: str = "7"
    workflow: str = ".github/workflows/release.yml"
    ref: str = "refs/tags/v1.0"
    trigger: str = "push"
    environment: str = ""
    runner: str = "github-hosted"
    sha: str = SHA
    run: str = "12169989787"
    signer: str = ""
    visibility: str = "public"
    title: str = "release"

    def name(self) -> tuple[str, str]:
        return "uri", self.signer or self._workflow_uri

    def claims(self) -> dict[int, str]:
        slug = f"{self.owner}/{self.repository}"
        place = f"environment:{self.environment}" if self.environment else f"ref:{self.ref}"
        claims = {
            1: GITHUB,
            2: self.trigger,
            3: self.sha,
            4: self.title,
            5: slug,
            6: self.ref,
            8: GITHUB,
            9: self.signer or self._workflow_uri,
            10: self.sha,
            11: self.runner,
            12: f"https://github.com/{slug}",
            13: self.sha,
            14: self.ref,
            15: self.repository_id,
            16: f"https://github.com/{self.owner}",
            17: self.owner_id,
            18: self._workflow_uri,
            19: self.sha,
            20: self.trigger,
            21: f"https://github.com/{slug}/actions/runs/{self.run}/attempts/1",
            22: self.visibility,
            24: f"repo:{slug}:{place}",
        }
        return _with_environment(claims, self.environment)

    def publisher(self) -> dict[str, object]:
        return {
            "kind": "GitHub",
            "repository": f"{self.owner}/{self.repository}",
            "workflow": self.workflow.rpartition("/")[2],
            "environment": self.environment or None,
        }

    @property
    def _workflow_uri(self) -> str:
        return f"https://github.com/{self.owner}/{self.repository}/{self.workflow}@{self.ref}"


class GitLabPipeline(NamedTuple):
    """A pipeline's job. `namespace` may hold subgroups: "acme/tools"."""

    namespace: str = "acme"
    project: str = "tool"
    project_id: str = "201"
    namespace_id: str = "8"
    workflow: str = ".gitlab-ci.yml"
    ref: str = "refs/tags/v1.0"
    trigger: str = "push"
    environment: str = ""
    runner: str = "gitlab-hosted"
    sha: str = SHA
    job: str = "770011"
    visibility: str = "public"

    def name(self) -> tuple[str, str]:
        return "uri", self._configuration_uri

    def claims(self) -> dict[int, str]:
        project = f"{GITLAB}/{self.namespace}/{self.project}"
        kind = "tag" if self.ref.startswith("refs/tags/") else "branch"
        claims = {
            1: GITLAB,
            8: GITLAB,
            9: self._configuration_uri,
            10: self.sha,
            11: self.runner,
            12: project,
            13: self.sha,
            14: self.ref,
            15: self.project_id,
            16: f"{GITLAB}/{self.namespace}",
            17: self.namespace_id,
            18: self._configuration_uri,
            19: self.sha,
            20: self.trigger,
            21: f"{project}/-/jobs/{self.job}",
            22: self.visibility,
            24: f"project_path:{self.namespace}/{self.project}:ref_type:{kind}:ref:{self.ref.split('/', 2)[-1]}",
        }
        return _with_environment(claims, self.environment)

    def publisher(self) -> dict[str, object]:
        return {
            "kind": "GitLab",
            "repository": f"{self.namespace}/{self.project}",
            "workflow_filepath": self.workflow,
            "environment": self.environment or None,
        }

    @property
    def _configuration_uri(self) -> str:
        return f"{GITLAB}/{self.namespace}/{self.project}//{self.workflow}@{self.ref}"


class GoogleAccount(NamedTuple):
    """A service account, known by its e-mail alone."""

    email: str = "publisher@acme.iam.gserviceaccount.example"

    def name(self) -> tuple[str, str]:
        return "email", self.email

    def claims(self) -> dict[int, str]:
        return {1: GOOGLE, 8: GOOGLE}

    def publisher(self) -> dict[str, object]:
        return {"kind": "Google", "email": self.email}


class ActiveStateProject(NamedTuple):
    """A project of an organization on the ActiveState platform; `actor` is the user who publishes."""

    organization: str = "acme"
    project: str = "tool"
    actor: str = "ada"
    actor_id: str = "00000000-1111-4222-8333-444444444444"

    def name(self) -> tuple[str, str]:
        return "uri", f"https://platform.activestate.com/{self.organization}/{self.project}"

    def claims(self) -> dict[int, str]:
        subject = f"org:{self.organization}:project:{self.project}"
        return {1: ACTIVESTATE, 8: ACTIVESTATE, 12: self.name()[1], 24: subject}

    def publisher(self) -> dict[str, object]:
        return {
            "kind": "ActiveState",
            "organization": self.organization,
            "project": self.project,
            "actor": self.actor,
            "actor_id": self.actor_id,
        }


class OidcIdentity(NamedTuple):
    """Anybody else: an issuer, and a subject that is a URI or, with `email`, an e-mail address."""

    subject: str = "https://ci.acme.example/pipelines/7"
    issuer: str = "https://oidc.acme.example"
    email: bool = False
    kind: str = "OIDC"

    def name(self) -> tuple[str, str]:
        return "email" if self.email else "uri", self.subject

    def claims(self) -> dict[int, str]:
        return {1: self.issuer, 8: self.issuer}

    def publisher(self) -> dict[str, object]:
        return {"kind": self.kind, "issuer": self.issuer, "subject": self.subject}


def _with_environment(claims: dict[int, str], environment: str) -> dict[int, str]:
    """Put the deployment environment (claim 23) in its place; a run without one has no such claim."""
    return dict(sorted((claims | ({23: environment} if environment else {})).items()))
