"""`export package-lock`, and where tarballs may come from: the manifests, the listings and the lock put together."""

from collections.abc import Mapping

from holdfast.cli.npm_wiring import url_of
from holdfast.cli.project import ProjectFolder
from holdfast.cli.sizes import count
from holdfast.cli.wiring import Shop
from holdfast.configuration.configuration import Project
from holdfast.configuration.edit_package_json import TABLES
from holdfast.configuration.npm_project import PNPM, WORKSPACE
from holdfast.errors import UsageError
from holdfast.exports.npm_graph import Manifest
from holdfast.exports.package_lock import package_lock
from holdfast.exports.port import LocatedFile
from holdfast.imports.npm_compare import Registries
from holdfast.imports.npm_locations import origin
from holdfast.model.lock import Lock, Pin
from holdfast.workflows.npm_market import NpmMarket
from holdfast.workflows.npm_verify import read_listed
from holdfast.workflows.port import NPM_MANIFEST
from holdfast_resolver.clients.defaults import default_npm_registry_url
from holdfast_resolver.clients.urls import without_userinfo
from holdfast_resolver.fetch.index import Absent
from holdfast_resolver.fetch.npm_index import NpmIndex
from holdfast_resolver.manifests.json_places import parse_json

CATALOG = "catalog:"


def export_package_lock(lock: Lock, asked: Project, project: ProjectFolder, shop: Shop) -> str:
    """Return the text of a `package-lock.json` for the project.

    The lock names no URL, so the packuments are read again; a URL counts only with the pinned hash. Raises
    `UsageError` where there is no package.json, what reading packuments raises, and `Undecided`.
    """
    if not asked.npm:
        raise UsageError("a project with a package.json", "none", "export pylock or requirements")
    pins = [pin for pin in lock.packages if pin.npm is not None]
    listed = read_listed(pins, shop.market.npm)
    sources = {source.name: source for source in shop.market.npm.sources}

    def locate(pin: Pin) -> Mapping[str, LocatedFile]:
        error = listed.failed.get(pin[:2])
        if error is not None:
            raise error
        release = listed.releases.get(pin[:3])
        if release is None:
            return {}
        registry = without_userinfo(url_of(sources[pin.source]))
        found = LocatedFile(without_userinfo(release.tarball), release.integrity, 0, release.published, registry)
        return {pin.artifacts[0].file: found}

    manifests = [
        Manifest(one.path.rpartition("/")[0], parse_json(project.read(one.path) or b"{}", one.path).data)
        for one in asked.npm
    ]
    return package_lock(lock, manifests, locate)


def unread_by_npm(asked: Project, project: ProjectFolder) -> list[str]:
    """Return what npm does not read of the manifests, one sentence each: what other package managers alone know."""
    found = []
    bodies = {one.path: parse_json(project.read(one.path) or b"{}", one.path).data for one in asked.npm}
    members = [one.path for one in asked.npm[1:]]
    if members and "workspaces" not in bodies[NPM_MANIFEST]:
        found.append(
            f"npm does not read {PNPM}: without `workspaces` in {NPM_MANIFEST} it leaves out {_and_others(members)}"
        )
    foreign = [
        f"{name} in {path} ({spec})"
        for path, data in bodies.items()
        for table in TABLES
        for name, spec in (data.get(table) or {}).items()
        if isinstance(spec, str) and spec.startswith((CATALOG, WORKSPACE))
    ]
    if foreign:
        found.append(f"npm refuses `{CATALOG}` and `{WORKSPACE}` in a {NPM_MANIFEST}: {_and_others(foreign)}")
    return found


def _and_others(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {count(len(names) - 1, 'other')}"


def registries(market: NpmMarket) -> Registries:
    """Return from where tarballs of each source may come: its own host, and of the main one the public registry's.

    Mirrors hand out packuments as they came, and npm writes what these say into its lock. Where a registry keeps its
    tarballs elsewhere, the packuments in the cache say so. Asks nothing.
    """
    found: dict[str, tuple[str, ...]] = {source.name: (origin(url_of(source)),) for source in market.sources}
    main = market.sources[0].name
    found[main] = tuple(dict.fromkeys([*found[main], origin(default_npm_registry_url())]))
    index = NpmIndex(market.index.cache, market.index.freshness._replace(offline=True, refresh=False, until=""), None)

    def listed(pin: Pin) -> str:
        record = index.listing(market.source_of(pin.name), pin.name)
        if record is None or isinstance(record, Absent):
            return ""
        place = record.table.index(pin.version)
        release = record.release(place) if place >= 0 else None
        held = release is not None and release.integrity == pin.artifacts[0].hash
        return without_userinfo(release.tarball) if release is not None and held else ""

    return Registries(found, listed)
