"""The record of who published: one id for each identity, whatever names were built to collide."""

from itertools import combinations
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from holdfast.trust.attestations import errors
from holdfast.trust.attestations.certificates import Claims, decode_utf8_string
from holdfast.trust.attestations.errors import EvidenceRefused
from holdfast.trust.attestations.identities import (
    GITHUB_ISSUER,
    GITLAB_ISSUER,
    GOOGLE_ISSUER,
    KINDS,
    PublisherIdentity,
    context_of,
    identity_of,
)
from tests.support.attested_files import provenance_of, refusal, verified
from tests.support.sigstore_flaws import ODDITIES, ONLY_FIRST_CLAIMS, WITHOUT_ENVIRONMENT, WITHOUT_IDS
from tests.support.sigstore_identities import GitHubWorkflow, GitLabPipeline, GoogleAccount, Identity, OidcIdentity


class Run(NamedTuple):
    """Who ran which instructions, before any of it is written into one text."""

    issuer: str = GITHUB_ISSUER
    repository: str = "acme/tool"
    repository_id: str = "101"
    path: str = ".github/workflows/release.yml"
    environment: str = ""


def claims(run: Run, ref: str = "refs/tags/v1") -> Claims:
    """The claims of a run's certificate."""
    host, between = ("https://github.com/", "/") if run.issuer == GITHUB_ISSUER else ("https://gitlab.com/", "//")
    uri = f"{host}{run.repository}{between}{run.path}@{ref}"
    return Claims(
        uri, False, run.issuer, build_signer=uri, runner="github-hosted", repository=host + run.repository, ref=ref,
        repository_id=run.repository_id, owner_id="7", build_config=uri, trigger="push", environment=run.environment,
    )  # fmt: skip


def id_of(run: Run, ref: str = "refs/tags/v1") -> str:
    """The id of a run."""
    return identity_of(claims(run, ref), "").id


def person(email: str, issuer: str = "https://oidc.acme.example") -> str:
    """The id of an e-mail address."""
    return identity_of(Claims(email, True, issuer), "").id


def url(uri: str, issuer: str = "https://oidc.acme.example", ref: str = "") -> str:
    """The id of a URI that an unknown identity provider vouches for."""
    return identity_of(Claims(uri, False, issuer, ref=ref), "").id


