"""The stage of a story: it runs commands, shows them with their output, and counts which attacks were stopped.

Knows nothing of modules; the story is in `modules.py`, and what attackers do in `attacks.py`.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

HOLDFAST = "from holdfast.cli.main import run; run()"
# In front of a program: it believes that it is so many days later.
LATER = """
import time
now, parts = time.time, time.gmtime
time.time = lambda: now() + {days} * 86400
time.gmtime = lambda seconds=None: parts(time.time() if seconds is None else seconds)
"""


class StoryBroken(Exception):
    """Something in the story itself, not an attack, did not go as told."""


class Attack(NamedTuple):
    """A row of the table at the end."""

    chapter: str
    what: str
    stopped_by: str
    holds: bool


class Stage:
    """A folder in which every person has a folder of their own, and in it works as `person$ command`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.attacks: list[Attack] = []
        self.chapter_title = ""
        # The cache and the settings of whoever plays it are no part of the story.
        own = ("HOLDFAST_", "PIP_", "UV_", "SSH_")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        self.environment |= {"HOLDFAST_CACHE_DIR": str(folder / "cache"), "PIP_CONFIG_FILE": os.devnull}
        self.environment |= {"UV_NO_CONFIG": "1", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self.chapter_title = title
        say(f"\n{title}\n{'=' * len(title)}")

    def tell(self, text: str) -> None:
        """Say what happens now."""
        say("\n" + textwrap.fill(" ".join(text.split()), 110))

    def write(self, path: str, text: str, *, show: bool = True) -> None:
        """Write a file of somebody's, and show it."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        if show:
            say(f"\n{path}:\n" + textwrap.indent(text.strip(), "    "))

    def run(self, who: str, command: str, *, status: int = 0, days: int = 0, lines: int = 40) -> str:
        """Run a command in somebody's folder and return what it printed. It must end with this status.

        `days` moves the command's clock. Of more than so many `lines` the first ones are shown.
        """
        code, output = self.play(who, command, days=days, lines=lines)
        if code != status:
            raise StoryBroken(f"{who}$ {command}: expected status {status}, found {code}")
        return output

    def stopped(self, what: str, who: str, command: str, by: str, *, status: int = 1, days: int = 0) -> None:
        """Run the command that an attack must not get past: it ends with this status, and names the finding `by`."""
        code, output = self.play(who, command, days=days)
        named = re.search(rf"[\[(]{re.escape(by)}[\])]", output) or (" " in by and by in output)
        self.held(what, bool(named) and code == status, by)

    def held(self, what: str, holds: bool, by: str) -> None:
        """Write down whether an attack was stopped as it should be."""
        say(f"  stopped: {by}" if holds else f"  NOT stopped by {by}")
        self.attacks.append(Attack(self.chapter_title, what, by, holds))

    def play(self, who: str, command: str, *, days: int = 0, lines: int = 40) -> tuple[int, str]:
        """Run a command in somebody's folder; return its exit status and what it printed."""
        say(f"\n{who}$ {command}" + (f"    # by a clock that is {days} days ahead" if days else ""))
        program, *words = shlex.split(command)
        before = LATER.format(days=days) if days else ""
        runs = HOLDFAST if program == "holdfast" else "import runpy, sys; runpy.run_path(sys.argv[1])"
        words = [sys.executable, "-c", before + runs, *words]
        done = subprocess.run(
            words,
            cwd=self.folder / who,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        shown = done.stdout.replace(str(self.folder) + os.sep, "").splitlines()
        more = [f"... and {len(shown) - lines} lines more"] if len(shown) > lines else []
        say("\n".join([*shown[:lines], *more]))
        return done.returncode, done.stdout

    def start(self, who: str, command: str) -> tuple[subprocess.Popen[str], str]:
        """Start a command that goes on running; return it with the first line that it prints."""
        say(f"\n{who}$ {command} &")
        words = [sys.executable, "-c", HOLDFAST, *shlex.split(command)[1:]]
        process = subprocess.Popen(
            words, cwd=self.folder / who, env=self.environment, stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        say(line.replace(str(self.folder) + os.sep, ""))
        return process, line

    def copy(self, source: str, target: str, *paths: str) -> None:
        """Make `target` just a copy of `source`, or of these paths in it."""
        self.remove(target)
        for path in paths or (".",):
            here, there = self.folder / source / path, self.folder / target / path
            if here.is_dir():
                shutil.copytree(here, there, symlinks=True, dirs_exist_ok=True)
            else:
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(here, there)

    def remove(self, path: str) -> None:
        """Remove a folder, also one that is write-protected."""
        place = self.folder / path
        for folder, _, _ in os.walk(place):
            Path(folder).chmod(0o755)
        if place.exists():
            shutil.rmtree(place)

    def forget_cache(self) -> None:
        """Empty the cache: a machine that never met the registry."""
        self.remove("cache")

    def close(self, began: float) -> bool:
        """Show what stopped what; return whether everything was stopped as it should be."""
        say("\nWhat stopped what\n=================\n")
        width = max([len(attack.what) for attack in self.attacks])
        chapter = ""
        for attack in self.attacks:
            if attack.chapter != chapter:
                chapter = attack.chapter
                say(f"  {chapter}")
            say(f"    {attack.what:{width}}  {attack.stopped_by}{'' if attack.holds else '  FAILED'}")
        failed = [attack for attack in self.attacks if not attack.holds]
        say(f"\n{len(self.attacks) - len(failed)} of {len(self.attacks)} attacks were stopped, ", end="")
        say(f"in {time.monotonic() - began:.0f} seconds")
        return not failed


def say(text: str, end: str = "\n") -> None:
    """Show a text at once."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


def fields_of(text: str, names: Mapping[str, str]) -> dict[str, str]:
    """Return what these patterns find in an output, one group each. Raises `StoryBroken`."""
    found = {name: re.search(pattern, text) for name, pattern in names.items()}
    missing = [name for name, match in found.items() if match is None]
    if missing:
        raise StoryBroken(f"expected {missing[0]} in the output")
    return {name: match[1] for name, match in found.items() if match}
