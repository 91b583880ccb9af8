"""Unpack modules: a new generation is made whole and then shown, in one step.

Rule 1: a generation is written beside the others, hashed from the disk, and only then does the link move to it, in
        one step: at any moment `modules/` is the old generation or the new one, whole, also after SIGKILL.
Rule 2: nothing is ever written into a generation that the link points to; an altered one is replaced by another.
Rule 3: the files of a generation are on the disk, not only in the system's memory, before the link moves, so a loss of
        power leaves no more than a kill does. Where a disk breaks that promise, the hash that every load asks for
        notices, and the next install puts another generation in place.

Knows paths and bytes; never a lock, a registry or a signature.
"""

import contextlib
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from hashlib import sha256

from holdfast import files
from holdfast.errors import FileProblem
from holdfast.installed.layout import (
    GENERATION_NAME,
    MODULES,
    REVOCATIONS,
    STAGING,
    STAGING_NAME,
    TEMPORARY_LINK,
    TREES,
    entries,
    folder_of,
    home_of,
    linked_name,
    make_home,
    refuse_foreign_link,
)
from holdfast.installed.look import AS_LOCKED, FILE_MODE, FOLDER_MODE, PROGRAM_MODE, RECORD_MODE, look_at
from holdfast.installed.revocation_lists import keep_revocations
from holdfast.trust.errors import Tampered
from holdfast.trust.paths_of_trees import check_path
from holdfast.trust.tree import TreeFile, tree_text
from holdfast.trust.unpacked import Unpacked
from holdfast_resolver.values.modules import parse_module_name
from holdfast_resolver.values.tuples import NamedTuple

# What `files.step` is called with, besides the steps of the revocation lists' own writes.
STEPS = (
    *("make-staging", "write-module", "write-file", "settle", "rename-generation"),
    *("make-link", "replace-link", "sync-link", "remove-generations"),
)
_WORKERS = 8  # threads that hash and wait for the disk


class _Placed(NamedTuple):
    name: str
    version: str
    tree: str


def place(project: str, modules: Iterable[Unpacked], revocations: Mapping[str, str]) -> str:
    """Make `modules/` just these modules, all or nothing, and return the new generation's folder.

    `modules` are taken one at a time, so that one archive at a time is in memory; what their iterator raises is
    passed on. `revocations` are the registries' lists (envelopes' texts) by source. The caller holds the project's
    lock. Raises `FileProblem`; `NotOurs` where something else is in the way; `Tampered` when what arrived on the disk
    is not what was to be written. Then `modules/` is as it was, and nothing is left behind.
    """
    refuse_foreign_link(project)
    home = make_home(project)
    made = staging = os.path.join(home, f"{STAGING}{os.getpid()}-{os.urandom(4).hex()}")
    try:
        files.step("make-staging")
        os.mkdir(staging)
        _keep_from_git(home, staging)
        os.mkdir(os.path.join(staging, TREES))
        placed = sorted([_unpack(staging, module) for module in modules])
        _close_folders(staging)
        files.step("settle")
        _settle(staging, placed)
        keep_revocations(project, revocations)
        files.step("rename-generation")
        final = _free_name(home, placed)
        os.rename(staging, final)
        made = final
        _sync(home)
        _link(project, os.path.basename(final))
        files.step("remove-generations")
        tidy(project)
    except OSError as error:
        raise FileProblem(os.path.join(project, MODULES), "install into", error.strerror or str(error)) from None
    finally:
        if linked_name(os.path.join(project, MODULES)) != os.path.basename(made):
            _remove(made)
    return final


def tidy(project: str) -> None:
    """Remove what killed installs left, and generations that `modules` does not lead to.

    What cannot be removed stays for the next time. The caller holds the project's lock.
    """
    link, home = os.path.join(project, MODULES), home_of(project)
    keep = linked_name(link)
    foreign = os.path.lexists(link) and not keep
    if foreign or os.path.islink(home) or os.path.islink(os.path.dirname(home)):
        return
    for entry in entries(home):
        if entry != keep and (GENERATION_NAME.fullmatch(entry) or STAGING_NAME.fullmatch(entry)):
            _remove(os.path.join(home, entry))
    for entry in entries(project):
        place_ = os.path.join(project, entry)
        if TEMPORARY_LINK.fullmatch(entry) and linked_name(place_):
            _remove(place_)


