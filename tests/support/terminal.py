"""Somebody at a terminal: the command line in a process of its own on a pseudo terminal, read and typed at.

with Terminal(project.folder, project.environment, "review", *project.key("ann")) as terminal:
    terminal.expect("> ")
    terminal.press("a")
    assert terminal.end() == 0
    print(terminal.text)
"""

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

TIMEOUT = 20.0  # seconds for any wait
CTRL_C = "\x03"
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

# A process that leads its session gets the first terminal that it opens as its own: then Ctrl-C reaches it.
_SCRIPT = """
import os
os.close(os.open(os.ttyname(0), os.O_RDWR))
from holdfast.cli.main import run
run()
"""


def _outer() -> dict[str, str]:
    """The environment without the size of another terminal, which test runners set for their workers."""
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}


class Terminal:
    """A command that runs on a terminal of so many columns and rows; without colour unless TERM says more."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *words: str,
        columns: int = 100,
        rows: int = 60,
        term: str = "dumb",
    ) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        path = os.pathsep.join(one for one in sys.path if one)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT, *words, "--project", str(folder)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**_outer(), "TERM": term, "CI": "", "PYTHONPATH": path, **environment},
            start_new_session=True,
        )
        os.close(slave)
        self.raw = ""
        self._seen = 0

    @property
    def text(self) -> str:
        """All that was shown, without what moves a cursor or colours."""
        return _ESCAPES.sub("", self.raw).replace("\r\n", "\n")

    def expect(self, words: str) -> str:
        """Wait until words are shown, and return what was shown up to there since the last wait."""
        until = time.monotonic() + TIMEOUT
        while (at := self.text.find(words, self._seen)) < 0:
            assert self._read(until), f"{words!r} was not shown after:\n{self.text[self._seen :]}"
        shown = self.text[self._seen : at + len(words)]
        self._seen = at + len(words)
        return shown

    def press(self, keys: str) -> None:
        """Type keys as they are."""
        os.write(self._master, keys.encode())

    def answer(self, question: str, line: str) -> None:
        """Wait for a question, and type a line."""
        self.expect(question)
        self.press(f"{line}\n")

    def end(self) -> int:
        """Wait until the command ends, and return its exit code."""
        until = time.monotonic() + TIMEOUT
        while self._read(until):
            pass
        return self._process.wait(TIMEOUT)

    def _read(self, until: float) -> bool:
        """Read some; False at the end."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, until - time.monotonic()))
        assert ready, f"nothing more was shown after:\n{self.text}"
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the other side is closed: Linux says EIO
            return False
        self.raw += data.decode("utf-8", "replace")
        return bool(data)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._master)
