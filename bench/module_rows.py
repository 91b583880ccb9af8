"""The rows of the table that are about modules: what is run against which registry, and how often.

Imports nothing of holdfast: what needs it is run as a process of its own.
"""

import hashlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import cold, measure, peers
from bench.measure import Program, Sample
from bench.module_places import BIG, DEPTH, FOLDER, HEAVY, HEAVY_MODULES, MODULES, RELEASES, inbox_of, module_name
from bench.places import CACHES, OURS, PROJECTS, ROOT
from bench.rows import Effort, paired_row
from bench.table import Row

REFRESHED = 24 * 3600  # seconds after which a registry's metadata is renewed: clients read the clock
_BATCH = 25  # files that one process of the peer hashes


def lock(effort: Effort) -> list[Row]:
    """A cold lock of 200 modules, its requests and round trips, and the same again with what it left."""
    _ensure_big()
    with _project("modules-lock", BIG, [module_name(0)]) as (program, server):
        requests: list[int] = []
        samples = measure.alone(
            _cold(program)._replace(after=lambda: requests.append(server.counts().requests)), effort.warm, warm_up=1
        )
        asked = statistics.median(requests[-effort.warm :])
        waves = _waves(_cold(program))
        measure.run(program)
        again: list[int] = []
        server.counts()
        warm = measure.alone(program._replace(after=lambda: again.append(server.counts().requests)), effort.warm)
    one = _row("modules lock", "lock 200 modules, cold", samples)
    return [
        one._replace(found=one.ours, packages=(_pins(program), 0), requests=(int(asked), 0)),
        Row("modules lock requests", "  its requests", runs=len(samples), found=asked),
        Row("modules lock waves", f"  its round trips by depth {DEPTH}", runs=1, found=waves / DEPTH),
        _row("modules again", "lock 200 modules again", warm),
        Row(
            "modules again requests", "  its requests", runs=effort.warm, found=statistics.median(again[-effort.warm :])
        ),
    ]


def lock_far(effort: Effort) -> list[Row]:
    """The cold lock from a registry with latency."""
    _ensure_big()
    with _project("modules-lock", BIG, [module_name(0)], effort.latency) as (program, _):
        samples = measure.alone(_cold(program), effort.warm, warm_up=1)
    return [_row("modules far", f"lock 200 modules, cold, {effort.latency:g} ms", samples)]


