"""What a lock says, as immutable values: the scope, the wishes it answers, the signers, the pins.

Knows nothing of TOML or terminals. Order is canonical by construction of `format` (packages by source, name,
version; arrays sorted); `unknown` keeps plain keys that this version does not know, as (key, TOML text) pairs.
"""

from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.targets import Target
from holdfast_resolver.values.tuples import NamedTuple

FORMAT = 1
ABSENT = "none"  # in the place of a version, of what is optional: nothing is installed for it
MARK = "#"  # in a reference to a signer's record, behind the canonical id; percent-encoding keeps it out of ids
Unknown = tuple[tuple[str, str], ...]


class Scope(NamedTuple):
    """What the resolution depended on, so that `check` needs neither clock nor network."""

    requires_python: str
    strategy: str  # "highest" | "lowest"
    prereleases: str  # "if-necessary" | "allow" | "disallow"
    targets: tuple[Target, ...]
    unknown: Unknown = ()
    node: str = ""  # the Node that npm packages were chosen for, a version; "" for any


class LockedSource(NamedTuple):
    """A source other than the public default of its kind."""

    name: str
    kind: str  # "pypi" | "modules" | "npm"
    identity: str = ""  # scheme, host and path of a configured index: no credentials
    unknown: Unknown = ()
    root: str = ""  # of a module registry: the digest of its pinned root, which is what it is


class Input(NamedTuple):
    """The wishes of one part of a manifest."""

    path: str
    kind: str  # "project" | "extra" | "group" | "constraint" | "override" | "module" | "dev" | "optional" | "peer"
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


class NpmFacts(NamedTuple):
    """What a pin says of an npm package beyond what it says of any package. Tuples are sorted."""

    bins: tuple[tuple[str, str], ...] = ()  # (command, path in the package)
    os: tuple[str, ...] = ()  # as the release has them: "darwin", "!win32"
    cpu: tuple[str, ...] = ()
    libc: tuple[str, ...] = ()
    engines: tuple[tuple[str, str], ...] = ()  # ("node", ">=18")
    install_script: bool = False  # it runs a program when it is installed
    optional: bool = False  # everything that leads to it is optional: where it does not fit it is left out
    bundled: tuple[str, ...] = ()  # names: they come inside its tarball and are no edges


class Pin(NamedTuple):
    """A package in the lock: source, name, version, artifact hashes, signers, edges."""

    source: str
    name: str
    version: str
    requires_python: str = ""  # the strictest union over the release's artifacts; "" when unconstrained
    when: str = ""  # canonical marker: the targets this version is locked for; "" = all
    artifacts: tuple[PinnedArtifact, ...] = ()
    signers: tuple[str, ...] = ()  # references to those who signed every artifact
    # (requirement, "" or the version after `=>`; ABSENT for an optional one of npm that has none)
    dependencies: tuple[tuple[Requirement, str], ...] = ()
    unknown: Unknown = ()
    module: ModuleFacts | None = None  # None for what is no module
    npm: NpmFacts | None = None  # None for what is no npm package


class Instance(NamedTuple):
    """A place of an npm release where its edges lead elsewhere than its pin says (`model/instances.py`)."""

    source: str
    name: str
    version: str
    number: int  # from 2; the pin itself is the first
    dependents: tuple[str, ...]  # who sees this one: manifests' paths, `source:name version`, `source:name version#2`
    dependencies: tuple[tuple[Requirement, str], ...] = ()  # the edges that differ, each with its version or ABSENT
    unknown: Unknown = ()


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
    instances: tuple[Instance, ...] = ()


def without_modules(lock: Lock) -> Lock:
    """Return the same lock without its modules and the wishes for them: what other tools' formats can say."""
    if not any(source.root for source in lock.sources):
        return lock
    return lock._replace(
        packages=tuple([pin for pin in lock.packages if pin.module is None]),
        inputs=tuple([part for part in lock.inputs if part.kind != "module"]),
        sources=tuple([source for source in lock.sources if not source.root]),
    )


def has_npm(lock: Lock) -> bool:
    """Whether a lock pins or wishes for anything of npm."""
    if any(pin.npm is not None for pin in lock.packages):
        return True
    return any(type(wish) is not Requirement for part in lock.inputs for wish in part.requires)


def without_npm(lock: Lock) -> Lock:
    """Return the same lock without its npm packages and the wishes for them."""
    inputs = []
    for part in lock.inputs:
        requires = tuple([wish for wish in part.requires if type(wish) is Requirement])
        if requires or not part.requires:
            inputs.append(part._replace(requires=requires))
    return lock._replace(
        packages=tuple([pin for pin in lock.packages if pin.npm is None]), inputs=tuple(inputs), instances=()
    )
