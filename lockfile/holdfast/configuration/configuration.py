"""What `holdfast.toml` or `[tool.holdfast]` says, as immutable values. Knows nothing of TOML or of files."""

from __future__ import annotations

from holdfast.model.policy import Policy, claims
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import DeclaredMetadata, Manifest, Source, Wish

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: most projects have no approvers, or no package.json
    from holdfast.model.security import Approver
    from holdfast_resolver.values.npm import NpmManifest

STRATEGIES = ("highest", "lowest")
PRERELEASES = ("if-necessary", "allow", "disallow")


class TrustEntry(NamedTuple):
    """One `[[trust]]`: a key, and the modules for which this project believes it.

    A key that any entry revokes is revoked in all of its entries.
    """

    key: str  # "ssh-ed25519 AAAA...", without a comment
    id: str  # "ed25519:<sha256 of the raw key, 64 hex>"
    names: tuple[str, ...]  # module names, or whole scopes: "@acme/*"
    label: str = ""
    until: str = ""  # RFC 3339 in UTC, whole seconds; trusted before it; "" = without end
    revoked: str = ""  # the same form; "" = not revoked
    reason: str = ""  # why it was revoked
    line: int = 0  # 1-based, in the configuration


class SigstoreRoot(NamedTuple):
    """`[sigstore]`: a root of trust of one's own, in `.holdfast/roots/sigstore.json`, in place of the shipped one."""

    digest: str  # "sha256:<64 hex>": what pins its bytes
    sources: tuple[str, ...] = ()  # names of the sources whose evidence it judges; () = all


class AdvisorySources(NamedTuple):
    """`[advisories]`: where what is known of releases comes from, besides the registries of modules."""

    url: str = ""  # of a service that speaks the OSV API; "" = none is asked
    ask: tuple[str, ...] = ()  # the sources whose packages are named to the service
    records: tuple[str, ...] = ()  # folders and ZIP archives of OSV records, relative to the project


class ClientIndex(NamedTuple):
    """What the project's own file for another client (uv, npm) says of indexes; `place` is without credentials."""

    kind: str  # uv: "default", "extra", "find-links", "no-index" or "insecure-host"; npm: "registry", "credentials"...
    place: str  # a URL as written, a path or a host; "" for "no-index"
    name: str = ""  # as the client calls it; of npm the scope, the variables of credentials


class Configuration(NamedTuple):
    """A project's configuration; each default is what holds where the configuration is silent."""

    path: str = ""  # "holdfast.toml" or "pyproject.toml"; "" when the project has no configuration
    id: str = ""  # a UUID; "" before `holdfast init`
    pythons: tuple[tuple[int, int], ...] = ()  # CPython minors, as declared; () = to be chosen
    platforms: tuple[tuple[str, str], ...] = ()  # (platform, floor), as declared; () = to be chosen
    sources: tuple[Source, ...] = ()  # of Python packages; a main index only if `[sources.pypi]` names one
    constraints: tuple[Wish, ...] = ()
    overrides: tuple[Wish, ...] = ()  # each with its reason
    metadata: tuple[DeclaredMetadata, ...] = ()
    strategy: str = "highest"  # one of STRATEGIES
    prereleases: str = "if-necessary"  # one of PRERELEASES
    exclude_newer: str = ""  # RFC 3339 in UTC, "2025-01-31T00:00:00Z"; "" = no cutoff
    modules: tuple[Wish, ...] = ()  # of kind "module", each of one of `module_sources`
    module_sources: tuple[
        Source, ...
    ] = ()  # identity: the digest of the registry's root; a lone one may have no packages
    npm_sources: tuple[Source, ...] = ()  # of npm packages; a main registry only if `[sources.npm]` names one
    trust: tuple[TrustEntry, ...] = ()
    policy: Policy = Policy()
    approvers: tuple[Approver, ...] = ()  # in the order of the file; no two share a key, a name or an id
    sigstore: SigstoreRoot | None = None  # None: evidence is judged by the shipped root
    unread: tuple[str, ...] = ()  # key paths that this version accepts but does not act on
    client_indexes: tuple[ClientIndex, ...] = ()  # of `uv.toml` or `[tool.uv]`, strongest first; never of the user's
    client_registries: tuple[ClientIndex, ...] = ()  # of the project's `.npmrc`, sorted; never of the user's
    advisories: AdvisorySources = AdvisorySources()


class Project(NamedTuple):
    """What a project's own files say."""

    manifest: Manifest
    configuration: Configuration
    npm: tuple[NpmManifest, ...] = ()  # the `package.json` of the project and, behind it, those of its workspaces


def module_source_of(configuration: Configuration, name: str) -> str:
    """Return the name of the one module source in which a module resolves; "" where none claims it."""
    for source in configuration.module_sources:
        if not source.packages or any(claims(pattern, name) for pattern in source.packages):
            return source.name
    return ""
