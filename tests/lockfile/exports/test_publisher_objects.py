"""Which publisher object names a signer of the lock, and which signers have none."""

import pytest
from pydantic import TypeAdapter
from pypi_attestations import Publisher

from holdfast.exports.publisher_objects import publisher_object
from holdfast.model.lock import Signer

GITHUB = {"kind": "GitHub", "repository": "acme/tool", "workflow": "release.yml"}
GITLAB = {"kind": "GitLab", "repository": "acme/tools/tool", "workflow_filepath": ".gitlab-ci.yml"}
GOOGLE = {"kind": "Google", "email": "release@acme.example"}

EXPRESSED: list[tuple[str, str, dict[str, str]]] = [
    ("github:101/.github/workflows/release.yml", "acme/tool", GITHUB),
    ("github:101/.github/workflows/release.yml?environment=pypi", "acme/tool", {**GITHUB, "environment": "pypi"}),
    ("github:101/.github/workflows/release.yml?environment=py%20pi%3Fenvironment%3Dx", "acme/tool",
     {**GITHUB, "environment": "py pi?environment=x"}),
    ("github:101/.github/workflows/a%23b%25.yml", "acme/tool", {**GITHUB, "workflow": "a#b%.yml"}),
    ("github-name:acme/tool/.github/workflows/release.yml", "acme/tool", GITHUB),
    ("github-name:acme/tool/.github/workflows/release.yml", "evil/name", GITHUB),
    ("gitlab:7/.gitlab-ci.yml", "acme/tools/tool", GITLAB),
    ("gitlab:7/ci/release.yml?environment=production", "acme/tools/tool",
     {**GITLAB, "workflow_filepath": "ci/release.yml", "environment": "production"}),
    ("gitlab-name:acme/tools/tool//.gitlab-ci.yml", "acme/tools/tool", GITLAB),
    ("oidc:https://accounts.google.com?release@acme.example", "release@acme.example", GOOGLE),
]  # fmt: skip


@pytest.mark.parametrize(("signer", "label", "expected"), EXPRESSED, ids=[row[0] for row in EXPRESSED])
def test_what_an_index_would_write(signer: str, label: str, expected: dict[str, str]) -> None:
    """Kind first, names as people write them; the models that indexes use take the object."""
    fields = publisher_object(Signer(signer, label, (("context", "ref=tag"), ("owner-id", "7"))))
    assert dict(fields) == expected
    assert fields[0][0] == "kind"
    made = TypeAdapter(Publisher).validate_python(expected).model_dump(exclude_none=True)
    assert {key: value for key, value in made.items() if key in expected} == expected


LEFT_OUT: list[tuple[str, str]] = [
    ("ed25519:" + "0c" * 32, "acme-release"),
    ("npm:https://registry.acme.example", "registry"),
    ("oidc:https://oidc.acme.example?release@acme.example", "release@acme.example"),
    ("oidc:https://accounts.google.com/?release@acme.example", "release@acme.example"),
    ("oidc:https://accounts.google.com?https://acme.example/x@y", "https://acme.example/x@y"),
    ("oidc:https://platform.activestate.com/api/v1/oauth/oidc?https://acme.example/x", "https://acme.example/x"),
    ("github:101//github.com/evil/tool/.github/workflows/release.yml%40refs/tags/v1", "acme/tool"),
    ("github-name:acme/tool//github.com/evil/tool/.github/workflows/release.yml", "acme/tool"),
    ("github:101/ci/release.yml", "acme/tool"),
    ("github:101/.github/workflows/deep/release.yml", "acme/tool"),
    ("github:101/.github/workflows/", "acme/tool"),
    ("github:101/.github/workflows/release.yml", ""),
    ("github:101/.github/workflows/release.yml", "acme"),
    ("github:101/.github/workflows/release.yml", "acme/tools/tool"),
    ("github:101/.github/workflows/release.yml", "acme//tool"),
    ("github:101/.github/workflows/rel%65ase.yml", "acme/tool"),
    ("github:101/.github/workflows/%ff.yml", "acme/tool"),
    ("github:101/.github/workflows/release.yml?environment=", "acme/tool"),
    ("github:101/.github/workflows/release.yml?environment=%ff", "acme/tool"),
    ("gitlab:7//gitlab.com/evil/ci.yml", "acme/tool"),
    ("gitlab:7/", "acme/tool"),
    ("gitlab-name:acme/tool", "acme/tool"),
    ("github", "acme/tool"),
    ("", ""),
]


@pytest.mark.parametrize(("signer", "label"), LEFT_OUT)
def test_what_a_publisher_object_cannot_say(signer: str, label: str) -> None:
    """Keys, other providers, instructions of other repositories and ids that nobody wrote so have no object."""
    assert publisher_object(Signer(signer, label)) == ()
