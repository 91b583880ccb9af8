"""What is unpacked, against what was locked: every file is hashed from the disk, none is believed.

Knows paths, bytes and digests; never a lock, a registry or a signature.
"""

import os
import stat
from collections.abc import Iterable
from hashlib import sha256

from holdfast.installed.layout import TREES, folder_of, generation_of, installed_names, is_real_folder_of
from holdfast.trust.errors import TreeRefused
from holdfast.trust.folder_tree import FolderFile, nothing, read_file, walk_folder
from holdfast.trust.tree import TreeFile, read_tree_text, tree_digest
from holdfast_resolver.values.tuples import NamedTuple

AS_LOCKED = "as locked"
ABSENT = "absent"  # nothing is there
OTHER = "other"  # another release, whole
MODIFIED = "modified"
FILE_MODE, PROGRAM_MODE, FOLDER_MODE, RECORD_MODE = 0o444, 0o555, 0o555, 0o444
_NAMED = 3
_ATTEMPTS = 3


class Look(NamedTuple):
    """What one unpacked module is found to be: one of the four words above, and how it differs, in words."""

    standing: str
    words: str = ""
    files: tuple[TreeFile, ...] = ()  # as hashed, when it is as locked


def look_at(generation: str, name: str, tree: str) -> Look:
    """Compare the unpacked files of a module with its tree digest ("sha256:<hex>"). Follows no link, raises nothing."""
    if not generation or not os.path.lexists(folder_of(generation, name)):
        return Look(ABSENT, "not unpacked")
    if not is_real_folder_of(generation, name):
        return Look(MODIFIED, "a link or a file in place of its folder")
    try:
        walked = walk_folder(folder_of(generation, name), ignore=nothing)
        found = tuple([TreeFile(one.path, one.executable, sha256(read_file(one)).hexdigest()) for one in walked])
        digest = tree_digest(found)
    except TreeRefused as refusal:
        return Look(MODIFIED, f"{refusal.path}: {refusal.reason}")
    except OSError as error:
        where = os.path.relpath(str(error.filename), generation) if error.filename else name
        return Look(MODIFIED, f"{where} cannot be read: {error.strerror or error}")
    recorded = _recorded(generation, name)
    if digest != tree:
        if recorded and tree_digest(recorded) == digest:
            return Look(OTHER, f"another release, with the tree {digest}")
        as_locked = recorded if recorded and tree_digest(recorded) == tree else None
        return Look(MODIFIED, _difference(found, as_locked))
    words = _modes(walked) if _keeps_modes(generation, name) else ""
    return Look(MODIFIED, words) if words else Look(AS_LOCKED, "", found)


def look_at_all(project: str, trees: Iterable[tuple[str, str]]) -> tuple[str, dict[str, Look]]:
    """Look at modules, (name, digest) pairs, in the generation that `modules` leads to; return both.

    Once more from the start when meanwhile an install led it elsewhere and removed what was looked at.
    """
    wanted = tuple(trees)
    for _ in range(_ATTEMPTS):
        generation = generation_of(project)
        looks = {name: look_at(generation, name, tree) for name, tree in wanted}
        if all(look.standing == AS_LOCKED for look in looks.values()) or generation == generation_of(project):
            break
    return generation, looks


def is_as_locked(generation: str, trees: Iterable[tuple[str, str]]) -> bool:
    """Whether a generation has just these modules, each with its tree digest: (name, digest) pairs."""
    wanted = dict(trees)
    return (
        bool(generation)
        and installed_names(generation) == wanted.keys()
        and all(look_at(generation, name, tree).standing == AS_LOCKED for name, tree in wanted.items())
    )


def _recorded(generation: str, name: str) -> tuple[TreeFile, ...]:
    """What the generation recorded of a module, () without a readable record. Its word alone proves nothing."""
    path = folder_of(os.path.join(generation, TREES), name)
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return ()
        with open(path, "rb") as stream:
            return read_tree_text(stream.read())
    except (OSError, TreeRefused):
        return ()


def _difference(found: tuple[TreeFile, ...], wanted: tuple[TreeFile, ...] | None) -> str:
    if wanted is None:
        return "other files than were locked"
    now, before = {file.path: file for file in found}, {file.path: file for file in wanted}
    words = []
    for path in sorted(now.keys() | before.keys()):
        one, other = now.get(path), before.get(path)
        if one is None:
            words.append(f"{path} removed")
        elif other is None:
            words.append(f"{path} added")
        elif one.digest != other.digest:
            words.append(f"{path} changed")
        elif one.executable != other.executable:
            words.append(f"{path} {'made' if one.executable else 'no longer'} executable")
    return _listed(words)


def _modes(walked: tuple[FolderFile, ...]) -> str:
    """Name the files that have other permissions than they were unpacked with."""
    words = []
    for file in walked:
        mode, wanted = stat.S_IMODE(file.state[0]), PROGRAM_MODE if file.executable else FILE_MODE
        if mode != wanted:
            words.append(f"{file.path} has the mode {mode:04o}, not {wanted:04o}")
    return _listed(words)


def _keeps_modes(generation: str, name: str) -> bool:
    """Whether this file system keeps the permissions that it is given, by those of the record."""
    try:
        status = os.lstat(folder_of(os.path.join(generation, TREES), name))
    except OSError:
        return os.name == "posix"
    return stat.S_IMODE(status.st_mode) == RECORD_MODE


def _listed(words: list[str]) -> str:
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return ", ".join(words[:_NAMED]) + more