FULL: list[tuple[Identity, PublisherIdentity]] = [
    (
        GitHubWorkflow(environment="py pi"),
        PublisherIdentity(
            "github:101/.github/workflows/release.yml?environment=py%20pi",
            "acme/tool", "7", "ref=tag trigger=push runner=github-hosted", "github",
        ),
    ),
    (
        GitHubWorkflow(ref="refs/heads/main", trigger="workflow_dispatch", runner="self-hosted"),
        PublisherIdentity(
            "github:101/.github/workflows/release.yml",
            "acme/tool", "7", "ref=branch:main trigger=workflow_dispatch runner=self-hosted", "github",
        ),
    ),
    (
        GitHubWorkflow(signer="https://github.com/acme/shared/.github/workflows/build.yml@refs/tags/v3"),
        PublisherIdentity(
            "github:101/.github/workflows/release.yml", "acme/tool", "7",
            "ref=tag trigger=push runner=github-hosted "
            "signer=https://github.com/acme/shared/.github/workflows/build.yml@tag", "github",
        ),
    ),
    (
        GitLabPipeline("acme/tools", workflow="ci/release.yml"),
        PublisherIdentity(
            "gitlab:201/ci/release.yml", "acme/tools/tool", "8", "ref=tag trigger=push runner=gitlab-hosted", "gitlab",
        ),
    ),
    (
        GoogleAccount("a@b.example"),
        PublisherIdentity("oidc:https://accounts.google.com?a@b.example", "a@b.example", "", "", "google"),
    ),
    (
        OidcIdentity("https://ci.acme.example/p?x=1#y"),
        PublisherIdentity(
            "oidc:https://oidc.acme.example?https://ci.acme.example/p%3Fx%3D1%23y",
            "https://ci.acme.example/p?x=1#y", "", "", "oidc",
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("identity", "expected"), FULL, ids=[expected.id for _, expected in FULL])
def test_the_whole_record(identity: Identity, expected: PublisherIdentity) -> None:
    """A verified certificate gives id, label, owner, context and kind."""
    assert verified(provenance_of(identity))[0].identity == expected


def test_older_certificates_give_a_weaker_kind() -> None:
    """Without a repository id the id is made of names, under a kind of its own that says so."""
    for flaws in (WITHOUT_IDS, ONLY_FIRST_CLAIMS):
        (one,) = verified(provenance_of(GitHubWorkflow(), flaws=flaws))
        assert one.identity[:3] == ("github-name:acme/tool/.github/workflows/release.yml", "acme/tool", "")
        assert one.identity.kind == "github-name"
    (one,) = verified(provenance_of(GitLabPipeline("acme/tools"), flaws=WITHOUT_IDS))
    assert one.identity.id == "gitlab-name:acme/tools/tool//.gitlab-ci.yml"


def test_an_environment_is_the_certificates_only() -> None:
    """Where the certificate has no environment the id has none, whatever the index says."""
    (one,) = verified(provenance_of(GitHubWorkflow(environment="pypi"), flaws=WITHOUT_ENVIRONMENT))
    assert "environment" not in one.identity.id


COLLISIONS = [
    id_of(Run()),
    id_of(Run(repository_id="1011")),
    id_of(Run(issuer=GITLAB_ISSUER)),
    id_of(Run(repository_id="")),
    id_of(Run(repository_id="", issuer=GITLAB_ISSUER)),
    id_of(Run(repository_id="", issuer=GITLAB_ISSUER, repository="acme/tool/.github", path="workflows/release.yml")),
    id_of(Run(repository_id="", repository="Acme/tool")),
    id_of(Run(repository_id="", repository="acme/TOOL")),
    id_of(Run(environment="pypi")),
    id_of(Run(environment="PyPI")),
    id_of(Run(path=".github/workflows/release.yml?environment=pypi")),
    id_of(Run(path=".github/workflows/release.yml%3Fenvironment=pypi")),
    id_of(Run(path=".github/workflows/release.yml", environment="pypi?environment=pypi")),
    id_of(Run(path=".github/workflows/release.yml?environment=pypi", environment="pypi")),
    id_of(Run(path=".github/workflows/a#b.yml")),
    id_of(Run(path=".github/workflows/a%23b.yml")),
    id_of(Run(path=".github/workflows/a")),
    id_of(Run(path=".github/workflows/RELEASE.yml")),
    id_of(Run(path=".github/workflows/../workflows/release.yml")),
    id_of(Run(path=".github/workflows/./release.yml")),
    id_of(Run(path=".github%2Fworkflows/release.yml")),
    id_of(Run(path=".github/workflows/release.yml@refs/tags/v1")),
    id_of(Run(path=".github/workflows/release.yml@refs/heads/main")),
    id_of(Run(path=".github/workflows/rel\u00e9ase.yml")),
    id_of(Run(path=".github/workflows/rele\u0301ase.yml")),
    id_of(Run(path=".github/workflows/release.yml ")),
    identity_of(claims(Run())._replace(repository="https://github.com/evil/tool"), "").id,
    person("ada@acme.example"),
    person("Ada@acme.example"),
    person("ada@acme.example", "https://oidc.acme.example/"),
    person("ada@acme.example", "https://OIDC.acme.example"),
    person("acme.example?ada@acme.example", "https://oidc"),
    person("ada@acme.example", "https://oidc?acme.example"),
    person("ada@acme.example@refs/heads/main"),
    person("ada@refs/heads/main"),
    person("ada@refs/tags/v1"),
    url("https://acme.example/x"),
    url("https://acme.example/x#y"),
    url("https://acme.example/x%23y"),
    url("https://acme.example/x@refs/tags/v1"),
    url("https://acme.example/x@refs/tags/v1", ref="refs/tags/v2"),
    url("https://acme.example/y@refs/tags/v1", ref="refs/tags/v1"),
]  # fmt: skip


def test_names_built_to_collide_stay_distinct() -> None:
    """Fragments, dots, case, percent signs, refs and environments in odd places never make two identities one."""
    same = {(one, other) for one, other in combinations(COLLISIONS, 2) if one == other}
    # One identity that is listed twice: a ref that is not the certificate's own is not cut off.
    assert same == {(url("https://acme.example/x@refs/tags/v1"),) * 2}


_NAMES = st.text("abAB.-_%?#@/ :=é", min_size=1, max_size=12)
_SEGMENT = st.text("abAB.-_", min_size=1, max_size=6)
_RUNS = st.builds(
    Run,
    issuer=st.sampled_from([GITHUB_ISSUER, GITLAB_ISSUER]),
    repository=st.builds("{}/{}".format, _SEGMENT, _SEGMENT),
    repository_id=st.sampled_from(["", "1", "11", "111"]),
    path=_NAMES.filter(lambda path: all(path.split("/"))),
    environment=st.just("") | _NAMES,
)
_REFS = st.sampled_from(["refs/tags/v1", "refs/heads/main", "refs/heads/a@refs/tags/v1", "refs/heads/@refs/heads/b"])


@given(_RUNS, _RUNS, _REFS, _REFS)
@example(Run(), Run(path=".github/workflows/release.yml@refs/tags/v1"), "refs/tags/v1", "refs/tags/v1")
def test_two_runs_share_an_id_only_if_they_are_one(one: Run, other: Run, ref: str, other_ref: str) -> None:
    """The id is a one-to-one text of forge, repository id (or name), path and environment, whatever the ref is."""
    parts = [
        (run.issuer, bool(run.repository_id), run.repository_id or run.repository, run.path, run.environment)
        for run in (one, other)
    ]
    assert (id_of(one, ref) == id_of(other, other_ref)) == (parts[0] == parts[1])


@given(_NAMES, _NAMES, _NAMES, _NAMES)
def test_two_accounts_share_an_id_only_if_they_are_one(a: str, b: str, c: str, d: str) -> None:
    """The id of a generic identity is a one-to-one text of issuer and name."""
    left, right = (person(f"{name}@x", f"https://{issuer}") for name, issuer in ((a, b), (c, d)))
    assert (left == right) == ((a, b) == (c, d))


def test_an_id_is_plain_ascii_without_spaces() -> None:
    """Ids go into a lock line by line: no spaces, controls or letters that look like others."""
    assert all(one.isascii() and one.isprintable() and " " not in one for one in COLLISIONS)
    assert all(one.partition(":")[0] in KINDS for one in COLLISIONS)


CONTEXTS: list[tuple[dict[str, str], str]] = [
    ({"ref": "refs/tags/v2"}, "ref=tag trigger=push runner=github-hosted"),
    ({"ref": "refs/heads/feature/x y"}, "ref=branch:feature/x%20y trigger=push runner=github-hosted"),
    ({"ref": "refs/heads/tag"}, "ref=branch:tag trigger=push runner=github-hosted"),
    ({"ref": "refs/pull/7/merge"}, "ref=pull trigger=push runner=github-hosted"),
    ({"ref": "refs/notes/x"}, "ref=other:refs/notes/x trigger=push runner=github-hosted"),
    ({"ref": ""}, "trigger=push runner=github-hosted"),
    ({"trigger": "push runner=self-hosted"}, "ref=tag trigger=push%20runner%3Dself-hosted runner=github-hosted"),
    ({"build_signer": "https://github.com/a/b/c.yml@refs/heads/main"},
     "ref=tag trigger=push runner=github-hosted signer=https://github.com/a/b/c.yml@branch:main"),
    ({"build_signer": f"https://github.com/a/b/c.yml@{'0' * 40}"},
     "ref=tag trigger=push runner=github-hosted signer=https://github.com/a/b/c.yml@commit"),
    ({"build_signer": "https://github.com/a/b/c.yml@v1"},
     "ref=tag trigger=push runner=github-hosted signer=https://github.com/a/b/c.yml%40v1"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), CONTEXTS, ids=[expected for _, expected in CONTEXTS])
def test_a_context_has_what_may_not_change(changes: dict[str, Any], expected: str) -> None:
    """The context names kind of ref, branch, trigger, runner and a signer of its own, and no tag or commit."""
    assert context_of(claims(Run())._replace(**changes)) == expected


def test_a_new_release_of_one_workflow_is_the_same_publisher() -> None:
    """Another tag, commit and run change nothing that is compared; another branch does."""
    records = {
        verified(provenance_of(GitHubWorkflow(ref=f"refs/tags/v{run}", sha=f"{run}" * 40, run=f"{run}")))[0].identity
        for run in (1, 2)
    }
    assert len(records) == 1
    (branch,) = verified(provenance_of(GitHubWorkflow(ref="refs/heads/v1")))
    assert branch.identity not in records
    assert branch.identity.id == records.pop().id


def test_a_renamed_repository_keeps_its_id() -> None:
    """A rename changes the label alone; a new repository of the old name has another id and the same label."""
    before, renamed, recreated = (
        verified(provenance_of(workflow))[0].identity
        for workflow in (GitHubWorkflow(), GitHubWorkflow(repository="new"), GitHubWorkflow(repository_id="999"))
    )
    assert renamed == before._replace(label="acme/new")
    assert recreated == before._replace(id=before.id.replace("101", "999"))


ODD: dict[str, str] = {
    "no ids": "github-name:acme/tool/.github/workflows/release.yml",
    "no environment": "github:101/.github/workflows/release.yml",
    "only the first claims": "github-name:acme/tool/.github/workflows/release.yml",
    "empty id": "github-name:acme/tool/.github/workflows/release.yml",
    "workflow of another repository":
        "github:101//github.com/evil/tool/.github/workflows/release.yml%40refs/tags/v1.0",
    "signer of another repository": "github:101/.github/workflows/release.yml",
}  # fmt: skip


@pytest.mark.parametrize("oddity", ODDITIES)
def test_odd_certificates_give_an_honest_id_or_none(oddity: str) -> None:
    """A good signature under odd claims is refused as naming nobody, or gets an id that hides nothing."""
    provenance = provenance_of(GitHubWorkflow(), flaws=ODDITIES[oddity], publisher={"kind": "GitHub"})
    if oddity in ODD:
        (one,) = verified(provenance)
        assert one.identity.id == ODD[oddity]
        assert oddity.endswith("of another repository") == ("signer=" in one.identity.context)
    else:
        assert refusal(provenance).reason == errors.IDENTITY


NOBODY: list[tuple[str, Claims]] = [
    ("no repository", claims(Run())._replace(repository="")),
    ("a repository elsewhere", claims(Run())._replace(repository="https://github.example/acme/tool")),
    ("an owner alone", claims(Run(repository="acme"))),
    ("a group on a forge without groups", claims(Run(repository="acme/tools/tool"))),
    ("an empty path", claims(Run(path=""))),
    ("an empty segment", claims(Run(path=".github//release.yml"))),
    ("a path from the root", claims(Run(path="/release.yml"))),
    ("an id with a sign", claims(Run(repository_id="+1"))),
    ("an id with a zero before it", claims(Run(repository_id="01"))),
    ("an id in other digits", claims(Run(repository_id="\u0661"))),
    ("a workflow without https", claims(Run())._replace(build_config="http://github.com/acme/tool/x.yml")),
    ("two repositories", claims(Run())._replace(short_repository="acme/other")),
]  # fmt: skip


@pytest.mark.parametrize(("case", "odd"), NOBODY, ids=[row[0] for row in NOBODY])
def test_claims_that_name_nobody_are_refused(case: str, odd: Claims) -> None:
    """A forge's certificate that names no repository, workflow or number is refused, never guessed at."""
    with pytest.raises(EvidenceRefused) as caught:
        identity_of(odd, "tool-1.0.tar.gz")
    assert (caught.value.reason, caught.value.subject) == (errors.IDENTITY, "tool-1.0.tar.gz")


def test_an_issuer_like_a_forges_is_not_the_forge() -> None:
    """Only the forge's own identity provider speaks of its repositories; another one's ids are another namespace."""
    odd = claims(Run())._replace(issuer=f"{GITHUB_ISSUER}/acme")
    found = identity_of(odd, "")
    assert found.kind == "oidc"
    assert found.id == f"oidc:{GITHUB_ISSUER}/acme?https://github.com/acme/tool/.github/workflows/release.yml"


def test_google_is_known_by_its_issuer() -> None:
    """An address that Google vouches for is of kind google; the same address of another issuer is not."""
    assert identity_of(Claims("a@b.example", True, GOOGLE_ISSUER), "").kind == "google"
    assert identity_of(Claims("a@b.example", True, GOOGLE_ISSUER + "/"), "").kind == "oidc"


@given(st.text(max_size=400))
def test_a_der_string_reads_back(text: str) -> None:
    """A UTF8String of any length reads back, and nothing is read with a byte more or less."""
    raw = text.encode()
    size = len(raw).to_bytes(2, "big").lstrip(b"\0")
    der = b"\x0c" + (bytes((len(raw),)) if len(raw) < 128 else bytes((0x80 | len(size),)) + size) + raw
    assert decode_utf8_string(der) == text
    assert decode_utf8_string(der + b"\0") is None
    assert decode_utf8_string(der[:-1]) is None


@pytest.mark.parametrize(
    "der",
    [b"", b"\x0c", b"\x13\x01a", b"\x0c\x81\x01a", b"\x0c\x82\x00\x80" + b"a" * 128, b"\x0c\x80a\0\0", b"\x0c\x01\xff",
     b"\x0c\xff", b"\x0c\x81", b"\x0c\x83\x00\x00\x01a"],
)  # fmt: skip
def test_what_is_no_der_string_is_not_read(der: bytes) -> None:
    """Other types, longer forms than needed, indefinite lengths and broken UTF-8 are no text."""
    assert decode_utf8_string(der) is None
