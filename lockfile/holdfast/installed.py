"""Unpacked modules on the disk: `modules/`, a link to one whole generation of them.

    modules -> .holdfast/modules/3f2a91c07d5be604-0
    .holdfast/modules/3f2a91c07d5be604-0/@acme/guards/...       the files, in folders that nobody writes to
    .holdfast/modules/3f2a91c07d5be604-0/.trees/@acme/guards    the text whose sha256 is the tree digest

Rule 1: a generation is written beside the others, hashed from the disk, and only then does the link move to it, in
        one step: at any moment `modules/` is the old generation or the new one, whole.
Rule 2: nothing is ever written into a generation that the link points to; an altered one is replaced by another.

Knows paths, bytes and digests; never a lock, a registry or a signature.
"""

import contextlib
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from hashlib import sha256

from holdfast import files
from holdfast.errors import FileProblem
from holdfast.trust.errors import Tampered, TreeRefused
from holdfast.trust.folder_tree import hash_folder, nothing
from holdfast.trust.tree import TreeFile, read_tree_text, tree_digest, tree_text
from holdfast.trust.unpacked import Unpacked
from holdfast_resolver.values.tuples import NamedTuple

MODULES = "modules"
GENERATIONS = ".holdfast/modules"
_TREES = ".trees"
_REVOCATIONS = ".revocations"
_NEW = ".new-"


class Damage(NamedTuple):
    """How an unpacked module differs from its tree digest, in words; "" = not at all."""

    words: str


def generation_of(project: str) -> str:
    """Return the folder that `modules` leads to, "" when nothing is installed."""
    try:
        target = os.readlink(os.path.join(project, MODULES))
    except OSError:
        return ""
    folder = os.path.join(project, target)
    return folder if os.path.isdir(folder) else ""


def folder_of(generation: str, name: str) -> str:
    """Return the folder of a module within a generation."""
    return os.path.join(generation, *name.split("/"))


def is_as_locked(generation: str, trees: Iterable[tuple[str, str]]) -> bool:
    """Whether a generation has just these modules, each with its tree digest: (name, digest) pairs."""
    wanted = dict(trees)
    return (
        bool(generation)
        and installed_names(generation) == set(wanted)
        and all(not damage_of(generation, name, tree).words for name, tree in wanted.items())
    )


def installed_names(generation: str) -> set[str]:
    """Return the names of all that stands in a generation, foreign things included, as `@scope/name` or `entry`."""
    names: set[str] = set()
    for scope in _entries(generation):
        if scope in (_TREES, _REVOCATIONS):
            continue
        inside = _entries(os.path.join(generation, scope))
        names.update([f"{scope}/{name}" for name in inside] or [scope])
    return names


def damage_of(generation: str, name: str, tree: str) -> Damage:
    """Say how the unpacked files of a module differ from its tree digest. Raises `OSError` for what cannot be read."""
    folder = folder_of(generation, name)
    if not os.path.isdir(folder) or os.path.islink(folder) or os.path.islink(os.path.dirname(folder)):
        return Damage("not unpacked")
    try:
        found = hash_folder(folder, ignore=nothing)
        if tree_digest(found) == tree:
            return Damage("")
    except TreeRefused as refusal:
        return Damage(f"{refusal.path}: {refusal.reason}")
    return Damage(_difference(found, _recorded(generation, name, tree)))


def _recorded(generation: str, name: str, tree: str) -> tuple[TreeFile, ...] | None:
    """What the generation recorded of a module, if that is still what its digest says."""
    try:
        with open(folder_of(os.path.join(generation, _TREES), name), "rb") as stream:
            text = stream.read()
        return read_tree_text(text) if f"sha256:{sha256(text).hexdigest()}" == tree else None
    except (OSError, TreeRefused):
        return None


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
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    return ", ".join(words[:3]) + more


def revocations_of(generation: str, source: str) -> str | None:
    """Return the revocation list of a registry as it was installed (an envelope's text); None without one."""
    data = files.read_optional(os.path.join(generation, _REVOCATIONS, f"{source}.json"))
    return None if data is None else data.decode("utf-8", "replace")


