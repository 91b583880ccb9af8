"""`holdfast.toml`, or `[tool.holdfast]` in `pyproject.toml`, read into a `Configuration`.

Knows the keys, their types and which of them this version acts on. Files come in through a function, so that
the state of a git revision is read the same way as the folder. A project has one configuration, never two.
"""

from __future__ import annotations

from holdfast.configuration.configuration import (
    PRERELEASES,
    STRATEGIES,
    AdvisorySources,
    Configuration,
    Project,
    TrustEntry,
)
from holdfast.configuration.sections import (
    read_exclude_newer,
    read_identifier,
    read_metadata,
    read_platforms,
    read_pythons,
    read_sigstore,
    read_wishes,
)
from holdfast.configuration.sources import Sources, read_sources
from holdfast.configuration.tables import Table
from holdfast.errors import ConfigurationError
from holdfast.model.policy import Policy
from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.pyproject import has_tables, read_pyproject_document
from holdfast_resolver.manifests.toml import TomlDocument, parse_toml
from holdfast_resolver.values.wishes import Manifest, Wish

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable
    from typing import TypeAlias

    from holdfast.model.security import Approver

# Gives the bytes of a file of the project by its name, None when there is no such file; by a name that ends with "/"
# the names of the folders in a folder, one a line.
FileReader: TypeAlias = "Callable[[str], bytes | None]"

MANIFEST = "pyproject.toml"
CONFIGURATION = "holdfast.toml"
NPM_MANIFEST = "package.json"
NPMRC = ".npmrc"  # counts where there is a `package.json`
UV = "uv.toml"  # beside a `pyproject.toml`, its `[tool.uv]` is not read

_KEYS = (
    "id",
    "targets",
    "sources",
    "constraints",
    "overrides",
    "metadata",
    "strategy",
    "prereleases",
    "exclude-newer",
    "modules",
    "trust",
    "policy",
    "approver",
    "sigstore",
    "advisories",
)
_RESERVED_KEYS = ("conflicts",)
_OF_INDEXES = ("index", "find-links", "allow-insecure-host")  # in each key of uv's that speaks of them


def read_project(read: FileReader) -> Project:
    """Read the manifest and the configuration of a project; each file is read and parsed once.

    A project whose `pyproject.toml` is missing, or has no table of ours beside a `holdfast.toml` or a
    `package.json`, has an empty manifest. Raises `ManifestError`, `ConfigurationError`, and what `read` raises.
    """
    document = _manifest_document(read)
    own = read(CONFIGURATION)
    package = read(NPM_MANIFEST)
    if document is None:
        if own is None and package is None:
            raise ManifestError(MANIFEST, f"{MANIFEST}, {NPM_MANIFEST} or {CONFIGURATION}", "none of them")
        manifest = Manifest(NPM_MANIFEST if own is None else CONFIGURATION, "", "", ())
    elif (own is not None or package is not None) and not has_tables(document.data):
        manifest = Manifest(MANIFEST, "", "", ())
    else:
        manifest = read_pyproject_document(document)
    configuration = _with_indexes(_configuration(document, own), document, read(UV))
    if package is None:
        return Project(manifest, configuration)
    configuration = _with_registries(configuration, read(NPMRC), package)
    from holdfast.configuration.npm_project import read_npm_project  # start-up: only where there is npm

    return Project(manifest, configuration, read_npm_project(read, package))


def read_configuration(read: FileReader) -> Configuration:
    """Read only the configuration of a project. Raises as `read_project` does."""
    document = _manifest_document(read)
    configuration = _with_indexes(_configuration(document, read(CONFIGURATION)), document, read(UV))
    npmrc = read(NPMRC)
    return configuration if npmrc is None else _with_registries(configuration, npmrc, read(NPM_MANIFEST))


def _with_registries(configuration: Configuration, npmrc: bytes | None, package: bytes | None) -> Configuration:
    """Add what the project says of registries to npm, where it is a project of npm's."""
    if npmrc is None or package is None:
        return configuration
    from holdfast.configuration.client_registries import client_registries  # start-up: only where npm is configured

    return configuration._replace(client_registries=client_registries(npmrc))


