"""From a signer of the lock to the publisher object by which an index names it (PEP 740, "Attestation objects").

    github:101/.github/workflows/release.yml?environment=pypi, called acme/tool
    kind = "GitHub", repository = "acme/tool", workflow = "release.yml", environment = "pypi"

An object of names says less than the id it comes from, and never more: what a publisher object has no words for (a
workflow of another repository, keys, providers that are not in the table below) gives none.
"""

from urllib.parse import quote, unquote

from holdfast.model.lock import Signer
from holdfast.trust.attestations.identities import GOOGLE_ISSUER

Fields = tuple[tuple[str, str], ...]

_WORKFLOWS = ".github/workflows/"
_ENVIRONMENT = "?environment="


def publisher_object(signer: Signer) -> Fields:
    """Return the fields of the publisher object, `kind` first; () for a signer that has none."""
    kind, _, name = signer.id.partition(":")
    if kind == "oidc":
        return _account(name)
    if kind not in ("github", "github-name", "gitlab", "gitlab-name"):
        return ()
    name, asked, environment = name.partition(_ENVIRONMENT)
    if kind.endswith("-name"):
        repository, path = _of_names(name, kind)
    else:
        repository, path = signer.label, name.partition("/")[2]
    fields = (_github if kind.startswith("github") else _gitlab)(repository, _decoded(path))
    if not fields or not asked:
        return fields
    text = _decoded(environment)
    return (*fields, ("environment", text)) if text else ()


def _github(repository: str, path: str) -> Fields:
    workflow = path.removeprefix(_WORKFLOWS)
    if workflow in (path, "") or "/" in workflow or not _is_repository(repository, 2, 2):
        return ()
    return ("kind", "GitHub"), ("repository", repository), ("workflow", workflow)


def _gitlab(repository: str, path: str) -> Fields:
    # A path that begins with "/" is the place of instructions in another repository.
    if not path or path.startswith("/") or not _is_repository(repository, 2, 32):
        return ()
    return ("kind", "GitLab"), ("repository", repository), ("workflow_filepath", path)


def _account(name: str) -> Fields:
    issuer, _, encoded = name.partition("?")
    address = _decoded(encoded, "/:@")
    if issuer != GOOGLE_ISSUER or address.count("@") != 1 or "/" in address:
        return ()
    return ("kind", "Google"), ("email", address)


def _of_names(name: str, kind: str) -> tuple[str, str]:
    """The repository and the path of an id that is made of names."""
    # acme/tool/.github/workflows/release.yml; group/sub/project//.gitlab-ci.yml
    if kind == "gitlab-name":
        repository, _, path = name.partition("//")
    else:
        owner, _, rest = name.partition("/")
        short, _, path = rest.partition("/")
        repository = f"{owner}/{short}"
    return _decoded(repository), path


def _is_repository(name: str, least: int, most: int) -> bool:
    segments = name.split("/")
    return least <= len(segments) <= most and all(segments)


def _decoded(text: str, safe: str = "/") -> str:
    """Percent-decoded; "" for what no writer of ids encodes so."""
    decoded = unquote(text)
    return decoded if quote(decoded, safe=safe) == text else ""