def keep_revocations(generation: str, lists: Mapping[str, str]) -> None:
    """Put newer revocation lists beside what is installed, by source. Raises `FileProblem`."""
    for source, text in lists.items():
        files.write_atomic(os.path.join(generation, _REVOCATIONS, f"{source}.json"), text.encode())


def place(project: str, modules: Iterable[Unpacked], revocations: Mapping[str, str]) -> str:
    """Make `modules/` just these modules, all or nothing, and return the new generation's folder.

    `revocations` are the registries' lists (envelopes' texts) by source. The caller holds the project's lock. Raises
    `FileProblem`; `Tampered` when what arrived on the disk is not what was to be written. Then `modules/` is as it was.
    """
    wanted = sorted(modules)
    link = os.path.join(project, MODULES)
    if os.path.lexists(link) and not os.path.islink(link):
        raise FileProblem(link, "replace", "it is a folder of its own, not one that holdfast installed")
    home = os.path.join(project, *GENERATIONS.split("/"))
    files.make_folder(home)
    staging = os.path.join(home, f"{_NEW}{os.getpid()}-{os.urandom(4).hex()}")
    try:
        _ignored_by_git(home)
        os.mkdir(staging)
        for module in wanted:
            _unpack(staging, module)
        os.mkdir(os.path.join(staging, _REVOCATIONS))
        keep_revocations(staging, revocations)
        for module in wanted:
            damage = damage_of(staging, module.name, module.tree)
            if damage.words:
                raise Tampered(f"{module.name} {module.version}", "the tree", module.tree, damage.words)
        files.step("rename-generation")
        final = _free_name(home, wanted)
        os.rename(staging, final)
        _sync(home)
        files.step("link-generation")
        _link(project, link, os.path.relpath(final, project))
        files.step("remove-generations")
        _clean(home, keep=os.path.basename(final))
    except OSError as error:
        raise FileProblem(link, "install into", error.strerror or str(error)) from None
    finally:
        _remove(staging)
    return final


def _unpack(staging: str, module: Unpacked) -> None:
    folder = folder_of(staging, module.name)
    os.makedirs(folder)
    listed = []
    for file in module.contents:
        target = os.path.join(folder, *file.path.split("/"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        files.step("write-module-file")
        _write(target, file.view, 0o555 if file.executable else 0o444)
        listed.append(TreeFile(file.path, file.executable, sha256(file.view).hexdigest()))
    record = folder_of(os.path.join(staging, _TREES), module.name)
    os.makedirs(os.path.dirname(record), exist_ok=True)
    _write(record, memoryview(tree_text(listed)), 0o444)
    for place_, _, _ in os.walk(folder, topdown=False):
        # Nobody writes here, so that Python leaves no byte code caches.
        os.chmod(place_, 0o555)


def _write(path: str, data: memoryview, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.chmod(path, mode)


def _free_name(home: str, wanted: list[Unpacked]) -> str:
    """`<16 hex of what is in it>-<n>`: never the name of a generation that is there."""
    text = "".join(f"{module.name} {module.version} {module.tree}\n" for module in wanted)
    start = os.path.join(home, sha256(text.encode()).hexdigest()[:16])
    number = 0
    while os.path.lexists(f"{start}-{number}"):
        number += 1
    return f"{start}-{number}"


def _link(project: str, link: str, target: str) -> None:
    temporary = os.path.join(project, f".{MODULES}-{os.getpid()}-{os.urandom(4).hex()}")
    for entry in _entries(project):
        if entry.startswith(f".{MODULES}-"):  # what a killed install left
            os.unlink(os.path.join(project, entry))
    os.symlink(target, temporary, target_is_directory=True)
    try:
        files.step("replace-link")
        os.replace(temporary, link)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync(project)


def _clean(home: str, keep: str) -> None:
    """Remove what no link leads to; what cannot be removed stays for the next time."""
    for entry in _entries(home):
        if entry not in (keep, ".gitignore"):
            _remove(os.path.join(home, entry))


def _remove(folder: str) -> None:
    if not os.path.isdir(folder) or os.path.islink(folder):
        return
    for inside, _, _ in os.walk(folder):
        with contextlib.suppress(OSError):
            os.chmod(inside, stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def _ignored_by_git(home: str) -> None:
    path = os.path.join(home, ".gitignore")
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("*\n")


def _entries(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _sync(folder: str) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
