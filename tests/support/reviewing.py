"""A project in which new releases wait, and somebody who reviews them at a terminal.

with serving(read_releases(SHELF)) as server:
    project = moved(tmp_path, server)
    with reviewing(project) as terminal:
        terminal.expect(ASKED)
"""

from pathlib import Path

from tests.support.approving import ApprovingProject, Person, approving
from tests.support.index_server import IndexServer
from tests.support.packages import wheel
from tests.support.terminal import Terminal

SHELF = "click 8.1.7 | sdist static\nflask 3.0.0\nleft 1.0\n"
OLD = "2024-05-01T10:00:00Z"
ASKED = " quit > "  # the end of every question on a screen


def moved(folder: Path, index: IndexServer, *people: Person | str, policy: str = "") -> ApprovingProject:
    """A project of these people in which new releases of click and flask wait; `index` serves SHELF."""
    project = approving(folder, index, ["click", "flask", "left"], *(people or ("ann",)), policy=policy)
    index.add(wheel("click", "8.1.8", uploaded=OLD))
    index.add(wheel("flask", "3.0.1", uploaded=OLD))
    project.must("update", "click", "flask", "--refresh")
    return project


def reviewing(project: ApprovingProject, *words: str, key: str = "ann", rows: int = 60, columns: int = 100) -> Terminal:
    """`review` at a terminal, with somebody's key ("" = none)."""
    signing = project.key(key) if key else ()
    return Terminal(project.folder, project.environment, "review", *words, *signing, rows=rows, columns=columns)
