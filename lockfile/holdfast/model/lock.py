"""What a lock says, as immutable values: the scope, the wishes it answers, the signers, the pins.

Knows nothing of TOML or terminals. Order is canonical by construction of `format` (packages by source, name,
version; arrays sorted); `unknown` keeps plain keys that this version does not know, as (key, TOML text) pairs.
"""

from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.targets import Target
from holdfast_resolver.values.tuples import NamedTuple

FORMAT = 1
MARK = "#"  # in a reference to a signer's record, behind the canonical id; percent-encoding keeps it out of ids
Unknown = tuple[tuple[str, str], ...]


class Scope(NamedTuple):
    """What the resolution depended on, so that `check` needs neither clock nor network."""

    requires_python: str
    strategy: str  # "highest" | "lowest"
    prereleases: str  # "if-necessary" | "allow" | "disallow"
    targets: tuple[Target, ...]
    unknown: Unknown = ()


class LockedSource(NamedTuple):
    """A source other than the public default of its kind."""

    name: str
    kind: str  # "pypi" | "modules"
    identity: str = ""  # scheme, host and path of a configured index: no credentials
    unknown: Unknown = ()
    root: str = ""  # of a module registry: the digest of its pinned root, which is what it is


class Input(NamedTuple):
    """The wishes of one part of a manifest."""

    path: str
    kind: str  # "project" | "extra" | "group" | "constraint" | "override" | "module"
    name: str  # of the extra or group; "" otherwise
    requires: tuple[Requirement, ...]
    unknown: Unknown = ()


class Signer(NamedTuple):
    """A canonical identity (DESIGN 5); `attributes` are its compared fields besides the label, sorted.

    Among the signers of a lock `id` is the reference by which pins name this record (`signer_references.py`).
    """

    id: str
    label: str = ""
    attributes: tuple[tuple[str, str], ...] = ()  # ("owner-id", ...), ("context", ...), ("role", ...)
    unknown: Unknown = ()


class PinnedArtifact(NamedTuple):
    """One pinned file: its name and its digest (`algorithm:hex`)."""

    file: str
    hash: str
    signers: tuple[str, ...] | None = None  # None: just the pin's signers; else references to who signed this one


class ModuleFacts(NamedTuple):
    """What a pin says of a signed module beyond what it says of any package."""

    tree: str  # "sha256:<hex>": the tree digest of its files
    privileged: bool = False  # it exports something that can raise trust
    permissions: tuple[str, ...] = ()  # "kind:value", sorted
    vetted: tuple[str, ...] = ()  # references to the co-signers; the publishers are the pin's signers
    threshold: int = 0  # how many distinct publishers' keys had to sign, and did; 0 for an unsigned one


class Pin(NamedTuple):
    """A package in the lock: source, name, version, artifact hashes, signers, edges."""

    source: str
    name: str
    version: str
    requires_python: str = ""  # the strictest union over the release's artifacts; "" when unconstrained
    when: str = ""  # canonical marker: the targets this version is locked for; "" = all
    artifacts: tuple[PinnedArtifact, ...] = ()
    signers: tuple[str, ...] = ()  # references to those who signed every artifact
    dependencies: tuple[tuple[Requirement, str], ...] = ()  # (requirement, "" or the version after `=>`)
    unknown: Unknown = ()
    module: ModuleFacts | None = None  # None for what is no module


class Lock(NamedTuple):
    """A whole lock."""

    scope: Scope
    inputs: tuple[Input, ...]
    packages: tuple[Pin, ...]
    sources: tuple[LockedSource, ...] = ()
    signers: tuple[Signer, ...] = ()
    features: tuple[str, ...] = ()
    format: int = FORMAT
    unknown: Unknown = ()


def without_modules(lock: Lock) -> Lock:
    """Return the same lock without its modules and the wishes for them: what other tools' formats can say."""
    if not any(source.root for source in lock.sources):
        return lock
    return lock._replace(
        packages=tuple([pin for pin in lock.packages if pin.module is None]),
        inputs=tuple([part for part in lock.inputs if part.kind != "module"]),
        sources=tuple([source for source in lock.sources if not source.root]),
    )
