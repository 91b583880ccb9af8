"""The rows of the table that are about audits: how fast code is looked at, and what an audit costs when it was.

The project is L for one target. Its code is downloaded once, by `audit --fetch`, into the cache of L's other rows.
Advisories come from a service on loopback (`audit_service.py`), which pip-audit asks as well. Imports nothing of
holdfast: what is measured from inside is measured in a process of its own (`audit_inside.py`).
"""

import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from bench import cold, measure, peers, rows
from bench.measure import Program
from bench.places import BENCH, CACHES, HOME, PROJECTS, ROOT, WORKLOADS
from bench.rows import Effort, paired_row
from bench.table import Row

WORKLOAD = "L"
FOLDER = PROJECTS / "audit"
CACHE = CACHES / WORKLOAD / "holdfast"
FAILED = 1  # the exit code of both: there are advisories
# One machine's wheels are some hundred megabytes, those of all default targets four gigabytes.
_TARGET = """
[tool.holdfast.targets]
python = ["3.12"]
platforms = ["linux-x86_64"]
"""
_ADVISORIES = "\n[tool.holdfast.advisories]"
_MOST = 5  # runs of what takes seconds


def scanning(effort: Effort) -> list[Row]:
    """MB of Python source in a second of one core, in turns with CPython's compiler on the same source."""
    lock = prepared()
    count = min(effort.warm, _MOST)
    turns = [(inside("scan", lock, CACHE), inside("compile", lock, CACHE)) for _ in range(count)]
    size = turns[0][0]["source"]
    times = [one["cpu"] for one, _ in turns], [other["cpu"] for _, other in turns]
    ours, theirs = map(statistics.median, times)
    found = size / 1e6 / (ours / 1e3)
    what = f"scan {size / 1e6:.0f} MB of Python, one core"
    return [Row("audit scan", what, "compile()", count, ours, theirs, found, cpu=(ours, theirs))]


def whole(effort: Effort) -> list[Row]:
    """An audit of L: with nothing scanned, with advisories that are new, and with everything at hand."""
    lock = prepared()
    found = []
    with cold.serving(["bench.audit_service", str(lock)]) as port:
        url = f"http://127.0.0.1:{port}"
        program = auditing(lock, url)
        measure.run(program)
        counted = inside("again", lock, CACHE)
        first = measure.alone(_without(program, CACHE / "scans"), 1, warm_up=0)
        again = inside("again", lock, CACHE)
        new = measure.alone(_without(program, CACHE / "v1" / "advisories"), effort.warm, warm_up=1)
        warm = measure.alone(program, effort.warm)
        found = [
            _row("audit first", f"audit {WORKLOAD}, nothing scanned yet", first),
            Row("audit again", "  archives scanned again", runs=1, found=again["looked"]),
            _row("audit new", f"audit {WORKLOAD}, advisories new", new),
            _row("audit warm", f"audit {WORKLOAD}, again", warm),
            *_against_pip_audit(program, lock, url, effort),
        ]
    peak = max(sample.peak for sample in (*first, *new, *warm))
    found.append(Row("audit memory", f"peak memory, audit {WORKLOAD}", "", len(first), found=peak, peak=(peak, 0.0)))
    pins = len(versions_of(lock))
    if counted["missing"]:
        note = f"{counted['missing']:.0f} of {counted['wanted']:.0f} archives could not be had"
        found[0] = found[0]._replace(note=note)
    return [row._replace(packages=(pins, 0)) if row.name in ("audit new", "audit warm") else row for row in found]


def graph(effort: Effort) -> list[Row]:
    """All measures of a large random graph; the time is their own, without making the graph."""
    told = [inside("graph") for _ in range(min(effort.warm, _MOST))]
    wall = statistics.median(one["wall"] for one in told)
    what = "measure 5,000 packages, 20,000 edges"
    return [Row("audit graph", what, runs=len(told), ours=wall, found=wall, packages=(int(told[0]["packages"]), 0))]


