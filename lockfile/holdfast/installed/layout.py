"""Where unpacked modules stand: `modules/`, a link to one whole generation of them.

    modules -> .holdfast/modules/3f2a91c07d5be604-0
    .holdfast/modules/3f2a91c07d5be604-0/@acme/guards/...       the files, in folders that nobody writes to
    .holdfast/modules/3f2a91c07d5be604-0/.trees/@acme/guards    the text whose sha256 is the tree digest
    .holdfast/modules/.revocations/acme.json                    the registry's revocation list, newest seen

Rule: only such a link, to a real folder below real folders, is one of ours. What else is called `modules` is left
alone and never read as installed, so nobody can lead an install, a check or a load elsewhere.

Knows paths; never a lock, a registry or a signature.
"""

import os
import re
import stat

from holdfast import files
from holdfast.errors import FileProblem

MODULES = "modules"
HOME = ".holdfast/modules"
TREES = ".trees"
REVOCATIONS = ".revocations"
STAGING = ".new-"
# What place() makes in HOME and in the project: nothing else is ever removed.
GENERATION_NAME = re.compile(r"[0-9a-f]{16}-[0-9]+")
STAGING_NAME = re.compile(r"\.new-[0-9]+-[0-9a-f]{8}")
TEMPORARY_LINK = re.compile(r"\.modules-[0-9]+-[0-9a-f]{8}")
_TARGET = re.compile(r"\.holdfast/modules/([0-9a-f]{16}-[0-9]+)")


class NotOurs(FileProblem):
    """`path` stands where modules are to be unpacked, and holdfast did not make it; `hint` is the way out."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, "install into", reason)
        self.hint = "move it away, then run `holdfast install`"


def generation_of(project: str) -> str:
    """Return the folder to which `modules` leads, "" when nothing is installed, or not by holdfast."""
    name = linked_name(os.path.join(project, MODULES))
    if not name or not all(map(_is_folder, _home_parts(project))):
        return ""
    folder = os.path.join(home_of(project), name)
    return folder if _is_folder(folder) else ""


def home_of(project: str) -> str:
    """Return the folder in which generations stand."""
    return os.path.join(project, *HOME.split("/"))


def folder_of(generation: str, name: str) -> str:
    """Return the folder of a module within a generation."""
    return os.path.join(generation, *name.split("/"))


def linked_name(link: str) -> str:
    """Return the name of the generation to which a link of ours leads, there or not; "" for anything else."""
    try:
        target = os.readlink(link)
    except OSError:
        return ""
    found = _TARGET.fullmatch(target.replace(os.sep, "/"))
    return found[1] if found else ""


def refuse_foreign_link(project: str) -> None:
    """Raise `NotOurs` when something else than a link of ours is called `modules`."""
    link = os.path.join(project, MODULES)
    if os.path.lexists(link) and not linked_name(link):
        kind = "a link" if os.path.islink(link) else "a folder" if os.path.isdir(link) else "a file"
        raise NotOurs(link, f"it is {kind} that holdfast did not make")


def make_home(project: str) -> str:
    """Return the folder of the generations, made where it was not. Raises `FileProblem`, `NotOurs` for links."""
    for folder in _home_parts(project):
        if not os.path.lexists(folder):
            files.make_folder(folder)
        if not _is_folder(folder):
            raise NotOurs(folder, "it is not a folder of its own")
    return home_of(project)


def installed_names(generation: str) -> frozenset[str]:
    """Return the names of all that stands in a generation, foreign things included, as `@scope/name` or `entry`."""
    names: set[str] = set()
    for scope in entries(generation):
        if scope == TREES:
            continue
        place = os.path.join(generation, scope)
        inside = entries(place) if _is_folder(place) else []
        names.update([f"{scope}/{name}" for name in inside] or [scope])
    return frozenset(names)


def entries(folder: str) -> list[str]:
    """Return the names in a folder, sorted; none for a folder that is not there."""
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []


def is_real_folder_of(generation: str, name: str) -> bool:
    """Whether a module's folder, and each above it in the generation, is a folder and no link."""
    folder = folder_of(generation, name)
    return _is_folder(os.path.dirname(folder)) and _is_folder(folder)


def _home_parts(project: str) -> tuple[str, ...]:
    return (os.path.join(project, HOME.partition("/")[0]), home_of(project))


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False
