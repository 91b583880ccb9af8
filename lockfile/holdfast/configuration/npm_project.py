"""The manifests of an npm project: its `package.json`, those of its workspaces, and what pnpm's file adds to them.

Knows which of npm's specs can be locked; a spec that cannot is refused here, with its line, before anything is asked.
Files come in through a function.
"""

from __future__ import annotations

from posixpath import normpath

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.npm_specs import (
    CatalogSpec,
    FolderSpec,
    GitSpec,
    Spec,
    TarballSpec,
    WorkspaceSpec,
    parse_spec,
)
from holdfast_resolver.manifests.package_json import read_package_json
from holdfast_resolver.values.npm import NpmManifest, NpmOverride, NpmWish

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable

MANIFEST = "package.json"
PNPM, PNPM_LOCK, YARN_LOCK = "pnpm-workspace.yaml", "pnpm-lock.yaml", "yarn.lock"
WORKSPACE = "workspace:"
_HINT = "name a range of a published release, such as ^1.2.0, or take it out"
_PACKED = ("a release of a registry: a tarball of this machine cannot be pinned", _HINT)
_REFUSED: dict[type, tuple[str, str]] = {
    GitSpec: ("a release of a registry: a git repository has nothing that can be pinned", _HINT),
    TarballSpec: ("a release of a registry: a tarball behind a URL cannot be pinned yet", _HINT),
    FolderSpec: ("a release of a registry: a folder outside of the workspaces cannot be pinned", "make it a workspace"),
    CatalogSpec: (f"an entry of a catalog in {PNPM}", "write the range in its place"),
    WorkspaceSpec: ("a workspace of this project", "check `workspaces`, and the name in the member's package.json"),
}


def read_npm_project(read: Callable[[str], bytes | None], body: bytes) -> tuple[NpmManifest, ...]:
    """Return the manifest of the project, whose bytes are `body`, and behind it those of its workspaces.

    A wish for a workspace by its folder becomes one for the workspace. Raises `ManifestError` for a manifest that
    cannot be read, and for a wish that cannot be locked.
    """
    pnpm = read(PNPM)
    root = read_package_json(body, MANIFEST, manager="pnpm" if pnpm is not None else _manager(read, body))
    members: tuple[NpmManifest, ...] = ()
    workspace = None
    if pnpm is not None:
        # start-up: YAML is for those who have it
        from holdfast_resolver.manifests.pnpm_workspace import as_pnpm_reads, read_pnpm_workspace, with_catalogs

        workspace = read_pnpm_workspace(pnpm, PNPM)
        root = as_pnpm_reads(root, workspace)
    if root.workspaces:
        from holdfast_resolver.manifests.workspaces import members as members_of  # start-up: most have none

        def folders(folder: str) -> list[str]:
            names = read(f"{folder or '.'}/")
            return [] if names is None else names.decode("utf-8", "surrogateescape").splitlines()

        members = members_of(root, folders, read)
        if workspace is not None:
            members = tuple([with_catalogs(member, workspace) for member in members])
    by_folder = {member.path.rpartition("/")[0]: member.name for member in members}
    for override in root.overrides:
        _check_override(root, override)
    return tuple([_checked(manifest, by_folder) for manifest in (root, *members)])


def _manager(read: Callable[[str], bytes | None], body: bytes) -> str:
    """Whose lock lies beside the manifest; asked only where it matters to what the manifest says."""
    if b'"resolutions"' in body or b'"pnpm"' in body:
        for name, manager in ((PNPM_LOCK, "pnpm"), (YARN_LOCK, "yarn")):
            if read(name) is not None:
                return manager
    return ""


def _checked(manifest: NpmManifest, by_folder: dict[str, str]) -> NpmManifest:
    """The manifest with folders of workspaces as workspaces. Raises `ManifestError` for what cannot be locked."""
    wishes = []
    for wish in manifest.wishes:
        spec = parse_spec(wish.name, wish.spec)
        if isinstance(spec, FolderSpec) and not spec.packed:
            folder = normpath(f"{manifest.path.rpartition('/')[0] or '.'}/{spec.path}")
            if by_folder.get(folder) == wish.name:
                wishes.append(wish._replace(spec=f"{WORKSPACE}*"))
                continue
        if type(spec) in _REFUSED and not (isinstance(spec, WorkspaceSpec) and spec.target in by_folder.values()):
            raise _refusal(wish, spec)
        wishes.append(wish)
    return manifest._replace(wishes=tuple(wishes))


def _check_override(root: NpmManifest, override: NpmOverride) -> None:
    spec = parse_spec(override.name, override.spec)
    if type(spec) in _REFUSED:
        wish = NpmWish(override.name, override.spec, "dependency", root.path, override.line)
        raise _refusal(wish, spec)


def _refusal(wish: NpmWish, spec: Spec) -> ManifestError:
    packed = isinstance(spec, FolderSpec) and spec.packed
    expected, hint = _PACKED if packed else _REFUSED[type(spec)]
    return ManifestError(wish.path, f"{wish.name}: {expected}", wish.spec, wish.line, 0, hint)
