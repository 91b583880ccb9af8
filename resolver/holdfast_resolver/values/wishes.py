"""What a project asks for: wishes with their origin, the project's range of Pythons, the sources.

Made by `manifests` and `configuration`, used by `resolve` and by every message that must name a line.
"""

from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple


class Wish(NamedTuple):
    """One requirement of the project, and where it stands."""

    requirement: Requirement
    kind: str  # "project" | "extra" | "group" | "constraint" | "override"
    group: str  # the extra's or group's normalised name; "" for the other kinds
    path: str  # the manifest, relative to the project, with "/"
    line: int = 0  # 1-based; 0 when unknown
    reason: str = ""  # why, for constraints and overrides


class Manifest(NamedTuple):
    """A manifest, read."""

    path: str  # relative to the project, with "/"
    name: str  # the project's normalised name; "" when it has none
    requires_python: str  # "" when unconstrained
    wishes: tuple[Wish, ...]


class Source(NamedTuple):
    """Where packages come from, by a name of the configuration."""

    name: str  # "pypi" for the main index
    kind: str  # "pypi"
    url: str  # base URL of the simple index, with final "/", without credentials; "" = the public default
    identity: str  # what the source is, for pins: "pypi" for the public default, else scheme, host and path
    packages: tuple[str, ...] = ()  # name patterns that resolve here and nowhere else; () for a main index


class DeclaredMetadata(NamedTuple):
    """Requirements that the user declares for a release whose own metadata is not static."""

    name: str
    version: str  # "" = every version
    requires: tuple[str, ...]
    requires_python: str = ""
    extras: tuple[str, ...] = ()
