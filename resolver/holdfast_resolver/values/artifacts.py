"""What a registry says of a package: its artifacts, their releases, and what a release requires.

Plain values, made by `registries`, distilled by `fetch`. They know no socket and no file.
"""

from holdfast_resolver.values.tuples import NamedTuple


class Artifact(NamedTuple):
    """One downloadable file of a release, as a listing names it."""

    file: str
    version: str  # as spelled by the file name; "" when the name is not one of this package
    url: str  # absolute, without fragment and credentials
    hash: str  # "sha256:<hex>" or stronger; "" when the listing gives none
    requires_python: str = ""  # raw text of the listing; "" when unconstrained
    yanked: str | None = None  # None when not yanked; else the reason ("" when none was given)
    upload_time: str = ""  # RFC 3339 in UTC, to the second or finer; "" when unknown
    metadata: str = ""  # "" not advertised; "sha256:<hex>" or "unhashed" when a `.metadata` sidecar is
    provenance: str = ""  # URL of a PEP 740 provenance object; "" when the listing names none


class Listing(NamedTuple):
    """What an index says of one package (PEP 503, PEP 691).

    Wheels that can serve no target at all are left out of a release that has other files.
    """

    name: str  # normalised
    artifacts: tuple[Artifact, ...]
    skipped: tuple[str, ...] = ()  # files whose name is not one of this package, in listing order


class ReleaseMetadata(NamedTuple):
    """The core metadata of one artifact, reduced to what resolving needs."""

    name: str  # normalised
    version: str
    requires_python: str  # raw text; "" when unconstrained
    requires: tuple[str, ...]  # `Requires-Dist` values, raw
    extras: tuple[str, ...]  # `Provides-Extra`, normalised, sorted
    static: bool  # an sdist's requirements may be trusted without building (PEP 643)
