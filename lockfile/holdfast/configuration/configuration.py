"""What `holdfast.toml` or `[tool.holdfast]` says, as immutable values. Knows nothing of TOML or of files."""

from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import DeclaredMetadata, Manifest, Source, Wish

STRATEGIES = ("highest", "lowest")
PRERELEASES = ("if-necessary", "allow", "disallow")


class Configuration(NamedTuple):
    """A project's configuration; each default is what holds where the configuration is silent."""

    path: str = ""  # "holdfast.toml" or "pyproject.toml"; "" when the project has no configuration
    id: str = ""  # a UUID; "" before `holdfast init`
    pythons: tuple[tuple[int, int], ...] = ()  # CPython minors, as declared; () = to be chosen
    platforms: tuple[tuple[str, str], ...] = ()  # (platform, floor), as declared; () = to be chosen
    sources: tuple[Source, ...] = ()  # a main index only if `[sources.pypi]` names one
    constraints: tuple[Wish, ...] = ()
    overrides: tuple[Wish, ...] = ()  # each with its reason
    metadata: tuple[DeclaredMetadata, ...] = ()
    strategy: str = "highest"  # one of STRATEGIES
    prereleases: str = "if-necessary"  # one of PRERELEASES
    exclude_newer: str = ""  # RFC 3339 in UTC, "2025-01-31T00:00:00Z"; "" = no cutoff
    unread: tuple[str, ...] = ()  # key paths that this version accepts but does not act on


class Project(NamedTuple):
    """What a project's own files say."""

    manifest: Manifest
    configuration: Configuration
