"""What the npm registry and a `package.json` say, as values. Knows names and shapes; no JSON, no ranges' meaning.

A requirement of npm is written with one blank and always with its range: `npm:lodash ^4.17.0`, `npm:@babel/core *`,
`npm:fsevents ^2.3.2 ; optional`, `npm:react >=17 ; peer optional`, `npm:string-width ^4.2.0 ; as string-width-cjs`.
"""

from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple

# What an edge is, besides a plain dependency (""); in the words of `Requirement.marker`.
OPTIONAL = "optional"
PEER = "peer"
PEER_OPTIONAL = "peer optional"


class NpmRequirement(Requirement):
    """One wish for an npm package. `range` is npm's grammar, "*" for any; `marker` the conditions, in words.

    `marker`: [optional | peer | peer optional] [as ALIAS]; "" for a plain dependency under its own name.
    """

    __slots__ = ()

    def without_source(self) -> str:
        """Return `lodash ^4.17.0`, `@babel/core * ; peer`."""
        condition = f" ; {self.marker}" if self.marker else ""
        return f"{self.name} {self.range or '*'}{condition}"

    @property
    def kind(self) -> str:
        """ "" for a plain dependency, else `OPTIONAL`, `PEER` or `PEER_OPTIONAL`."""
        return self.marker.partition("as ")[0].strip()

    @property
    def alias(self) -> str:
        """The name under which it is installed: its own unless it is aliased."""
        return self.marker.partition("as ")[2] or self.name


class NpmSignature(NamedTuple):
    """One of `dist.signatures`: evidence, not verified."""

    key_id: str
    signature: str  # base64, DER


class NpmRelease(NamedTuple):
    """One version of a packument, distilled. Specs are texts as written: ranges, tags, aliases, URLs."""

    version: str  # SemVer, normal form
    dependencies: tuple[tuple[str, str], ...] = ()  # (name, spec), sorted by name; without the optional ones
    optional: tuple[tuple[str, str], ...] = ()
    peers: tuple[tuple[str, str], ...] = ()
    optional_peers: tuple[str, ...] = ()  # names in peerDependenciesMeta that are optional, sorted
    bundled: tuple[str, ...] = ()  # names, sorted: they come with the tarball and are no edges
    engines: tuple[tuple[str, str], ...] = ()
    os: tuple[str, ...] = ()
    cpu: tuple[str, ...] = ()
    libc: tuple[str, ...] = ()
    bins: tuple[tuple[str, str], ...] = ()  # (command, path), sorted
    install_script: bool = False
    deprecated: str = ""  # the text; "" = not deprecated
    integrity: str = ""  # "sha512:<hex>"; "" when the registry has none stronger than sha1
    tarball: str = ""  # URL, as the registry gives it
    published: str = ""  # RFC 3339, UTC; "" when not said
    license: str = ""  # SPDX expression as written; "" when not said
    signatures: tuple[NpmSignature, ...] = ()
    attestations: str = ""  # URL; "" = none


class NpmListing(NamedTuple):
    """A packument, distilled. Releases in ascending order of SemVer precedence."""

    name: str
    releases: tuple[NpmRelease, ...]
    tags: tuple[tuple[str, str], ...]  # (dist-tag, version), sorted; "latest" may be missing


class NpmManifest(NamedTuple):
    """One `package.json`. Wishes carry the line; specs that are no registry dependency are kept apart."""

    path: str  # relative to the project, with "/": "package.json", "packages/web/package.json"
    name: str
    version: str
    wishes: tuple["NpmWish", ...]
    overrides: tuple["NpmOverride", ...] = ()
    workspaces: tuple[str, ...] = ()  # globs, as written
    engines: tuple[tuple[str, str], ...] = ()


class NpmWish(NamedTuple):
    """One entry of a dependency table."""

    name: str  # as installed (the alias, where it is one)
    spec: str  # as written
    kind: str  # "dependency" | "dev" | "optional" | "peer" | "peer optional"
    path: str
    line: int


class NpmOverride(NamedTuple):
    """One override, flattened: it applies to `name` (matching `range`) below the chain `within` (outermost first)."""

    within: tuple[tuple[str, str], ...]  # (name, range; "" = any)
    name: str
    range: str  # of the key `name@range`; "" = any
    spec: str  # what it becomes; "$name" is already replaced
    line: int = 0