def _with_indexes(configuration: Configuration, manifest: TomlDocument | None, uv: bytes | None) -> Configuration:
    """Add what the project says of indexes to other clients: it decides where packages come from."""
    tool = manifest.data.get("tool") if manifest is not None else None
    inside = tool.get("uv") if isinstance(tool, dict) else None
    if uv is None and not (isinstance(inside, dict) and any(word in key for key in inside for word in _OF_INDEXES)):
        return configuration
    from holdfast.configuration.client_indexes import client_indexes  # start-up: only where uv is configured

    text = manifest.text.encode() if manifest is not None else b""
    return configuration._replace(client_indexes=client_indexes((MANIFEST, text) if uv is None else (UV, uv)))


def _manifest_document(read: FileReader) -> TomlDocument | None:
    text = read(MANIFEST)
    return None if text is None else parse_toml(text, MANIFEST)


def _configuration(manifest: TomlDocument | None, own: bytes | None) -> Configuration:
    tool = manifest.data.get("tool", {}) if manifest is not None else {}
    inside = tool.get("holdfast") if isinstance(tool, dict) else None
    document = None
    if own is not None:
        try:
            document = parse_toml(own, CONFIGURATION)
        except ManifestError as error:
            raise ConfigurationError(error.path, error.expected, error.found, error.line, error.column) from None
    if manifest is not None and inside is not None:
        table = Table(manifest, ("tool",), tool).table("holdfast")
        if document is not None and document.data and table.data:
            raise table.refusal(
                (),
                f"one configuration, in {CONFIGURATION} or in [tool.holdfast]",
                "both",
                hint=f"move the keys of [tool.holdfast] to {CONFIGURATION}, or the other way round",
            )
        if document is None or table.data:
            return _read(table)
    return Configuration() if document is None else _read(Table(document, (), document.data))


def _read(table: Table) -> Configuration:
    for key in _RESERVED_KEYS:
        if key in table.data:
            hint = "all groups and extras are locked together; split what conflicts into two projects"
            raise table.refusal((key,), "no such key: it is reserved, and not supported yet", key, hint)
    table.check_keys(_KEYS)
    targets = table.table("targets")
    targets.check_keys(("python", "platforms"))
    sources = read_sources(table.table("sources"))
    modules, trust = _signed(table, sources)
    policy, approvers = _governed(table, sources)
    return Configuration(
        path=table.document.path,
        id=read_identifier(table),
        pythons=read_pythons(targets),
        platforms=read_platforms(targets),
        sources=sources.packages,
        constraints=read_wishes(table, "constraints", "constraint"),
        overrides=read_wishes(table, "overrides", "override"),
        metadata=read_metadata(table),
        strategy=table.choice("strategy", STRATEGIES, STRATEGIES[0]),
        prereleases=table.choice("prereleases", PRERELEASES, PRERELEASES[0]),
        exclude_newer=read_exclude_newer(table),
        modules=modules,
        module_sources=sources.modules,
        npm_sources=sources.npm,
        trust=trust,
        policy=policy,
        approvers=approvers,
        sigstore=read_sigstore(table, ("pypi", "npm", *[source.name for source in sources.packages + sources.npm])),
        advisories=_advisories(table, sources),
    )


def _advisories(table: Table, sources: Sources) -> AdvisorySources:
    if "advisories" not in table.data:
        return AdvisorySources()
    from holdfast.configuration.advisories import read_advisories  # start-up: only where there are some

    return read_advisories(table, ("pypi", "npm", *[one.name for one in sources.packages + sources.npm]))


def _signed(table: Table, sources: Sources) -> tuple[tuple[Wish, ...], tuple[TrustEntry, ...]]:
    # What concerns signed modules.
    modules: tuple[Wish, ...] = ()
    trust: tuple[TrustEntry, ...] = ()
    # start-up: each reader is loaded only where there is something to read
    if "modules" in table.data:
        from holdfast.configuration.modules import read_modules

        modules = read_modules(table, sources.modules)
    if "trust" in table.data:
        from holdfast.configuration.trust import read_trust

        trust = read_trust(table)
    return modules, trust


def _governed(table: Table, sources: Sources) -> tuple[Policy, tuple[Approver, ...]]:
    policy = Policy()
    approvers: tuple[Approver, ...] = ()
    # start-up: as above
    if "policy" in table.data:
        from holdfast.configuration.policy import read_policy

        kinds = [[one.name for one in several] for several in (sources.modules, sources.packages, sources.npm)]
        policy = read_policy(table, *kinds)
    if "approver" in table.data:
        from holdfast.configuration.approvers import check_approvers, read_approvers

        approvers = read_approvers(table)
        check_approvers(table, approvers, policy)
    return policy, approvers
