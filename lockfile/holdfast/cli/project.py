"""Where things are on this machine: the project's folder, and the cache.

Every command begins here, so it is lean: nothing that an index needs is imported.
"""

from __future__ import annotations

import os
import sys

from holdfast import files
from holdfast.cli.console import Console
from holdfast.cli.words import Arguments
from holdfast.errors import FileProblem

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping


class ProjectFolder:
    """Implements `workflows.port.Files` for a folder. `overlay` stands in for files that are not written yet.

    `asked` is the path, as written, of the folder that was named, or `sought` from upwards.
    """

    def __init__(
        self, folder: str, overlay: Mapping[str, bytes] | None = None, *, asked: str = "", sought: bool = False
    ) -> None:
        self.folder = folder
        self.overlay = dict(overlay or {})
        self.asked = asked or folder
        self.sought = sought

    def read(self, name: str) -> bytes | None:
        """See `Files.read`."""
        if name.endswith("/"):
            return files.folders_in(os.path.join(self.folder, name))
        known = self.overlay.get(name)
        return known if known is not None else files.read_optional(os.path.join(self.folder, name))

    def write(self, name: str, data: bytes) -> None:
        """See `Files.write`."""
        path = os.path.join(self.folder, name)
        if "/" in name:
            files.make_folder(os.path.dirname(path))
        files.write_atomic(path, data)

    def has(self, name: str) -> bool:
        """Whether there is anything of this name (with "/")."""
        return os.path.lexists(os.path.join(self.folder, name))

    def refuse_links(self, names: tuple[str, ...]) -> None:
        """Raise `FileProblem` where one of these files of the project is a link: no revision has what it leads to."""
        for name in names:
            path = os.path.join(self.folder, name)
            if os.path.islink(path):
                raise FileProblem(path, "read the file", "it is a link")

    def folder_of(self, name: str, unread: tuple[str, ...] = ()) -> dict[str, bytes | None]:
        """Return the bytes of each file of a folder (with "/") by its name; None for what is no file, {} without one.

        Files of `unread` are only named, with b"". Raises `FileProblem` where the folder, or one above it within the
        project, is a link or no folder: what would be read is not what a revision of the project has there.
        """
        path = self.folder
        for part in name.split("/"):
            path = os.path.join(path, part)
            if not os.path.lexists(path):
                return {}
            if os.path.islink(path) or not os.path.isdir(path):
                kind = "a link" if os.path.islink(path) else "a file"
                raise FileProblem(path, "read the folder", f"it is {kind}")
        try:
            with os.scandir(path) as entries:
                found = sorted([(entry.name, entry.is_file(follow_symlinks=False)) for entry in entries])
        except OSError as error:
            raise FileProblem(path, "read the folder", error.strerror or "unreadable") from None
        return {
            one: (b"" if one in unread else files.read_bytes(os.path.join(path, one))) if is_file else None
            for one, is_file in found
        }


def open_project(arguments: Arguments) -> ProjectFolder:
    """Return the project's folder. Raises `ProjectNotFound`, `FileProblem`."""
    named = arguments.text("project")
    if named:
        if not os.path.isdir(named):
            raise FileProblem(named, "open the project", "there is no such folder")
        asked = os.path.normpath(os.path.join(_working_folder(), named))
        return ProjectFolder(os.path.abspath(named), asked=asked)
    return ProjectFolder(files.find_project(os.curdir), asked=_working_folder(), sought=True)


def _working_folder() -> str:
    """The working folder as the shell came to it: links on the way are still in its name."""
    here, named = os.getcwd(), os.environ.get("PWD", "")
    if named == here or not os.path.isabs(named):
        return here
    try:
        return named if os.path.samefile(named, here) else here
    except OSError:
        return here


def held(
    project: ProjectFolder, arguments: Arguments, environment: Mapping[str, str], console: Console
) -> files.ProjectLock:
    """Return the context manager that keeps other writing commands of this project waiting."""

    def waiting() -> None:
        console.note("waiting for another holdfast that works on this project")

    return files.project_lock(project.folder, cache_folder(arguments, environment), waiting)


def cache_folder(arguments: Arguments, environment: Mapping[str, str]) -> str:
    """Return the cache folder: `--cache-dir`, `HOLDFAST_CACHE_DIR`, else the platform's own.

    On Linux the rule is the XDG base directory specification, computed here since `platformdirs`, which is
    asked elsewhere, costs 20 ms; a test holds the two equal.
    """
    named = arguments.text("cache-dir") or environment.get("HOLDFAST_CACHE_DIR", "")
    if named:
        return os.path.abspath(os.path.expanduser(named))
    if sys.platform == "linux":
        base = environment.get("XDG_CACHE_HOME", "")
        if not base.strip() or not os.path.isabs(base):
            base = os.path.expanduser("~/.cache")
        return os.path.join(base, "holdfast")
    from platformdirs import user_cache_dir

    return user_cache_dir("holdfast", appauthor=False)
