"""What of an audit is measured from inside, in a process of its own: it prints its figures, one to a line.

python -m bench.audit_inside scan LOCK CACHE       ms of CPU of scanning, and of what is printed beside it
python -m bench.audit_inside compile LOCK CACHE    the same for CPython's own compiler on the same source
python -m bench.audit_inside again LOCK CACHE      archives that are scanned although their scans are kept
python -m bench.audit_inside graph                 all measures of 5,000 packages with 20,000 edges
python -m bench.audit_inside page FOLDER           the page of 2,000 packages: bytes, ms until a browser could use it
"""

import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from holdfast.format.read import read
from holdfast.model.lock import Lock
from holdfast.workflows.scans import rooms, scan_all, wanted_of
from holdfast_resolver.fetch.store import ArtifactStore

SOURCE = 16_000_000  # bytes of Python source that are scanned
PACKAGES, EDGES = 5_000, 20_000
PAGE = 2_000  # packages of the page
LOOKS = 5  # how often it is opened

Corpus = list[tuple[str, str, dict[str, bytes]]]  # name, version, files of a wheel


def corpus(lock: Lock, cache: str) -> Corpus:
    """Wheels for any machine, by their names, until there is enough source in them."""
    from holdfast.workflows.archive_contents import read_contents

    store, found, size = ArtifactStore(rooms(cache).store), [], 0
    for one in wanted_of(lock):
        for artifact in one.artifacts:
            stream = store.open_verified(artifact.hash) if artifact.file.endswith("-none-any.whl") else None
            if stream is None or size >= SOURCE:
                continue
            with stream:
                files = read_contents(artifact.file, stream.read())
            size += source_of(files)
            found.append((one.pin.name, one.pin.version, files))
    return found


def source_of(files: dict[str, bytes]) -> int:
    """Bytes of Python source."""
    return sum(len(data) for path, data in files.items() if path.endswith(".py"))


def scan_once(name: str, version: str, files: dict[str, bytes]) -> None:
    """Scan a wheel: its source, its metadata and its texts."""
    from holdfast.risk.same_files import forget
    from holdfast.risk.scan import scan_artifact

    forget()  # between releases, as a worker does
    scan_artifact("pypi", name, version, files.items())


def compile_once(name: str, version: str, files: dict[str, bytes]) -> None:
    """Compile the source of a wheel."""
    import warnings

    warnings.simplefilter("ignore")
    for path, data in files.items():
        if path.endswith(".py"):
            with contextlib.suppress(SyntaxError, ValueError):  # templates and tests of what does not parse
                compile(data, path, "exec", dont_inherit=True)


def on_source(lock: Lock, cache: str, work: Callable[[str, str, dict[str, bytes]], None]) -> None:
    """Print how many bytes of source there were and the ms of CPU that they took."""
    wheels = corpus(lock, cache)
    work(*wheels[0])  # imports are not what is measured
    begin = time.process_time()
    for wheel in wheels:
        work(*wheel)
    took = time.process_time() - begin
    print(f"source {sum(source_of(files) for _, _, files in wheels)}")
    print(f"cpu {took * 1e3:.3f}")


def again(lock: Lock, cache: str) -> None:
    """Print how many archives were wanted, and how many of them had to be scanned."""
    wanted = wanted_of(lock)
    scanned = scan_all(wanted, rooms(cache), lambda done, every: None)
    print(f"wanted {len({artifact.hash for one in wanted for artifact in one.artifacts})}")
    print(f"missing {len({artifact.hash for one in scanned.missing for artifact in one.artifacts})}")
    print(f"looked {scanned.looked}")


def graph() -> None:
    """Print how long all measures take, networkx's import included."""
    from holdfast.risk.facts import Known, Limits
    from holdfast.risk.measured import measure
    from tests.support.risk_graphs import random_large_graph

    made = random_large_graph(7, PACKAGES, EDGES)
    begin = time.perf_counter()
    measure(made, Known(), Limits())
    print(f"wall {(time.perf_counter() - begin) * 1e3:.3f}")
    print(f"packages {len(made.packages)}")


def page(folder: Path) -> None:
    """Print the page's size and, where a browser is, the median of the times until it could be used."""
    from holdfast.reports.audit_port import render
    from tests.support.audit_worlds import audit_world
    from tests.support.browser import Browser, find_browser

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{PAGE}.html"
    file.write_text(render("html", audit_world(PAGE)), encoding="utf-8")
    print(f"bytes {file.stat().st_size}")
    program = find_browser()
    if program is None:
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, Browser(program, Path(profile)) as browser:
        times = []
        for _ in range(LOOKS):
            browser.look(1440, 900, "light")
            browser.open(file)
            times.append(float(browser.run("performance.getEntriesByName('interactive')[0].startTime")))
    print(f"interactive {statistics.median(times):.3f}")


def main() -> None:
    """The command line."""
    what, *words = sys.argv[1:]
    if what == "graph":
        graph()
    elif what == "page":
        page(Path(words[0]))
    else:
        lock = read(Path(words[0]).read_bytes(), words[0])
        cache = words[1]
        {
            "scan": lambda: on_source(lock, cache, scan_once),
            "compile": lambda: on_source(lock, cache, compile_once),
            "again": lambda: again(lock, cache),
        }[what]()


if __name__ == "__main__":
    main()
