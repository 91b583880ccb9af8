"""Scanning on every core: processes of our own that read stored archives and answer with what their code can do.

    parent -> worker   one line of JSON: [kind, name, version, file, hash, folder of the store, wheels to compare]
    worker -> parent   8 hex digits, the length; then a scan as `scan_text` writes it. Length 0: it is not in the store

A worker only reads. One that ends in the middle (memory, a fault in a library) takes its archive with it: that is told
as unread, and the others go on. What is in an archive is never executed and never unpacked.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from functools import partial
from queue import Empty, SimpleQueue

from holdfast.model.scan import Scan, Unread
from holdfast.risk.same_files import forget
from holdfast.risk.scan import scan_artifact
from holdfast.trust.errors import ArchiveRefused
from holdfast.workflows.archive_contents import LIMITS, read_contents
from holdfast.workflows.scan_text import ENDED, read_scan, write_scan
from holdfast_resolver.fetch.store import ArtifactStore
from holdfast_resolver.values.tuples import NamedTuple

FEW = 2 * 1024 * 1024  # bytes of archives that are scanned faster than processes start
MOST = 8  # processes
COMPARISON = "comparison"  # a kind of job
_PROGRAM = "import sys; sys.path[:] = {path!r}; from holdfast.workflows.scan_workers import serve; serve()"


class Job(NamedTuple):
    """One archive of the store. `kind` is that of `scan_artifact`, or `COMPARISON` of a source archive with wheels."""

    kind: str
    name: str
    version: str
    file: str
    hash: str
    store: str  # the store's folder
    wheels: tuple[tuple[str, str], ...] = ()  # (file, hash) of those that are compared with it


def scan_jobs(jobs: Iterable[Job]) -> Iterator[tuple[Job, Scan | None]]:
    """Yield each job with its scan as they come; None for what the store does not have whole.

    The archives of one release are done one after another, the largest releases first.
    """
    groups: dict[tuple[str, str, str], list[Job]] = {}
    sizes: dict[tuple[str, str, str], int] = {}
    for job in sorted(jobs, key=lambda job: job.file):
        groups.setdefault(job[:3], []).append(job)
        sizes[job[:3]] = sizes.get(job[:3], 0) + _size(job)
    ordered = [groups[key] for key in sorted(groups, key=lambda key: (-sizes[key], key))]
    processes = min(os.cpu_count() or 1, MOST, len(ordered))
    if processes < 2 or sum(sizes.values()) < FEW or not sys.executable:
        for group in ordered:
            forget()
            for job in group:
                yield job, scan_stored(job)
        return
    yield from _in_processes(ordered, processes)


def scan_stored(job: Job) -> Scan | None:
    """Do a job: scan one archive of the store, or compare; None where the store does not have it whole."""
    if job.kind == COMPARISON:
        from holdfast.workflows.source_comparing import compare_release  # start-up: only where there are any

        return compare_release((job.file, job.hash), job.wheels, partial(_stored, job.store))
    stream = ArtifactStore(job.store).open_verified(job.hash)
    if stream is None:
        return None
    with stream:
        size = os.fstat(stream.fileno()).st_size
        if size > LIMITS.total_bytes:
            return _unread(job, f"more than {LIMITS.total_bytes} bytes: it was not looked into", size)
        data = stream.read()
    try:
        return scan_artifact(job.kind, job.name, job.version, read_contents(job.file, data).items())
    except ArchiveRefused as refused:
        entry = f"{refused.entry}: " if refused.entry else ""
        return _unread(job, f"the archive is refused: {entry}{refused.reason}", size)


def _stored(store: str, file: str, digest: str) -> dict[str, bytes] | None:
    """The files of an archive; None where the store does not have it whole. Raises `ArchiveRefused`."""
    stream = ArtifactStore(store).open_verified(digest)
    if stream is None:
        return None
    with stream:
        if os.fstat(stream.fileno()).st_size > LIMITS.total_bytes:
            raise ArchiveRefused("", f"more than {LIMITS.total_bytes} bytes")
        return read_contents(file, stream.read())


def serve() -> None:
    """Be a worker: answer jobs from stdin on stdout until there are no more."""
    import json

    answers = sys.stdout.buffer
    release: tuple[str, ...] = ()
    for line in sys.stdin.buffer:
        job = Job(*json.loads(line))
        if job[:3] != release:
            forget()
            release = job[:3]
        scan = scan_stored(job)
        data = b"" if scan is None else write_scan(scan)
        answers.write(b"%08x" % len(data) + data)
        answers.flush()


def _unread(job: Job, reason: str, size: int) -> Scan:
    return Scan(unread=(Unread(job.file, reason),), files=1, size=size)


def _size(job: Job) -> int:
    try:
        return os.path.getsize(ArtifactStore(job.store).path_of(job.hash))
    except OSError:
        return 0


def _in_processes(groups: list[list[Job]], count: int) -> Iterator[tuple[Job, Scan | None]]:
    waiting: SimpleQueue[list[Job]] = SimpleQueue()
    answers: SimpleQueue[tuple[Job, Scan | None] | BaseException] = SimpleQueue()
    for group in groups:
        waiting.put(group)
    running = [_Worker() for _ in range(count)]

    def work(worker: _Worker) -> None:
        while not worker.closed:
            try:
                group = waiting.get_nowait()
            except Empty:
                return
            try:
                for job in group:
                    answers.put((job, worker.scan(job)))
            except BaseException as error:  # noqa: BLE001  # handed to the thread that waits
                answers.put(error)
                return

    for worker in running:
        threading.Thread(target=work, args=(worker,), daemon=True).start()
    try:
        left = sum(map(len, groups))
        while left:
            try:
                answer = answers.get(timeout=0.5)  # woken now and then, so that Ctrl-C is heard
            except Empty:
                continue
            if isinstance(answer, BaseException):
                raise answer
            left -= 1
            yield answer
    finally:
        for worker in running:
            worker.close()


class _Worker:
    """One process, started anew when it ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.closed = False

    def scan(self, job: Job) -> Scan | None:
        """Have a job done. What the process ends at is unread."""
        import json

        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()
            head = process.stdout.read(8)
            length = int(head, 16) if len(head) == 8 else -1
            data = process.stdout.read(length) if length > 0 else b""
        except (OSError, ValueError):
            length, data = -1, b""
        if length == 0:
            return None
        scan = read_scan(data) if length == len(data) else None
        if scan is None:
            self._end()
            return _unread(job, ENDED, _size(job))
        return scan

    def close(self) -> None:
        """End the process, whatever it does."""
        self.closed = True
        self._end()

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            program = _PROGRAM.format(path=sys.path)
            self._process = subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue
        process.wait()