def publish(effort: Effort) -> list[Row]:
    """One release more in the big registry: how long, and how many bytes of documents and metadata are new."""
    _ensure_big()
    shutil.rmtree(inbox_of(BIG), ignore_errors=True)
    state = FOLDER / "published"
    begun = [0.0]
    rewritten: list[float] = []

    def prepare() -> None:
        done = int(state.read_text()) if state.exists() else 0
        number, turn = MODULES - 1 - done % (MODULES // 2), done // (MODULES // 2)
        state.write_text(str(done + 1))
        _python("bench.module_setup", "submit", str(BIG), str(number), f"1.{RELEASES + turn}.0")
        begun[0] = time.time() - 0.02  # a file's time is that of the kernel's last tick

    def after() -> None:
        rewritten.append(sum(size for _, size in _written_since(BIG, begun[0])) / 1e3)

    words = (peers.find("holdfast"), "registry", "publish", str(BIG), "-q")
    samples = measure.alone(Program(words, peers.environment(), FOLDER, 0, prepare, after), effort.warm, warm_up=1)
    return [
        _row("modules publish", "publish one release of 200,000", samples),
        Row(
            "modules publish bytes",
            "  metadata and documents",
            runs=len(samples),
            found=statistics.median(rewritten[-effort.warm :]),
        ),
    ]


def verify(effort: Effort) -> list[Row]:
    """Every pin of 1.5 GB of archives, against hashing the same files on all cores."""
    _ensure_heavy()
    wishes = [module_name(number) for number in range(HEAVY_MODULES)]
    rows = []
    with _project("modules-verify", HEAVY, wishes) as (program, _):
        measure.run(_cold(program))
        files = _fill_store(Path(program.environment["HOLDFAST_CACHE_DIR"]) / "store")
        ours = program._replace(words=(program.words[0], "verify", "-q"))
        measure.run(ours)
        for peer, name in (("sha256sum", "modules verify"), ("openssl dgst -sha256", "modules verify openssl")):
            if shutil.which(peer.partition(" ")[0]) is None:
                rows.append(Row(name, f"verify {HEAVY_MODULES} pins", peer, note=f"{peer} was not found"))
                continue
            words = ("/bin/sh", "-c", f"xargs -a {files} -P {os.cpu_count() or 1} -n {_BATCH} {peer}")
            theirs = Program(words, peers.environment(), FOLDER)
            paired = measure.pairs(ours, theirs, effort.warm, warm_up=1)
            what = f"verify {HEAVY_MODULES} pins, {_total(files) / 1e9:.1f} GB"
            rows.append(paired_row(name, what, peer, paired)._replace(packages=(HEAVY_MODULES, HEAVY_MODULES)))
    return rows


def conflicts(effort: Effort) -> list[Row]:
    """The universe of `semver_universe.py`, solved; the time is its own, without making the universe."""
    told = [_python("bench.semver_universe") for _ in range(min(effort.warm, 5))]
    seconds = [float(_found(r"solved in ([0-9.]+) s", text)) for text in told]
    chosen, newest = (
        int(_found(pattern, told[0])) for pattern in (r"([0-9]+) modules chosen", r"([0-9]+) of them the")
    )
    note = "nothing had to be walked back: this universe is not hard" if newest == chosen else ""
    median = statistics.median(seconds) * 1e3
    what = f"solve {chosen} modules, {chosen - newest} walked back"
    row = Row("modules conflicts", what, runs=len(told), ours=median, found=median, packages=(chosen, 0))
    return [row._replace(note=note)]


@contextmanager
def _project(
    name: str, registry: Path, wishes: list[str], latency: float = 0.0
) -> Iterator[tuple[Program, cold.Replay]]:
    """A project that wants modules of a registry, which is served; gives the program that locks it."""
    folder, cache = PROJECTS / name, CACHES / name
    root = (registry / "metadata" / "1.root.json").read_bytes()
    roots = folder / ".holdfast" / "roots"
    roots.mkdir(parents=True, exist_ok=True)
    (roots / "bench.json").write_bytes(root)
    with cold.serving(["bench.folder_server", str(registry), "--latency", str(latency)]) as port:
        url = f"http://127.0.0.1:{port}/"
        lines = ["[modules]", *[f'"{wish}" = "*"' for wish in wishes], "[sources.bench]", 'kind = "modules"']
        lines += [f'url = "{url}"', f'root = "sha256:{hashlib.sha256(root).hexdigest()}"', ""]
        (folder / "holdfast.toml").write_text("\n".join(lines))
        environment = peers.environment(url) | {"HOLDFAST_CACHE_DIR": str(cache)}
        yield Program((peers.find("holdfast"), "lock", "-q"), environment, folder), cold.Replay(port)


def _cold(program: Program) -> Program:
    """The same without a lock, a cache and a state of the registry."""

    def prepare() -> None:
        (program.folder / "holdfast.lock").unlink(missing_ok=True)
        shutil.rmtree(program.folder / ".holdfast" / "state", ignore_errors=True)
        shutil.rmtree(program.environment["HOLDFAST_CACHE_DIR"], ignore_errors=True)

    return program._replace(prepare=prepare)


def _waves(program: Program) -> int:
    program.prepare()
    words = [str(OURS / "bin" / "python"), "-m", "bench.module_waves", "lock", "-q", "--project", str(program.folder)]
    done = subprocess.run(words, cwd=ROOT, env=program.environment, check=True, stdout=subprocess.PIPE, text=True)
    return int(json.loads(done.stdout.splitlines()[-1])["waves"])


def _ensure_big() -> None:
    def make() -> None:
        _python("bench.module_registry", str(BIG), "--modules", str(MODULES), "--releases", str(RELEASES))
        _python("bench.module_setup", "crowd", str(BIG))

    _ensure(BIG, make)


def _ensure_heavy() -> None:
    _ensure(HEAVY, lambda: _python("bench.module_setup", "heavy", str(HEAVY)))


def _ensure(registry: Path, make: Callable[[], object]) -> None:
    """Have a registry that is whole and in time."""
    stamp = registry.with_name(registry.name + ".complete")
    if not stamp.exists():
        print(f"making the registry {registry.name}: some minutes, once", file=sys.stderr)
        for beside in (registry, *registry.parent.glob(registry.name + ".*")):
            shutil.rmtree(beside, ignore_errors=True)
        registry.parent.mkdir(parents=True, exist_ok=True)
        make()
        stamp.touch()
    elif time.time() - stamp.stat().st_mtime > REFRESHED:
        _python("bench.module_setup", "refresh", str(registry))
        stamp.touch()


def _fill_store(store: Path) -> Path:
    """Link the archives into the store, where they are under the same names; return a list of the files."""
    blobs = HEAVY / "blobs" / "sha256"
    files = []
    for blob in sorted(blobs.glob("*/*")):
        place = store / "sha256" / blob.relative_to(blobs)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            os.link(blob, place)
        files.append(str(place))
    listed = FOLDER / "archives.txt"
    listed.write_text("\n".join(files) + "\n")
    return listed


def _total(listed: Path) -> int:
    return sum(os.stat(line).st_size for line in listed.read_text().splitlines())


def _written_since(registry: Path, moment: float) -> Iterator[tuple[str, int]]:
    """Yield metadata and documents that are newer than a time, with their sizes; archives do not count."""
    for part in ("metadata", "targets"):
        for folder, _, names in os.walk(registry / part):
            for name in names:
                facts = os.stat(os.path.join(folder, name))
                if facts.st_mtime >= moment:
                    yield name, facts.st_size


def _python(*words: str) -> str:
    """Run a module of the bench with the interpreter that has holdfast; what it prints."""
    command = [str(OURS / "bin" / "python"), "-m", *words]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def _pins(program: Program) -> int:
    return (program.folder / "holdfast.lock").read_text().count("\n[[package]]")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"expected {pattern}, found {text.strip()[-300:]}")
    return match[1]


def _row(name: str, what: str, samples: tuple[Sample, ...]) -> Row:
    median = {field: measure.median(samples, field) for field in ("wall", "cpu", "peak")}
    return Row(name, what, runs=len(samples), ours=median["wall"], cpu=(median["cpu"], 0.0), peak=(median["peak"], 0.0))
