"""`holdfast install` killed by SIGKILL.

    python install_driver.py steps FOLDER
    python install_driver.py moments PROJECT CACHE SEED COUNT

One process loads everything, and each run that is to be killed is a fork of it: so kills fall into the work and not
into the imports. It prints one line of JSON for each kill. `steps` kills the unpacking of made-up modules before its
n-th effect on the disk, for every n; effects are what the interpreter announces (making, renaming, removing, linking,
changing modes, opening to write) and the steps of `holdfast.files`. `moments` kills the whole command, over its
registry, at random moments between two locks: `PROJECT/locks/a` and `PROJECT/locks/b`; every third kill is followed by
a run that is not killed, the others by a kill over what the last one left. Nothing waits for the disk: a killed process
leaves its writes to the system.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

from holdfast import files
from holdfast.cli.main import main
from holdfast.format.read import read
from holdfast.installed.layout import generation_of
from holdfast.installed.look import is_as_locked
from holdfast.installed.place import place, remove
from holdfast.trust.archive import ArchiveFile
from holdfast.trust.tree import TreeFile, tree_digest
from holdfast.trust.unpacked import Unpacked

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_EVENTS = frozenset(("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.symlink"))
Trees = list[tuple[str, str]]


def forked(work: Callable[[], int], kill_after: float | None = None) -> int:
    """Run `work` in a process of its own, killed after so many seconds; return -9, or its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = work()
        finally:
            os._exit(code)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def armed(fatal: int, work: Callable[[], object]) -> Callable[[], int]:
    """Return `work` with its own end before its effect number `fatal`; 0 = never."""
    effects = 0

    def effect() -> None:
        nonlocal effects
        effects += 1
        if effects == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING):
            effect()

    def run() -> int:
        files.step = lambda name: effect()
        sys.addaudithook(watch)
        work()
        return 0

    return run


def unpacked(name: str, version: str) -> Unpacked:
    """A module of three files that say its version."""
    contents = tuple(
        ArchiveFile(path, path == "run", memoryview(f"{name} {version} {path}".encode()))
        for path in ("a/b.md", "module.toml", "run")
    )
    tree = tree_digest([TreeFile(one.path, one.executable, sha256(one.view).hexdigest()) for one in contents])
    return Unpacked(name, version, tree, contents)


OLD = (unpacked("@acme/base", "1.0.0"), unpacked("@acme/guards", "1.0.0"))
NEW = (unpacked("@acme/guards", "2.0.0"), unpacked("@other/tools", "1.0.0"))
NONE: tuple[Unpacked, ...] = ()


def put(project: str, modules: tuple[Unpacked, ...], number: str) -> None:
    """Make `modules/` just these."""
    if modules:
        place(project, modules, {"acme": number})
    else:
        remove(project)


def tell(**facts: object) -> None:
    """Write a line of JSON."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def trees(modules: tuple[Unpacked, ...]) -> Trees:
    """What a lock says of modules."""
    return [(one.name, one.tree) for one in modules]


STEPPED = {"old": trees(OLD), "new": trees(NEW)}


def standing(project: str, known: dict[str, Trees]) -> str:
    """Which of the known sets `modules/` is, whole, by hashing it; "broken" for none of them."""
    if not os.path.lexists(os.path.join(project, "modules")):
        return "none"
    generation = generation_of(project)
    return next((name for name, wanted in known.items() if is_as_locked(generation, wanted)), "broken")


def litter(project: str) -> list[str]:
    """What a finished install must not leave behind."""
    link, home = os.path.join(project, "modules"), os.path.join(project, ".holdfast", "modules")
    kept = os.path.basename(os.readlink(link)) if os.path.islink(link) else ""
    found = [one for one in os.listdir(home) if one not in (".gitignore", ".revocations", kept)] if kept else []
    found += [one for one in os.listdir(os.path.join(home, ".revocations")) if one != "acme.json"] if kept else []
    return found + [one for one in os.listdir(project) if one.startswith(".modules")]


def kill_steps(folder: str) -> None:
    """Kill every change of modules before each of its effects."""
    for change, before, after in (
        ("first", NONE, NEW),
        ("other", OLD, NEW),
        ("same", OLD, OLD),
        ("removed", OLD, NONE),
    ):
        project = os.path.join(folder, change)
        os.mkdir(project)
        number, code = 0, -signal.SIGKILL
        while code == -signal.SIGKILL:
            number += 1
            put(project, before, "1")
            code = forked(armed(number, partial(put, project, after, "2")))
            found = standing(project, STEPPED)
            put(project, after, "2")
            tell(
                change=change,
                number=number,
                code=code,
                found=found,
                then=standing(project, STEPPED),
                litter=litter(project),
            )


def kill_moments(project: str, cache: str, seed: int, count: int) -> None:
    """Kill the command at random moments, on its way from one lock to the other and back."""
    locks = {name: Path(project, "locks", name).read_bytes() for name in ("a", "b")}
    known = {
        name: [(pin.name, pin.module.tree) for pin in read(data, name).packages if pin.module is not None]
        for name, data in locks.items()
    }

    def install() -> int:
        words = ["install", "--project", project]
        return main(words, {"HOLDFAST_CACHE_DIR": cache}, StringIO(), sys.stderr)

    moments, usual = random.Random(seed), 0.0
    for number in range(-4, count):
        after = "ab"[number % 2]
        Path(project, "holdfast.lock").write_bytes(locks[after])
        if number % 5 == 0:
            shutil.rmtree(os.path.join(cache, "store"), ignore_errors=True)
        begun = time.perf_counter()
        if number < 0:
            assert forked(install) == 0
            usual = max(usual, time.perf_counter() - begun) if number > -4 else 0.0
            continue
        code = forked(install, moments.random() * usual)
        tell(number=number, wanted=after, code=code, found=standing(project, known))
        if number % 3 == 2:
            tell(again=forked(install), wanted=after, found=standing(project, known), litter=litter(project))


if __name__ == "__main__":
    os.fsync = lambda fd: None
    if sys.argv[1] == "steps":
        kill_steps(sys.argv[2])
    else:
        kill_moments(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
