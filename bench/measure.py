"""One process, start to end; and two programs in turns.

Wall time is from before the process exists until it has been waited for. The peak is the kernel's `ru_maxrss`,
which on Linux starts from the peak of the process that spawns: the measuring process must stay smaller than what it
measures, so it imports little (`floor` tells how big it is).
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

_KIB = 1024 if sys.platform == "darwin" else 1  # macOS tells bytes, Linux KiB


class Sample(NamedTuple):
    """One run: milliseconds, milliseconds of CPU (user + system), peak MiB, exit code."""

    wall: float
    cpu: float
    peak: float
    code: int


class Program(NamedTuple):
    """What to run: the words, the whole environment, the folder, and the exit code that means success."""

    words: tuple[str, ...]
    environment: dict[str, str]
    folder: Path
    expected: int = 0
    prepare: Callable[[], None] = lambda: None  # before each run, outside the timing
    after: Callable[[], None] = lambda: None  # after each measured run, outside the timing


class UnexpectedEnd(Exception):
    """A measured program ended with another code than the one expected."""

    def __init__(self, program: Program, code: int, said: str) -> None:
        super().__init__(program, code, said)
        self.program, self.code, self.said = program, code, said

    def __str__(self) -> str:
        return (
            f"`{' '.join(self.program.words)}` in {self.program.folder} ended with {self.code}, "
            f"expected {self.program.expected}: {self.said.strip()[-600:]}"
        )


class Paired(NamedTuple):
    """Two programs in turns: A B A B ..."""

    ours: tuple[Sample, ...]
    peer: tuple[Sample, ...]

    @property
    def ratio(self) -> float:
        """The median of the ratios of wall time, pair by pair."""
        return statistics.median(one.wall / other.wall for one, other in zip(self.ours, self.peer, strict=True))

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles of these ratios."""
        ratios = [one.wall / other.wall for one, other in zip(self.ours, self.peer, strict=True)]
        if len(ratios) < 2:
            return ratios[0], ratios[0]
        low, _, high = statistics.quantiles(ratios, n=4)
        return low, high

    @property
    def peak_ratio(self) -> float:
        """The median of the ratios of peak memory."""
        return statistics.median(one.peak / other.peak for one, other in zip(self.ours, self.peer, strict=True))


def run(program: Program) -> Sample:
    """Run once and wait. Raises `UnexpectedEnd`."""
    program.prepare()
    complaints = program.folder / ".stderr"
    here = os.getcwd()
    os.chdir(program.folder)  # posix_spawn has no folder of its own
    try:
        files = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, str(complaints), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        ]
        begin = time.perf_counter()
        process = os.posix_spawn(program.words[0], program.words, program.environment, file_actions=files)
        _, status, usage = os.wait4(process, 0)
        wall = time.perf_counter() - begin
    finally:
        os.chdir(here)
    code = os.waitstatus_to_exitcode(status)
    if code != program.expected:
        raise UnexpectedEnd(program, code, complaints.read_text(errors="replace"))
    program.after()
    return Sample(wall * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3, usage.ru_maxrss * _KIB / 1024, code)


def pairs(ours: Program, peer: Program, count: int, warm_up: int = 2) -> Paired:
    """Run both in turns, `count` times each, after `warm_up` turns that do not count."""
    for _ in range(warm_up):
        run(ours)
        run(peer)
    turns = [(run(ours), run(peer)) for _ in range(count)]
    return Paired(tuple(one for one, _ in turns), tuple(other for _, other in turns))


def alone(program: Program, count: int, warm_up: int = 2) -> tuple[Sample, ...]:
    """Run one program `count` times after `warm_up` runs that do not count."""
    for _ in range(warm_up):
        run(program)
    return tuple(run(program) for _ in range(count))


def median(samples: Sequence[Sample], field: str) -> float:
    """The median of one field of `Sample`."""
    return float(statistics.median(getattr(sample, field) for sample in samples))


def floor(folder: Path) -> float:
    """MiB that any child of this process seems to have had at its peak."""
    words = ("/bin/true",) if os.path.exists("/bin/true") else ("/usr/bin/true",)
    return run(Program(words, {}, folder)).peak
