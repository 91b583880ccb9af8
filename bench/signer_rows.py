"""The rows of the table that are about signers: what evidence costs a `lock`, and what it costs where there is none.

Each is a project whose 500 files are all signed against the same project without evidence, in turns. Imports nothing of
holdfast: the two indexes are processes of their own (`signer_index.py`).
"""

import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench import cold, measure, peers
from bench.measure import Paired, Program
from bench.places import CACHES, PROJECTS
from bench.rows import Effort, paired_row
from bench.table import Row

FILES = 500
_PEER = "unsigned"


class Side(NamedTuple):
    """A project that was locked once, and the index that it is on, for its counters."""

    program: Program
    server: cold.Replay


def signers(effort: Effort) -> list[Row]:
    """What the evidence of 500 files adds to a `lock`: all of it new, all in the cache, or all in the lock already."""
    with side("signed") as signed, side("unsigned") as unsigned:
        asked: list[int] = []
        fetching = anew(signed.program, evidence=True)._replace(after=lambda: asked.append(requests(signed)))
        requests(signed), requests(unsigned)
        first = measure.pairs(fetching, anew(unsigned.program), effort.warm, warm_up=1)
        cached = measure.pairs(anew(signed.program), anew(unsigned.program), effort.warm, warm_up=1)
        requests(signed)
        again = measure.pairs(signed.program, unsigned.program, effort.warm)
        sent, without = requests(signed), requests(unsigned)
    row = difference("signers cold", f"lock, evidence of {FILES} files new", first)
    runs = sum(len(paired.peer) for paired in (first, cached, again))
    return [
        row._replace(requests=(int(statistics.median(asked[-effort.warm :])), 0)),
        difference("signers fresh", f"lock, evidence of {FILES} files cached", cached),
        difference("signers warm", f"lock again, {FILES} files signed", again)._replace(requests=(sent, 0)),
        Row("signers none", "  requests without evidence", runs=runs, found=without),
    ]


@contextmanager
def side(kind: str, packages: int = FILES // 2, folder: Path = PROJECTS / "signers") -> Iterator[Side]:
    """Serve the "signed" or the "unsigned" index and lock its project once, which fills the cache."""
    place, cache = folder / kind, CACHES / "signers" / kind
    shutil.rmtree(cache, ignore_errors=True)  # the port is another one each time, and so are all addresses
    (place / "web" / "holdfast.lock").unlink(missing_ok=True)
    words = ["bench.signer_index", str(place), "--packages", str(packages)]
    with cold.serving([*words, *(["--signed"] if kind == "signed" else [])]) as port:
        server = cold.Replay(port)
        environment = peers.environment(server.url) | {"HOLDFAST_CACHE_DIR": str(cache)}
        program = Program((peers.find("holdfast"), "lock", "-q"), environment, place / "web")
        measure.run(program)
        yield Side(program, server)


def anew(program: Program, *, evidence: bool = False) -> Program:
    """The same without a lock and, with `evidence`, without evidence in the cache, which has all the rest."""

    def prepare() -> None:
        (program.folder / "holdfast.lock").unlink(missing_ok=True)
        if evidence:
            shutil.rmtree(Path(program.environment["HOLDFAST_CACHE_DIR"]) / "v1" / "evidence")

    return program._replace(prepare=prepare)


def requests(one: Side) -> int:
    """How many requests a project's index has had since the last asking."""
    return one.server.counts().requests


def difference(name: str, what: str, paired: Paired) -> Row:
    """The row of two programs that ran in turns; `found` is the median of what ours takes more, pair by pair, in ms."""
    more = [one.wall - other.wall for one, other in zip(paired.ours, paired.peer, strict=True)]
    return paired_row(name, what, _PEER, paired)._replace(found=statistics.median(more))
