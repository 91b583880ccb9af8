"""`pnpm-workspace.yaml`: the members of a pnpm project, its overrides and its catalogs.

Knows pnpm's documentation of that file ("packages", "overrides", "catalog", "catalogs"); its other settings are passed
over. Must never read a file or reach the network. Imported only where such a file exists: it needs PyYAML.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from typing import Any

from holdfast_resolver.errors import InvalidInput, ManifestError
from holdfast_resolver.manifests.foreign_overrides import PNPM_PARENT
from holdfast_resolver.manifests.npm_overrides import override_key, override_spec
from holdfast_resolver.manifests.npm_specs import CatalogSpec, parse_spec
from holdfast_resolver.manifests.yaml_places import Mapping, Scalar, Sequence, parse_yaml
from holdfast_resolver.values.npm import NpmManifest, NpmOverride, NpmWish
from holdfast_resolver.values.tuples import NamedTuple

FILE_NAME = "pnpm-workspace.yaml"
DEFAULT = "default"  # the catalog that `catalog:` means


class PnpmWorkspace(NamedTuple):
    """The file, read."""

    path: str
    packages: tuple[str, ...] | None = None  # patterns of folders; None when it does not say
    overrides: tuple[tuple[str, str, int], ...] = ()  # (key, spec, line), as written
    catalogs: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()  # (catalog, ((name, spec), ...)), as written


def read_pnpm_workspace(body: bytes, path: str = FILE_NAME) -> PnpmWorkspace:
    """Read a `pnpm-workspace.yaml`. Raises `ManifestError` with the line."""
    document = parse_yaml(body, path)
    packages = document.get("packages")
    catalogs = {}
    alone = document.get("catalog")
    if _said(alone):
        catalogs[DEFAULT] = _specs(path, "catalog", alone)
    for name, table in _table(path, "catalogs", document.get("catalogs")).entries:
        if name.text in catalogs:
            raise ManifestError(path, "one default catalog", "catalog and catalogs.default", name.line)
        catalogs[name.text] = _specs(path, f"catalogs.{name.text}", table)
    return PnpmWorkspace(
        path,
        _texts(path, "packages", packages) if _said(packages) else None,
        tuple(
            [
                (key.text, _text(path, f"overrides.{key.text}", value), value.line)
                for key, value in _table(path, "overrides", document.get("overrides")).entries
            ]
        ),
        tuple(catalogs.items()),
    )


def as_pnpm_reads(root: NpmManifest, workspace: PnpmWorkspace) -> NpmManifest:
    """Return the project's manifest with the workspaces and overrides of pnpm's file in the place of npm's own.

    Catalogs are put in; see `with_catalogs`. An override for `parent>name` holds below the parent, at any depth.
    Raises `ManifestError`.
    """
    root = with_catalogs(root, workspace)
    overrides = pnpm_overrides(workspace, {wish.name: wish.spec for wish in root.wishes})
    return root._replace(workspaces=workspace.packages or (), overrides=overrides or root.overrides)


def with_catalogs(manifest: NpmManifest, workspace: PnpmWorkspace) -> NpmManifest:
    """Return a manifest whose `catalog:` specs are what the catalogs say. Raises `ManifestError`."""
    if not any(wish.spec[:8].lower() == "catalog:" for wish in manifest.wishes):
        return manifest
    catalogs = {name: dict(specs) for name, specs in workspace.catalogs}
    return manifest._replace(wishes=tuple([_with_catalog(wish, catalogs, workspace.path) for wish in manifest.wishes]))


def pnpm_overrides(workspace: PnpmWorkspace, direct: AnyMapping[str, str]) -> tuple[NpmOverride, ...]:
    """Return the overrides; `direct`, name -> spec, is what `$name` stands for. Raises `ManifestError`."""
    catalogs = {name: dict(specs) for name, specs in workspace.catalogs}
    return tuple([_override(workspace.path, catalogs, direct, *entry) for entry in workspace.overrides])


def _override(
    path: str, catalogs: dict[str, dict[str, str]], direct: AnyMapping[str, str], key: str, spec: str, line: int
) -> NpmOverride:
    if spec == "-":
        raise ManifestError(path, f"overrides.{key}: a spec", "-, which takes a dependency away", line)
    *parents, own = PNPM_PARENT.split(key)
    try:
        within = tuple([override_key(parent) for parent in parents])
        name, range_ = override_key(own)
        spec = override_spec(name, spec, direct)
        meant = _in_catalog(name, spec, catalogs)
    except InvalidInput as error:
        raise ManifestError(path, f"overrides.{key}: {error.expected}", error.text, line) from None
    if meant is None:
        raise ManifestError(path, f"overrides.{key}: an entry of the catalog", spec, line)
    return NpmOverride(within, name, range_, meant, line)


def _with_catalog(wish: NpmWish, catalogs: dict[str, dict[str, str]], path: str) -> NpmWish:
    meant = _in_catalog(wish.name, wish.spec, catalogs)
    if meant is None:
        expected = f"{wish.name}: an entry of a catalog in {path}"
        raise ManifestError(wish.path, expected, wish.spec, wish.line)
    return wish._replace(spec=meant)


def _in_catalog(name: str, spec: str, catalogs: dict[str, dict[str, str]]) -> str | None:
    read = parse_spec(name, spec)
    return catalogs.get(read.catalog, {}).get(name) if isinstance(read, CatalogSpec) else spec


def _said(value: Any) -> bool:
    """Whether a key has a value: `catalog:` alone has none."""
    return value is not None and not (isinstance(value, Scalar) and not value.text and not value.is_string)


def _table(path: str, where: str, value: Any) -> Mapping:
    if not _said(value):
        return Mapping((), 0)
    if not isinstance(value, Mapping):
        raise ManifestError(path, f"{where}: a mapping", "another value", value.line)
    return value


def _texts(path: str, where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, Sequence):
        raise ManifestError(path, f"{where}: a list", "another value", value.line)
    return tuple([_text(path, f"{where}[{index}]", item) for index, item in enumerate(value.items)])


def _text(path: str, where: str, value: Any) -> str:
    if not isinstance(value, Scalar):
        raise ManifestError(path, f"{where}: a string", "another value", value.line)
    if not value.is_string:
        raise ManifestError(path, f"{where}: a string, in quotation marks", value.text or "nothing", value.line)
    return value.text


def _specs(path: str, where: str, value: Any) -> tuple[tuple[str, str], ...]:
    found = []
    for key, item in _table(path, where, value).entries:
        place = f"{where}.{key.text}"
        spec = _text(path, place, item)
        try:
            read = parse_spec(key.text, spec)
        except InvalidInput as error:
            raise ManifestError(path, f"{place}: {error.expected}", error.text, item.line) from None
        if isinstance(read, CatalogSpec):
            raise ManifestError(path, f"{place}: a spec that is in no catalog itself", spec, item.line)
        found.append((key.text, spec))
    return tuple(found)
