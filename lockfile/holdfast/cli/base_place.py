"""Where a base may be judged by: the one repository, and the folder of it, that the project is in.

"No approvals at the base" is what a change would like to be found. So nothing that a change can put into the tree may
lead to another folder or repository than the base's: links on the way, a bare repository among the files, a submodule
that has the base's commit as well, a project that is gone so that the one above it is found.
"""

from __future__ import annotations

import os

from holdfast.cli.project import ProjectFolder
from holdfast.errors import UsageError
from holdfast.revisions import has_commit, is_within, present_at
from holdfast.workflows.port import CONFIGURATION, LOCK, MANIFEST
from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.toml import parse_toml

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `collections` costs milliseconds
    from collections.abc import Iterator

_GIT = ".git"
_HINT = "remove it from the tree; with --base a project is where the base has it"


def refuse_staged(project: ProjectFolder) -> None:
    """Raise `UsageError` for a link within a repository on the way to the project, and for a repository among files.

    Asks no git: settings of a repository that a change brought along are not read by then.
    """
    for path in dict.fromkeys((project.folder, project.asked)):
        link = _first_link(path)
        if link:
            hint = f"name the project by its real path: --project {os.path.realpath(project.folder)}"
            raise UsageError("with --base, a project's folder without links within its repository", link, hint)
    for folder in _upwards(os.path.realpath(project.folder)):
        if os.path.lexists(os.path.join(folder, _GIT)):
            return
        if _is_repository(folder):
            raise UsageError("a project in the tree of a repository", f"a bare repository in {folder}", _HINT)


def refuse_elsewhere(project: ProjectFolder, revision: str, commit: str) -> None:
    """Raise `UsageError` where the repository around has the base too, and where the base's project is another folder.

    `commit` is the full id of the base.
    """
    top = repository_of(project.folder)
    outer = repository_of(os.path.dirname(top)) if top else ""
    while outer:
        if has_commit(outer, commit) and is_within(outer, top, commit):
            found = f"a repository of its own in {top}, where {outer} has the commit as well"
            raise UsageError(f"the repository of {revision}", found, _HINT)
        above = os.path.dirname(outer)
        outer = repository_of(above) if above != outer else ""
    if project.sought:
        _refuse_other_project(project, revision, commit)


def repository_of(folder: str) -> str:
    """Return the nearest folder, this or above it, that is the top of a repository's tree; "" for none."""
    for one in _upwards(os.path.realpath(folder)):
        if os.path.lexists(os.path.join(one, _GIT)):
            return one
    return ""


def _refuse_other_project(project: ProjectFolder, revision: str, commit: str) -> None:
    """The nearest project upwards, at the base, must be the one that is nearest in the tree."""
    start = os.path.realpath(project.asked)
    top = repository_of(start)
    if not top or not has_commit(top, commit):
        return
    folders = []
    for folder in _upwards(start):
        folders.append("" if folder == top else os.path.relpath(folder, top).replace(os.sep, "/") + "/")
        if folder == top:
            break
    names = (LOCK, CONFIGURATION, MANIFEST)
    there = present_at(top, commit, tuple([folder + name for folder in folders for name in names]))
    for folder in folders:
        at_base = {name: there[folder + name] for name in names if folder + name in there}
        if LOCK in at_base or CONFIGURATION in at_base or _is_ours(at_base.get(MANIFEST)):
            place = os.path.normpath(os.path.join(top, folder))
            if place != os.path.realpath(project.folder):
                found = f"one in {project.folder}"
                hint = "bring the former back, or name the project that is meant with --project DIR"
                raise UsageError(f"the project that {revision} has in {place}", found, hint)
            return


def _is_ours(manifest: bytes | None) -> bool:
    if manifest is None:
        return False
    try:
        tool = parse_toml(manifest, MANIFEST).data.get("tool")
    except ManifestError:
        return b"holdfast" in manifest
    return isinstance(tool, dict) and "holdfast" in tool


def _first_link(path: str) -> str:
    """The first part of an absolute path that is a link and stands in a repository's tree, "" for none."""
    for folder in reversed(list(_upwards(path))):
        if os.path.islink(folder) and repository_of(os.path.dirname(folder)):
            return folder
    return ""


def _is_repository(folder: str) -> bool:
    """Whether git would take a folder for a bare repository; rather too often than too rarely."""
    if not os.path.lexists(os.path.join(folder, "HEAD")):
        return False
    return any(os.path.lexists(os.path.join(folder, name)) for name in ("objects", "commondir"))


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above