def page(effort: Effort) -> list[Row]:
    """The page of 2,000 packages: how large it is, and how soon a browser has it usable."""
    told = inside("page", BENCH / "page")
    size = Row("audit page", "page of 2,000 packages", runs=1, found=told["bytes"] / 1e6)
    if "interactive" not in told:
        note = "no Chromium is here: install one, or name it with HOLDFAST_BROWSER"
        return [size, Row("audit browser", "  until it can be used", note=note)]
    wall = told["interactive"]
    return [size, Row("audit browser", "  until it can be used", runs=_MOST, ours=wall, found=wall)]


def prepared() -> Path:
    """Lock L for one target, have its code downloaded where it is not there, and return the lock."""
    manifest = (WORKLOADS / WORKLOAD / "pyproject.toml").read_text() + _TARGET
    lock = FOLDER / "holdfast.lock"
    measure.run(rows.warm("holdfast", WORKLOAD))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "pyproject.toml").write_text(manifest)
    _holdfast("lock", "-q", "--offline")
    _holdfast("audit", "--fetch", "--format", "json", "--output", str(BENCH / "audit.json"))
    return lock


def _holdfast(*words: str) -> None:
    """Run a command in the project; findings are none of the bench's business."""
    command = [peers.find("holdfast"), *words]
    environment = peers.environment() | {"HOLDFAST_CACHE_DIR": str(CACHE)}
    code = subprocess.run(command, cwd=FOLDER, env=environment, check=False).returncode
    if code not in (0, FAILED):
        raise subprocess.CalledProcessError(code, command)


def auditing(lock: Path, url: str) -> Program:
    """`audit` of the project of a lock, which names a service of advisories; nothing is downloaded."""
    manifest = lock.with_name("pyproject.toml")
    before, _, _ = manifest.read_text().partition(_ADVISORIES)
    manifest.write_text(f'{before}{_ADVISORIES}\nurl = "{url}"\n')
    environment = peers.environment(url) | {"HOLDFAST_CACHE_DIR": str(CACHE)}
    environment.pop("HOLDFAST_INDEX_URL")  # listings are in the cache under the real index's address
    return Program((peers.find("holdfast"), "audit", "-q"), environment, lock.parent, FAILED)


def auditing_by_pip_audit(lock: Path, url: str, cache: Path) -> Program:
    """pip-audit of the same pins, which asks the same service about each."""
    requirements = lock.parent / "requirements.txt"
    requirements.write_text("".join(f"{name}=={version}\n" for name, version in versions_of(lock)))
    words = ("-r", str(requirements), "--no-deps", "--disable-pip", "-f", "json", "--progress-spinner", "off")
    where = ("-s", "osv", "--osv-url", f"{url}/v1/query", "--cache-dir", str(cache))
    environment = peers.environment(url)
    return Program((peers.find("pip-audit"), *words, *where), environment, lock.parent, FAILED)


def versions_of(lock: Path) -> list[tuple[str, str]]:
    """One version of each package: pip-audit takes no two."""
    import tomllib

    return sorted({one["name"]: one["version"] for one in tomllib.loads(lock.read_text())["package"]}.items())


def inside(*words: object) -> dict[str, float]:
    """The figures that `audit_inside` prints."""
    command = [sys.executable, "-m", "bench.audit_inside", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return {name: float(figure) for name, figure in map(str.split, done.stdout.splitlines())}


def _against_pip_audit(program: Program, lock: Path, url: str, effort: Effort) -> list[Row]:
    name, what = "audit peer", f"audit {WORKLOAD}, again"
    if not peers.find("pip-audit"):
        return [Row(name, what, "pip-audit", note=f"pip-audit {peers.MISSING}")]
    peer = auditing_by_pip_audit(lock, url, HOME / "pip-audit")
    paired = measure.pairs(program, peer, min(effort.warm, _MOST), warm_up=1)
    return [paired_row(name, what, "pip-audit", paired)]


def _row(name: str, what: str, samples: tuple[measure.Sample, ...]) -> Row:
    wall, cpu, peak = (measure.median(samples, field) for field in ("wall", "cpu", "peak"))
    return Row(name, what, runs=len(samples), ours=wall, found=wall, cpu=(cpu, 0.0), peak=(peak, 0.0))


def _without(program: Program, folder: Path) -> Program:
    """The same with a folder of the cache removed before each run."""
    return program._replace(prepare=lambda: shutil.rmtree(folder, ignore_errors=True))