def remove(project: str) -> bool:
    """Take `modules/` away with all generations, for a lock without modules; False when there was none.

    The caller holds the project's lock. Raises `FileProblem`, `NotOurs`.
    """
    link = os.path.join(project, MODULES)
    if not linked_name(link):
        return False
    try:
        files.step("replace-link")
        os.unlink(link)
        _sync(project)
    except OSError as error:
        raise FileProblem(link, "remove", error.strerror or str(error)) from None
    home = make_home(project)
    files.step("remove-generations")
    tidy(project)
    _remove(os.path.join(home, REVOCATIONS))
    with contextlib.suppress(OSError):  # whatever else stands there stays
        if entries(home) == [".gitignore"]:
            os.unlink(os.path.join(home, ".gitignore"))
        os.rmdir(home)
    return True


def _unpack(staging: str, module: Unpacked) -> _Placed:
    files.step("write-module")
    folder = folder_of(staging, parse_module_name(module.name))
    os.makedirs(folder)
    made = {folder}
    listed = []
    for file in module.contents:
        target = os.path.join(folder, *check_path(file.path).split("/"))
        parent = os.path.dirname(target)
        if parent not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(parent)
        files.step("write-file")
        _write(target, file.view, PROGRAM_MODE if file.executable else FILE_MODE)
        listed.append(TreeFile(file.path, file.executable, sha256(file.view).hexdigest()))
    record = folder_of(os.path.join(staging, TREES), module.name)
    os.makedirs(os.path.dirname(record), exist_ok=True)
    _write(record, memoryview(tree_text(listed)), RECORD_MODE)
    return _Placed(module.name, module.version, module.tree)


def _write(path: str, data: memoryview, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    finally:
        os.close(descriptor)
    os.chmod(path, mode)


def _close_folders(staging: str) -> None:
    """Take the right to write off every folder, so that Python leaves no bytecode caches there."""
    for folder, _, _ in os.walk(staging, topdown=False):
        os.chmod(folder, FOLDER_MODE)


def _settle(staging: str, placed: list[_Placed]) -> None:
    """Wait until everything is on the disk, and hash it from there. Raises `Tampered`, `OSError`."""
    from concurrent.futures import ThreadPoolExecutor  # start-up: only where something is unpacked

    def settle(module: _Placed) -> None:
        _sync_all(folder_of(staging, module.name))
        look = look_at(staging, module.name, module.tree)
        if look.standing != AS_LOCKED:
            raise Tampered(f"{module.name} {module.version}", "the tree", module.tree, look.words)

    pool = ThreadPoolExecutor(_WORKERS)
    try:
        waiting = [pool.submit(settle, module) for module in placed]
        waiting.append(pool.submit(_sync_all, os.path.join(staging, TREES)))
        for one in waiting:
            one.result()
    finally:
        pool.shutdown(cancel_futures=True)
    for scope in {module.name.partition("/")[0] for module in placed}:
        _sync(os.path.join(staging, scope))
    _sync(staging)


def _sync_all(folder: str) -> None:
    if os.name != "posix":  # Windows syncs only what is open for writing
        return
    for inside, _, names in os.walk(folder):
        for name in names:
            descriptor = os.open(os.path.join(inside, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        _sync(inside)


def _free_name(home: str, placed: list[_Placed]) -> str:
    """`<16 hex of what is in it>-<n>`: never the name of a generation that is there."""
    text = "".join([f"{module.name} {module.version} {module.tree}\n" for module in placed])
    start = os.path.join(home, sha256(text.encode()).hexdigest()[:16])
    number = 0
    while os.path.lexists(f"{start}-{number}"):
        number += 1
    return f"{start}-{number}"


def _link(project: str, generation: str) -> None:
    """Let `modules` lead to a generation. Raises `OSError`, and the link is as it was."""
    temporary = os.path.join(project, f".{MODULES}-{os.getpid()}-{os.urandom(4).hex()}")
    target = os.path.relpath(os.path.join(home_of(project), generation), project)
    try:
        files.step("make-link")
        os.symlink(target, temporary, target_is_directory=True)
        files.step("replace-link")
        os.replace(temporary, os.path.join(project, MODULES))
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    files.step("sync-link")
    _sync(project)


def _remove(folder: str) -> None:
    if os.path.islink(folder) or not os.path.isdir(folder):
        with contextlib.suppress(OSError):
            os.unlink(folder)
        return
    for inside, _, _ in os.walk(folder):
        with contextlib.suppress(OSError):
            os.chmod(inside, stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def _keep_from_git(home: str, staging: str) -> None:
    place_ = os.path.join(home, ".gitignore")
    if not os.path.lexists(place_):
        new = os.path.join(staging, ".gitignore")
        _write(new, memoryview(b"*\n"), 0o644)
        os.rename(new, place_)


def _sync(folder: str) -> None:
    """Make the names in a folder durable, where the system has a call for that and the file system takes it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
